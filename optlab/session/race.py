"""The runs of an experiment against a target loss and a baseline: who got there for less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optlab.core.compare import difference
from optlab.core.metrics import Metrics, measure
from optlab.core.names import display_symbol
from optlab.core.numbers_text import short
from optlab.core.problems import Problem
from optlab.core.run import RunSpec, Trajectory, gradient_calls, program_of, steps_within
from optlab.session.comparison import COLUMNS, Entry, calls_of, name_of
from optlab.session.experiment import Run

PARTED = 1e-6
"""Two runs have parted where a weight differs by more, relative to 1 + its size."""


@dataclass(frozen=True, eq=False)
class Entrant:
    """A run of a race: ``trajectory`` is what running ``spec`` gave, or what was recorded."""

    run: Run
    spec: RunSpec | None
    trajectory: Trajectory

    @property
    def name(self) -> str:
        """What the run is called."""
        return name_of(self.run, self.spec)

    @property
    def gradients_a_step(self) -> tuple[int, ...]:
        """How many gradients a step takes, rule by rule; nothing for recorded numbers."""
        legs = () if self.spec is None else self.spec.legs
        return tuple(dict.fromkeys(program_of(leg).gradients for leg in legs))


@dataclass(frozen=True)
class Line:
    """One run: its entry in the comparison; how many times fewer gradients to the target it took
    than the baseline (``ratio``, None where that cannot be said); its loss when the budget of the
    race was spent, None where nobody counted gradients."""

    entry: Entry
    ratio: float | None
    loss_at_budget: float | None

    @property
    def metrics(self) -> Metrics:
        """What the run achieved."""
        return self.entry.metrics


@dataclass(frozen=True)
class Race:
    """``lines`` in the order of the runs.

    ``target`` is None where nothing counts as arrived.  ``budget`` is the number of gradients
    that all runs were given at least; ``calls`` has the gradients that a step of each run takes,
    one number for each of its rules, by name; recorded runs have none.
    """

    target: float | None
    baseline: str
    budget: int
    lines: tuple[Line, ...]
    calls: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def baseline_name(self) -> str:
        """The name of the run that the others are compared with, or nothing."""
        names = [line.entry.name for line in self.lines if line.entry.run.id == self.baseline]
        return names[0] if names else ""

    @property
    def is_fair_by_steps(self) -> bool:
        """Whether all runs take equally many gradients a step, so that steps can be compared."""
        counts = {calls for _, calls in self.calls}
        return len(counts) <= 1 and all(len(calls) == 1 for calls in counts)

    @property
    def note(self) -> str:
        """What to keep in mind, for a person; empty where steps can be compared."""
        if self.is_fair_by_steps:
            return ""
        usual = min(min(calls) for _, calls in self.calls)
        more = ", ".join(
            f"{name} {' then '.join(map(str, calls))}"
            for name, calls in self.calls
            if calls != (usual,)
        )
        return (
            f"Gradients a step differ ({more}, others {usual}): × and the last column compare at "
            f"equal gradient calls."
        )


def race(
    problem: Problem, entrants: Sequence[Entrant], target: float | None, baseline: str
) -> Race:
    """Runs on one problem against a target; ``baseline`` is the id of the run to compare with."""
    specs = [e.spec for e in entrants if e.spec is not None]
    budget = min((gradient_calls(spec, spec.steps) for spec in specs), default=0)
    entries = [
        Entry(e.run, e.name, measure(e.trajectory, problem, calls_of(e.spec), target))
        for e in entrants
    ]
    base = next((entry.metrics for entry in entries if entry.run.id == baseline), None)
    lines = tuple(
        Line(
            entry,
            _ratio(entry.metrics, base),
            _loss_at(e, budget),
        )
        for e, entry in zip(entrants, entries, strict=True)
    )
    calls = tuple((e.name, e.gradients_a_step) for e in entrants if e.spec is not None)
    return Race(target, baseline, budget, lines, calls)


def _loss_at(entrant: Entrant, budget: int) -> float | None:
    """The loss of a run when so many gradients were taken."""
    if entrant.spec is None:
        return None
    walk = entrant.trajectory
    return float(walk.loss[min(steps_within(entrant.spec, budget), walk.steps)])


def _ratio(run: Metrics, baseline: Metrics | None) -> float | None:
    """How many times fewer gradient calls to the target; 1 for equally many."""
    own = run.calls_to_target
    other = None if baseline is None else baseline.calls_to_target
    if own is None or other is None or own == 0:
        return 1.0 if own == other == 0 else None
    return other / own


def parting_sentence(first: Trajectory, second: Trajectory) -> str:
    """Where two runs part and how far they get from each other, without the full stop.

    Raises ValueError for runs with different numbers of weights.
    """
    found = difference(first, second, PARTED)
    if found.parted_at is None:
        return f"the same path within {short(PARTED)} for {found.steps} steps"
    farthest = f"farthest {short(found.largest, 2)} at step {found.largest_at}"
    weight = display_symbol(found.largest_in)
    return f"part at step {found.parted_at} by more than {short(PARTED)}, {farthest} ({weight})"


def race_text(found: Race) -> str:
    """The comparison as text to read: columns lined up, numbers to the right."""
    titles = [column.title for column in COLUMNS]
    rows = [[*titles, f"× {found.baseline_name}"]]
    for line in found.lines:
        values = [column.value(line.entry) for column in COLUMNS]
        rows.append([_text(value) for value in (*values, line.ratio)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        parts = [
            text.ljust(width) if column < _WORDS else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(parts).rstrip())
    return "\n".join([f"target {_target(found)}", *lines]) + "\n"


def _target(found: Race) -> str:
    return "–" if found.target is None else short(found.target, 6)


_WORDS = 3
"""So many columns of the comparison are words: run, optimizer, outcome."""


def _text(cell: str | float | None) -> str:
    if cell is None:
        return "–"
    return short(cell) if isinstance(cell, float) else str(cell)
