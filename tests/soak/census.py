"""What there is in the window at rest: what grows from rest to rest is a leak."""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.soak.surroundings import resident

if TYPE_CHECKING:
    from optlab.ui.shell.app import Laboratory

_PATIENCE = 120.0
_MORE = 1.25
"""Which panes and panels are shown differs from rest to rest; a leak has no bound."""


@dataclass(frozen=True)
class Census:
    """Widgets, all objects of Qt below windows, Python threads, and memory in MB."""

    widgets: int
    objects: int
    threads: int
    memory: float

    def __str__(self) -> str:
        return (
            f"{self.widgets} widgets, {self.objects} objects, {self.threads} threads, "
            f"{self.memory:.0f} MB"
        )

    def grown_since(self, before: Census) -> list[str]:
        """A sentence for everything that became more than chance explains."""
        return [
            f"leak: {before}, then {self}"
            for kind in ("widgets", "objects", "threads")
            if getattr(self, kind) > _MORE * getattr(before, kind) + 10
        ][:1]


def rested(lab: Laboratory) -> Census:
    """Closes all that is open, begins a new document, waits for all work, and counts."""
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication

    close_dialogs()
    session = lab.session
    session.cancel()
    lab.commands._exporter.cancel()
    lab.commands.documents.new()
    session.set_loop(False)
    session.seek(0)
    lab.window.reset_layout()
    lab.window.view_tabs.show_layout(next(iter(lab.window.view_tabs._layouts)))
    until = time.monotonic() + _PATIENCE
    while lab.bridge._receivers and time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.01)
    for _ in range(3):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    return Census(
        len(QApplication.allWidgets()),
        sum(len(top.findChildren(QObject)) for top in QApplication.topLevelWidgets()),
        threading.active_count(),
        resident() / 1024,
    )


def close_dialogs() -> None:
    """Dialogs and menus that wait for an answer."""
    from PySide6.QtWidgets import QApplication

    for widget in (QApplication.activeModalWidget(), QApplication.activePopupWidget()):
        if widget is not None:
            widget.close()
