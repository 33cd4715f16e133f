"""One application for all tests of the interface; an error inside a slot fails its test."""

import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QEvent, QEventLoop
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from optlab.pictures.theme import DARK
from optlab.ui.dialogs import documents
from optlab.ui.dialogs.file_dialogs import Answer
from optlab.ui.style import themes as style

Shown = TypeVar("Shown", bound=QWidget)

ROUNDS = 10
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
