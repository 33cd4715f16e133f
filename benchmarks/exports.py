"""Files from the command line: each in a process of its own, from its start to its end.

Seconds of the processor stand beside those of the clock: on a busy machine they say more.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.measure import Row, Table

_STEPS: Final = 400
_FILES: Final = (
    ("a sheet as PNG, 300 dots an inch", "--image", "a.png", ()),
    ("a sheet as SVG", "--image", "a.svg", ()),
    ("a report as HTML", "--report", "a.html", ()),
    ("a report as PDF", "--report", "a.pdf", ()),
    ("a film of 200 frames as GIF", "--animation", "a.gif", ()),
    ("a film of 400 frames as WebP", "--animation", "a.webp", ("--stride", "1")),
)
ALLOWED: Final = {
    title: limit
    for (title, *_), limit in zip(_FILES, (1.0, None, 2.5, None, 3.0, 6.0), strict=True)
    if limit is not None
}
"""Seconds by the clock, on a machine without other work."""


def tables(rounds: int = 3, scale: float = 1.0) -> list[Table]:
    """Seconds for each kind of file; a small ``scale`` makes short films."""
    frames = max(4, round(_STEPS * scale))
    clock: dict[str, list[float]] = {}
    processor: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="optlab-benchmark-") as folder:
        for _ in range(max(1, min(rounds, 3)) + 1):  # the first time fills caches
            for title, option, name, more in _FILES:
                seconds = _write(Path(folder, name), option, frames - 1, more)
                clock.setdefault(title, []).append(seconds[0])
                processor.setdefault(title, []).append(seconds[1])
    return [
        Table(
            f"Exports of the default experiment, {frames} steps: {what}",
            "s",
            _FILES[0][0],
            tuple(Row.of(title, values[1:]) for title, values in found.items()),
            higher=False,
        )
        for what, found in (("by the clock", clock), ("of the processor", processor))
    ]


def _write(path: Path, option: str, steps: int, more: tuple[str, ...]) -> tuple[float, float]:
    """Seconds by the clock and of the processor for one command."""
    command = [sys.executable, "-m", "optlab", "run", "three_ways_down", "--quiet"]
    command += ["--steps", str(steps), option, str(path), *more]
    before, begin = os.times(), time.perf_counter()
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, check=True, env=environment, cwd=Path(__file__).parents[1])
    after = os.times()
    used = after.children_user - before.children_user
    used += after.children_system - before.children_system
    return time.perf_counter() - begin, used
