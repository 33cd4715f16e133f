"""One application for all tests of the interface; an error inside a slot fails its test.

``lab`` is a window that the tests of a module share, ``program`` one of the test's own.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QEvent, QEventLoop, QSettings, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from optlab.pictures.theme import DARK
from optlab.ui.dialogs import documents
from optlab.ui.dialogs.file_dialogs import Answer
from optlab.ui.shell.app import Laboratory
from optlab.ui.style import themes as style
from tests.patience import PATIENCE
from tests.ui.lab import Asked, Lab, default_experiment, wait_until

Shown = TypeVar("Shown", bound=QWidget)

ROUNDS = 10
# What the offscreen platform cannot do, and says each time.
_PLATFORM = ("This plugin does not support",)
_wait = QTest.qWait


def _wait_and_serve(milliseconds: int) -> None:
    """``qWait`` that serves ten rounds of events at least.

    On a busy machine a single event may take all the time, and what it leads to (a timer of no
    time, a repaint) would not happen before the test goes on.
    """
    _wait(milliseconds)
    for _ in range(ROUNDS):
        QApplication.processEvents()


QTest.qWait = staticmethod(_wait_and_serve)  # type: ignore[assignment, method-assign]


@pytest.fixture(scope="session")
def app() -> QApplication:
    made = QApplication.instance() or QApplication([])
    assert isinstance(made, QApplication)
    return made


@pytest.fixture(autouse=True)
def dark_theme(app: QApplication) -> None:
    if style.theme_of(None) != DARK or not app.styleSheet():
        style.apply(app, DARK)


@pytest.fixture(autouse=True)
def no_hidden_errors(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Qt prints an exception of a slot and goes on; a test must not."""
    seen: list[BaseException] = []

    def keep(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        seen.append(error)

    monkeypatch.setattr(sys, "excepthook", keep)
    yield
    assert not seen, seen


@pytest.fixture(autouse=True)
def no_question_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody sits here to answer: changes that are not saved go, unless a test says otherwise."""

    def discard(parent: QWidget, title: str) -> Answer:
        return Answer.DISCARD

    monkeypatch.setattr(documents, "ask_unsaved", discard)


def settle(app: QApplication) -> None:
    """Let layouts, repaints and deletions happen."""
    app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)


@pytest.fixture
def listen() -> Callable[[Any], list[tuple[Any, ...]]]:
    """Connect to a signal; the list grows by the arguments of every emission."""

    def connect(signal: Any) -> list[tuple[Any, ...]]:
        calls: list[tuple[Any, ...]] = []

        def note(*arguments: Any) -> None:
            calls.append(arguments)

        signal.connect(note)
        return calls

    return connect


@pytest.fixture
def show(app: QApplication) -> Iterator[Callable[..., QWidget]]:
    """Show a widget, active, at a size; it is deleted after the test."""
    shown: list[QWidget] = []

    def present(widget: Shown, width: int = 320, height: int = 240) -> Shown:
        widget.resize(width, height)
        widget.show()
        widget.activateWindow()
        QTest.qWaitForWindowActive(widget)
        settle(app)
        shown.append(widget)
        return widget

    yield present
    for widget in shown:
        widget.close()
        widget.deleteLater()
    shown.clear()
    settle(app)


@pytest.fixture(autouse=True)
def qt_messages() -> Iterator[list[str]]:
    """What Qt warns of; a warning fails the test in which it comes."""
    heard: list[str] = []

    def hear(_kind: object, _context: object, text: str) -> None:
        if not text.startswith(_PLATFORM):
            heard.append(text)

    before = qInstallMessageHandler(hear)
    yield heard
    qInstallMessageHandler(before)
    assert heard == []


@pytest.fixture(scope="module")
def opened(app: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab(tmp_path_factory.mktemp("settings"))
    yield lab
    lab.close()
    del lab
    for _ in range(2):
        app.processEvents()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def make_lab(tmp_path: Path) -> Callable[[], Lab]:
    """A window of the test's own, which it closes."""
    return lambda: Lab(tmp_path)


@pytest.fixture
def lab(opened: Lab) -> Lab:
    """The window on the default experiment, at its last step."""
    opened.begin()
    return opened


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which recovery copies are kept."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "OptLab" / "recovery"


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def program(app: QApplication, settings: QSettings, state: Path) -> Iterator[Laboratory]:
    """The whole program, with settings and recovery copies of its own, for one test."""
    made = Laboratory(default_experiment(), settings)
    made.commands.documents.ask = Asked()
    made.window.resize(1280, 800)
    made.start()
    made.window.activateWindow()
    QTest.qWaitForWindowActive(made.window)
    assert wait_until(lambda: len(made.session.trajectories) == 3)
    yield made
    made.commands.documents.ask = Asked()
    made.window.close()
    assert made.bridge.close(PATIENCE)
    made.window.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    app.processEvents()


@pytest.fixture
def wait() -> Callable[[Callable[[], object]], bool]:
    return wait_until


@pytest.fixture
def warning(program: Any) -> Any:
    """The sentence in the status line."""
    return lambda: program.window.status._warning.text()
