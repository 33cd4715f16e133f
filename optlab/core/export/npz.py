"""Trajectories as a NumPy archive: an array for each column, by name, and a text that explains it.

The archive is a plain zip of ``.npy`` files without a date, so the same numbers give the same
bytes; ``numpy.load`` opens it without unpickling anything.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Collection, Mapping
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from optlab.core.export.csv import ExportCancelledError, csv_header
from optlab.core.run import Trajectory

METADATA = "metadata"
"""The array that holds the text: ``json.loads(str(archive["metadata"]))``."""

_NO_DATE = (1980, 1, 1, 0, 0, 0)


def write_npz(
    file: BinaryIO,
    trajectories: Mapping[str, Trajectory],
    metadata: Mapping[str, object],
    *,
    chosen: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Writes ``RUN.COLUMN`` arrays of shape (steps + 1,) and the metadata (as JSON).

    ``trajectories`` are named by what stands before the dot.  Columns are those of the CSV, all
    or ``chosen`` ones; what only an update has is nan in row 0.  ``progress`` gets the arrays
    done and the arrays in all; ``cancelled`` is asked between them.  Raises
    :class:`ExportCancelledError`.
    """
    text = json.dumps(metadata, ensure_ascii=True, allow_nan=False)
    total = sum(len(csv_header(trajectory, chosen)) for trajectory in trajectories.values())
    done = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, METADATA, np.array(text))
        for key, trajectory in trajectories.items():
            for column in csv_header(trajectory, chosen):
                if cancelled is not None and cancelled():
                    raise ExportCancelledError
                values = trajectory.counts if column == "t" else trajectory[column]
                _add(archive, f"{key}.{column}", values)
                done += 1
                if progress is not None:
                    progress(done, total)


def write_arrays(
    file: BinaryIO, arrays: Mapping[str, npt.NDArray[np.generic]], metadata: Mapping[str, object]
) -> None:
    """Writes named arrays of any shape and the metadata (as JSON)."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, METADATA, np.array(json.dumps(metadata, ensure_ascii=True, allow_nan=False)))
        for name, values in arrays.items():
            _add(archive, name, values)


def _add(archive: zipfile.ZipFile, name: str, values: npt.NDArray[np.generic]) -> None:
    entry = zipfile.ZipInfo(f"{name}.npy", _NO_DATE)
    with archive.open(entry, "w", force_zip64=True) as file:
        np.lib.format.write_array(file, np.asarray(values, order="C"), allow_pickle=False)
