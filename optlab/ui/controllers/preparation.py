"""Compiles what makes long runs faster, once what is shown has stood for a moment."""

from __future__ import annotations

from PySide6.QtCore import QObject

from optlab.session.session import Session
from optlab.ui.redraw import delayed

_MOMENT = 1500
"""Milliseconds without a change."""


class Preparation(QObject):
    """Asks the session to prepare in quiet moments."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._quiet = delayed(self, _MOMENT, self._prepare)
        session.resolved_changed.connect(self._postpone)
        self._quiet.start()

    def _postpone(self, _what: object = None) -> None:
        self._quiet.start()

    def _prepare(self) -> None:
        if self._session.work is not None:
            self._quiet.start()
        else:
            self._session.prepare()
