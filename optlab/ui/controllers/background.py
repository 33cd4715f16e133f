"""Work for a view in a worker where it is long, and what is compiled in quiet moments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from optlab.session.session import Session
from optlab.ui.shell.redraw import delayed

LONG = 100_000
"""Rows of trajectories from which on work on them would be felt."""

Value = TypeVar("Value")


class BackgroundWork:
    """One channel of such work; an answer is dropped where a newer one was given before it."""

    def __init__(self, session: Session, channel: str) -> None:
        self._session = session
        self._channel = channel
        self._newest = self._given = 0

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._given < self._newest

    def do(self, rows: int, work: Callable[[], Value], then: Callable[[Value], None]) -> None:
        """Has ``work`` on so many rows done and its value given to ``then``.

        ``work`` must take all it needs along.
        """
        self._newest += 1
        mine = self._newest

        def take(value: Value) -> None:
            if mine > self._given:
                self._given = mine
                then(value)

        if rows < LONG:
            take(work())
            return
        self._session.ask(self._channel, lambda _control: work(), take)


_REST, _MOMENT = 300, 1500
"""Milliseconds without a change until drawings are made in full, and until loops are compiled."""


class QuietMoments(QObject):
    """Asks the session to draw in full, and later to prepare, when nothing changes."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._rest = delayed(self, _REST, session.rest)
        self._quiet = delayed(self, _MOMENT, self._prepare)
        session.resolved_changed.connect(self._postpone)
        self._quiet.start()

    def _postpone(self, _what: object = None) -> None:
        self._rest.start()
        self._quiet.start()

    def _prepare(self) -> None:
        if self._session.work is not None:
            self._quiet.start()
        else:
            self._session.prepare()
