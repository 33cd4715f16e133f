"""Closing the window while something is being computed: how long until the process has ended.

``python -m tests.soak.quitting`` tries every job several times and prints a table.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.faults.child import Ended, window

JOBS = {
    "nothing": "pass",
    "long runs": "propose(changed(lab.session.document, steps=10_000_000))",
    "runs in Python": """propose(changed(lab.session.document, steps=2_000_000, stop_gradient=None,
        runs=tuple(msgspec.structs.replace(run, optimizer=stepper, parameters={}, options={})
                   for run in lab.session.document.runs)))""",
    "large picture": "lab.session.shown_map.resolution = 3000; lab.session.show(levels=80)",
    "basin map": """lab.session.ask_map(BasinRequest(
        next(iter(lab.session.resolved.specs.values())), ((-5.0, 5.0), (-5.0, 5.0)), 1024), print)
    """,
    "CSV": "propose(changed(lab.session.document, steps=300_000), then=lambda: export('csv'))",
    "image": "export('image', '.png')",
    "report": "export('report', '.html')",
    "playing": "lab.session.seek(0); lab.session.set_loop(True); lab.session.toggle_playing()",
    "typing": "lab.session.type_formula('*'.join(f'sin({i} x + y)' for i in range(1, 60)))",
}

_ACT = """
import msgspec
from optlab.core.rules import load_rule, rule_names
from optlab.session.experiment import changed
from optlab.session.maps.map_request import BasinRequest

stepper = next(name for name in rule_names() if getattr(load_rule(name), "stepper", None))

def act(lab):
    def propose(document, then=None):
        assert lab.session.propose(document)
        if then is not None:
            when(lambda: ready(lab), then)
    def export(kind, suffix=".csv"):
        getattr(lab.commands._exporter, kind)(Path({folder!r}) / f"export{{suffix}}")
    def begin():
        {job}
        later({wait}, close)
    def close():
        print(time.monotonic(), flush=True)
        lab.window.close()
    when(lambda: ready(lab), begin)
"""


@dataclass(frozen=True)
class Quit:
    """One try: how the process ended, and the seconds from closing to its end."""

    ended: Ended
    seconds: float


def quit_during(job: str, wait: int) -> Quit:
    """Closes the window ``wait`` milliseconds after a job was begun."""
    with tempfile.TemporaryDirectory(prefix="optlab-quit-") as folder:
        act = _ACT.format(job=JOBS[job], wait=wait, folder=folder)
        ended = window(act, Path(folder, "home"))
        now = time.monotonic()
        half_written = [path.name for path in Path(folder).glob(".*")]
        assert not half_written, half_written
    told = ended.out.split()
    return Quit(ended, now - float(told[0]) if told else float("nan"))


def main() -> int:
    """Every job, several times; 1 where one did not end properly."""
    parser = argparse.ArgumentParser(description="quitting while something is being computed")
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    slowest, wrong = 0.0, 0
    for job in JOBS:
        tries = [quit_during(job, 20 + 130 * number) for number in range(rounds)]
        longest = max(one.seconds for one in tries)
        bad = [one for one in tries if (one.ended.status, one.ended.err) != (0, "")]
        slowest, wrong = max(slowest, longest), wrong + len(bad)
        said = f"; NOT proper: {bad[0].ended}" if bad else ""
        sys.stdout.write(f"quitting during {job:<15} at most {longest:.2f} s{said}\n")
        sys.stdout.flush()
    sys.stdout.write(
        f"quitting: {rounds * len(JOBS)} times, at most {slowest:.2f} s, "
        f"{wrong} with a status or an error\n"
    )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
