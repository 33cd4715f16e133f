"""The recorder: what it writes, what it refuses, and what survives when it is killed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import optlab
from optlab.recording import RecordingError, read_folder

_ALONE = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {names!r}:
            raise ImportError(name + " is blocked")
sys.meta_path.insert(0, Blocked())
import optlab
with optlab.record("alone") as rec:
    rec.step(w=[1.0, 2.0], loss=3.0)
"""
_ENDLESS = """
import numpy as np, optlab.recording.recorder as recorder
recorder._CHUNK_ROWS = 20
with recorder.record("killed", every=1) as rec:
    t = 0
    while True:
        rec.step(w=np.full(3, float(t)), loss=float(t))
        t += 1
        print(t, flush=True)
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_any_names_are_recorded_and_read_back_exactly() -> None:
    values = np.random.default_rng(3).normal(size=(50, 3))
    with optlab.record("run", rule="mine", settings={"eta": 0.1}) as rec:
        rec.step(w=values[0])
        for t in range(1, 50):
            rec.step(w=values[t], g=values[t] * 2, loss=float(values[t, 0]), m=[0.5, 1, t])
    assert sorted(file.name for file in Path("run.optrec").iterdir()) == ["000000.npz", "run.json"]
    recorded = read_folder(Path("run.optrec"))
    assert (recorded.columns["w"] == values).all()
    assert np.isnan(recorded.columns["g"][0]).all()
    assert (recorded.columns["g"][1:] == values[1:] * 2).all()
    assert recorded.columns["step"][:, 0].tolist() == list(range(50))
    assert recorded.titles("w") == ("w1", "w2", "w3")
    assert recorded.about["rule"] == "mine"
    assert recorded.about["settings"] == {"eta": 0.1}
    assert recorded.about["finished"] is True
    assert recorded.lost == ""


def test_tensors_of_several_layers_keep_their_names() -> None:
    with optlab.record("run") as rec:
        rec.step(w={"a": np.ones((2, 2)), "b": 3.0}, g=[np.zeros((2, 2)), np.zeros(1)])
    recorded = read_folder(Path("run.optrec"))
    assert recorded.titles("w") == ("a[0,0]", "a[0,1]", "a[1,0]", "a[1,1]", "b")
    assert recorded.titles("g")[-1] == "g:1[0]"
    assert recorded.columns["w"].tolist() == [[1, 1, 1, 1, 3]]


def test_single_precision_and_whole_numbers_are_taken() -> None:
    with optlab.record("run") as rec:
        rec.step(w=np.ones(2, np.float32), n=np.array([1, 2]), flag=True)
    columns = read_folder(Path("run.optrec")).columns
    assert columns["n"].tolist() == [[1, 2]]
    assert columns["flag"].tolist() == [[1]]


def test_a_loss_belongs_to_the_present_weights_and_is_handed_back() -> None:
    with optlab.record("run") as rec:
        for t in range(3):
            rec.step(w=[float(t)])
            given = np.float64(t + 10)
            assert rec.loss(given) is given
    assert read_folder(Path("run.optrec")).columns["loss"][:, 0].tolist() == [10, 11, 12]


def test_every_third_update_only() -> None:
    with optlab.record("run", every=3) as rec:
        for t in range(10):
            rec.step(w=[float(t)], loss=1.0)
    assert read_folder(Path("run.optrec")).columns["step"][:, 0].tolist() == [0, 3, 6, 9]


def test_many_weights_are_projected_sampled_and_kept_now_and_then() -> None:
    random = np.random.default_rng(0)
    points = random.normal(size=(20, 5000)).cumsum(axis=0)
    with optlab.record("run", every=1, sample=32) as rec:
        for w in points:
            rec.step(w={"a": w[:4900], "b": w[4900:]}, g={"a": w[:4900], "b": w[4900:]})
    recorded = read_folder(Path("run.optrec"))
    assert recorded.is_projected
    assert recorded.columns["projection"].shape == (20, 64)
    np.testing.assert_allclose(recorded.columns["g_norm"][:, 0], np.linalg.norm(points, axis=1))
    title = recorded.titles("w")[0]
    position = int(title.removeprefix("a[").removesuffix("]"))
    assert (recorded.columns["w"][:, 0] == points[:, position]).all()
    assert recorded.columns["w"].shape == recorded.columns["g"].shape
    assert len(list(Path("run.optrec").glob("checkpoint-*.npz"))) >= 5


def test_the_end_of_a_training_that_fails_is_written() -> None:
    with pytest.raises(ZeroDivisionError), optlab.record("run") as rec:
        rec.step(w=[1.0], loss=2.0)
        raise ZeroDivisionError("at the second batch")
    recorded = read_folder(Path("run.optrec"))
    assert recorded.columns["w"].tolist() == [[1]]
    assert recorded.about["finished"] is False
    assert recorded.about["error"] == "ZeroDivisionError: at the second batch"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"w": "text"}, "w: needs numbers, not str"),
        ({"w": [1.0, 2.0, 3.0]}, r"w: has shape \(3,\), and \(2,\) before"),
    ],
)
def test_wrong_values_are_refused_with_their_name(values: dict[str, object], message: str) -> None:
    with optlab.record("run") as rec:
        rec.step(w=[1.0, 2.0])
        with pytest.raises(ValueError, match=message):
            rec.step(**values)


def test_an_earlier_recording_is_not_overwritten_unasked() -> None:
    for _ in range(2):
        with optlab.record("run", overwrite=True) as rec:
            rec.step(w=[1.0])
    with pytest.raises(FileExistsError, match="give another name"), optlab.record("run"):
        pass
    Path("other.optrec").mkdir()
    Path("other.optrec/precious.txt").write_text("kept")
    with pytest.raises(FileExistsError, match="no recording"):
        optlab.record("other", overwrite=True).__enter__()


@pytest.mark.parametrize("name", ["", ".", "a\0b"])
def test_a_name_is_needed(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a recording"):
        optlab.record(name)


def test_every_needs_a_whole_number() -> None:
    with pytest.raises(ValueError, match="every: needs a whole number from 1, not 0"):
        optlab.record("run", every=0)


def test_a_closed_recorder_takes_no_more() -> None:
    with optlab.record("run") as rec:
        rec.step(w=[1.0])
    with pytest.raises(ValueError, match="closed"):
        rec.step(w=[2.0])


def test_the_recorder_needs_numpy_alone() -> None:
    names = "PySide6 pyqtgraph matplotlib numba numexpr msgspec psygnal contourpy PIL torch jax"
    code = _ALONE.format(names=set(names.split()))
    subprocess.run([sys.executable, "-c", code], check=True, env=_environment(), timeout=120)
    assert read_folder(Path("alone.optrec")).columns["loss"].tolist() == [[3]]


@pytest.mark.parametrize("lines", [1, 50, 133])
def test_a_killed_training_loses_at_most_a_chunk(lines: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _ENDLESS], stdout=subprocess.PIPE, text=True, env=_environment()
    )
    assert process.stdout is not None
    done = 0
    for _ in range(lines):
        done = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read().split("\n")
    process.wait()
    process.stdout.close()
    done = max([done, *(int(line) for line in rest if line)])
    try:
        recorded = read_folder(Path("killed.optrec"))
        rows = len(recorded.columns["step"])
        assert recorded.lost == ""
        assert (recorded.columns["w"][:, 0] == np.arange(rows)).all()
    except RecordingError as error:
        assert "no recorded rows" in str(error)
        rows = 0
    assert rows >= done - 22


def test_damage_is_said_and_what_stands_before_it_is_read() -> None:
    with optlab.record("run") as rec:
        for t in range(30):
            rec.step(w=[float(t)])
            if t in (9, 19):
                rec._flush()
    assert len(list(Path("run.optrec").glob("0*.npz"))) == 3
    second = Path("run.optrec/000001.npz")
    second.write_bytes(second.read_bytes()[:100])
    recorded = read_folder(Path("run.optrec"))
    assert len(recorded.columns["w"]) == 10
    assert recorded.lost.startswith("000001.npz cannot be read")
    second.unlink()
    assert "a chunk before it is missing" in read_folder(Path("run.optrec")).lost


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not JSON"),
        ("[1]", "is not the description"),
        (json.dumps({"format": "optlab recording", "version": 99}), "newer OptLab"),
        (json.dumps({"format": "optlab recording", "version": "1"}), "whole number"),
        (json.dumps({"format": "optlab recording", "version": 1}), "no recorded rows"),
    ],
)
def test_hostile_folders_are_refused(text: str, message: str) -> None:
    Path("x.optrec").mkdir()
    Path("x.optrec/run.json").write_text(text)
    with pytest.raises(RecordingError, match=message):
        read_folder(Path("x.optrec"))


def test_pickled_arrays_are_never_loaded() -> None:
    with optlab.record("run") as rec:
        rec.step(w=[1.0])
    np.savez("run.optrec/000000.npz", step=np.array([[{}]], dtype=object), allow_pickle=True)
    with pytest.raises(RecordingError, match="no recorded rows"):
        read_folder(Path("run.optrec"))


def test_the_loss_over_the_plane_of_the_path() -> None:
    random = np.random.default_rng(1)
    path = np.outer(np.linspace(3, 0, 40), [1, 0, 0]) + 0.01 * random.normal(size=(40, 3))
    with optlab.record("run") as rec:
        for w in path:
            rec.step(w=w)
        rec.plane(lambda w: float(w @ w), resolution=16)
    plane = read_folder(Path("run.optrec")).plane
    assert plane["loss"].shape == (16, 16)
    a, b = plane["a"][3], plane["b"][5]
    point = plane["point"] + a * plane["directions"][0] + b * plane["directions"][1]
    assert plane["loss"][5, 3] == pytest.approx(point @ point)
    assert plane["explained"][0] > 0.99
    back = plane["point"] + plane["path"] @ plane["directions"]
    np.testing.assert_allclose(np.linalg.norm(back - path, axis=1), plane["distance"], atol=1e-12)
    with pytest.raises(ValueError, match="three recorded points"), optlab.record("b") as short:
        short.step(w=[1.0])
        short.plane(lambda w: 0.0)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(optlab.__file__).parent.parent)}
