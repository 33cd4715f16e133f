"""What a run recorded: columns over the steps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from optlab.core.data.batches import Indices
from optlab.core.formula.emit import Array
from optlab.core.run.columns import ColumnGroup, Columns, scalar
from optlab.core.run.outcome import Outcome


@dataclass(frozen=True)
class Span:
    """The updates ``first`` + 1 ... ``last`` of a trajectory, taken by one rule.

    ``records`` names the quantities that the rule records; the others are nan there.
    """

    first: int
    last: int
    rule: str
    records: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Rows t = 0 ... n of float64 columns.

    Row t holds w(t) and E(w(t)); gradient, η, intermediates, and memory in row t are those of
    update t.  Row 0 is the start: the memory's starting values, and nan where there was no
    update.  ``data`` has shape (n + 1, columns), and nan where the rule of a row does not record
    a column; ``vectors`` gives for each recorded quantity its columns, such as ``m``: (``m1``,
    ``m2``); ``state`` names the quantities that are memory; ``spans`` the rules, one after the
    other, and nothing for what was recorded elsewhere.  ``times`` are the updates t of the rows
    where not every one is recorded, shape (rows,), int64; then w(t) − w(t−1) is not known.  The
    arrays are read-only.
    """

    vectors: Columns
    state: tuple[str, ...]
    data: Array
    outcome: Outcome
    spans: tuple[Span, ...] = ()
    times: Indices | None = None

    def __post_init__(self) -> None:
        # Computed numbers are read-only.
        self.data.flags.writeable = False
        if self.times is not None:
            self.times.flags.writeable = False

    def __reduce__(self) -> tuple[type[Trajectory], tuple[object, ...]]:
        """What copies and pickles are made of: a new one locks its numbers as well."""
        return type(self), tuple(getattr(self, field.name) for field in fields(self))

    def __getitem__(self, column: str) -> Array:
        """One column, shape (n + 1,): a recorded one, ``t``, or ``dw1``, ``dw2``, ...

        Raises KeyError for a name that is not recorded.
        """
        if column == "t":
            return _locked(self.counts.astype(np.float64))
        try:
            return self.data[:, self.vectors.index(column)]
        except KeyError:
            weights = self.vectors.place("w")
            if not column.startswith("d") or self.times is not None:
                raise
        index = self.vectors.index(column[1:])
        if not weights.start <= index < weights.stop:
            raise KeyError(column)
        weight = self.data[:, index]
        return _locked(np.concatenate(([np.nan], weight[1:] - weight[:-1])))

    def __contains__(self, column: object) -> bool:
        try:
            return isinstance(column, str) and self[column] is not None
        except KeyError:
            return False

    def vector(self, name: str) -> Array:
        """All columns of a quantity, shape (n + 1, size). Raises KeyError."""
        return self.data[:, self.vectors.place(name)]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the recorded columns, in order."""
        return self.vectors.names

    @property
    def dimension(self) -> int:
        """How many weights there are."""
        return self.vectors.size("w")

    @property
    def rows(self) -> int:
        """Rows recorded: steps done plus one, where every one is."""
        return len(self.data)

    @property
    def counts(self) -> Indices:
        """The update t of each row, shape (rows,)."""
        return np.arange(self.rows) if self.times is None else self.times

    @property
    def steps(self) -> int:
        """Updates done."""
        return self.rows - 1 if self.times is None else int(self.times[-1])

    @property
    def record_every(self) -> int:
        """Updates from one row to the next."""
        return 1 if self.times is None or self.rows < 2 else int(self.times[1])

    @property
    def update_names(self) -> tuple[str, ...]:
        """The columns of w(t) − w(t−1); none where not every update is recorded."""
        if self.times is not None:
            return ()
        return tuple(f"d{name}" for name in self.vectors["w"])

    @property
    def updates(self) -> Array:
        """w(t) − w(t−1), shape (n + 1, number of weights); nan in row 0."""
        weights = self.weights
        first = np.full((1, weights.shape[1]), np.nan)
        with np.errstate(invalid="ignore", over="ignore"):
            return np.concatenate((first, weights[1:] - weights[:-1]))

    @property
    def weights(self) -> Array:
        """w over the steps, shape (n + 1, number of weights)."""
        return self.vector("w")

    @property
    def loss(self) -> Array:
        """E(w(t)), shape (n + 1,)."""
        return self["loss"]

    @property
    def final_loss(self) -> float:
        """The loss in the last row."""
        return float(self.loss[-1])

    @property
    def final_weights(self) -> tuple[float, ...]:
        """The weights in the last row."""
        return tuple(self.weights[-1].tolist())

    def unrecorded(self, first: int, last: int) -> list[tuple[int, int, list[str]]]:
        """Stretches of the rows ``first`` ... ``last`` - 1 and the quantities that the rule of
        these rows does not record; row 0 belongs to the first rule."""
        found = []
        for span in self.spans:
            begin, end = span.first + 1, span.last + 1
            if self.times is not None:
                begin, end = np.searchsorted(self.times, (begin, end)).tolist()
            missing = [name for name in self.vectors if name not in span.records]
            low, high = max(begin if span.first else 0, first), min(end, last)
            if missing and low < high:
                found.append((low, high, missing))
        return found

    def row(self, step: int) -> dict[str, float]:
        """All recorded columns at one step."""
        return dict(zip(self.names, self.data[step].tolist(), strict=True))


LAYERS = "_layers"
"""What the norms of the tensors of a quantity are called after it: ``w_layers``."""


def recorded_trajectory(
    quantities: Mapping[str, Array | Sequence[float]],
    titles: Mapping[str, tuple[str, ...]] | None = None,
    *,
    state: tuple[str, ...] = (),
    outcome: Outcome | None = None,
) -> Trajectory:
    """A trajectory without a rule, of numbers that were recorded elsewhere.

    ``quantities`` have shape (n + 1,) for one number a step, or (n + 1, size); ``w`` and ``loss``
    must be among them.  ``titles`` names the columns of some.  Raises ValueError for what is
    missing, and for quantities of different lengths.
    """
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in quantities.items()}
    for needed in ("w", "loss"):
        if needed not in arrays:
            raise ValueError(f"'{needed}' is missing; a trajectory needs w and loss")
    if arrays["w"].ndim == 1:
        arrays["w"] = arrays["w"][:, None]
    rows = len(arrays["loss"])
    if rows == 0:
        raise ValueError("a trajectory needs at least one row")
    for name, values in arrays.items():
        if values.ndim not in (1, 2) or len(values) != rows:
            raise ValueError(f"'{name}' needs {rows} rows, as 'loss' has, not {values.shape}")
    columns = []
    for name, values in arrays.items():
        given = (titles or {}).get(name)
        one = values.ndim == 1
        columns.append(scalar(name) if one else ColumnGroup(name, values.shape[1], given))
    data = np.concatenate([v[:, None] if v.ndim == 1 else v for v in arrays.values()], axis=1)
    last = [*arrays["w"][-1].tolist(), float(arrays["loss"][-1])]
    return Trajectory(Columns(columns), state, data, outcome or _outcome(last, rows - 1))


def _outcome(last: Sequence[float], steps: int) -> Outcome:
    """How recorded numbers ended, by the last weights and the last loss."""
    if not all(map(math.isfinite, last)):
        return Outcome("diverged", steps, "the last numbers are not finite")
    return Outcome("finished", steps)


def _locked(array: Array) -> Array:
    array.flags.writeable = False
    return array
