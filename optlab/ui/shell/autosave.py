"""Recovery copies while a person works, and the offer of what a crash left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMainWindow, QToolBar

from optlab.files.recovery import RecoveryFiles, find_offers
from optlab.files.temp_files import FileProblemError
from optlab.session.jobs import JobControl, JobQueue, Pool
from optlab.session.session import Session
from optlab.ui.dialogs.documents import Documents
from optlab.ui.shell.notice_bar import NoticeBar
from optlab.ui.shell.redraw import delayed

RECOVERY = "recovery"
"""The channel of work."""
INTERVAL = 3000
"""Milliseconds from a change to its copy."""


class Autosave(QObject):
    """Keeps a copy of what is not saved, some seconds after each change, in a worker."""

    def __init__(
        self,
        session: Session,
        documents: Documents,
        pool: Pool,
        say: Callable[[str], None],
        folder: Path | None = None,
    ) -> None:
        super().__init__(documents)
        self._session = session
        self._documents = documents
        self._say = say
        self._told = False
        self.files = RecoveryFiles(folder)
        self._work = JobQueue(pool, self._failed)
        self._wait = delayed(self, INTERVAL, self.keep)
        session.document_changed.connect(self._keep_soon)
        documents.changed.connect(self._keep_soon)

    def _keep_soon(self, _what: object = None) -> None:
        if not self._wait.isActive():
            self._wait.start()

    def keep(self) -> None:
        """Writes a copy now where there is something to lose, else removes the old ones."""
        self._wait.stop()
        document, path = self._session.document, self._documents.path
        unsaved = self._documents.unsaved

        def work(_control: JobControl) -> None:
            if unsaved:
                self.files.keep(document, path)
            else:
                self.files.clear()

        self._work.ask(RECOVERY, work, _nothing)

    def secure(self) -> bool:
        """Writes a copy before anything else happens; says whether there is one."""
        try:
            self.files.keep(self._session.document, self._documents.path)
        except FileProblemError as error:
            self._failed(error)
            return False
        return True

    def close(self) -> None:
        """The proper end: nothing is left behind."""
        self._wait.stop()
        self._work.cancel()
        self.files.close()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, FileProblemError):
            raise error
        if not self._told:
            self._told = True
            self._say(f"No recovery copies can be kept: {error}")


def _nothing(_value: object) -> None:
    """A copy was written: nobody needs to know."""


class RecoveryOffer(QObject):
    """Offers what crashed programs left, one after the other, in a bar that blocks nothing."""

    def __init__(
        self,
        window: QMainWindow,
        documents: Documents,
        autosave: Autosave,
        say: Callable[[str], None],
        folder: Path | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._documents = documents
        self._autosave = autosave
        self._offers, sentences = find_offers(folder)
        self._place: QToolBar | None = None
        self.bar: NoticeBar | None = None
        if sentences:
            say(sentences[0])
        if self._offers:
            self._make_bar()
            self._show()

    def close(self) -> None:
        """Leaves what was not answered for the next start, and the window as it was."""
        for offer in self._offers:
            offer.leave()
        self._offers = []
        self._remove_bar()

    def _make_bar(self) -> None:
        self.bar = NoticeBar("Recovery")
        self.bar.answered.connect(self._answer)
        self._place = QToolBar("Recovery")
        self._place.setObjectName("recovery")
        self._place.setMovable(False)
        self._place.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._place.toggleViewAction().setVisible(False)
        self._place.setStyleSheet("QToolBar { border: 0; padding: 0; spacing: 0; }")
        self._place.addWidget(self.bar)
        self._window.addToolBar(Qt.ToolBarArea.TopToolBarArea, self._place)

    def _show(self) -> None:
        assert self.bar is not None
        offer = self._offers[0]
        when = datetime.fromtimestamp(offer.copy.saved_at).astimezone()
        more = f" ({len(self._offers) - 1} more)" if len(self._offers) > 1 else ""
        text = (
            f"OptLab did not end properly. Changes of “{offer.title}” from {when:%d %B, %H:%M} "
            f"were not saved{more}."
        )
        self.bar.set_content(text, ("Recover", "Discard"))

    def _answer(self, number: int) -> None:
        offer = self._offers[0]
        keep = number < 0
        if number == 0:
            path = Path(offer.copy.path) if offer.copy.path else None
            if not self._documents.recover(offer.copy.document, path):
                return
            # The old copy stays where a new one cannot take its place.
            keep = not self._autosave.secure()
        self._offers.pop(0)
        if keep:
            offer.leave()
        else:
            offer.discard()
        if self._offers:
            self._show()
        else:
            self._remove_bar()

    def _remove_bar(self) -> None:
        if self._place is not None:
            self._window.removeToolBar(self._place)
            self._place.deleteLater()
            self._place = self.bar = None
