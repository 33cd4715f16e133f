"""A real scheduler and two workers: the same bits as one machine, whatever happens on the way."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

import optlab
from optlab.cli import main
from optlab.core.executor import LOCAL, Executor
from optlab.core.tuning.compare import compare
from optlab.core.tuning.search import Search, search
from optlab.core.tuning.space import space_of
from optlab.files.tuning_files import comparison_csv
from optlab.session.cluster import executor as executors
from optlab.session.cluster.executor import Cluster, ClusterError
from optlab.session.cluster.tasks import OtherVersionError, decode, encode, perform
from optlab.session.experiment import Comparison, DataSet, Experiment, NetworkModel, Run, Surface
from optlab.session.jobs import JobControl
from optlab.session.kernel_cache import kernel_store
from optlab.session.maps.map_axes import usual_axis
from optlab.session.maps.map_request import MapWork, Request, basin_request, sweep_request
from optlab.session.resolve import resolve
from optlab.session.tuning.fair_comparison import comparison_plan

OWN = """
name = "Mine"
summary = "Descent with a factor"
update = "w = w - eta*factor*g"
[parameters]
eta = { default = 0.001, range = "(0, inf)", scale = "log", slider = [1e-5, 1.0] }
factor = { default = 1.0, range = "(0, inf)", slider = [0.5, 2.0] }
"""
RUNS = tuple(Run(id=key, optimizer=key) for key in ("gd", "mine", "newton"))
DOCUMENT = Experiment(
    surface=Surface(problem="himmelblau"), runs=RUNS, rules={"mine": OWN}, steps=120
)
MODEL = NetworkModel("2-3-1", loss="squared")
NETWORK = Experiment(
    surface=Surface(network=MODEL, data=DataSet("moons:n=30,noise=0.1,seed=1")),
    runs=(Run(id="mine", optimizer="adam"),),
    steps=25,
)


@pytest.fixture(scope="module")
def process() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """``optlab cluster`` and the address that it says."""
    command = [sys.executable, "-m", "optlab", "cluster", "--workers", "2", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        yield started.stdout.readline().split()[0], started
        started.send_signal(signal.SIGINT)
        started.wait(30)


@pytest.fixture(scope="module")
def cluster(process: tuple[str, Any]) -> Iterator[Cluster]:
    with Cluster(process[0]) as connected:
        connected._client.wait_for_workers(2)
        yield connected


@pytest.fixture(autouse=True)
def _small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "LEAST", 1e-4)
    monkeypatch.setattr(executors, "_MOST", 2e-3)


def test_nothing_listens_beyond_this_machine(process: tuple[str, Any], cluster: Cluster) -> None:
    for one in psutil.Process(process[1].pid).children(recursive=True):
        for connection in one.net_connections():
            if connection.status == psutil.CONN_LISTEN:
                assert connection.laddr.ip in ("127.0.0.1", "::1"), one.cmdline()


def _map(request: Request, executor: Executor) -> MapWork:
    return MapWork(request, kernel_store(), executor=executor)(JobControl())


def _requests() -> dict[str, tuple[str, Request]]:
    resolved = resolve(DOCUMENT)
    spec = resolved.specs["mine"]
    assert resolved.map_window is not None
    axes = [usual_axis(spec, name, resolved.window, 24) for name in ("eta", "factor")]
    newton = resolve(DOCUMENT).specs["newton"]
    sides = [usual_axis(newton, name, resolved.window, 9) for name in ("eta", "damping")]
    return {
        "basin": ("mine", basin_request(spec, resolved.map_window, 40, 0.05)),
        "sweep": ("mine", sweep_request(spec, *axes, 0.1)),
        "newton": ("newton", sweep_request(newton, *sides, 0.1)),
    }


@pytest.mark.parametrize("kind", ["basin", "sweep", "newton"])
def test_maps_are_the_same_to_the_bit(cluster: Cluster, kind: str) -> None:
    run, request = _requests()[kind]
    here, there = (
        _map(request, LOCAL),
        _map(request, cluster.on(DOCUMENT, run)),
    )
    assert here.complete and there.complete
    for name in ("weights", "loss", "steps", "outcome"):
        np.testing.assert_array_equal(
            getattr(there.buffer.ends, name), getattr(here.buffer.ends, name)
        )
    for name, values in here.buffer.ends.records.items():
        np.testing.assert_array_equal(there.buffer.ends.records[name], values)


@pytest.mark.parametrize(("document", "sampler"), [(NETWORK, "halton"), (DOCUMENT, "tpe")])
def test_trials_are_the_same_to_the_bit(
    cluster: Cluster, document: Experiment, sampler: str
) -> None:
    spec = resolve(document).specs["mine"]
    plan = Search(space_of(spec.rule), 24, (0, 1), sampler, measure="area", widen=1)
    here = search(spec, plan, store=kernel_store())
    there = search(spec, plan, executor=cluster.on(document, "mine"))
    assert there.settings == here.settings and there.notes == here.notes
    np.testing.assert_array_equal(there.measures, here.measures)


def _comparison(executor: Executor, stop: Callable[[], bool] = lambda: False) -> bytes:
    asked = Comparison(("this",), ("mine", "newton"), budget=15, trials=3, tuning_seeds=1, seeds=2)
    return comparison_csv(compare(comparison_plan(asked, DOCUMENT), executor=executor, stop=stop))


def test_a_worker_that_dies_costs_its_tasks_only(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids: list[int] = list(cluster._client.run(os.getpid).values())
    sent = Cluster.submit

    def submit(*arguments: Any) -> Any:
        future = sent(*arguments)
        if pids:
            os.kill(pids.pop(), signal.SIGKILL)
            pids.clear()
        return future

    monkeypatch.setattr(Cluster, "submit", submit)
    assert _comparison(cluster.on(DOCUMENT)) == _comparison(LOCAL)


def test_nothing_is_sent_after_a_cancellation(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, sent = [], []
    original = Cluster.submit

    def submit(*arguments: Any) -> Any:
        sent.append(bool(heard))
        return original(*arguments)

    monkeypatch.setattr(Cluster, "submit", submit)
    request = _requests()["basin"][1]
    work = MapWork(request, executor=cluster.on(DOCUMENT, "mine"))
    control = JobControl()
    control.progress = lambda done, total: (heard.append(done), control.cancel())  # type: ignore[assignment, func-returns-value]
    work(control)
    assert heard and work.buffer.known.any()
    assert sent and not any(sent)


def test_what_cannot_be_sent_is_said() -> None:
    with pytest.raises(TypeError, match="object cannot be sent"):
        encode({"x": object()})
    content = {"a": np.array([[np.nan, -0.0, np.inf]]), "b": [1, "x", None, np.float64(0.1)]}
    again = decode(encode(content))
    assert again["a"].tobytes() == content["a"].tobytes() and again["b"] == [1, "x", None, 0.1]  # type: ignore[attr-defined]
    with pytest.raises(OtherVersionError, match=f"a worker has OptLab {optlab.__version__}, not 0"):
        perform(encode({"version": "0"}), encode([]))


def test_a_function_of_python_stays_here(cluster: Cluster) -> None:
    lab = optlab.experiment(objective=lambda w: (float(w @ w), 2 * w), start=[1.0, 2.0]).add("gd")
    with pytest.raises(ValueError, match="a function of Python is not sent to a cluster"):
        optlab.tune(lab, cluster=cluster)


def test_the_command_line_says_what_is_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(executors, "_PATIENCE", 0.3)
    map_command = ["map", "basin", "--problem", "booth", "--optimizer", "gd", "--cluster"]
    for arguments, reason in (
        (["cluster", "--host", "0.0.0.0"], "--host: 0.0.0.0 can be reached by others"),
        (["cluster", "--join", "tcp://10.0.0.1:1"], "--join: 10.0.0.1 can be reached by others"),
        (["cluster", "--tls", str(tmp_path)], "TLS needs ca.pem, cert.pem, key.pem in a folder"),
        (["cluster", "--workers", "0"], "--workers: must be from 1"),
        ([*map_command, "tls://127.0.0.1:1"], "tls://127.0.0.1:1 needs --tls FOLDER"),
        ([*map_command, "tcp://127.0.0.1:1"], "no cluster answers at tcp://127.0.0.1:1"),
        ([*map_command, "what"], "needs tcp://HOST:PORT or tls://HOST:PORT, not 'what'"),
    ):
        assert main(arguments) == 2
        said = capsys.readouterr()
        assert reason in said.err and said.err.count("\n") == 1 and not said.out
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install 'optlab-desktop\[cluster\]'"):
        Cluster("tcp://127.0.0.1:1")


def test_a_scheduler_that_is_lost_leaves_what_was_computed(
    cluster: Cluster, process: tuple[str, subprocess.Popen[str]], recwarn: pytest.WarningsRecorder
) -> None:
    """Last, because nothing is left after it."""
    began = []

    def progress(done: int, total: int) -> None:
        if not began:
            began.append(done)
            for child in psutil.Process(process[1].pid).children():
                if "distributed.cli.dask_scheduler" in child.cmdline():
                    child.kill()

    lab = optlab.experiment("himmelblau", steps=120).add("adam")
    found = lab.basin_map(resolution=400, progress=progress, cluster=cluster)
    known = np.isfinite(found["loss"]).mean()
    assert 0 < known < 1
    assert cluster.lost == f"the cluster at {process[0]} is gone"
    assert [str(one.message) for one in recwarn] == [f"{cluster.lost}; the rest is missing"]
    with contextlib.suppress(ProcessLookupError):
        assert process[1].wait(30) == 1
