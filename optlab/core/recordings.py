"""Recorded numbers as text: CSV of ``t,w1,w2,…,loss`` and whatever else was recorded."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from optlab.core.formula.compiled import Array
from optlab.core.run import Trajectory, recorded_trajectory

_NUMBERED = re.compile(r"(.*?[^0-9])([1-9][0-9]*)")
_NAME = re.compile(r"[^\s,;\"'\\\[\]]{1,60}")
_COUNT, _WEIGHT, _LOSS = "t", "w", "loss"
STEP = "step"
"""What the counts of a recording are called where they are not 0, 1, 2, ..."""


class RecordingError(ValueError):
    """Text that is no recording; the message has line and column."""


@lru_cache(maxsize=16)
def read_recording(text: str, weights: tuple[str, ...] = ()) -> Trajectory:
    """The trajectory of a CSV text with a header (RFC 4180, a point in numbers).

    Needed are the weights (``w1``, ``w2``, ..., or all of the names in ``weights``, or whatever
    stands between ``t`` and ``loss``) and ``loss``.
    ``t`` counts the rows and must grow; where it is not 0, 1, 2, ... it is kept as ``step``.
    Columns ``m1`` ... ``mk`` become the quantity m; ``dw1``, ... are left out, since they follow
    from the weights.  An empty cell is a number that was not recorded.  Raises
    :class:`RecordingError`.
    """
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    header, cells = _cells(lines)
    table = dict(zip(header, _numbers(header, cells), strict=True))
    named = bool(weights) and set(weights) <= set(header)
    names = weights if named else _numbered(header, _WEIGHT) or _between(header)
    if not names:
        raise RecordingError("line 1: there is no column w1; a recording needs t,w1,w2,…,loss")
    if _LOSS not in table:
        raise RecordingError("line 1: there is no column loss; a recording needs t,w1,w2,…,loss")
    quantities: dict[str, Array] = {"w": np.stack([table[name] for name in names], axis=1)}
    quantities[_LOSS] = table[_LOSS]
    updates = {f"d{name}" for name in names}
    _check_known(cells, header, (*names, _LOSS), table)
    rest = [n for n in header if n not in (*names, _LOSS, _COUNT) and n not in updates]
    for name in rest:
        found = _NUMBERED.fullmatch(name)
        stem = found[1] if found else ""
        columns = _numbered(rest, stem) if stem and stem not in header else ()
        if name in columns:
            quantities[stem] = np.stack([table[one] for one in columns], axis=1)
        else:
            quantities[name] = table[name]
    if _COUNT in table:
        counts = _checked_counts(table[_COUNT], cells)
        if STEP not in quantities and (counts != np.arange(len(counts))).any():
            quantities[STEP] = counts
    titles = {"w": tuple(names)} if names != _numbered(names, _WEIGHT) else None
    return recorded_trajectory(quantities, titles)


_Row = tuple[int, list[str]]


def _cells(lines: Iterator[list[str]]) -> tuple[list[str], list[_Row]]:
    """The names of the columns, and the rows with the lines they end on."""
    rows: list[_Row] = []
    header: list[str] = []
    number = 0
    try:
        for cells in lines:
            number = lines.line_num  # type: ignore[attr-defined]  # a reader has it
            if not header:
                header = _checked_header([cell.strip() for cell in cells], number)
            elif any(cell.strip() for cell in cells):
                if len(cells) != len(header):
                    reason = f"has {len(cells)} cells, the header {len(header)}"
                    raise RecordingError(f"line {number}: {reason}")
                rows.append((number, cells))
    except csv.Error as error:
        raise RecordingError(f"line {number + 1}: {error}") from None
    if not header:
        raise RecordingError("line 1: nothing is there; a recording needs t,w1,w2,…,loss")
    if not rows:
        raise RecordingError("line 2: there are no numbers below the header")
    return header, rows


def _checked_header(names: list[str], line: int) -> list[str]:
    for column, name in enumerate(names, 1):
        if not _NAME.fullmatch(name):
            raise RecordingError(f"line {line}, column {column}: {name[:40]!r} is not a name")
        if names.index(name) != column - 1:
            raise RecordingError(f"line {line}, column {column}: '{name}' stands there twice")
    return names


def _numbers(header: Sequence[str], rows: Sequence[_Row]) -> Array:
    """The numbers by column, shape (columns, rows); nan for an empty cell."""
    try:
        flat = [float(cell) if cell.strip() else np.nan for _, cells in rows for cell in cells]
    except ValueError:
        raise _first_wrong(header, rows) from None
    return np.array(flat).reshape(len(rows), len(header)).T


def _first_wrong(header: Sequence[str], rows: Sequence[_Row]) -> RecordingError:
    for line, cells in rows:
        for name, cell in zip(header, cells, strict=True):
            try:
                float(cell.strip() or 0)
            except ValueError:
                return RecordingError(f"line {line}, column {name}: {cell[:40]!r} is not a number")
    raise AssertionError("one of the cells is no number")


def _numbered(names: Sequence[str], stem: str) -> tuple[str, ...]:
    """``m1`` ... ``mk`` as far as they are there without a gap."""
    known = set(names)
    found: list[str] = []
    while f"{stem}{len(found) + 1}" in known:
        found.append(f"{stem}{len(found) + 1}")
    return tuple(found)


def _between(names: Sequence[str]) -> tuple[str, ...]:
    """The names between those of the counts and the loss, where they come first."""
    if _LOSS not in names or names[0] != _COUNT:
        return ()
    return tuple(names[1 : names.index(_LOSS)])


def _check_known(
    rows: Sequence[_Row], header: Sequence[str], names: Sequence[str], table: dict[str, Array]
) -> None:
    """Weights and loss must be there in every row, if only as ``nan``."""
    for name in names:
        place = header.index(name)
        for index in np.flatnonzero(np.isnan(table[name])).tolist():
            line, cells = rows[index]
            if not cells[place].strip():
                raise RecordingError(f"line {line}, column {name}: the cell is empty")


def _checked_counts(counts: Array, rows: Sequence[_Row]) -> Array:
    wrong = ~np.isfinite(counts) | (counts != np.floor(counts)) | (counts < 0)
    wrong[1:] |= ~(counts[1:] > counts[:-1])
    if wrong.any():
        index = int(np.argmax(wrong))
        reason = "must be a whole number above the one before"
        raise RecordingError(f"line {rows[index][0]}, column {_COUNT}: {reason}")
    return counts
