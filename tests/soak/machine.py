"""The long form of the session as a state machine: ``python -m tests.soak.machine``."""

from __future__ import annotations

import argparse
import sys
import time

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.session.test_machine import SessionMachine

_STEPS = 60


def main() -> int:
    """From the command line; a broken invariant is told with the shortest way to it."""
    parser = argparse.ArgumentParser(description="edits and late answers of workers, in any order")
    parser.add_argument("--sequences", type=int, default=500)
    sequences = parser.parse_args().sequences
    long = settings(
        max_examples=sequences, stateful_step_count=_STEPS, deadline=None, database=None
    )
    began = time.monotonic()
    run_state_machine_as_test(SessionMachine, settings=long)
    sys.stdout.write(
        f"state machine: {sequences} sequences of up to {_STEPS} steps in "
        f"{time.monotonic() - began:.0f} s, no invariant broken\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
