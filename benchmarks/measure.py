"""Timing in turns: every candidate once per round, so that a slow moment meets all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One candidate: its median ``rate`` per second (or seconds), and why it is missing."""

    name: str
    median: float = 0.0
    lowest: float = 0.0
    highest: float = 0.0
    missing: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of one benchmark. ``baseline`` is the row that ratios are of; ``higher`` is better."""

    title: str
    unit: str
    baseline: str
    rows: tuple[Row, ...]
    higher: bool = True
    note: str = ""

    def ratio(self, row: Row) -> float | None:
        """The row over the baseline, or None where one of them is missing."""
        base = next((other for other in self.rows if other.name == self.baseline), None)
        if base is None or base.missing or row.missing or base.median == 0:
            return None
        return row.median / base.median


def in_turns(
    candidates: Mapping[str, Callable[[], object]], amount: Mapping[str, float], rounds: int = 5
) -> tuple[Row, ...]:
    """Rates (``amount`` per second) over some rounds after one warm-up of each."""
    for work in candidates.values():
        work()
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, work in candidates.items():
            began = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - began)
    rows = []
    for name, times in seconds.items():
        rates = sorted(amount[name] / one for one in times)
        rows.append(Row(name, statistics.median(rates), rates[0], rates[-1]))
    return tuple(rows)


def as_text(tables: Sequence[Table]) -> str:
    """The tables in Markdown."""
    parts = []
    for table in tables:
        lines = [f"## {table.title}", "", f"| | {table.unit} | min–max | × {table.baseline} |"]
        lines.append("|---|---:|---:|---:|")
        for row in table.rows:
            if row.missing:
                lines.append(f"| {row.name} | missing: {row.missing} | | |")
                continue
            ratio = table.ratio(row)
            spread = f"{_number(row.lowest)}–{_number(row.highest)}"
            shown = "" if ratio is None else f"{ratio:.3g}"
            lines.append(f"| {row.name} | {_number(row.median)} | {spread} | {shown} |")
        if table.note:
            lines += ["", table.note]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _number(value: float) -> str:
    for limit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= limit:
            return f"{value / limit:.3g} {letter}"
    return f"{value:.3g}"
