"""What is expected of the ratios within one run, and whether they were met."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks import (
    batch,
    exports,
    frame,
    many_weights,
    memory,
    network,
    single_path,
    startup,
    window,
)
from benchmarks.measure import Table

Found = Mapping[str, Sequence[Table]]
"""The tables of each benchmark, by its name."""


@dataclass(frozen=True)
class Expectation:
    """``measured`` finds the figure, or None where something is missing; it should be at least
    (``higher``) or at most ``limit``. ``why`` is for a figure that is known to be missed."""

    what: str
    limit: float
    measured: Callable[[Found], float | None]
    unit: str = ""
    higher: bool = False
    why: str = ""

    def line(self, found: Found) -> str:
        """A row of the table."""
        value = self.measured(found)
        sign = "≥" if self.higher else "≤"
        asked = f"{sign} {self.limit:g}{self.unit}"
        if value is None:
            return f"| {self.what} | {asked} | not measured | |"
        met = value >= self.limit if self.higher else value <= self.limit
        factor = self.limit / value if self.higher else value / self.limit
        verdict = "yes" if met else f"no, by a factor of {factor:.2f}"
        return f"| {self.what} | {asked} | {value:.3g}{self.unit} | {verdict} |"

    def missed(self, found: Found) -> bool:
        """Whether it was measured and not met."""
        value = self.measured(found)
        if value is None:
            return False
        return value < self.limit if self.higher else value > self.limit


def _ratio(name: str, index: int, row: str, over: str) -> Callable[[Found], float | None]:
    def measured(found: Found) -> float | None:
        tables = found.get(name, ())
        one = tables[index].row(row) if index < len(tables) else None
        return None if one is None else tables[index].ratio(one, over)

    return measured


def _value(name: str, index: int, row: str) -> Callable[[Found], float | None]:
    def measured(found: Found) -> float | None:
        tables = found.get(name, ())
        one = tables[index].row(row) if index < len(tables) else None
        return None if one is None else one.median

    return measured


def _growth(index: int) -> Callable[[Found], float | None]:
    """The largest size's time per step or point over that of a size a tenth or a quarter of it."""

    def measured(found: Found) -> float | None:
        tables = found.get("growth", ())
        rows = tables[index].rows if index < len(tables) else ()
        return rows[-1].median / rows[-2].median if len(rows) > 1 else None

    return measured


EXPECTED = (
    Expectation(
        "one path, compiled, × optax with full history",
        1.0,
        _ratio("single_path", 0, single_path.COMPILED, single_path.OPTAX),
        higher=True,
    ),
    *(
        Expectation(
            f"a step of Adam with {size:,} weights",
            many_weights.allowed(size),
            _value("many_weights", index, many_weights.OPTLAB),
            " µs",
        )
        for index, (size, _) in enumerate(many_weights.SIZES)
    ),
    Expectation(
        "a step of a network 2-16-1, batch 32", 10.0, _value("network", 0, network.OPTLAB), " µs"
    ),
    Expectation(
        "training a network × torch",
        50.0,
        _ratio("network", 0, network.TORCH, network.OPTLAB),
        higher=True,
    ),
    Expectation(
        "training a network × optax, compiled whole",
        0.5,
        _ratio("network", 0, network.OPTAX, network.OPTLAB),
        higher=True,
    ),
    Expectation("first picture of a plane", 200.0, _value("network", 1, network.FIRST), " ms"),
    Expectation("a plane of 128²", 500.0, _value("network", 1, network.ALL_CORES), " ms"),
    Expectation(
        "a batch of starts × optax",
        2.0,
        _ratio("batch", 0, batch.AT_ONCE, batch.OPTAX),
        higher=True,
    ),
    Expectation(
        "a batch of starts × C with -ffast-math",
        0.6,
        _ratio("batch", 0, batch.AT_ONCE, batch.PLAIN_C),
        higher=True,
        why="C keeps the last weights only; a map looks after each run's loss, steps and end",
    ),
    Expectation(
        "a batch of starts × C with the same results",
        0.9,
        _ratio("batch", 0, batch.AT_ONCE, batch.FULL_C),
        higher=True,
    ),
    Expectation("a frame × bare pyqtgraph", 0.4, _ratio("frame", 0, frame.OPTLAB, frame.PYQTGRAPH)),
    Expectation(
        "a frame of five long runs × bare pyqtgraph",
        0.4,
        _ratio("frame", 1, frame.OPTLAB, frame.PYQTGRAPH),
    ),
    Expectation(
        "dragging, 95 of 100 moves painted within",
        33.0,
        _value("window", 0, window.SLOWEST),
        " ms",
    ),
    Expectation(
        "a new formula, first path painted within",
        30.0,
        _value("window", 1, window.HALF),
        " ms",
    ),
    Expectation(
        "dragging η of five trainings, 95 of 100 moves painted within",
        60.0,
        _value("window", 3, window.SLOWEST),
        " ms",
    ),
    *(
        Expectation(
            f"a key in the editor of {kind}", 100.0, _value("window", 5 + i, window.HALF), " ms"
        )
        for i, kind in enumerate(window.KINDS)
    ),
    *(
        Expectation(what, limit, _value("exports", 0, what), " s")
        for what, limit in exports.ALLOWED.items()
    ),
    Expectation("start × the bare window", 2.5, _ratio("startup", 0, startup.WINDOW, startup.BARE)),
    Expectation(
        "memory × 8 bytes × columns × steps",
        1.1,
        _ratio("memory", 0, memory.PEAK, memory.NEEDED),
    ),
    Expectation("time per step, longest over the one before", 1.25, _growth(0)),
    Expectation("time per point, largest over the one before", 1.25, _growth(1)),
    Expectation("time per start, largest over the one before", 1.25, _growth(2)),
)


def _busy(found: Found) -> str:
    """How much else the machine had to do, which times on their own depend on."""
    load = max((table.load for group in found.values() for table in group), default=0.0)
    cores = os.cpu_count() or 1
    return (
        f"up to {load:.1f} processes wanted the {cores} cores meanwhile; the low end of the range "
        "shows quieter moments"
    )


def as_text(found: Found) -> str:
    """The table in Markdown, with a sentence for each missed figure."""
    lines = [
        "## Expected and measured",
        "",
        "| | expected | measured | met |",
        "|---|---:|---:|---|",
    ]
    lines += [expectation.line(found) for expectation in EXPECTED]
    reasons = [e for e in EXPECTED if e.missed(found)]
    if reasons:
        lines.append("")
    for missed in reasons:
        why = missed.why or _busy(found)
        lines.append(f"* {missed.what}: {why}.")
    return "\n".join(lines) + "\n"
