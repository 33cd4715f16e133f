"""Rules, surfaces and schedules from files: taken into the experiment that is open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from optlab.core.data_files import DataError, UnknownNameError
from optlab.core.parameters import SettingError
from optlab.session import edits
from optlab.session.session import Session

SUFFIX = ".toml"
_KIND = f"Rules, surfaces and schedules (*{SUFFIX})"


class OwnFiles:
    """Takes ``.toml`` files in; ``say`` tells a person what went wrong."""

    def __init__(self, session: Session, window: QWidget, say: Callable[[str], None]) -> None:
        self._session = session
        self._window = window
        self._say = say

    def ask(self) -> bool:
        """Asks for a file and takes it in."""
        title = "Add a rule, a surface or a schedule"
        name, _ = QFileDialog.getOpenFileName(self._window, title, "", _KIND)
        return bool(name) and self.take(Path(name))

    def take(self, path: Path) -> bool:
        """Takes a file in and uses it. Says whether it could."""
        session = self._session
        before = {run.id for run in session.document.runs}
        try:
            document = edits.take_file(session.document, path, session.selected)
        except (UnknownNameError, DataError, SettingError) as error:
            self._say(str(error))
            return False
        if not session.propose(document):
            return False
        for run in session.document.runs:
            if run.id not in before:
                session.select(run.id)
        return True
