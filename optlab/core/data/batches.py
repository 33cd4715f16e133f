"""Which rows of a table each step takes.

An epoch goes through all rows once: in a random order that depends on the seed and the epoch
alone, or in their own.  So all runs of an experiment see the same batches, whatever their rule,
and any step's rows are known without those before it.  Within a batch the rows stand in ascending
order: sums over them do not depend on the order in which they were drawn, and a batch of all rows
gives the full gradient to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]

_BATCHES = 0xBA7C4
"""Keeps the random numbers of batches apart from those of noise."""


@dataclass(frozen=True, eq=False)
class RowBlock:
    """The rows of the steps ``first`` ... ``first`` + ``count`` - 1.

    Those of step ``first`` + i are ``indices[offsets[i]:offsets[i + 1]]``; steps are counted as
    the kernel counts them, from 1.
    """

    first: int
    indices: Indices
    offsets: Indices

    @property
    def count(self) -> int:
        """How many steps it covers."""
        return len(self.offsets) - 1

    def rows(self, step: int) -> Indices:
        """The rows of a step."""
        index = step - self.first
        return self.indices[self.offsets[index] : self.offsets[index + 1]]


@dataclass(frozen=True)
class Batches:
    """Mini-batches of ``size`` rows out of ``rows``, by ``seed`` or in order.

    With ``workers`` a step takes that many batches at once, one for each worker: the mean of
    their gradients, weighted by rows, is the gradient on all of their rows.  The last step of an
    epoch takes the rows that are left.
    """

    rows: int
    size: int
    shuffle: bool = True
    workers: int = 1
    seed: int = 0
    taken: int = field(init=False)
    """Rows that a step takes, but the last one of an epoch."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "taken", min(self.rows, self.size * self.workers))

    @property
    def steps_per_epoch(self) -> int:
        """How many steps go through all rows once."""
        return -(-self.rows // self.taken)

    def epoch(self, step: int) -> int:
        """The epoch, from 1, that a step, from 1, belongs to; 0 for step 0."""
        return -(-step // self.steps_per_epoch)

    def rows_of(self, step: int) -> Indices:
        """The rows of a step, from 1, ascending."""
        return self.block(step, 1).indices

    def block(self, first: int, count: int, numbered: int | None = None) -> RowBlock:
        """The rows of ``count`` steps from step ``first``; the block counts them from
        ``numbered``, by default as they are counted here."""
        each = self.steps_per_epoch
        begin, end = first - 1, first - 1 + count
        indices = []
        for epoch in range(begin // each, -(-end // each)):
            low, high = max(begin - epoch * each, 0), min(end - epoch * each, each)
            order = _epoch(self, epoch)
            indices.append(order[low * self.taken : min(high * self.taken, self.rows)])
        within = np.arange(begin, end, dtype=np.int64) % each
        lengths = np.minimum(self.taken, self.rows - within * self.taken)
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        joined = np.concatenate(indices) if indices else np.empty(0, np.int64)
        return RowBlock(first if numbered is None else numbered, joined, offsets)


def _epoch(batches: Batches, epoch: int) -> Indices:
    """The rows of an epoch, from 0, batch after batch, ascending within each."""
    kept = _few_rows if batches.rows <= _FEW else _many_rows
    return kept(batches, epoch)


def _drawn(batches: Batches, epoch: int) -> Indices:
    order = np.arange(batches.rows, dtype=np.int64)
    if batches.shuffle and batches.taken < batches.rows:
        key = (batches.seed, epoch, _BATCHES)
        source = np.random.Generator(np.random.Philox(np.random.SeedSequence(key)))
        order = source.permutation(order)
        whole = batches.rows // batches.taken * batches.taken
        order[:whole].reshape(-1, batches.taken).sort(axis=1)
        order[whole:].sort()
    order.flags.writeable = False
    return order


_FEW = 4096
"""Rows up to which the epochs of a whole training are kept: a slider trains on them again."""
_few_rows = lru_cache(maxsize=1024)(_drawn)
_many_rows = lru_cache(maxsize=16)(_drawn)
