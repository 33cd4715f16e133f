"""Rules, surfaces, schedules and recordings from files: taken into the open experiment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from optlab.core.parameters import SettingError
from optlab.core.recordings import RecordingError
from optlab.core.resources import DataError, UnknownNameError
from optlab.recording import ABOUT
from optlab.session import edits, recordings
from optlab.session.session import Session

SUFFIXES = (".toml", *recordings.SUFFIXES)
_KINDS = f"Rules, surfaces, schedules, recordings ({' '.join(f'*{s}' for s in SUFFIXES)} {ABOUT})"


def is_taken(path: Path) -> bool:
    """Whether a file, or a folder, can be taken into an experiment, by its name."""
    return path.suffix.lower() in SUFFIXES or recordings.is_recording(path)


class OwnFiles:
    """Takes ``.toml`` files and recordings in; ``say`` tells a person what went wrong."""

    def __init__(self, session: Session, window: QWidget, say: Callable[[str], None]) -> None:
        self._session = session
        self._window = window
        self._say = say

    def ask(self) -> bool:
        """Asks for a file and takes it in."""
        title = "Add a rule, a surface, a schedule or a recording"
        name, _ = QFileDialog.getOpenFileName(self._window, title, "", _KINDS)
        return bool(name) and self.take(Path(name))

    def take(self, path: Path) -> bool:
        """Takes a file in and uses it. Says whether it could."""
        session = self._session
        before = {run.id for run in session.document.runs}
        try:
            document = edits.take_file(session.document, path, session.selected)
        except (UnknownNameError, DataError, SettingError, RecordingError) as error:
            self._say(str(error))
            return False
        if not session.propose(document):
            return False
        for run in session.document.runs:
            if run.id not in before:
                session.select(run.id)
        return True
