"""Someone who opens an experiment and tries everything on it, by mouse and keys alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from optlab.core.run import Trajectory
from optlab.files.experiment_files import load_experiment, shipped_experiment
from optlab.session.compute import compute_runs
from optlab.session.edits.undo import same_experiment
from optlab.session.experiment import Experiment
from optlab.session.jobs import JobControl
from optlab.session.kernel_cache import Kernels
from optlab.session.resolve import resolve
from optlab.ui.controllers.comparison import COMPARISON
from tests.ui.tour import looks

LEFT, Key = Qt.MouseButton.LeftButton, Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def expected(document: Experiment) -> Mapping[str, Trajectory]:
    """What the runs of an experiment do, computed without the window."""
    return compute_runs(resolve(document).specs, JobControl(), Kernels())


def same_numbers(some: Mapping[str, Trajectory], other: Mapping[str, Trajectory]) -> None:
    """Asserts that all columns of all runs are equal to the last bit."""
    assert set(some) == set(other)
    for run_id, walk in some.items():
        assert walk.names == other[run_id].names
        assert np.array_equal(walk.data, other[run_id].data, equal_nan=True), run_id
        assert walk.outcome == other[run_id].outcome


class Traveller:
    """Its hands are those of ``lab``; what it sees is compared in :mod:`looks`."""

    def __init__(self, lab) -> None:
        self.lab = lab
        self.session, self.window = lab.session, lab.window

    @property
    def step(self) -> int:
        return self.session.playback.step

    def travel(self, name: str) -> None:
        """Everything there is to do with one shipped experiment."""
        document = load_experiment(shipped_experiment(name))
        walks = expected(document)
        self.open(name, document)
        same_numbers(self.session.trajectories, walks)
        self.read_story(document, walks)
        self.compare(walks)
        self.press_tab("Worksheet")
        self.show_every_pane()
        self.look()
        self.play_and_pause()
        self.step_back()
        self.seek_in_a_pane()
        self.other_runs()
        self.drag_the_start(document)
        self.undo(document, walks)

    def leave(self) -> None:
        """The panes and the page that others expect."""
        self.lab.laboratory.panes.reset()
        self.window.bottom_tabs.show_page("Worksheet")

    # --- opening and reading -----------------------------------------------------------------

    def open(self, name: str, document: Experiment) -> None:
        """From the menu, with the Return key."""
        menu = self.lab.laboratory.commands.menus.menus["Experiments"]
        under, action = next(
            (under, action)
            for under in (menu, *menu.findChildren(QMenu))
            for action in under.actions()
            if action.data() == name
        )
        assert action.toolTip() == document.story
        menu.popup(self.window.mapToGlobal(QPoint(0, 0)))
        if under is not menu:
            menu.setActiveAction(under.menuAction())
            QTest.keyClick(menu, Key.Key_Right)
            assert under.isVisible()
        under.setActiveAction(action)
        QTest.keyClick(under, Key.Key_Return)
        assert not menu.isVisible()
        assert same_experiment(self.session.document, document)
        self.window.activateWindow()
        self.lab.contour.setFocus()
        self.lab.wait()
        assert self.step == self.session.playback.last
        assert document.title in self.window.windowTitle()

    def read_story(self, document: Experiment, walks: Mapping[str, Trajectory]) -> None:
        assert self.window.bottom_tabs.page() == "Story"
        self.settle()
        looks.story_is_told(self.window.story, document, walks)

    def compare(self, walks: Mapping[str, Trajectory]) -> None:
        self.press_tab("Comparison")
        self.settle()
        self.lab.until(lambda: not self.session._desk.busy(COMPARISON))
        self.settle()
        looks.table_compares(self.window.comparison, self.session.resolved, walks)

    def show_every_pane(self) -> None:
        panes = self.lab.laboratory.panes
        for choice in panes.choices():
            if not choice.shown:
                panes.set_shown(choice.key, True)

    def press_tab(self, title: str) -> None:
        tabs = self.window.bottom_tabs.tabs()
        index = self.window.bottom_tabs.titles().index(title)
        QTest.mouseClick(tabs, LEFT, pos=tabs.tabRect(index).center())

    # --- moving ------------------------------------------------------------------------------

    def play_and_pause(self) -> None:
        speed = self.window.transport._speed
        speed.setFocus(Qt.FocusReason.TabFocusReason)
        self.lab.key(Key.Key_End)
        self.lab.key(Key.Key_Up)
        assert self.session.playback.speed == 1000.0
        self.lab.contour.setFocus()
        self.lab.key(Key.Key_Space)
        assert self.step == 0
        some = min(20, self.session.playback.last)
        self.lab.until(lambda: self.step >= some)
        if self.session.playback.playing:
            self.lab.key(Key.Key_Space)
        assert not self.session.playback.playing
        self.look()

    def step_back(self) -> None:
        before = self.step
        self.lab.key(Key.Key_Left)
        assert self.step == before - 1
        self.look()

    def seek_in_a_pane(self) -> None:
        """A click at a third of the first pane that can be seen."""
        canvas = self.window.panes.plots()
        plot = canvas.layout_of_panes().plots[0]
        at = QPointF(plot.left() + plot.width() / 3, plot.center().y()).toPoint()
        QTest.mouseClick(canvas.viewport(), LEFT, pos=at)
        share = (at.x() - plot.left()) / plot.width()
        last = self.session.playback.last
        assert abs(self.step - share * last) <= 0.5 + last / plot.width()
        self.look()

    def other_runs(self) -> None:
        """A click on each run's row shows its numbers."""
        for run in self.session.document.runs[1:]:
            row = self.window.runs.row(run.id)
            QTest.mouseClick(row, LEFT, pos=QPoint(60, row.height() // 2))
            assert self.session.selected == run.id
            self.look()

    def drag_the_start(self, document: Experiment) -> None:
        """To a place between where it is and the middle of the map, in a few moves."""
        contour, resolved = self.lab.contour, self.session.resolved
        begin = self.lab.pixel(*resolved.start)
        middle = contour.map_rect().center().toPoint()
        aim = middle if (middle - begin).manhattanLength() > 60 else middle + QPoint(70, -50)
        moves = [begin + (aim - begin) * share / 6 for share in range(7)]
        self.lab.drag(contour, moves, seconds=0)
        start = self.session.document.start
        dropped = contour.weights_at(moves[-1].toPointF())
        spans = [high - low for low, high in contour.window_shown()]
        assert (np.abs(np.subtract(start, dropped)) <= np.divide(spans, 1000)).all()
        assert all(len(repr(w)) < 12 for w in start)
        self.lab.wait()
        same_numbers(self.session.trajectories, expected(self.session.document))
        for run in document.runs:
            begun = self.session.trajectories[run.id].weights[0]
            assert tuple(begun) == (run.start or start)
        self.look()

    def undo(self, document: Experiment, walks: Mapping[str, Trajectory]) -> None:
        """One key takes the whole drag back."""
        self.lab.key(Key.Key_Z, CTRL)
        assert same_experiment(self.session.document, document)
        assert not self.session.can_undo
        self.lab.wait()
        same_numbers(self.session.trajectories, walks)
        self.look()

    # --- seeing ------------------------------------------------------------------------------

    def settle(self) -> None:
        """What the views put off to the next turn of the events is done."""
        for _ in range(2):
            QTest.qWait(0)
        parts = self.lab.laboratory.panes, self.lab.laboratory.story
        self.lab.until(lambda: not any(part._background.is_busy for part in parts))

    def look(self) -> None:
        """Everything that shows numbers shows those of the trajectories."""
        self.settle()
        session, window = self.session, self.window
        walks, step = session.trajectories, self.step
        looks.bar_counts(window.transport, step, max(w.steps for w in self.seen().values()))
        looks.paths_are_drawn(window.contour, session.document, self.seen(), step)
        looks.start_is_marked(window.contour, session.resolved.start)
        spec = session.computed[session.selected]
        looks.arrows_point(window.contour, spec, walks[session.selected], step)
        looks.panes_plot(window.panes.plots(), self.lab.laboratory.panes, session, step)
        looks.update_is_taken_apart(window.worksheet, walks[session.selected], step)
        looks.status_tells(window.status, session.resolved.problem, walks[session.selected], step)
        looks.rows_tell(window.runs, session.document, walks)

    def seen(self) -> dict[str, Trajectory]:
        """The trajectories of the runs that are not hidden."""
        shown = [run.id for run in self.session.document.runs if run.visible]
        return {run_id: self.session.trajectories[run_id] for run_id in shown}
