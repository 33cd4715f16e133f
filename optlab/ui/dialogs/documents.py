"""The file of the experiment: opened, saved, remembered; nothing is lost without a question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from optlab.files.embedded_experiment import CARRIERS, is_carrier
from optlab.files.experiment_files import (
    SUFFIX,
    load_experiment,
    read_recent,
    remarks,
    save_experiment,
    shipped_experiment,
    with_recent,
)
from optlab.files.run_files import file_stem
from optlab.files.temp_files import FileProblemError
from optlab.session.edits.undo import same_experiment
from optlab.session.embedded.recordings import SUFFIXES, is_recording
from optlab.session.experiment import Experiment, empty_experiment
from optlab.session.resolve import ExperimentError
from optlab.session.session import Session
from optlab.ui.dialogs.file_dialogs import Answer, ask_file_name, ask_unsaved

_RECENT = "recent_files"
_KIND = f"Experiments (*{SUFFIX})"
_OPENED = ";;".join(
    (
        f"Experiments (*{SUFFIX})",
        f"Pictures and reports ({' '.join(f'*{s}' for s in CARRIERS)})",
        f"Recorded numbers ({' '.join(f'*{s}' for s in SUFFIXES)})",
    )
)


class Documents(QObject):
    """What is open, where it came from, and whether it is saved.

    ``ask`` is the question about unsaved changes, and may be replaced; ``say`` tells a person
    what went wrong.  A file that cannot be read changes nothing: neither what is open nor where
    it will be saved.
    """

    changed = Signal()
    """The file or the saved state is another one."""
    recent_changed = Signal()

    def __init__(
        self, session: Session, window: QWidget, settings: QSettings, say: Callable[[str], None]
    ) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._settings = settings
        self._say = say
        self._path: Path | None = None
        self._saved: Experiment | None = session.document
        session.window_fitted.connect(self._window_fitted)
        self.ask: Callable[[QWidget, str], Answer] = ask_unsaved

    @property
    def path(self) -> Path | None:
        """The file that saving writes, or None where it has to be asked for."""
        return self._path

    @property
    def unsaved(self) -> bool:
        """Whether there are changes that no file has."""
        saved = self._saved
        return saved is None or not same_experiment(self._session.document, saved)

    @property
    def title(self) -> str:
        """What the experiment is called."""
        name = self._session.document.title or self._session.resolved.problem.title
        return name or "this experiment"

    def may_leave(self) -> bool:
        """Whether another experiment may take the place of this one; asks where it matters."""
        if not self.unsaved:
            return True
        answer = self.ask(self._window, self.title)
        return self.save() if answer is Answer.SAVE else answer is Answer.DISCARD

    # -- opening ---------------------------------------------------------------------------

    def new(self) -> bool:
        """Begins with an empty experiment."""
        document = empty_experiment()
        return self._show(document, None, document)

    def open_shipped(self, name: str) -> bool:
        """Opens an experiment of the catalogue; saving it asks for a file."""
        return self.open_file(shipped_experiment(name), keep_path=False)

    def ask_open(self) -> bool:
        """Asks for a file and opens it."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open experiment", self._folder(), _OPENED
        )
        return bool(name) and self.open_file(Path(name))

    def open_file(self, path: Path, keep_path: bool = True) -> bool:
        """Opens a file; says what is wrong with it. Says whether it is open now."""
        try:
            document = load_experiment(path)
        except FileProblemError as error:
            self._say(str(error))
            return False
        # A picture, a report or a recording stays what it is: saving asks for another file.
        keep_path = keep_path and not (is_carrier(path) or is_recording(path))
        return self._show(document, path if keep_path else None, document)

    def recover(self, document: Experiment, path: Path | None) -> bool:
        """Opens what a crash left: unsaved, and saved to ``path`` only when a person says so."""
        return self._show(document, path, None)

    def opened(self, path: Path) -> None:
        """Says that what the session shows came from ``path``; for the start of the program."""
        self._path = path
        self.remember(path)
        self.changed.emit()

    def _show(self, document: Experiment, path: Path | None, saved: Experiment | None) -> bool:
        if not self.may_leave():
            return False
        before = self._path, self._saved
        self._path, self._saved = path, saved
        try:
            self._session.open(document)
        except ExperimentError as error:
            self._path, self._saved = before
            self._say(f"{path.name}: {error}" if path is not None else str(error))
            return False
        if path is not None and saved is not None:
            self.remember(path)
        self.changed.emit()
        for remark in remarks(document)[:1]:
            self._say(remark)
        return True

    def _window_fitted(self, before: Experiment, after: Experiment) -> None:
        """What was opened and only looked at is not a change that could be lost."""
        if self._saved == before:
            self._saved = after

    # -- saving ----------------------------------------------------------------------------

    def save(self) -> bool:
        """Saves to the file it came from, or asks for one."""
        return self.ask_save() if self._path is None else self.save_file(self._path)

    def ask_save(self) -> bool:
        """Asks for a file and saves to it."""
        stem = file_stem(self._session.study.title)
        proposed = self._path or Path(self._folder()) / f"{stem}{SUFFIX}"
        path = ask_file_name(self._window, "Save experiment", str(proposed), _KIND)
        return path is not None and self.save_file(path)

    def save_file(self, path: Path) -> bool:
        """Saves; says what went wrong. Says whether it is saved."""
        document = self._session.document
        try:
            save_experiment(document, path)
        except FileProblemError as error:
            self._say(str(error))
            return False
        self._path, self._saved = path, document
        self.remember(path)
        self.changed.emit()
        return True

    # -- files used last -------------------------------------------------------------------

    def recent(self) -> tuple[Path, ...]:
        """The files used last, newest first, missing ones included."""
        return read_recent(self._settings.value(_RECENT))

    def remember(self, path: Path) -> None:
        """Puts a file in front of the list."""
        self._store(with_recent(self.recent(), path))

    def forget_recent(self) -> None:
        """Empties the list."""
        self._store(())

    def _store(self, paths: tuple[Path, ...]) -> None:
        self._settings.setValue(_RECENT, [str(path) for path in paths])
        self.recent_changed.emit()

    def _folder(self) -> str:
        """Where a file dialog begins: beside the file that is open, or used last."""
        newest = self._path or next(iter(self.recent()), None)
        return str(newest.parent) if newest is not None and newest.parent.is_dir() else ""
