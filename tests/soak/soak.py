"""Playing and dragging for a long time: memory for each frame, and how late the window answers.

``python -m tests.soak.soak --minutes 30``.  The cursor plays in a loop while the start goes round
in a circle, as a hand would drag it.  A timer that wants to tick every few milliseconds says how
late the event loop is; memory is read after a warm-up and at the end.
"""

from __future__ import annotations

import argparse
import math
import sys
import time

from tests.soak.surroundings import laboratory, resident

_TICK = 5
_DRAG = 33
_WARM_UP = 0.2
"""Share of the time that fills the caches and does not count."""


def soak(minutes: float) -> int:
    """Plays and drags; prints what it cost; 1 where something went wrong."""
    from PySide6.QtCore import QEvent, QObject, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from optlab.session.experiment import changed

    class Frames(QObject):
        """Counts how often a view was painted."""

        count = 0

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.Paint:
                self.count += 1
            return False

    with laboratory() as (lab, wrong):
        application, session = QApplication.instance(), lab.session
        assert application is not None
        frames, late, last = Frames(), [0.0], [time.perf_counter()]
        lab.window.contour.installEventFilter(frames)

        def tick() -> None:
            now = time.perf_counter()
            late.append(max(0.0, now - last[0] - _TICK / 1000))
            last[0] = now

        def drag() -> None:
            angle = time.perf_counter()
            start = (3 * math.cos(angle), 3 * math.sin(angle))
            session.propose(changed(session.document, start=start), "start")
            if not session.playback.playing:
                session.set_loop(True)
                session.toggle_playing()

        heart, hand = QTimer(timerType=Qt.TimerType.PreciseTimer), QTimer()
        heart.timeout.connect(tick)
        hand.timeout.connect(drag)
        heart.start(_TICK)
        hand.start(_DRAG)
        _serve(application, 60 * minutes * _WARM_UP, wrong)
        begin, painted = resident(), frames.count
        late.clear()
        _serve(application, 60 * minutes * (1 - _WARM_UP), wrong)
        grown, painted = resident() - begin, frames.count - painted
        heart.stop()
        hand.stop()
        late.sort()
    rate = painted / (60 * minutes * (1 - _WARM_UP))
    middle, high = (1000 * late[int(share * len(late))] for share in (0.5, 0.99))
    sys.stdout.write(
        f"soak: {minutes:g} minutes of playing and dragging, {painted} frames of the map "
        f"({rate:.0f} a second); memory grew by {grown:.0f} KiB, "
        f"{grown / max(1, painted):.2f} KiB a frame; the event loop was late by {middle:.1f} ms "
        f"(median), {high:.1f} ms (99th percentile), {1000 * late[-1]:.0f} ms (most); "
        f"{len(wrong)} errors\n"
    )
    for what in wrong[:3]:
        sys.stdout.write(f"\n{what}\n")
    return int(bool(wrong))


def _serve(application: object, seconds: float, wrong: list[str]) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop, watch = QEventLoop(), QTimer()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
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
