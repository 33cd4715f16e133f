"""Read the folder of a recording, as far as it was written."""

from __future__ import annotations

import json
import math
import os
import struct
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from optlab.recording import folder

Array = npt.NDArray[np.float64]
_MOST_ABOUT = 64 << 20
UNREADABLE = (
    *(OSError, ValueError, LookupError, RuntimeError, MemoryError, EOFError),
    *(zipfile.BadZipFile, zlib.error, struct.error),
)
"""What damaged files make the readers of NumPy, zip and HDF5 raise."""


class RecordingError(ValueError):
    """A recording that cannot be read; the message is one sentence."""


@dataclass(frozen=True)
class Recorded:
    """What was recorded: ``columns`` by name, each of shape (rows, size), nan where not recorded.

    ``lost`` is a sentence about what could not be read, or empty.  ``plane`` holds the arrays of
    ``plane.npz``.
    """

    folder: Path
    about: dict[str, Any]
    columns: dict[str, Array]
    lost: str = ""
    plane: dict[str, Array] = field(default_factory=dict)

    @property
    def is_projected(self) -> bool:
        """Whether the weights were too many to be recorded whole."""
        return "projection" in self.columns

    def tensor_sizes(self, name: str) -> list[int]:
        """How many values each tensor of a quantity has."""
        tensors = self.about.get("columns", {}).get(name, {}).get("tensors", [])
        return [math.prod(tensor["shape"]) for tensor in tensors]

    def titles(self, name: str) -> tuple[str, ...]:
        """A name for each recorded number of a quantity: w1, w2, or ``fc.weight[0,3]``."""
        size = self.columns[name].shape[1]
        known = self.about.get("columns", {}).get(name, {})
        tensors = known.get("tensors", [])
        if not tensors or [tensor["name"] for tensor in tensors] == [""]:
            return (name,) if size == 1 else tuple(f"{name}{i}" for i in range(1, size + 1))
        kept = known.get("kept") or [range(math.prod(tensor["shape"])) for tensor in tensors]
        head = "" if name == "w" else f"{name}:"
        found = [
            f"{head}{tensor['name']}{_index(position, tensor['shape'])}"
            for tensor, positions in zip(tensors, kept, strict=True)
            for position in positions
        ]
        return tuple(found)


def is_folder(path: Path) -> bool:
    """Whether this is a recording's folder, or its ``run.json``."""
    where = path.parent if path.name == folder.ABOUT else path
    return where.suffix == folder.SUFFIX and where.is_dir()


def read_folder(path: Path) -> Recorded:
    """Read a recording.

    Stops at the first damaged chunk and says so in ``lost``.  Raises :class:`RecordingError`
    for what is no recording, was made by a newer version, or has no rows.
    """
    where = path.parent if path.name == folder.ABOUT else path
    about = read_about(where)
    pieces: list[dict[str, npt.NDArray[Any]]] = []
    lost = ""
    for number, file in enumerate(folder.chunks(where)):
        try:
            if file.name != folder.chunk_name(number):
                raise RecordingError("a chunk before it is missing")
            pieces.append(_arrays(file))
        except UNREADABLE as error:
            rows = sum(len(piece["step"]) for piece in pieces)
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            lost = f"{file.name} cannot be read ({reason[:80]}): {rows} rows before it are shown"
            break
    if not pieces:
        detail = f": {lost}" if lost else ""
        raise RecordingError(f"{where}: holds no recorded rows{detail}")
    return Recorded(where, about, _joined(pieces), lost, read_plane(where / folder.PLANE))


def read_plane(file: Path | BinaryIO) -> dict[str, Array]:
    """The arrays of a ``plane.npz``; none where it cannot be read."""
    try:
        return _arrays(file, chunk=False)
    except UNREADABLE:
        return {}


def checkpoints(where: Path) -> Array:
    """The checkpoints of all weights, shape (checkpoints, n); those that can be read."""
    rows = []
    for file in sorted(where.glob("checkpoint-*.npz")):
        try:
            arrays = _arrays(file, chunk=False)
        except UNREADABLE:
            continue
        rows.append(np.concatenate([arrays[str(index)] for index in range(len(arrays))]))
    return np.array(rows, dtype=np.float64)


def read_about(where: Path) -> dict[str, Any]:
    """What ``run.json`` says. Raises :class:`RecordingError`."""
    file = where / folder.ABOUT
    try:
        with file.open("rb") as stream:
            text = stream.read(min(os.fstat(stream.fileno()).st_size, _MOST_ABOUT))
    except OSError as error:
        raise RecordingError(f"{file}: cannot be read: {error.strerror}") from None
    try:
        about = json.loads(text)
    except (ValueError, RecursionError):
        raise RecordingError(f"{file}: is not JSON") from None
    if not isinstance(about, dict) or about.get("format") != folder.FORMAT:
        raise RecordingError(f"{file}: is not the description of a recording")
    version = about.get("version")
    if not isinstance(version, int) or version < 1:
        raise RecordingError(f"{file}: version {version!r} is not a whole number from 1")
    if version > folder.VERSION:
        raise RecordingError(f"{file}: was written by a newer OptLab (format {version})")
    return about


def _arrays(file: Path | BinaryIO, chunk: bool = True) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a file, checked: numbers only; of a chunk, one row for each step."""
    opened = file.open("rb") if isinstance(file, Path) else nullcontext(file)
    with opened as stream, np.load(stream, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    for name, values in arrays.items():
        if values.dtype.kind != "f":
            raise RecordingError(f"'{name}' holds no floating point numbers")
        if chunk and (values.ndim != 2 or len(values) != len(arrays.get("step", ()))):
            raise RecordingError(f"'{name}' has another number of rows than 'step'")
    return arrays


def _joined(pieces: Sequence[dict[str, npt.NDArray[Any]]]) -> dict[str, Array]:
    """Chunks below each other as float64; nan where one lacks a quantity."""
    names = dict.fromkeys(name for piece in pieces for name in piece)
    rows = sum(len(piece["step"]) for piece in pieces)
    columns: dict[str, Array] = {}
    for name in names:
        size = max(piece[name].shape[1] for piece in pieces if name in piece)
        values = np.empty((rows, size))
        first = 0
        for piece in pieces:
            last = first + len(piece["step"])
            found = piece.get(name)
            if found is None or found.shape[1] < size:
                values[first:last] = np.nan
            if found is not None:
                values[first:last, : found.shape[1]] = found
            first = last
        columns[name] = values
    return columns


def _index(position: int, shape: Sequence[int]) -> str:
    if not shape:
        return ""
    where = np.unravel_index(position, tuple(shape))
    return "[" + ",".join(str(int(one)) for one in where) + "]"
