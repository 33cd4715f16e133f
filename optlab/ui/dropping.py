"""Files dropped on the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from optlab.files.embedded_experiment import CARRIERS
from optlab.files.experiment_files import SUFFIX
from optlab.session.recordings import SUFFIXES
from optlab.ui import own_files


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
        elif path is not None and own_files.is_taken(path):
            self._take_file(path)
        elif path is None or path.suffix.lower() not in (SUFFIX, *CARRIERS):
            name = urls[0].fileName() or urls[0].toString()
            kinds = ", ".join(f"*{suffix}" for suffix in (SUFFIX, *CARRIERS))
            recorded = ", ".join(f"*{suffix}" for suffix in SUFFIXES)
            own = f"rules, surfaces and schedules (*.toml) and recordings ({recorded})"
            self._say(f"Only experiments ({kinds}), {own} can be opened, not {name}")
        else:
            self._open(path)
