"""A table: named columns of float64, the last of which is the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

MOST_LABELS = 20
"""Classes up to which a target counts as a label."""
_SPLIT = 0x5B117
"""Keeps the random numbers of a split apart from those of batches and noise."""


class TableError(ValueError):
    """What is wrong with a table, with line and column where it came from a file."""


_SAID = 6
"""Columns of other names that are listed."""


@dataclass(frozen=True, eq=False)
class Table:
    """``columns`` by name, each of shape (rows,), finite float64; the last is the target.

    Two tables are equal when their names and numbers are; ``source`` says where they come from,
    ``dropped`` how many rows had a missing value, ``headers`` how columns are called there, by
    their names here, where these differ.  Raises :class:`TableError` for columns of
    different lengths, no column, or no row.
    """

    columns: Mapping[str, Array]
    source: str = ""
    dropped: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    digest: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        columns = {name: _fixed(values) for name, values in self.columns.items()}
        lengths = {len(values) for values in columns.values()}
        if not columns or lengths == {0}:
            raise TableError("has no rows")
        if len(lengths) > 1:
            raise TableError(f"its columns have different lengths: {sorted(lengths)}")
        if not all(np.isfinite(values).all() for values in columns.values()):
            raise TableError("holds a number that is not finite")
        content = blake2b(repr(list(columns)).encode(), digest_size=16)
        for values in columns.values():
            content.update(values.tobytes())
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "digest", content.digest())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(self.columns)

    @property
    def target(self) -> str:
        """The name of the last column."""
        return self.names[-1]

    @property
    def rows(self) -> int:
        """How many rows there are, at least 1."""
        return len(self.columns[self.target])

    @cached_property
    def by_column(self) -> Array:
        """All numbers, shape (columns, rows), C-contiguous: compiled code reads them here."""
        return _fixed(np.array(list(self.columns.values())))

    @cached_property
    def inputs(self) -> Array:
        """All columns but the target, shape (rows, columns − 1), C-contiguous."""
        return _fixed(np.ascontiguousarray(self.by_column[:-1].T))

    @cached_property
    def labels(self) -> tuple[float, ...]:
        """The values of a target that is a label (0, 1, ... or −1 and 1), ascending; else empty."""
        values = tuple(np.unique(self.columns[self.target]).tolist())
        classes = 2 <= len(values) <= MOST_LABELS and values == tuple(
            map(float, range(len(values)))
        )
        return values if classes or values == (-1.0, 1.0) else ()

    def take(self, rows: Indices | Sequence[int]) -> Table:
        """The table of these rows, in this order."""
        chosen = np.asarray(rows, dtype=np.int64)
        return Table({name: values[chosen] for name, values in self.columns.items()}, self.source)

    def with_target(self, name: str) -> Table:
        """The table with another column as its last, the target. Raises :class:`TableError`."""
        name = next((own for own, header in self.headers.items() if header == name), name)
        if name not in self.columns:
            known = ", ".join(self.names[:8])
            raise TableError(f"has no column '{name[:40]}' to be the target; known are {known}")
        order = [other for other in self.names if other != name] + [name]
        return replace(self, columns={key: self.columns[key] for key in order})

    def with_columns(self, columns: Mapping[str, Array]) -> Table:
        """The table with other numbers in some columns."""
        return replace(self, columns={**self.columns, **columns})

    @property
    def renamed(self) -> str:
        """Which columns have names that formulas can say, as a list; empty where all had."""
        names = [f"'{header}' is {name}" for name, header in self.headers.items()]
        more = f", … ({len(names)} in all)" if len(names) > _SAID else ""
        return ", ".join(names[:_SAID]) + more


@dataclass(frozen=True)
class Split:
    """How a table becomes the rows to train on and those to test with.

    ``test`` is the share of rows that are kept for the test, chosen by ``seed``.  With
    ``standardize`` every input column (and the target, unless it is a label) is shifted and
    scaled to mean 0 and standard deviation 1 of its training rows.
    """

    test: float = 0.0
    seed: int = 0
    standardize: bool = False

    def __post_init__(self) -> None:
        if not 0.0 <= self.test < 1.0:
            raise TableError(
                f"the share of test rows must be at least 0 and below 1, not {self.test:g}"
            )

    def of(self, table: Table) -> tuple[Table, Table | None]:
        """The training rows and the test rows, both in the table's order; no test rows is None.

        Raises :class:`TableError` where too few rows are left.
        """
        count = round(self.test * table.rows)
        if self.test and not 0 < count < table.rows:
            raise TableError(f"{table.rows} rows cannot be split with {self.test:g} for the test")
        source = np.random.Generator(np.random.Philox(np.random.SeedSequence((self.seed, _SPLIT))))
        order = source.permutation(table.rows) if count else np.arange(table.rows)
        train, test = np.sort(order[count:]), np.sort(order[:count])
        if self.standardize:
            table = self._standardized(table, train)
        if not count:
            return table, None
        return table.take(train), table.take(test)

    def _standardized(self, table: Table, train: Indices) -> Table:
        changed = {}
        for name, values in table.columns.items():
            if name == table.target and table.labels:
                continue
            middle, spread = float(values[train].mean()), float(values[train].std())
            changed[name] = (values - middle) / (spread or 1.0)
        return table.with_columns(changed)


def _fixed(values: Array) -> Array:
    """A read-only float64 copy, C-contiguous."""
    copy = np.array(values, dtype=np.float64, order="C")
    copy.flags.writeable = False
    return copy
