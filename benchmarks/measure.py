"""Timing in turns: every candidate once per round, so that a slow moment meets all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_PAUSE = 0.05
"""Seconds between two candidates: the threads of some spin for a while when their work is over."""


@dataclass(frozen=True)
class Row:
    """One candidate: the median over the rounds in the table's unit, or why it is missing."""

    name: str
    median: float = 0.0
    lowest: float = 0.0
    highest: float = 0.0
    missing: str = ""

    @classmethod
    def of(cls, name: str, values: Sequence[float]) -> Row:
        """The row of some measurements."""
        return cls(name, statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Table:
    """Rows of one benchmark. ``baseline`` is the row that ratios are of; ``higher`` is better.

    ``load`` is how many processes wanted the cores while it was measured.
    """

    title: str
    unit: str
    baseline: str
    rows: tuple[Row, ...]
    higher: bool = True
    note: str = ""
    load: float = 0.0

    def row(self, name: str) -> Row | None:
        """The row of a candidate that was measured, else None."""
        return next((row for row in self.rows if row.name == name and not row.missing), None)

    def ratio(self, row: Row, baseline: str = "") -> float | None:
        """The row over the baseline, or None where one of them is missing."""
        base = self.row(baseline or self.baseline)
        if base is None or row.missing or base.median == 0:
            return None
        return row.median / base.median


Candidate = tuple[str, Callable[[], Callable[[], object]], float]
"""A name, what makes the work (ImportError: the peer is not there), and the amount done."""


def compare(
    title: str,
    unit: str,
    baseline: str,
    candidates: Sequence[Candidate],
    rounds: int,
    lasting: float = 0.0,
) -> Table:
    """Rates of all candidates in turns; a peer that is not there is named as missing.

    ``lasting`` as for :func:`seconds_in_turns`.
    """
    work: dict[str, Callable[[], object]] = {}
    missing: list[Row] = []
    for name, make, _ in candidates:
        try:
            work[name] = make()
        except ImportError as error:
            missing.append(Row(name, missing=str(error)))
    amount = {name: amount for name, _, amount in candidates}
    return Table(title, unit, baseline, (*in_turns(work, amount, rounds, lasting), *missing))


def in_turns(
    candidates: Mapping[str, Callable[[], object]],
    amount: Mapping[str, float],
    rounds: int = 5,
    lasting: float = 0.0,
) -> tuple[Row, ...]:
    """Rates (``amount`` per second) over some rounds after one warm-up of each."""
    seconds = seconds_in_turns(candidates, rounds, lasting)
    return tuple(
        Row.of(name, [amount[name] / one for one in times]) for name, times in seconds.items()
    )


def seconds_in_turns(
    candidates: Mapping[str, Callable[[], object]], rounds: int, lasting: float = 0.0
) -> dict[str, list[float]]:
    """How long each candidate takes in each round, after one warm-up of each.

    What takes less than ``lasting`` seconds is done again and again until then, and the mean
    counts: otherwise it is measured how fast threads wake up.
    """
    for work in candidates.values():
        work()
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(max(1, rounds)):
        for name, work in candidates.items():
            time.sleep(_PAUSE)
            began, times, lasted = time.perf_counter(), 0, 0.0
            while not times or lasted < lasting:
                work()
                times, lasted = times + 1, time.perf_counter() - began
            seconds[name].append(lasted / times)
    return seconds


def slow_twentieth(values: Sequence[float]) -> float:
    """What 95 of 100 values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]


def as_text(tables: Sequence[Table]) -> str:
    """The tables in Markdown."""
    parts = []
    for table in tables:
        ratio_of = f"× {table.baseline}" if table.baseline else ""
        lines = [f"## {table.title}", "", f"| | {table.unit} | min–max | {ratio_of} |"]
        lines.append("|---|---:|---:|---:|")
        for row in table.rows:
            if row.missing:
                lines.append(f"| {row.name} | missing: {row.missing} | | |")
                continue
            ratio = table.ratio(row)
            spread = f"{_number(row.lowest)}–{_number(row.highest)}"
            shown = "" if ratio is None else f"{ratio:.3g}"
            lines.append(f"| {row.name} | {_number(row.median)} | {spread} | {shown} |")
        said = [table.note] if table.note else []
        said += [f"Load {table.load:.1f}."] if table.load else []
        if said:
            lines += ["", " ".join(said)]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _number(value: float) -> str:
    for limit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= limit:
            return f"{value / limit:.3g} {letter}"
    return f"{value:.3g}"
