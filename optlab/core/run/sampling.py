"""Which rows, and which older weights, the gradients of a run are taken from.

Stale and averaged gradients are simulated, exactly repeatable: what a step uses depends on the
seed and the step alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from optlab.core.data.batches import Batches, Indices, RowBlock
from optlab.core.formula.emit import Array
from optlab.core.gradient_transforms import NOISE_CHUNK
from optlab.core.parameters import SettingError

Mode = Literal["synchronous", "asynchronous"]
MODES: tuple[Mode, ...] = ("synchronous", "asynchronous")
MOST_DELAY, MOST_WORKERS = 10_000, 10_000
MOST_BATCH = 10_000_000
_DELAY = re.compile(r"(uniform:)?([0-9]{1,9})")
_AGES, _WRITES = 0xA6E, 0x3217E
"""Keep the random numbers of ages and of writes apart from those of noise and batches."""

AFFORDABLE = 1_000_000
"""Rows times weights up to which the loss on all rows is recorded at every step."""


@dataclass(frozen=True)
class Sampling:
    """How the gradients of a run are taken; the default is the full gradient at the weights.

    ``batch``: rows of a mini-batch, None for all rows; ``shuffle``: in a random order that the
    seed decides, or in their own.  ``workers`` average a batch each (``mode`` synchronous), or take
    turns (asynchronous): each pulls the weights, computes and pushes, so that its gradient is
    ``workers`` − 1 updates old.  ``delay``: the gradient is taken at older weights, ``"3"`` for an
    age of 3 updates, ``"uniform:3"`` for a random one from 0 to 3.  ``share``: the share of the
    weights, drawn anew for every update, that are written; the others keep their value, as where
    processors overwrite each other's updates (Niu et al. 2011, Hogwild).  ``loss_every``: steps
    between two losses on all rows; None for every step where it is affordable.
    Raises :class:`SettingError` naming the setting.
    """

    batch: int | None = None
    shuffle: bool = True
    workers: int = 1
    mode: Mode = "synchronous"
    delay: str = ""
    share: float | None = None
    loss_every: int | None = None
    oldest: int = field(init=False)
    """The age that no gradient exceeds."""

    def __post_init__(self) -> None:
        _whole("batch", self.batch, MOST_BATCH)
        _whole("workers", self.workers, MOST_WORKERS)
        _whole("loss_every", self.loss_every, MOST_BATCH)
        if self.mode not in MODES:
            raise SettingError("mode", f"must be {' or '.join(MODES)}, not '{self.mode}'")
        found = _DELAY.fullmatch(self.delay)
        if self.delay and (found is None or int(found[2]) > MOST_DELAY):
            reason = f"must be a whole number from 0 to {MOST_DELAY}, or 'uniform:' and one"
            raise SettingError("delay", f"{reason}, not '{self.delay[:40]}'")
        taking_turns = self.mode == "asynchronous"
        if taking_turns and self.delay:
            raise SettingError("delay", "asynchronous workers have their own: their number less 1")
        if self.workers > 1 and self.batch is None and not taking_turns:
            raise SettingError("workers", "needs batches to average: give a batch size")
        if self.share is not None and not 0.0 < self.share <= 1.0:
            raise SettingError("share", f"must be above 0 and at most 1, not {self.share:g}")
        oldest = self.workers - 1 if taking_turns else int(found[2]) if found else 0
        object.__setattr__(self, "oldest", oldest)

    @property
    def delayed(self) -> bool:
        """Whether gradients are taken at older weights; also where the age is always 0."""
        return bool(self.delay) or self.mode == "asynchronous"

    @property
    def words(self) -> dict[str, str]:
        """What is not the usual, in a few words each: ``batches of 20``, ``4 workers``, ..."""
        found = {}
        if self.batch is not None:
            found["batch"] = f"batches of {self.batch}{'' if self.shuffle else ' in order'}"
        if self.workers > 1:
            turns = " by turns" if self.mode == "asynchronous" else ""
            found["workers"] = f"{self.workers} workers{turns}"
        if self.delay:
            age = self.delay.replace("uniform:", "up to ")
            found["delay"] = f"gradients {age} update{'s' * (age != '1')} old"
        if self.share is not None:
            found["share"] = f"{100 * self.share:g} % of the weights written"
        return found

    @property
    def features(self) -> tuple[str, ...]:
        """What makes the code of a step another: ``batch``, ``delay``, ``share``."""
        parts = {"batch": self.batch, "delay": self.delayed or None, "share": self.share}
        return tuple(name for name, value in parts.items() if value is not None)

    def batches(self, rows: int, seed: int) -> Batches | None:
        """The mini-batches out of so many rows; None for all rows in every step."""
        if self.batch is None or rows == 0:
            return None
        together = self.workers if self.mode == "synchronous" else 1
        return Batches(rows, self.batch, self.shuffle, together, seed)

    def ages(self, seed: int, first: int, count: int) -> Indices:
        """How many updates old the weights of each gradient are, for ``count`` steps from step
        ``first`` (counted from 0), as far as there were updates."""
        there = np.arange(first, first + count, dtype=np.int64)
        ages = np.full(count, self.oldest, dtype=np.int64)
        if self.delay.startswith("uniform"):
            drawn = uniform_block(seed, first, count, 1, _AGES)[:, 0]
            ages = np.floor(drawn * (self.oldest + 1)).astype(np.int64)
        return np.minimum(ages, there)

    def recorded_every(self, rows: int, weights: int) -> int:
        """Steps between two losses on all rows: what was asked for, else as many as keep it to
        :data:`AFFORDABLE` rows times weights a step."""
        return self.loss_every or max(1, -(-rows * weights // AFFORDABLE))


@dataclass(frozen=True, eq=False)
class StepFeed:
    """What a block of steps needs of its run beside numbers and noise.

    ``rows``: the batches; ``past``: the weights before the block, shape (depth + 1 + steps, n),
    the last known ones in row depth, room for the new ones behind; ``ages``: shape (steps,).
    """

    rows: RowBlock | None = None
    past: Array = field(default_factory=lambda: np.empty((1, 1)))
    ages: Indices = field(default_factory=lambda: np.zeros(1, np.int64))


NO_FEED = StepFeed()


def write_block(seed: int, first: int, count: int, dimension: int) -> Array:
    """Uniform numbers, shape (count, dimension), that decide which weights an update writes."""
    return uniform_block(seed, first, count, dimension, _WRITES)


def uniform_block(seed: int, first: int, count: int, width: int, purpose: int) -> Array:
    """Uniform numbers for ``count`` steps from step ``first`` (from 0), shape (count, width); those
    of a step depend on seed, step and purpose alone."""
    chunks = range(first // NOISE_CHUNK, (first + max(count, 1) - 1) // NOISE_CHUNK + 1)
    drawn = []
    for chunk in chunks:
        key = np.random.SeedSequence((seed, chunk, purpose))
        drawn.append(np.random.Generator(np.random.Philox(key)).random((NOISE_CHUNK, width)))
    offset = first - chunks.start * NOISE_CHUNK
    return np.concatenate(drawn)[offset : offset + count]


def _whole(name: str, value: int | None, most: int) -> None:
    if value is not None and not 1 <= value <= most:
        raise SettingError(name, f"must be from 1 to {most}, not {value}")
