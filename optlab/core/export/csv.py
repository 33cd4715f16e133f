"""A trajectory as CSV (RFC 4180 with plain line feeds, UTF-8): one row for each step.

Row t holds w(t) and E(w(t)); gradient, η, memory, intermediates and the change of w in row t are
those of update t.  Row 0 is the start: what only an update has stays empty there, and so does
what the rule of a row does not record, or what was not recorded elsewhere.  Numbers have the
shortest form that reads back to the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import msgspec
import numpy as np

from optlab.core.formula.emit import Array
from optlab.core.run import Trajectory
from optlab.core.run.measures import COUNTS, NOW_AND_THEN

BLOCK = 20_000
"""Rows that are formatted at a time."""
NUMBERS = 2_000_000
"""Numbers that are formatted at a time, where columns are many: some 200 MB of text."""

# Between these sizes the encoder writes a number exactly as Python does, only faster.
_SMALLEST, _LARGEST = 1e-4, 1e16


class ExportCancelledError(Exception):
    """The person asked to stop; nothing may be kept of the file."""


def csv_header(trajectory: Trajectory, chosen: Collection[str] = ()) -> tuple[str, ...]:
    """The column names: ``t``, the recorded columns, then the change of each weight.

    ``chosen`` keeps only some beside ``t``: columns by name (``w3``), or all of a quantity
    (``w``, ``m``, ``dw``).
    """
    header = ("t", *trajectory.names, *trajectory.update_names)
    if not chosen:
        return header
    kept = {"t", *chosen, *(trajectory.update_names if "dw" in chosen else ())}
    for name in trajectory.vectors:
        kept.update(trajectory.vectors[name] if name in chosen else ())
    return tuple(name for name in header if name in kept)


def csv_blocks(
    trajectory: Trajectory,
    *,
    chosen: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[bytes]:
    """The file's bytes, block by block; of ``chosen`` columns as in :func:`csv_header`.

    ``progress`` gets the rows done and the rows in all; ``cancelled`` is asked between blocks
    and makes the iterator raise :class:`ExportCancelledError`.
    """
    header = csv_header(trajectory, chosen)
    places = {name: place for place, name in enumerate(csv_header(trajectory))}
    kept = [places[name] for name in header]
    yield ",".join(header).encode() + b"\n"
    yield _first_row(trajectory, kept)
    rows = trajectory.rows
    block = max(1, min(BLOCK, NUMBERS // max(1, len(kept))))
    for first in range(1, rows, block):
        if cancelled is not None and cancelled():
            raise ExportCancelledError
        last = min(first + block, rows)
        yield _rows(trajectory, first, last, kept)
        if progress is not None:
            progress(last, rows)


def _first_row(trajectory: Trajectory, kept: Sequence[int]) -> bytes:
    known = {"w", "epoch", *NOW_AND_THEN, *trajectory.state}
    known.difference_update(*(names for _, _, names in trajectory.unrecorded(0, 1)))
    cells = [
        _cell(quantity, value)
        if quantity in known or (not trajectory.spans and value == value)
        else ""
        for quantity in trajectory.vectors
        for value in trajectory.vector(quantity)[0].tolist()
    ]
    cells = ["0", *cells, *("" for _ in trajectory.update_names)]
    return ",".join(cells[place] for place in kept).encode() + b"\n"


def _rows(trajectory: Trajectory, first: int, last: int, kept: Sequence[int]) -> bytes:
    """The ``kept`` columns of the rows first ... last - 1, none of them row 0."""
    block = trajectory.data[first:last]
    weights = trajectory.weights
    with np.errstate(invalid="ignore", over="ignore"):
        updates = weights[first:last] - weights[first - 1 : last - 1]
    if trajectory.times is not None:
        updates = updates[:, :0]
    cells = [_cells(column) for column in block.T]
    _tidy(trajectory, cells, first, last)
    if not trajectory.spans:
        for name in trajectory.vectors.keys() - {"w", "loss"}:
            place = trajectory.vectors.place(name)
            for column, texts in zip(block.T[place], cells[place], strict=True):
                for index in np.flatnonzero(np.isnan(column)).tolist():
                    texts[index] = ""
    for low, high, quantities in trajectory.unrecorded(first, last):
        for quantity in quantities:
            for texts in cells[trajectory.vectors.place(quantity)]:
                texts[low - first : high - first] = [""] * (high - low)
    times = trajectory.times
    counts = range(first, last) if times is None else times[first:last].tolist()
    columns = [counts, *cells, *(_cells(column) for column in updates.T)]
    return csv_rows([columns[place] for place in kept])


def _tidy(trajectory: Trajectory, cells: list[list[float | str]], first: int, last: int) -> None:
    """Writes counts as whole numbers, and nothing where a run did not measure its losses."""
    for name in COUNTS:
        if name in trajectory.vectors:
            place = trajectory.vectors.place(name).start
            cells[place] = [_cell(name, value) for value in cells[place]]
    skipped = np.flatnonzero(np.isnan(trajectory.loss[first : min(last, trajectory.rows - 1)]))
    for name in NOW_AND_THEN if trajectory.spans and skipped.size else ():
        if name in trajectory.vectors:
            texts = cells[trajectory.vectors.place(name).start]
            for index in skipped.tolist():
                texts[index] = ""


def _cell(quantity: str, value: float | str) -> str:
    """A number of row 0, or a count."""
    if quantity in COUNTS:
        whole = float(value)
        return str(int(whole)) if whole == whole else ""
    return repr(value)


def csv_rows(columns: Sequence[Sequence[object]]) -> bytes:
    """Rows of columns of equal length, at least one row, whose texts have no quote, comma or
    bracket in them."""
    encoded = msgspec.json.encode(list(zip(*columns, strict=True)))
    return encoded[2:-2].replace(b'"', b"").replace(b"],[", b"\n") + b"\n"


def number_cells(column: Array) -> list[float | str]:
    """Numbers as cells of a CSV; what is not finite stays empty."""
    cells = _cells(column)
    for index in np.flatnonzero(~np.isfinite(column)).tolist():
        cells[index] = ""
    return cells


def _cells(column: Array) -> list[float | str]:
    """Numbers that the encoder writes as Python does, and the text of all others."""
    cells: list[float | str] = column.tolist()
    with np.errstate(invalid="ignore"):
        size = np.abs(column)
        plain = ((size >= _SMALLEST) & (size < _LARGEST)) | (column == 0)
    for index in np.flatnonzero(~plain).tolist():
        cells[index] = repr(cells[index])
    return cells
