"""The whole window with real workers, as a test uses it, and a person who is asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from optlab.files.experiment_files import DEFAULT_EXPERIMENT, load_experiment, shipped_experiment
from optlab.session.experiment import Experiment
from optlab.session.maps.shown_map import PICTURE, PLANE
from optlab.session.view import USUAL
from optlab.ui.dialogs.file_dialogs import Answer
from optlab.ui.shell.app import Laboratory
from tests.patience import PATIENCE
from tests.ui import mouse

LEFT = Qt.MouseButton.LeftButton


def default_experiment() -> Experiment:
    return load_experiment(shipped_experiment(DEFAULT_EXPERIMENT))


class Lab:
    """The program as a test uses it: its parts, and a hand on mouse and keyboard."""

    left, keys = LEFT, Qt.Key

    def __init__(self, folder: Path) -> None:
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.laboratory = Laboratory(default_experiment(), settings)
        self.session = self.laboratory.session
        self.window = self.laboratory.window
        self.contour = self.window.contour
        self.actions = self.laboratory.commands.menus.actions
        self.answer = Answer.DISCARD
        self.laboratory.commands.documents.ask = lambda _parent, _title: self.answer
        self.laboratory.start()
        assert QTest.qWaitForWindowExposed(self.window)

    def begin(self, document: Experiment | None = None) -> None:
        """An experiment, the default one at first, computed, with the keyboard on the map."""
        self.session.show(**msgspec.structs.asdict(USUAL))
        self.session.open(document or default_experiment())
        self.session.select("1")
        self.session.set_loop(False)
        self.session.set_speed(30.0)
        self.window.resize(1440, 900)
        self.window.activateWindow()
        self.contour.setFocus()
        self.wait()

    def shared(self) -> Laboratory:
        """The program in the size and with the focus that it starts with."""
        self.laboratory.commands.palette.dismiss()
        self.laboratory.commands.documents.ask = Asked()
        self.window.resize(1280, 800)
        self.window.status.set_warning("")
        QTest.qWait(1)
        return self.laboratory

    def close(self) -> None:
        """Ends the program as closing the window does."""
        self.session.open(default_experiment())
        self.window.close()
        assert self.laboratory.bridge.close(seconds=PATIENCE)
        self.window.deleteLater()

    def computed(self) -> bool:
        """Whether everything that was asked for is there."""
        session = self.session
        wanted = {*session.resolved.specs, *session.resolved.recordings}
        return session.work is None and set(session.trajectories) == wanted

    def until(self, condition: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Serve events until something holds; fail when it takes too long."""
        end = time.monotonic() + max(seconds, PATIENCE)
        while not condition():
            assert time.monotonic() < end, "it did not happen"
            QTest.qWait(1)

    def redraw(self) -> None:
        """What changed is drawn, as at the end of a turn of the event loop."""
        self.laboratory.redraw.flush()

    def wait(self) -> None:
        """Until everything is computed and painted, the picture of the surface too."""
        busy = self.session._desk.busy
        self.until(lambda: self.computed() and not (busy(PLANE) or busy(PICTURE)))
        self.redraw()
        QTest.qWait(1)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
        """A key, pressed where the focus is."""
        target = QApplication.focusWidget() or self.window
        QTest.keyClick(target, key, modifier or Qt.KeyboardModifier.NoModifier)

    def pixel(self, w1: float, w2: float) -> QPoint:
        """Where a point of the surface is on the map."""
        return self.contour.pixel_at(w1, w2).toPoint()

    def move(self, widget: QWidget, to: QPoint) -> None:
        """The mouse moves with the left button held."""
        mouse.move(widget, to, LEFT)

    def drag(self, widget: QWidget, points: Iterable[QPoint], seconds: float = 0.03) -> list[int]:
        """Drags along points at a person's pace; how often new numbers came at each move."""
        points, widget = list(points), mouse.target(widget)
        came: list[int] = [0]

        def note(_fresh: object) -> None:
            came[-1] += 1

        self.session.trajectories_changed.connect(note)
        QTest.mousePress(widget, LEFT, pos=points[0])
        for point in points[1:]:
            self.move(widget, point)
            QTest.qWait(int(seconds * 1000))
            # A slow machine gets the time that a person would have seen pass.
            self.until(lambda: came[-1] or self.session.work is None)
            came.append(0)
        QTest.mouseRelease(widget, LEFT, pos=points[-1])
        self.session.trajectories_changed.disconnect(note)
        return came[:-1]


class Asked:
    """Stands for a person who answers the question about unsaved changes."""

    def __init__(self) -> None:
        self.answer = Answer.DISCARD
        self.titles: list[str] = []

    def __call__(self, parent: QWidget, title: str) -> Answer:
        self.titles.append(title)
        return self.answer


def wait_until(true: Callable[[], object]) -> bool:
    """Lets the program run until something is true; says whether it became so."""
    end = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < end:
        QTest.qWait(10)
    return bool(true())
