"""Seconds to tune a network with one worker process of a cluster and with two."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from benchmarks.measure import Row, Table
from optlab.core.executor import LocalPool
from optlab.core.tuning.search import Search, SearchResult, search
from optlab.core.tuning.space import space_of
from optlab.session.cluster.executor import Cluster
from optlab.session.experiment import (
    DataSet,
    Experiment,
    NetworkModel,
    Run,
    Surface,
    Treatment,
)
from optlab.session.kernel_cache import kernel_store
from optlab.session.resolve import resolve

SEEDS, TRIALS = 5, 100
DOCUMENT = Experiment(
    surface=Surface(
        network=NetworkModel("2-16-1", loss="squared"),
        data=DataSet("moons:n=200,noise=0.1,seed=1"),
    ),
    runs=(Run(id="1", optimizer="adam", treatment=Treatment(batch=32)),),
    steps=1_000,
)
ONE, TWO, HERE = "one worker", "two workers", "one thread of this process"


@contextmanager
def cluster_of(workers: int) -> Iterator[Cluster]:
    """Worker processes of this machine."""
    command = [sys.executable, "-m", "optlab", "cluster", "--workers", str(workers), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            with Cluster(process.stdout.readline().split()[0]) as cluster:
                while cluster.count_workers() < workers:
                    time.sleep(0.1)
                yield cluster
        finally:
            process.terminate()


def tables(rounds: int, scale: float) -> list[Table]:
    """The table; all must find the same numbers."""
    spec = resolve(DOCUMENT).specs["1"]
    plan = Search(space_of(spec.rule), max(4, round(TRIALS * scale)), tuple(range(SEEDS)))
    found: list[SearchResult] = []

    def seconds(executor: object) -> float:
        begin = time.perf_counter()
        found.append(search(spec, plan, store=kernel_store(), executor=executor))  # type: ignore[arg-type]
        return time.perf_counter() - begin

    seconds(LocalPool(1))  # compiles
    rows = [Row.of(HERE, [seconds(LocalPool(1)) for _ in range(rounds)])]
    for name, workers in ((ONE, 1), (TWO, 2)):
        with cluster_of(workers) as cluster:
            executor = cluster.on(DOCUMENT, "1")
            seconds(executor)  # loads the kernels
            rows.append(Row.of(name, [seconds(executor) for _ in range(rounds)]))
    assert all(np.array_equal(one.measures, found[0].measures) for one in found)
    steps = (plan.trials + 1) * SEEDS * spec.steps / 1e6
    title = f"Tuning a network 2-16-1 on a cluster: {steps:.2f} M steps, the same bits"
    return [Table(title, "s", ONE, tuple(rows), higher=False)]
