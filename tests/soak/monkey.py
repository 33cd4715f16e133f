"""Someone who clicks, drags, types and turns the wheel at random in the real window.

``python -m tests.soak.monkey --minutes 10 --seed 1`` prints what was done; anything that goes wrong
(an exception anywhere, a warning of Qt, a document that cannot be resolved, things that become
more and more) ends it with status 1.
"""

from __future__ import annotations

import argparse
import faulthandler
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.soak.census import Census, close_dialogs, rested
from tests.soak.errands import Errands
from tests.soak.hands import Hands
from tests.soak.surroundings import laboratory

if TYPE_CHECKING:
    from optlab.ui.shell.app import Laboratory

Way = tuple[float, Callable[[], None]]
_PARTS = 5
"""So often it rests, and what there is gets counted; the first time is what it is compared with."""
_LONG = 5.0
"""Minutes in which everything has been seen once by the first rest."""


def play(minutes: float, seed: int, most: int = 10**9) -> int:
    """Lets the monkey in; 1 where something went wrong."""
    from PySide6.QtCore import QTimer

    done: Counter[str] = Counter()
    counts: list[Census] = []
    with laboratory() as (lab, wrong), tempfile.TemporaryDirectory(prefix="optlab-monkey-") as home:
        chance = random.Random(seed)
        errands = Errands(lab, chance, Path(home))
        errands.answer_file_dialogs()
        ways = (*Hands(lab, chance).ways(), *errands.ways())
        # A dialog that waits for an answer gets one.
        answer = QTimer(interval=300)
        answer.timeout.connect(close_dialogs)
        answer.start()
        began = time.monotonic()
        lab.window.closing.disconnect()
        lab.window.closing.connect(lambda event: event.ignore())
        for part in range(1, _PARTS + 1):
            until = began + 60 * minutes * part / _PARTS
            while time.monotonic() < until and not wrong and done.total() < most:
                _act(lab, ways, chance, done)
            if wrong or done.total() >= most:
                break
            counts.append(rested(lab))
        answer.stop()
        seconds = time.monotonic() - began
        lab.window.closing.disconnect()
        lab.window.closing.connect(lab._close)
    if minutes >= _LONG and len(counts) == _PARTS:
        wrong += counts[-1].grown_since(counts[0])
    told = ", ".join(f"{count} × {name}" for name, count in done.most_common())
    sys.stdout.write(
        f"monkey: {done.total()} actions in {seconds:.0f} s (seed {seed}): {told}; "
        f"{len(wrong)} errors; at rest after each {_PARTS}th: "
        f"{'; '.join(str(count) for count in counts)}\n"
    )
    for what in wrong[:3]:
        sys.stdout.write(f"\n{what}\n")
    return int(bool(wrong))


def _act(lab: Laboratory, ways: tuple[Way, ...], chance: random.Random, done: Counter[str]) -> None:
    """One thing, most often a small one, and all that follows from it."""
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    from optlab.session.resolve import resolve

    weights, actions = zip(*ways, strict=True)
    (action,) = chance.choices(actions, weights)
    action()
    done[action.__name__] += 1
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if not lab.window.isVisible():
        lab.window.show()
    if done.total() % 50 == 0:
        assert resolve(lab.session.document) == lab.session.resolved


def main() -> int:
    """From the command line."""
    parser = argparse.ArgumentParser(description="clicks and types at random in the window")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--actions", type=int, default=10**9, help="stop after so many")
    options = parser.parse_args()
    faulthandler.enable()
    return play(options.minutes, options.seed, options.actions)


if __name__ == "__main__":
    sys.exit(main())
