"""Tables as CSV: RFC 4180, a header, a point in numbers; errors with line and column."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from optlab.core.data.table import Array, Table, TableError

_USABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
Row = tuple[int, list[str]]
"""The line of a file that a row ends on, and its cells."""

MOST_NUMBERS = 50_000_000
"""Cells a table may have: 400 MB of numbers."""
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-"})
"""What stands for a missing value, in small letters."""


def read_table(text: str, source: str = "") -> Table:
    """The table of a CSV text: every column named, finite numbers, the last column the target.

    Names that a formula cannot say are changed (:func:`clean_names`), and the table knows how they
    stood there.  A row with a missing value is dropped and counted.  Raises :class:`TableError`
    naming line and column.
    """
    header, rows = csv_cells(text, _any_name)
    if all(_number(name) is not None for name in header):
        raise TableError("line 1: a header with the names of the columns is missing")
    if len(rows) * len(header) > MOST_NUMBERS:
        raise TableError(f"has more than {MOST_NUMBERS} numbers")
    kept = [row for row in rows if not any(cell.strip().lower() in MISSING for cell in row[1])]
    if not kept:
        raise TableError(f"every one of the {len(rows)} rows has a missing value")
    columns = csv_numbers(header, kept)
    wrong = np.argwhere(~np.isfinite(columns.T))
    if len(wrong):
        index, place = wrong[0].tolist()
        line, cells = kept[index]
        reason = f"{cells[place][:40]!r} is not a finite number"
        raise TableError(f"line {line}, column {header[place]}: {reason}")
    dropped = len(rows) - len(kept)
    names = clean_names(header)
    headers = {name: given for name, given in zip(names, header, strict=True) if name != given}
    return Table(dict(zip(names, columns, strict=True)), source, dropped, headers)


def clean_names(header: Sequence[str]) -> list[str]:
    """Names that formulas can say: ``sepal length (cm)`` becomes ``sepal_length_cm``.

    Letters lose their accents, everything but letters, digits and ``_`` becomes one ``_``, a digit
    at the front gets ``c`` before it, and a number tells equal names apart.
    """
    usable = [name for name in header if _USABLE.fullmatch(name)]
    names: list[str] = []
    for given in header:
        if given in usable:
            names.append(given)
            continue
        plain = unicodedata.normalize("NFKD", given).encode("ascii", "ignore").decode()
        name = re.sub(r"[^A-Za-z0-9_]+", "_", plain).strip("_") or "column"
        name = f"c{name}" if name[0].isdigit() else name
        unique, number = name, 2
        while unique in (*usable, *names):
            unique, number = f"{name}_{number}", number + 1
        names.append(unique)
    return names


def csv_cells(text: str, refusal: Callable[[str], str]) -> tuple[list[str], list[Row]]:
    """The names of the columns, and the rows with the lines they end on; empty lines are left out.

    ``refusal`` says what is wrong with a name, or nothing.  Raises :class:`TableError`.
    """
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    header: list[str] = []
    rows: list[Row] = []
    number = 0
    try:
        for cells in lines:
            number = lines.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = [cell.strip() for cell in cells]
                _check_header(header, number, refusal)
                continue
            if len(cells) != len(header):
                raise TableError(f"line {number}: has {len(cells)} cells, the header {len(header)}")
            rows.append((number, cells))
    except csv.Error as error:
        raise TableError(f"line {number + 1}: {error}") from None
    if not header:
        raise TableError("line 1: the file is empty; it needs a header and numbers")
    if not rows:
        raise TableError("line 2: there are no numbers below the header")
    return header, rows


def csv_numbers(header: Sequence[str], rows: Sequence[Row]) -> Array:
    """The numbers, shape (columns, rows), nan for an empty cell. Raises :class:`TableError`."""
    try:
        flat = [float(cell) if cell.strip() else np.nan for _, cells in rows for cell in cells]
    except ValueError:
        raise next(_wrong(header, rows)) from None
    return np.array(flat).reshape(len(rows), len(header)).T


def _check_header(names: list[str], line: int, refusal: Callable[[str], str]) -> None:
    for column, name in enumerate(names, 1):
        reason = refusal(name)
        if not reason and names.index(name) != column - 1:
            reason = f"'{name}' stands there twice"
        if reason:
            raise TableError(f"line {line}, column {column}: {reason}")


def _any_name(name: str) -> str:
    if ";" in name:
        return "columns are separated by ',', not by ';'"
    return "" if name else "a column needs a name"


def _wrong(header: Sequence[str], rows: Sequence[Row]) -> Iterator[TableError]:
    for line, cells in rows:
        for name, cell in zip(header, cells, strict=True):
            if cell.strip() and _number(cell) is None:
                yield TableError(f"line {line}, column {name}: {cell[:40]!r} is not a number")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def table_text(table: Table) -> str:
    """The table as CSV, in shortest numbers that read back exactly."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.names)
    shown = [
        [int(v) if v.is_integer() and 0 < math.fabs(v) < 1e15 else v for v in column.tolist()]
        for column in table.columns.values()
    ]
    writer.writerows(zip(*shown, strict=True))
    return text.getvalue()
