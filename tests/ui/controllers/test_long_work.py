"""A million steps: the window stays alive, shows how far it is, and can be told to stop."""

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest

from optlab.session.experiment import Treatment, change_run, changed

MILLION = 1_000_000


class Pulse:
    """A timer in the window's thread; counts its beats while ``busy()`` holds."""

    def __init__(self, busy):
        self.beats = 0
        self._busy = busy
        self._timer = QTimer(interval=1)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self):
        self.beats += bool(self._busy())

    def stop(self):
        self._timer.stop()
        return self.beats


@pytest.fixture
def endless(lab):
    """Noise is drawn anew for each step, which keeps a worker busy for a while."""
    document = change_run(lab.session.document, "1", treatment=Treatment(noise=0.01))
    return changed(document, steps=4 * MILLION, runs=document.runs[:1])


def test_the_window_lives_while_a_million_steps_are_computed(lab):
    pulse = Pulse(lambda: lab.session.work is not None)
    lab.session.propose(changed(lab.session.document, steps=MILLION))
    assert lab.session.work is not None
    lab.until(lambda: lab.session.work is None, seconds=60)
    assert pulse.stop() > 0
    lab.until(lambda: lab.computed() and lab.session.playback.last == MILLION, seconds=60)
    assert {walk.steps for walk in lab.session.trajectories.values()} == {MILLION}
    lab.window.grab()


def test_a_million_steps_are_walked_through_without_waiting(lab):
    lab.session.propose(changed(lab.session.document, steps=MILLION))
    lab.until(lambda: lab.computed() and lab.session.playback.last == MILLION, seconds=60)
    QTest.qWait(1)
    for step in (0, MILLION // 2, MILLION, MILLION - 1):
        lab.session.seek(step)
        QTest.qWait(0)
        lab.contour.repaint()
        assert lab.session.work is None and lab.session.playback.position == step


def test_everything_is_shown_in_the_end(lab):
    """Paths, curves and the comparison of a million steps come from workers."""
    lab.window.view_tabs.show_layout("Both")
    lab.window.bottom_tabs.show_page("Comparison")
    lab.session.propose(changed(lab.session.document, steps=MILLION))
    lab.until(lambda: lab.computed() and lab.session.playback.last == MILLION, seconds=60)

    def whole():
        lab.window.grab()
        traces, laid = lab.contour.traces(), lab.window.surface3d.scene._laid
        return (
            len(traces) == len(laid) == 3
            and all(trace.stride == 1 and len(trace.pixels) == MILLION + 1 for trace in traces)
            and all(path.at[-1] == path.last for path in laid)
            and len(lab.window.panes.plots().panes()[0].curves[0].values) == MILLION + 1
            and "at step" in lab.window.comparison.difference_text()
        )

    lab.until(whole, seconds=60)
    lab.window.view_tabs.show_layout("Contour")
    lab.window.bottom_tabs.show_page("Worksheet")


def test_progress_is_shown_and_cancelling_keeps_what_is_there(lab, endless):
    status = lab.window.status
    lab.session.propose(endless)
    lab.until(status.is_busy, seconds=60)
    lab.until(lambda: lab.session.work is not None and lab.session.work.fraction > 0, seconds=60)
    QTest.mouseClick(status.cancel_button, lab.left)
    lab.until(lab.computed, seconds=60)
    assert not status.is_busy()
    walk = lab.session.trajectories["1"]
    assert walk.outcome.kind == "cancelled"
    assert 0 < walk.steps < 4 * MILLION
    assert "cancelled" in status._warning.text()
    assert "cancelled" in lab.window.runs.row("1").item().result
    assert lab.session.playback.last == walk.steps


def test_short_work_shows_no_bar_during_a_drag(lab):
    seen, status, session = [], lab.laboratory.status, lab.session
    status._poll.setInterval(10**6)  # one look at each piece of work, however long it takes here
    for eta in range(40):
        before = session.work
        document = change_run(session.document, "1", parameters={"eta": 0.1 + eta / 1000})
        session.propose(document, "drag")
        lab.until(lambda before=before: session.work is None or session.work is not before)
        status._show_progress()
        seen.append(lab.window.status.is_busy())
    lab.wait()
    assert not any(seen)
