"""Recordings that are no text: folders of the recorder, NPZ, safetensors, and Li et al.'s HDF5."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from optlab import recording
from optlab.core.data.table import Array
from optlab.core.recordings.csv_text import STEP, joined
from optlab.core.run import Trajectory, recorded_trajectory
from optlab.core.run.outcome import Outcome
from optlab.core.run.trajectory import LAYERS
from optlab.recording import RecordingError
from optlab.recording.reading import UNREADABLE

_EXTRA = "reading {} needs the package {}: pip install 'optlab-desktop[import]'"
Titles = tuple[str, ...]
_LI_POINTS = ("proj_xcoord", "proj_ycoord")


def is_recording(path: Path) -> bool:
    """Whether a file or folder holds recorded numbers, by its name."""
    return recording.is_folder(path) or (path.suffix.lower() in FORMATS and not path.is_dir())


@dataclass(frozen=True, eq=False)
class Recording:
    """What a recording holds: its numbers, and of a folder also what ``run.json`` says, the arrays
    of its plane, and a sentence about what could not be read."""

    trajectory: Trajectory
    about: dict[str, Any] = field(default_factory=dict)
    plane: dict[str, Array] = field(default_factory=dict)
    lost: str = ""


def read_files(path: Path) -> Recording:
    """What a folder or a binary file holds. Raises :class:`RecordingError` with a reason."""
    try:
        if recording.is_folder(path):
            found = recording.read_folder(path)
            return Recording(_folder_trajectory(found), found.about, found.plane, found.lost)
        return Recording(_table_trajectory(FORMATS[path.suffix.lower()](path)))
    except RecordingError as error:
        reason = str(error).removeprefix(f"{path}: ").removeprefix(f"{path}/")
        raise RecordingError(reason) from None
    except UNREADABLE as error:
        reason = (str(error) or type(error).__name__).splitlines()[0][:100]
        raise RecordingError(f"cannot be read: {reason}") from None


def _folder_trajectory(recorded: recording.Recorded) -> Trajectory:
    """w is the projection where the weights were too many; what is kept of them is ``sample``."""
    columns = dict(recorded.columns)
    layers, titles = _layer_norms(recorded)
    for name in layers:
        columns.pop(f"{name.removesuffix(LAYERS)}_layer_norm", None)
    if recorded.is_projected:
        columns["sample"] = columns.pop("w")
        columns["w"] = columns.pop("projection")
    return _table_trajectory(columns | layers, titles)


def _layer_norms(recorded: recording.Recorded) -> tuple[dict[str, Array], dict[str, Titles]]:
    """The norm of each tensor of a quantity, ``w_layers``, and the names of the tensors.

    Of many weights they are what was recorded, straight lines between rows that have them.
    """
    layers: dict[str, Array] = {}
    titles: dict[str, Titles] = {}
    for name, about in recorded.about.get("columns", {}).items():
        tensors = about.get("tensors", []) if isinstance(about, dict) else []
        if len(tensors) < 2 or name not in recorded.columns:
            continue
        stored = recorded.columns.get(f"{name}_layer_norm")
        if stored is None:
            sizes = recorded.tensor_sizes(name)
            values = recorded.columns[name]
            if sum(sizes) != values.shape[1] or min(sizes) < 1:
                continue
            with np.errstate(over="ignore"):
                first = np.cumsum([0, *sizes[:-1]])
                stored = np.sqrt(np.add.reduceat(values * values, first, axis=1))
        elif stored.shape[1] != len(tensors):
            continue
        layers[f"{name}{LAYERS}"] = _interpolated(stored)
        titles[f"{name}{LAYERS}"] = tuple(f"{name}:{tensor['name']}" for tensor in tensors)
    return layers, titles


def _interpolated(values: Array) -> Array:
    """The same with rows that were left out on straight lines between their neighbours."""
    known = np.flatnonzero(~np.isnan(values).all(axis=1))
    if not 1 < len(known) < known[-1] - known[0] + 1:
        return values
    between = np.arange(known[0], known[-1] + 1)
    filled = values.copy()
    for column, found in zip(filled.T, values.T, strict=True):
        column[between] = np.interp(between, known, found[known])
    return filled


def _table_trajectory(
    columns: Mapping[str, Array], titles: Mapping[str, Titles] | None = None
) -> Trajectory:
    """The trajectory of arrays by name, each of shape (rows,) or (rows, size).

    ``w1``, ``w2``, ... are joined to w, and so with other names; a loss that was not recorded is
    nan.  Raises :class:`RecordingError` where there are no weights, or numbers of rows differ.
    """
    found = joined(_without_prefix(columns))
    if "w" not in found:
        names = ", ".join(sorted(columns)[:8])
        raise RecordingError(f"there is no array w and none w1 (found: {names or 'none'})")
    rows = len(found["w"])
    for name, values in found.items():
        if values.ndim not in (1, 2) or len(values) != rows:
            raise RecordingError(f"'{name}' has shape {values.shape}; w has {rows} rows")
    quantities: dict[str, Array] = {"w": found.pop("w")}
    quantities["loss"] = _single(found.pop("loss", np.full(rows, math.nan)), "loss")
    counts = found.pop("t", found.pop(STEP, np.arange(rows, dtype=np.float64)))
    steps = _single(counts, STEP)
    if (steps != np.arange(rows)).any():
        quantities[STEP] = steps
    quantities |= {
        name: values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
        for name, values in found.items()
        if name != "dw"
    }
    return recorded_trajectory(quantities, titles, outcome=_outcome(quantities))


def _single(values: Array, name: str) -> Array:
    if values.ndim == 2 and values.shape[1] != 1:
        raise RecordingError(f"'{name}' needs one number a row, not {values.shape[1]}")
    return values.reshape(len(values))


def _outcome(quantities: Mapping[str, Array]) -> Outcome:
    """How it ended; a loss that is nan may be one that was not recorded."""
    w, loss = np.atleast_2d(quantities["w"].T).T, quantities["loss"]
    broken = np.flatnonzero(~np.isfinite(w).all(axis=1) | np.isinf(loss))
    if len(broken):
        return Outcome("diverged", int(broken[0]), "the numbers are not finite from there on")
    return Outcome("finished", len(loss) - 1)


def _without_prefix(columns: Mapping[str, Array]) -> dict[str, Array]:
    """``RUN.w1`` as w1 where all names belong to one run, as in exported NPZ files."""
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    kept = {name: values for name, values in arrays.items() if values.dtype.kind in "fiu"}
    numbers = {name: values.astype(np.float64, copy=False) for name, values in kept.items()}
    heads = {name.rpartition(".")[0] for name in numbers}
    if len(heads) == 1 and heads != {""}:
        return {name.rpartition(".")[2]: values for name, values in numbers.items()}
    return numbers


def _npz(path: Path) -> dict[str, Array]:
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        if not hasattr(stored, "files"):
            raise RecordingError("is one array without names; a recording needs w and loss")
        return {name: stored[name] for name in stored.files if stored[name].dtype.kind in "fiu"}


def _safetensors(path: Path) -> dict[str, Array]:
    package = _package("safetensors", "safetensors")
    try:
        return dict(_package("safetensors.numpy", "safetensors").load_file(str(path)))
    except package.SafetensorError as error:
        raise RecordingError(f"cannot be read: {error}") from None


def _hdf5(path: Path) -> dict[str, Array]:
    """Arrays by name, or the projected path of Li et al.'s ``plot_trajectory.py``."""
    with _package("h5py", "h5py").File(path, "r") as file:
        found = {name: np.asarray(value) for name, value in file.items() if hasattr(value, "shape")}
    if all(name in found for name in _LI_POINTS):
        points = np.stack([found.pop(name).reshape(-1) for name in _LI_POINTS], axis=1)
        return {"w": points}
    if "xcoordinates" in found:
        reason = "holds a surface and no path; open the file of its projected trajectory"
        raise RecordingError(reason)
    return found


def _package(module: str, name: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise RecordingError(_EXTRA.format("this file", name)) from None


FORMATS: Mapping[str, Callable[[Path], dict[str, Array]]] = {
    ".npz": _npz,
    ".safetensors": _safetensors,
    ".h5": _hdf5,
    ".hdf5": _hdf5,
}
"""What reads each kind of file, by its suffix."""
