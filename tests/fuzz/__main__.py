"""``python -m tests.fuzz --seconds 600``: hostile input for a time; prints what was tried.

``--examples N`` tries N inputs for each target instead, the same ones for the same ``--seed``.
"""

from __future__ import annotations

import argparse
import sys
import time

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.guard import MEGABYTES, limit_memory, peak_megabytes
from tests.fuzz.targets import TARGETS

_ROUND = 200


def fuzz(name: str, first_seed: int, examples: int, seconds: float) -> tuple[int, int, float]:
    """Tries inputs until there were enough or time is up: how many, how many taken, seconds."""
    inputs, check = TARGETS[name]
    tried = taken = 0
    began = time.monotonic()

    def attempt(value: object) -> None:
        nonlocal tried, taken
        tried += 1
        taken += check(value)

    number = first_seed
    while tried < examples and time.monotonic() - began < seconds:
        size = min(_ROUND, examples - tried)
        rules = settings(
            max_examples=size,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        seed(number)(rules(given(inputs)(attempt)))()
        number += 1
    return tried, taken, time.monotonic() - began


def main() -> int:
    """Fuzzes each target in turn; 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1e9, help="for all targets together")
    parser.add_argument("--examples", type=int, default=10**12, help="for each target")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--target", choices=TARGETS, action="append")
    options = parser.parse_args()
    if options.seconds == 1e9 and options.examples == 10**12:
        options.seconds = 60.0
    names = options.target or list(TARGETS)
    before = peak_megabytes()
    limit_memory()
    total = 0
    for name in names:
        tried, taken, seconds = fuzz(
            name, options.seed, options.examples, options.seconds / len(names)
        )
        total += tried
        sys.stdout.write(f"{name:<18} {tried:>8} inputs, {taken:>7} taken, {seconds:.0f} s\n")
        sys.stdout.flush()
    grown = peak_megabytes() - before
    sys.stdout.write(
        f"{total} inputs: nothing executed, none took a second of processor time, "
        f"memory grew by {grown:.0f} MB\n"
    )
    return int(grown > MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
