"""The columns of a trajectory: which quantities it records, and how many columns each has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optlab.core.data.batches import Indices
from optlab.core.rules import StateVariable
from optlab.core.run.equations import Record, StepEquations

_NUMBERED = re.compile(r"(.*?)([1-9][0-9]*)")


@dataclass(frozen=True)
class ColumnGroup:
    """A recorded quantity with ``size`` columns.

    ``titles`` are the names of its columns; None stands for ``m1``, ``m2``, ... of a quantity m,
    which are not written down because there may be a hundred thousand.
    """

    name: str
    size: int
    titles: tuple[str, ...] | None = None

    def title(self, index: int) -> str:
        """The name of a column, counted from 0."""
        return f"{self.name}{index + 1}" if self.titles is None else self.titles[index]


def scalar(name: str) -> ColumnGroup:
    """A quantity with a single column of its own name."""
    return ColumnGroup(name, 1, (name,))


class Columns(Mapping[str, tuple[str, ...]]):
    """Quantities side by side: a mapping from each to the names of its columns.

    The names are made on first use.
    """

    def __init__(self, quantities: Iterable[ColumnGroup]) -> None:
        self.quantities = tuple(quantities)
        self._places: dict[str, slice] = {}
        first = 0
        for quantity in self.quantities:
            self._places[quantity.name] = slice(first, first + quantity.size)
            first += quantity.size
        self.count = first
        self._by_name = {quantity.name: quantity for quantity in self.quantities}
        self._titles: dict[str, tuple[str, ...]] = {}

    def __getitem__(self, name: str) -> tuple[str, ...]:
        found = self._titles.get(name)
        if found is None:
            quantity = self._by_name[name]
            titles = quantity.titles
            if titles is None:
                titles = tuple(f"{name}{i}" for i in range(1, quantity.size + 1))
            found = self._titles[name] = titles
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self.quantities)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Columns) and self.quantities == other.quantities

    def __hash__(self) -> int:
        return hash(self.quantities)

    def place(self, name: str) -> slice:
        """Where the columns of a quantity stand. Raises KeyError for one that is not recorded."""
        return self._places[name]

    def places_in(self, layout: Columns) -> slice | Indices:
        """Where each of these columns stands in a row of ``layout``, which has all of them."""
        if layout == self:
            return slice(None)
        places = [layout.place(name) for name in self]
        return np.concatenate([np.arange(p.start, p.stop, dtype=np.int64) for p in places])

    def size(self, name: str) -> int:
        """How many columns a quantity has."""
        return self._by_name[name].size

    def is_scalar(self, name: str) -> bool:
        """Whether a quantity is one number in all, not one for each weight."""
        return self._by_name[name].titles == (name,)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(title for name in self for title in self[name])

    def index(self, column: str) -> int:
        """Where a column stands. Raises KeyError for one that is not recorded."""
        if column in self._named:
            return self._named[column]
        found = _NUMBERED.fullmatch(column)
        quantity = self._by_name.get(found[1]) if found else None
        if found is None or quantity is None or quantity.titles is not None:
            raise KeyError(column)
        number = int(found[2])
        if number > quantity.size:
            raise KeyError(column)
        first: int = self._places[quantity.name].start
        return first + number - 1

    @cached_property
    def _named(self) -> dict[str, int]:
        """Where the columns stand whose names are written down."""
        return {
            title: self._places[quantity.name].start + index
            for quantity in self.quantities
            for index, title in enumerate(quantity.titles or ())
        }

    def union(self, other: Columns) -> Columns:
        """These columns, then those quantities of ``other`` that are not among them.

        Raises ValueError for a quantity that has another size there.
        """
        for name in other:
            if name in self and other.size(name) != self.size(name):
                raise ValueError(f"'{name}' has {self.size(name)} columns and {other.size(name)}")
        return Columns((*self.quantities, *(q for q in other.quantities if q.name not in self)))


def columns_of(equations: StepEquations, weights: Sequence[str]) -> Columns:
    """The columns of a run of so many weights, which have these names."""
    return Columns(_quantity(record, tuple(weights)) for record in equations.records)


def _quantity(record: Record, weights: tuple[str, ...]) -> ColumnGroup:
    if record.name == "w":
        numbered = tuple(f"w{i}" for i in range(1, len(weights) + 1))
        return ColumnGroup("w", len(weights), None if weights == numbered else weights)
    if not record.vector:
        return scalar(record.name)
    if record.state is not None and record.state.rows is not None:
        titles = record.state.titles(len(weights))
        return ColumnGroup(record.name, len(titles), titles)
    return ColumnGroup(record.name, len(weights))


def value_count(variable: StateVariable, dimension: int) -> int:
    """How many numbers a memory holds for so many weights."""
    if variable.scalar:
        return 1
    rows = dimension if variable.rows == "n" else variable.rows or 1
    return rows * dimension
