"""Playing and dragging for a long time: memory for each frame, and how late the window answers.

``python -m tests.soak.soak --minutes 30``.  The cursor plays in a loop while the start goes round
in a circle, as a hand would drag it; map, space and both take turns.  A timer that wants to tick
every few milliseconds says how late the event loop is.  How late it was depends on what else the
machine does; how long it was busy itself, in processor time between two ticks, does not.
Memory is read after a warm-up and at the end.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from array import array
from typing import TYPE_CHECKING

from tests.soak.surroundings import laboratory, resident

if TYPE_CHECKING:
    from optlab.ui.shell.app import Laboratory

_TICK = 5
_DRAG = 33
_TURN = 10_000
_LAYOUTS = ("Contour", "Both", "3D")
_WARM_UP = 0.2
"""Share of the time that fills the caches and does not count."""
_CLASSES = 100_000
_LATE, _GROWTH = 50.0, 1.0
"""The goals: milliseconds at the 99th percentile, KiB a frame."""


class Spread:
    """How often each duration came, to a tenth of a millisecond; takes no memory as it fills."""

    def __init__(self) -> None:
        self._counts = array("q", bytes(8 * _CLASSES))

    def add(self, milliseconds: float) -> None:
        """Counts one."""
        self._counts[min(_CLASSES - 1, max(0, round(10 * milliseconds)))] += 1

    def at(self, share: float) -> float:
        """The milliseconds that this share of all does not exceed; nan of none."""
        left = share * sum(self._counts)
        for place, count in enumerate(self._counts):
            left -= count
            if count and left <= 0:
                return place / 10
        return math.nan


class Beats:
    """What every tick found: how late it was, and the processor time since the one before."""

    def __init__(self) -> None:
        self._last = (0.0, 0.0)
        self.clear()

    def tick(self) -> None:
        """Called every few milliseconds, where the loop has the time."""
        now, used = time.perf_counter(), time.thread_time()
        before, used_before = self._last
        if before:
            self.late.add(1000 * (now - before) - _TICK)
            self.busy.add(1000 * (used - used_before))
        self._last = now, used

    def clear(self) -> None:
        """Forgets all but the time of the last tick."""
        self.late, self.busy = Spread(), Spread()


def soak(minutes: float) -> int:
    """Plays and drags; prints what it cost; 1 where something went wrong."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    with laboratory() as (lab, wrong):
        application, beats, frames = QApplication.instance(), Beats(), _counted_frames(lab)
        assert application is not None
        timers = []
        for milliseconds, action in (
            (_TICK, beats.tick),
            (_DRAG, lambda: _drag(lab)),
            (_TURN, lambda: _turn(lab)),
        ):
            timer = QTimer(interval=milliseconds)
            timer.timeout.connect(action)
            timer.start()
            timers.append(timer)
        _serve(60 * minutes * _WARM_UP, wrong)
        begin, painted = resident(), frames()
        beats.clear()
        _serve(60 * minutes * (1 - _WARM_UP), wrong)
        grown, painted = resident() - begin, frames() - painted
        for timer in timers:
            timer.stop()
    _tell(minutes, grown, painted, beats, wrong)
    return int(bool(wrong))


def _tell(minutes: float, grown: float, painted: int, beats: Beats, wrong: list[str]) -> None:
    each = grown / max(1, painted)
    rate = painted / (60 * minutes * (1 - _WARM_UP))
    high = beats.late.at(0.99)
    sys.stdout.write(
        f"soak: {minutes:g} minutes of playing and dragging, {painted} frames of map and space "
        f"({rate:.0f} a second); {len(wrong)} errors\n"
        f"memory: grew by {grown:.0f} KiB, {each:.2f} KiB a frame "
        f"(goal {_GROWTH:g}: {'met' if each < _GROWTH else 'missed'})\n"
        f"the event loop was late by {beats.late.at(0.5):.1f} ms (median), "
        f"{high:.1f} ms (99th percentile; goal {_LATE:g}: {'met' if high < _LATE else 'missed'}), "
        f"{beats.late.at(1):.0f} ms (most)\n"
        f"of these it was busy itself, in processor time: {beats.busy.at(0.5):.1f} ms (median), "
        f"{beats.busy.at(0.99):.1f} ms (99th percentile), {beats.busy.at(1):.0f} ms (most)\n"
    )
    for what in wrong[:3]:
        sys.stdout.write(f"\n{what}\n")


def _drag(lab: Laboratory) -> None:
    from optlab.session.experiment import changed

    session, angle = lab.session, time.perf_counter()
    start = (3 * math.cos(angle), 3 * math.sin(angle))
    session.propose(changed(session.document, start=start), "start")
    if not session.playback.playing:
        session.set_loop(True)
        session.toggle_playing()


def _turn(lab: Laboratory) -> None:
    shown = lab.window.view_tabs.layout_shown()
    lab.window.view_tabs.show_layout(_LAYOUTS[(_LAYOUTS.index(shown) + 1) % len(_LAYOUTS)])


def _counted_frames(lab: Laboratory):  # type: ignore[no-untyped-def]
    """Asks how often the views of the surface were painted so far."""
    from PySide6.QtCore import QEvent, QObject

    class Frames(QObject):
        count = 0

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.Paint:
                self.count += 1
            return False

    frames = Frames(lab.window)
    for view in (lab.window.contour.viewport(), lab.window.surface3d.canvas):
        view.installEventFilter(frames)
    return lambda: frames.count


def _serve(seconds: float, wrong: list[str]) -> None:
    """Lets the window work for a while, or until something went wrong."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop, watch = QEventLoop(), QTimer()
    QTimer.singleShot(int(1000 * seconds), loop, loop.quit)
    watch.timeout.connect(lambda: loop.quit() if wrong else None)
    watch.start(500)
    loop.exec()


def main() -> int:
    """From the command line."""
    parser = argparse.ArgumentParser(description="plays and drags for a long time")
    parser.add_argument("--minutes", type=float, default=1.0)
    return soak(parser.parse_args().minutes)


if __name__ == "__main__":
    sys.exit(main())
