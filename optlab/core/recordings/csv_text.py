"""Recorded numbers as text: CSV of ``t,w1,w2,…,loss`` and whatever else was recorded."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

import numpy as np

from optlab.core.data.csv_table import Row, csv_cells, csv_numbers
from optlab.core.data.table import Array, TableError
from optlab.core.run import Trajectory, recorded_trajectory
from optlab.recording import RecordingError

_NUMBERED = re.compile(r"(.*?[^0-9])([1-9][0-9]*)")
_NAME = re.compile(r"[^\s,;\"'\\\[\]]{1,60}")
_COUNT, _WEIGHT, _LOSS = "t", "w", "loss"
STEP = "step"
"""What the counts of a recording are called where they are not 0, 1, 2, ..."""


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
    try:
        header, cells = csv_cells(text, _refusal)
        table = dict(zip(header, csv_numbers(header, cells), strict=True))
    except TableError as error:
        raise RecordingError(str(error)) from None
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
    quantities |= joined({name: table[name] for name in rest}, taken=header)
    if _COUNT in table:
        counts = _checked_counts(table[_COUNT], cells)
        if STEP not in quantities and (counts != np.arange(len(counts))).any():
            quantities[STEP] = counts
    titles = {"w": tuple(names)} if names != _numbered(names, _WEIGHT) else None
    return recorded_trajectory(quantities, titles)


def _refusal(name: str) -> str:
    return "" if _NAME.fullmatch(name) else f"{name[:40]!r} is not a name"


def joined(columns: Mapping[str, Array], taken: Collection[str] = ()) -> dict[str, Array]:
    """``m1`` ... ``mk``, as far as they are there without a gap, as the quantity m, shape
    (rows, k); other columns as they are.  A name that is ``taken`` is no quantity.

    Raises :class:`RecordingError` where the parts of one have different numbers of rows.
    """
    found: dict[str, Array] = {}
    for name, values in columns.items():
        match = _NUMBERED.fullmatch(name)
        stem = match[1] if match else ""
        free = stem and stem not in columns and stem not in taken
        parts = _numbered(tuple(columns), stem) if free else ()
        if name not in parts:
            found[name] = values
        elif stem not in found:
            rows = [columns[part].reshape(-1) for part in parts]
            if len({len(one) for one in rows}) > 1:
                raise RecordingError(f"'{stem}1' and the others have different numbers of rows")
            found[stem] = np.stack(rows, axis=1)
    return found


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
    rows: Sequence[Row], header: Sequence[str], names: Sequence[str], table: dict[str, Array]
) -> None:
    """Weights and loss must be there in every row, if only as ``nan``."""
    for name in names:
        place = header.index(name)
        for index in np.flatnonzero(np.isnan(table[name])).tolist():
            line, cells = rows[index]
            if not cells[place].strip():
                raise RecordingError(f"line {line}, column {name}: the cell is empty")


def _checked_counts(counts: Array, rows: Sequence[Row]) -> Array:
    wrong = ~np.isfinite(counts) | (counts != np.floor(counts)) | (counts < 0)
    wrong[1:] |= ~(counts[1:] > counts[:-1])
    if wrong.any():
        index = int(np.argmax(wrong))
        reason = "must be a whole number above the one before"
        raise RecordingError(f"line {rows[index][0]}, column {_COUNT}: {reason}")
    return counts
