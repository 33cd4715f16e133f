"""What a kernel for many runs is made from: its parts, its rows, its arguments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from optlab.core.formula.nodes import Node, symbols
from optlab.core.formula.operations import STRIDE
from optlab.core.maps.hoisting import Parts, QuickParts, parts_of, quick_parts
from optlab.core.native import Argument
from optlab.core.run.equations import GRADIENT_NORM
from optlab.core.run.program import StepProgram

LANES = 64
"""Runs in a block."""
TILE = 2048
"""Runs that go through their steps together; their numbers stay in a core's cache."""
MOST_STEPS = 128
"""Steps that the quick loop takes at most before anybody looks."""
CELLS = "cells"

_RESULTS = ("weights", "loss", "steps", "reached", "length")
_ROOM = ("lanes", "table", "powers", "runs", "again", "holes")
ARGUMENTS: tuple[tuple[str, Argument], ...] = (
    ("count", "integer"),
    ("total", "integer"),
    ("last_step", "integer"),
    ("target", "number"),
    ("chosen", "indices"),
    ("outcome", "codes"),
    *((name, "numbers") for name in ("values", "noise", "settings", "starts", *_RESULTS)),
    *((name, "numbers") for name in _ROOM[:-1]),
    (_ROOM[-1], "indices"),
)
"""Of a kernel for many runs: ``count`` cells are run, those whose indices are ``chosen``, of
``total``.  ``settings`` has a row for each varying number, ``starts`` and ``weights`` a row for
each cell; ``outcome`` and the other results of :class:`~optlab.core.maps.batch.Ends` have an
entry for each cell.  The last six are room to work in, as large as :func:`room` says."""


@dataclass(frozen=True)
class Batch:
    """What a kernel for many runs is made from.

    ``varying`` names the numbers that each run has of its own; ``extras`` are some of
    ``reached`` and ``length``, which cost time at every step and are kept only where wanted;
    ``quotients`` says whether the processor has them.
    """

    program: StepProgram
    varying: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    quotients: bool = False

    @property
    def size(self) -> int:
        """How many weights there are."""
        return self.program.dimension

    @cached_property
    def kept(self) -> dict[str, int]:
        """The rows that a run takes along from step to step; ``cell`` is its index."""
        names = (*self.program.inputs, *self.extras, *self.varying, "cell")
        return {name: row for row, name in enumerate(names)}

    @cached_property
    def rows(self) -> dict[str, int]:
        """The rows of a block: those of :attr:`kept`, and what is known during some steps."""
        gradient = (f"g_{i}" for i in range(self.size))
        names = (*self.kept, "sum", "loss", *gradient, "steps", "converged", "alive", "kind")
        return {name: row for row, name in enumerate(names)}

    @cached_property
    def parts(self) -> Parts:
        """The step, split into what is shared and what is not."""
        own = [name for name, base in self.program.series if not self.shares(base)]
        return parts_of(self.program, (*self.varying, *own))

    @cached_property
    def quick(self) -> QuickParts:
        """The step of the quick loop."""
        if self.quotients:
            return quick_parts(self.parts)
        return QuickParts(self.parts.single, (), ())

    def shares(self, base: Node) -> bool:
        """Whether the base of a series is the same for all runs."""
        return symbols(base).isdisjoint(self.varying)

    @cached_property
    def table(self) -> dict[str, int]:
        """The rows of the table of what all runs share at a step."""
        program = self.program
        read = set(program.carry) | {name for _, name in program.columns}
        read |= symbols(*(tree for _, tree in (*self.parts.single, *self.quick.single)))
        if program.watches_gradient:
            read.add(GRADIENT_NORM)  # shared where the surface is a plane
        shared = [name for name, base in program.series if self.shares(base)]
        given = [*program.noise, *shared]
        given += [name for name, _ in (*self.parts.shared, *self.quick.reciprocals)]
        names = [name for name in given if name in read]
        if len(shared) < len(program.series):
            names += ["whole_power", "rest_power"]
        return {name: row for row, name in enumerate(names)}


def room(batch: Batch) -> dict[str, int]:
    """How many numbers the arrays hold that a kernel works in."""
    return {
        "lanes": len(batch.rows) * LANES,
        "table": max(1, len(batch.table)) * MOST_STEPS,
        "powers": max(1, len(batch.program.series)) * STRIDE,
        "runs": len(batch.kept) * TILE,
        "again": len(batch.kept) * TILE,
        "holes": TILE,
    }
