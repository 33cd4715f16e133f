"""Rules, surfaces, schedules and recordings from files, asked for or dropped on the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from optlab.core.data import TableError
from optlab.core.parameters import SettingError
from optlab.core.recordings import RecordingError
from optlab.core.resources import DataError, UnknownNameError
from optlab.files.embedded_experiment import CARRIERS
from optlab.files.experiment_files import SUFFIX
from optlab.recording import ABOUT
from optlab.session.edits import run_edits
from optlab.session.embedded import recordings
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
            document = run_edits.take_file(session.document, path, session.selected)
        except (UnknownNameError, DataError, SettingError, RecordingError, TableError) as error:
            self._say(str(error))
            return False
        if not session.propose(document):
            return False
        for run in session.document.runs:
            if run.id not in before:
                session.select(run.id)
        return True


class DropTarget(QObject):
    """Opens an experiment that is dropped, also inside a picture or a report.

    A rule, a surface, a schedule or a recording is given to ``take_file``.  Says why it takes
    nothing else.
    """

    def __init__(
        self,
        window: QWidget,
        open_file: Callable[[Path], object],
        take_file: Callable[[Path], object],
        say: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._open = open_file
        self._take_file = take_file
        self._say = say
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes files that come over the window and those that are let go."""
        if isinstance(event, QDragEnterEvent) and event.mimeData().hasUrls():
            event.acceptProposedAction()
            return True
        if event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            event.acceptProposedAction()
            self.take(event.mimeData().urls())
            return True
        return False

    def take(self, urls: Sequence[QUrl]) -> None:
        """Opens the one file, or says what is wrong."""
        path = Path(urls[0].toLocalFile()) if urls and urls[0].isLocalFile() else None
        if len(urls) != 1:
            self._say("One experiment file at a time can be opened")
        elif path is not None and is_taken(path):
            self._take_file(path)
        elif path is None or path.suffix.lower() not in (SUFFIX, *CARRIERS):
            name = urls[0].fileName() or urls[0].toString()
            kinds = ", ".join(f"*{suffix}" for suffix in (SUFFIX, *CARRIERS))
            recorded = ", ".join(f"*{suffix}" for suffix in recordings.SUFFIXES)
            own = f"rules, surfaces and schedules (*.toml) and recordings ({recorded})"
            self._say(f"Only experiments ({kinds}), {own} can be opened, not {name}")
        else:
            self._open(path)
