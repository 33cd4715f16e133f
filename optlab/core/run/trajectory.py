"""The recorded walk of one run: columns over the steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optlab.core.formula.compiled import Array
from optlab.core.run.outcome import Outcome


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Rows t = 0 ... n of float64 columns.

    Row t holds w(t) and E(w(t)); gradient, η, intermediates, and memory in row t are those of
    update t.  Row 0 is the start: the memory's starting values, and nan where there was no
    update.  ``data`` has shape (n + 1, columns); ``vectors`` gives for each recorded quantity
    its columns, such as ``m``: (``m1``, ``m2``); ``state`` names the quantities that are memory.
    """

    names: tuple[str, ...]
    vectors: Mapping[str, tuple[str, ...]]
    state: tuple[str, ...]
    data: Array
    outcome: Outcome

    def __getitem__(self, column: str) -> Array:
        """One column, shape (n + 1,): a recorded one, ``t``, or ``dw1``, ``dw2``, ...

        Raises KeyError for a name that is not recorded.
        """
        if column == "t":
            return np.arange(self.rows, dtype=np.float64)
        if column.startswith("dw") and f"w{column[2:]}" in self._index:
            weight = self[f"w{column[2:]}"]
            return np.concatenate(([np.nan], weight[1:] - weight[:-1]))
        return self.data[:, self._index[column]]

    def __contains__(self, column: object) -> bool:
        return column in self._index or column == "t" or str(column) in self.update_names

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.names)}

    @property
    def rows(self) -> int:
        """Steps done plus one."""
        return len(self.data)

    @property
    def steps(self) -> int:
        """Updates done."""
        return self.rows - 1

    @property
    def update_names(self) -> tuple[str, ...]:
        """The columns of w(t) − w(t−1)."""
        return tuple(f"d{name}" for name in self.vectors["w"])

    @property
    def weights(self) -> Array:
        """w over the steps, shape (n + 1, number of weights)."""
        return self.data[:, : len(self.vectors["w"])]

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
        return tuple(float(value) for value in self.weights[-1])

    def row(self, step: int) -> dict[str, float]:
        """All recorded columns at one step."""
        return dict(zip(self.names, map(float, self.data[step]), strict=True))
