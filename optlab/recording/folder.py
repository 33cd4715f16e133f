"""The folder of a recording: ``run.json`` and chunks of rows that never change once written."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

SUFFIX = ".optrec"
FORMAT, VERSION = "optlab recording", 1
ABOUT, PLANE = "run.json", "plane.npz"

Columns = Mapping[str, npt.NDArray[Any]]
"""Arrays by name, each of shape (rows, size)."""


def folder_of(name: str | os.PathLike[str]) -> Path:
    """The folder of the recording called ``name``, which may be a path.

    Raises ValueError for an empty name.
    """
    path = Path(name)
    if path.name == ABOUT and path.parent.suffix == SUFFIX:
        return path.parent
    if not path.name or "\0" in str(path):
        raise ValueError(f"{str(path)!r} is no name of a recording; use a name like 'run-1'")
    return path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)


def create(folder: Path, overwrite: bool) -> None:
    """Make an empty folder for a recording.

    Raises FileExistsError for one that holds a recording, unless ``overwrite``, and for
    anything else that stands there.
    """
    if folder.exists():
        if not (folder / ABOUT).is_file() and (not folder.is_dir() or any(folder.iterdir())):
            raise FileExistsError(f"{folder} exists and is no recording")
        if (folder / ABOUT).is_file() and not overwrite:
            raise FileExistsError(f"{folder} exists: give another name, or overwrite=True")
        for file in (*folder.glob("[0-9]*.npz"), *folder.glob("*.tmp"), folder / PLANE):
            file.unlink(missing_ok=True)
        (folder / ABOUT).unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)


def chunk_name(number: int) -> str:
    """The file of a chunk, numbered from 0."""
    return f"{number:06d}.npz"


def chunks(folder: Path) -> list[Path]:
    """The chunks that are there, in order."""
    found = [file for file in folder.glob("*.npz") if file.stem.isdigit()]
    return sorted(found, key=lambda file: int(file.stem))


def write_arrays(file: Path, arrays: Columns) -> None:
    """Write arrays under a temporary name, then rename: the file is whole or not there.

    Nothing waits for the disk, which takes longer than a step: a program that is killed has its
    files, a machine that loses its power may lose the last seconds.
    """
    temporary = file.with_name(file.name + ".tmp")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
        for name, values in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as part:
                _write_array(part, np.ascontiguousarray(values))
    os.replace(temporary, file)


def _write_array(part: IO[bytes], values: npt.NDArray[Any]) -> None:
    """As np.savez does, without a copy of the numbers."""
    header = np.lib.format.header_data_from_array_1_0(values)
    np.lib.format.write_array_header_1_0(part, header)
    part.write(values.reshape(-1).view(np.uint8).data)


def write_about(folder: Path, about: Mapping[str, Any]) -> None:
    """Write what is known of the run as ``run.json``, under a temporary name first."""
    temporary = folder / (ABOUT + ".tmp")
    text = json.dumps({"format": FORMAT, "version": VERSION, **about}, indent=1)
    with temporary.open("w", encoding="utf-8") as stream:
        stream.write(text + "\n")
    os.replace(temporary, folder / ABOUT)
