"""The real window in this process, with a home of its own and an ear for every mistake."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optlab.ui.shell.app import Laboratory

_EXPECTED = ("This plugin does not support",)


def resident() -> float:
    """The memory of this process in KiB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


@contextmanager
def laboratory() -> Iterator[tuple[Laboratory, list[str]]]:
    """The program on the default experiment, and the list of what went wrong so far."""
    with tempfile.TemporaryDirectory(prefix="optlab-soak-", ignore_cleanup_errors=True) as home:
        for name in ("CONFIG", "CACHE", "DATA", "STATE"):
            os.environ[f"XDG_{name}_HOME"] = str(Path(home, name.lower()))
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        yield from _opened(Path(home))


def _opened(home: Path) -> Iterator[tuple[Laboratory, list[str]]]:
    from PySide6.QtCore import QSettings, qInstallMessageHandler

    from optlab.files.experiment_files import (
        DEFAULT_EXPERIMENT,
        load_experiment,
        shipped_experiment,
    )
    from optlab.ui.dialogs.file_dialogs import Answer
    from optlab.ui.shell import app

    wrong: list[str] = []

    def caught(*what: object) -> None:
        error = what[1] if len(what) > 1 else getattr(what[0], "exc_value", None)
        if isinstance(error, BaseException):
            wrong.append("".join(traceback.format_exception(error)))

    def heard(_kind: object, _context: object, text: str) -> None:
        if not text.startswith(_EXPECTED):
            wrong.append(f"Qt: {text}")

    application = app.make_application(["optlab"])
    qInstallMessageHandler(heard)
    sys.excepthook = caught
    threading.excepthook = caught
    sys.unraisablehook = caught
    settings = QSettings(str(home / "settings.ini"), QSettings.Format.IniFormat)
    lab = app.Laboratory(load_experiment(shipped_experiment(DEFAULT_EXPERIMENT)), settings)
    lab.session.failed.connect(lambda error: caught(None, error))
    lab.commands.documents.ask = lambda *_: Answer.DISCARD
    lab.window.resize(1440, 900)
    lab.settle()
    lab.start()
    try:
        yield lab, wrong
    finally:
        lab.window.close()
        if not lab.bridge.close(10.0):
            wrong.append("a worker did not end")
        application.processEvents()
        qInstallMessageHandler(None)
        sys.excepthook = sys.__excepthook__
