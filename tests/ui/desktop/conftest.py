"""The whole program in memory, with settings and recovery copies of its own."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QSettings
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from optlab.files.experiment_files import DEFAULT_EXPERIMENT, load_experiment, shipped_experiment
from optlab.ui.dialogs.file_dialogs import Answer
from optlab.ui.shell.app import Laboratory
from tests.patience import PATIENCE


class Asked:
    """Stands for a person who answers the question about unsaved changes."""

    def __init__(self) -> None:
        self.answer = Answer.DISCARD
        self.titles: list[str] = []

    def __call__(self, parent: QWidget, title: str) -> Answer:
        self.titles.append(title)
        return self.answer


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which recovery copies are kept."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "OptLab" / "recovery"


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def lab(app: QApplication, settings: QSettings, state: Path) -> Iterator[Any]:
    document = load_experiment(shipped_experiment(DEFAULT_EXPERIMENT))
    made = Laboratory(document, settings)
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


def wait_until(true: Any) -> bool:
    """Lets the program run until something is true; says whether it became so."""
    end = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < end:
        QTest.qWait(10)
    return bool(true())


@pytest.fixture
def wait() -> Any:
    return wait_until


@pytest.fixture
def warning(lab: Any) -> Any:
    """The sentence in the status line."""
    return lambda: lab.window.status._warning.text()
