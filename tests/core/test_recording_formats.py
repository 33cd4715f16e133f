"""Recordings that are no text: every kind of file gives the trajectory that was written."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
import safetensors.numpy

import optlab
from optlab.core.analysis.quantities import components, of_rule
from optlab.core.export import csv_header
from optlab.core.recordings import RecordingError, is_recording, read_files
from optlab.recording import read_folder

W = np.array([[1.0, 2.0], [0.5, 1.5], [0.25, 1.0]])
LOSS = np.array([3.0, 2.0, 1.0])
M = np.array([[np.nan, np.nan], [1.0, 2.0], [3.0, 4.0]])


def _npz(path: Path) -> None:
    np.savez(path, w=W, loss=LOSS, m=M)


def _npz_columns(path: Path) -> None:
    w = {f"w{i + 1}": W[:, i] for i in range(2)}
    m = {f"m{i + 1}": M[:, i] for i in range(2)}
    np.savez(path, t=np.arange(3), loss=LOSS, **w, **m)


def _npz_of_a_run(path: Path) -> None:
    np.savez(path, **{"adam.w": W, "adam.loss": LOSS, "adam.m": M, "metadata": np.array("{}")})


def _safetensors(path: Path) -> None:
    safetensors.numpy.save_file({"w": W, "loss": LOSS, "m": M}, str(path))


def _hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["w"], file["loss"], file["m"] = W, LOSS, M


def _folder(path: Path) -> None:
    with optlab.record(path) as rec:
        rec.step(w=W[0], loss=LOSS[0])
        for t in (1, 2):
            rec.step(w=W[t], loss=LOSS[t], m=M[t])


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("run.npz", _npz),
        ("columns.npz", _npz_columns),
        ("exported.npz", _npz_of_a_run),
        ("run.safetensors", _safetensors),
        ("run.h5", _hdf5),
        ("run.optrec", _folder),
    ],
)
def test_every_kind_of_file_is_read(
    tmp_path: Path, name: str, write: Callable[[Path], None]
) -> None:
    write(tmp_path / name)
    assert is_recording(tmp_path / name)
    found = read_files(tmp_path / name).trajectory
    assert (found.vector("w") == W).all()
    assert found["loss"].tolist() == LOSS.tolist()
    np.testing.assert_array_equal(found.vector("m"), M)
    assert csv_header(found)[:4] == ("t", "w1", "w2", "loss")
    assert found.outcome.sentence == "finished after 2 steps"


def test_a_projected_path_of_li_et_al(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "proj.h5", "w") as file:
        file["proj_xcoord"], file["proj_ycoord"] = W[:, 0], W[:, 1]
    found = read_files(tmp_path / "proj.h5").trajectory
    assert (found.vector("w") == W).all()
    assert np.isnan(found["loss"]).all()


def test_updates_left_out_keep_their_numbers(tmp_path: Path) -> None:
    with optlab.record(tmp_path / "run", every=5) as rec:
        for t in range(11):
            rec.step(w=[float(t)], loss=1.0)
    assert read_files(tmp_path / "run.optrec").trajectory["step"].tolist() == [0, 5, 10]


def test_a_projected_recording_has_the_projection_as_its_path(tmp_path: Path) -> None:
    with optlab.record(tmp_path / "run", full=10) as rec:
        for t in range(3):
            rec.step(w=np.full(5000, float(t)), loss=1.0)
    found = read_files(tmp_path / "run.optrec").trajectory
    assert found.dimension == 64
    assert found.vector("sample").shape[1] == 64


def test_a_run_that_ends_in_nan_diverged(tmp_path: Path) -> None:
    np.savez(tmp_path / "run.npz", w=np.array([[1.0], [np.inf], [np.nan]]), loss=LOSS)
    outcome = read_files(tmp_path / "run.npz").trajectory.outcome
    assert (outcome.kind, outcome.step) == ("diverged", 1)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"a": LOSS}, "there is no array w and none w1 .found: a."),
        ({"w": W, "loss": LOSS[:2]}, r"'loss' has shape \(2,\); w has 3 rows"),
        ({"w": W, "loss": W}, "'loss' needs one number a row, not 2"),
        ({"w1": LOSS, "w2": LOSS[:2]}, "different numbers of rows"),
    ],
)
def test_what_fits_no_trajectory_is_said(
    tmp_path: Path, arrays: dict[str, np.ndarray], message: str
) -> None:
    np.savez(tmp_path / "run.npz", **arrays)
    with pytest.raises(RecordingError, match=message):
        read_files(tmp_path / "run.npz")


@pytest.mark.parametrize("suffix", ["npz", "safetensors", "h5"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x89HDF\r\n", b"\xff" * 4000])
def test_damaged_files_are_refused_in_one_line(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"run.{suffix}"
    path.write_bytes(content)
    with pytest.raises(RecordingError) as refused:
        read_files(path)
    assert "\n" not in str(refused.value)


def test_a_table_of_contents_damaged_inside_is_refused(tmp_path: Path) -> None:
    _hdf5(tmp_path / "run.h5")
    content = (tmp_path / "run.h5").read_bytes()
    (tmp_path / "run.h5").write_bytes(content.replace(b"SNOD", b"\0\0\0\0"))
    with pytest.raises(RecordingError, match="cannot be read"):
        read_files(tmp_path / "run.h5")


def test_a_surface_without_a_path_is_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "surface.h5", "w") as file:
        file["xcoordinates"], file["ycoordinates"] = LOSS, LOSS
    with pytest.raises(RecordingError, match="holds a surface and no path"):
        read_files(tmp_path / "surface.h5")


def test_a_column_behind_a_gap_in_the_numbers_is_kept(tmp_path: Path) -> None:
    np.savez(tmp_path / "run.npz", w=W, loss=LOSS, m1=LOSS, m2=LOSS + 1, m4=LOSS + 3)
    found = read_files(tmp_path / "run.npz").trajectory
    assert found.vector("m").shape == (3, 2)
    assert found["m4"].tolist() == [6, 5, 4]


@pytest.mark.parametrize("full", [1000, 5])
def test_norms_of_each_layer_can_be_drawn_for_one_run_and_for_all(
    tmp_path: Path, full: int
) -> None:
    random = np.random.default_rng(0)
    points = random.normal(size=(30, 10))
    with optlab.record(tmp_path / "run", full=full, every=1) as rec:
        for w in points:
            parts = {"fc.weight": w[:8].reshape(2, 4), "fc.bias": w[8:]}
            rec.step(w=parts, g={name: 2 * part for name, part in parts.items()}, loss=1.0)
    trajectory = read_files(tmp_path / "run.optrec").trajectory
    quantities = {one.key: one for one in of_rule(None, trajectory)}
    assert not any(key.endswith(("_layers", "layer_norm")) for key in quantities)
    curves = dict(quantities["layer:fc.weight"].curves(trajectory))
    assert list(curves) == ["w", "g"]
    norms = np.linalg.norm(points[:, :8], axis=1)
    np.testing.assert_allclose(curves["w"], norms)
    np.testing.assert_allclose(curves["g"][1:], 2 * norms[1:])
    single = {one.key: one for one in components(trajectory, ("all:w:fc.bias",))}
    ((_, values),) = single["all:w:fc.bias"].curves(trajectory)
    np.testing.assert_allclose(values, np.linalg.norm(points[:, 8:], axis=1))
    assert single["all:w:fc.bias"].of_all


def test_norms_that_were_left_out_are_on_straight_lines(tmp_path: Path) -> None:
    folder = tmp_path / "run.optrec"
    with optlab.record(tmp_path / "run", full=5, every=1) as rec:
        for t in range(5):
            rec._measuring = t in (0, 4)
            rec.step(w={"a": np.full(4, 1.0 + t), "b": np.zeros(4)}, loss=1.0)
    assert np.isnan(read_folder(folder).columns["w_layer_norm"][1]).all()
    trajectory = read_files(folder).trajectory
    np.testing.assert_allclose(trajectory["w:a"], [2, 4, 6, 8, 10])
