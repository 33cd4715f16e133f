"""Mistakes of the program itself: written to a log, told once, never the end of the window."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import logging.handlers
import platform
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import TextIO

import platformdirs
from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
    qVersion,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

import optlab
from optlab.ui.style import fonts
from optlab.ui.widgets.paint import GRID, MARGIN

LOG = logging.getLogger("optlab")
_LOG_SIZE = 512 * 1024
_LOGS_KEPT = 3
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_EXPECTED = frozenset({"This plugin does not support propagateSizeHints()"})
"""What Qt says of every window where it draws without a screen; it goes to the log only."""


def log_folder() -> Path:
    """Where the log of this person is kept."""
    return platformdirs.user_log_path("OptLab", appauthor=False)


class ErrorReporter(QObject):
    """Catches what nobody else caught, in every thread.

    An error is logged each time, and shown once: a mistake in painting comes back with every
    frame.  While the dialog is open, other errors are added to it.
    """

    _caught = Signal(str, str)

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder or log_folder()
        self._handler = _log_handler(self._folder)
        self._shown: set[str] = set()
        self._dialog: ErrorDialog | None = None
        self._crash_file: TextIO | None = None
        self._before = sys.excepthook, threading.excepthook, sys.unraisablehook
        self._caught.connect(self._show, Qt.ConnectionType.QueuedConnection)

    @property
    def log_file(self) -> Path:
        """The file that is written."""
        return self._folder / "optlab.log"

    @property
    def dialog(self) -> ErrorDialog | None:
        """The dialog, while it is open."""
        return self._dialog

    # -- hooks -----------------------------------------------------------------------------

    def install(self) -> None:
        """Takes the place of the hooks of Python and Qt."""
        self._before = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._uncaught
        threading.excepthook = self._in_thread
        sys.unraisablehook = self._unraisable
        qInstallMessageHandler(self._message)
        if self._handler is not None and not faulthandler.is_enabled():
            with contextlib.suppress(OSError):
                self._crash_file = (self._folder / "crash.log").open("a", encoding="utf-8")
                faulthandler.enable(self._crash_file)

    def remove(self) -> None:
        """Gives the hooks back."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        qInstallMessageHandler(None)
        if self._crash_file is not None:
            faulthandler.disable()
            self._crash_file.close()
            self._crash_file = None
        if self._handler is not None:
            LOG.removeHandler(self._handler)
            self._handler.close()
            self._handler = None

    def _uncaught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception):
            # Ctrl+C in the terminal, or a wish to end: not a mistake.
            application = QApplication.instance()
            if application is not None:
                application.quit()
            return
        self.report(error)

    def _in_thread(self, told: threading.ExceptHookArgs) -> None:
        if isinstance(told.exc_value, Exception):
            self.report(told.exc_value)

    def _unraisable(self, told: sys.UnraisableHookArgs) -> None:
        if isinstance(told.exc_value, Exception):
            LOG.error("ignored in %r", told.object, exc_info=told.exc_value)

    def _message(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        LOG.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", text)
        told = kind != QtMsgType.QtDebugMsg and text not in _EXPECTED
        if told and sys.stderr is not None:
            sys.stderr.write(f"{text}\n")

    # -- telling ---------------------------------------------------------------------------

    def report(self, error: Exception) -> None:
        """Logs an error and shows it once. May be called from any thread."""
        text = "".join(traceback.format_exception(error)).rstrip()
        LOG.error("%s", text)
        if sys.stderr is not None:
            sys.stderr.write(f"{text}\n")
        summary = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        self._caught.emit(summary, text)

    @Slot(str, str)
    def _show(self, summary: str, details: str) -> None:
        if details in self._shown:
            return
        self._shown.add(details)
        if self._dialog is None:
            parent = QApplication.activeWindow()
            self._dialog = ErrorDialog(self._surroundings(), self.log_file, _top(parent))
            self._dialog.finished.connect(self._forget)
            self._dialog.add(summary, details)
            self._dialog.show()
        else:
            self._dialog.add(summary, details)

    def _forget(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    def _surroundings(self) -> str:
        return (
            f"OptLab {optlab.__version__}, Python {platform.python_version()}, Qt {qVersion()}, "
            f"{platform.platform()}"
        )


def _top(widget: QWidget | None) -> QWidget | None:
    return None if widget is None else widget.window()


def _log_handler(folder: Path) -> logging.Handler | None:
    """A log that never grows beyond some files; None where it cannot be written."""
    # Without a file, the log must not turn to the standard error instead.
    LOG.propagate = False
    if not LOG.handlers:
        LOG.addHandler(logging.NullHandler())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = _LogFile(
            folder / "optlab.log",
            maxBytes=_LOG_SIZE,
            backupCount=_LOGS_KEPT,
            encoding="utf-8",
            delay=True,
        )
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOG.addHandler(handler)
    return handler


class _LogFile(logging.handlers.RotatingFileHandler):
    """A log on a disk that may fill up: what cannot be written is not worth another error."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Nothing: a traceback on the standard error would help nobody."""


_MOST = 20


class ErrorDialog(QDialog):
    """Not in the way: the window goes on working behind it. Later errors are added to it."""

    def __init__(self, surroundings: str, log_file: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("error")
        self.setWindowTitle("Something went wrong")
        self.setModal(False)
        self._surroundings = surroundings
        self._errors: list[str] = []
        self._count = 0
        heading = QLabel("Something went wrong inside OptLab")
        heading.setFont(fonts.ui_font(fonts.BASE + 3, fonts.Weight.SEMIBOLD))
        self._summary = _text("")
        hint = _text(
            "What you were doing may not have worked; everything else goes on. "
            "If it happens again, copy the details into a report. They are also in the log."
        )
        hint.setToolTip(str(log_file))
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setAccessibleName("Details")
        self._details.setFont(fonts.code_font(fonts.SMALL))
        self._details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        copy = QPushButton("Copy details")
        copy.setObjectName("copy")
        copy.clicked.connect(self.copy)
        close = QPushButton("Go on")
        close.setObjectName("go-on")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(copy)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN + GRID, MARGIN + GRID, MARGIN + GRID, MARGIN)
        column.setSpacing(GRID + 4)
        for widget in (heading, self._summary, hint, self._details):
            column.addWidget(widget)
        column.addLayout(buttons)
        self.resize(640, 420)

    def add(self, summary: str, details: str) -> None:
        """Tell one more error."""
        self._count += 1
        if len(self._errors) < _MOST:
            self._errors.append(details)
        more = f" (and {self._count - 1} more)" if self._count > 1 else ""
        if self._count == 1:
            self._first = summary
        self._summary.setText(f"{self._first}{more}")
        self._details.setPlainText(self.details())

    def summary(self) -> str:
        """The sentence shown."""
        return self._summary.text()

    def details(self) -> str:
        """Everything a report needs."""
        return "\n\n".join((self._surroundings, *self._errors))

    def copy(self) -> None:
        """Puts the details into the clipboard."""
        QGuiApplication.clipboard().setText(self.details())


def _text(words: str) -> QLabel:
    label = QLabel(words)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
