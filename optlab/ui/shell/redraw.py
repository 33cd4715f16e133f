"""One redraw of everything that changed, once for each turn of the event loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Flag, auto
from functools import partial

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from optlab.session.session import Session


class Change(Flag):
    """What differs from the last time that a part was drawn."""

    DOCUMENT = auto()
    RESOLVED = auto()
    TRAJECTORIES = auto()
    PLANE = auto()
    """What maps show: the surface, or a plane with the paths on it."""
    SELECTION = auto()
    PLAYBACK = auto()
    VIEW = auto()
    SEEDS = auto()
    """The runs repeated over seeds."""
    WORK = auto()
    THEME = auto()
    OWN = auto()
    """Something that only the part itself knows of."""


_LONGEST = 0.05
"""Seconds that parts which may come later wait at most."""
Draw = Callable[[Change], None]


@dataclass(eq=False)
class _Part:
    """``on`` and ``changed`` are values of changes: flags themselves take ten times as long, and
    each change meets each part."""

    draw: Draw
    on: int
    shown_in: QWidget | None
    later: bool = False
    changed: int = 0

    @property
    def is_due(self) -> bool:
        return bool(self.changed) and (self.shown_in is None or self.shown_in.isVisible())


class Redraw(QObject):
    """Collects what changed and draws each part that it concerns, in the order they were added.

    A part that stands in a widget is drawn only while that widget can be seen; what changed
    meanwhile is kept, and drawn when it appears.  A part that may come ``later`` is drawn a turn
    after the others, once they are painted: what is dragged answers first.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts: list[_Part] = []
        self._put_off = 0.0
        self._timer = delayed(self, 0, self._turn)
        for signal, change in (
            (session.document_changed, Change.DOCUMENT),
            (session.resolved_changed, Change.RESOLVED),
            (session.trajectories_changed, Change.TRAJECTORIES),
            (session.flat_changed, Change.PLANE),
            (session.selection_changed, Change.SELECTION),
            (session.playback_changed, Change.PLAYBACK),
            (session.view_changed, Change.VIEW),
            (session.working_changed, Change.WORK),
        ):
            signal.connect(partial(self.request, change))

    def add(
        self, draw: Draw, on: Change, shown_in: QWidget | None = None, *, later: bool = False
    ) -> Callable[[], None]:
        """Has ``draw`` called with what differs after changes of the kinds ``on``.

        Returns what asks for a redraw of this part alone.
        """
        part = _Part(draw, on.value, shown_in, later)
        self._parts.append(part)
        if shown_in is not None:
            part.changed = on.value
            shown_in.installEventFilter(self)
        return partial(self._mark, part, Change.OWN.value)

    def request(self, change: Change, _value: object = None) -> None:
        """Has all parts drawn that such a change concerns, in the next turn of the event loop."""
        kinds = change.value
        for part in self._parts:
            if kinds & part.on:
                self._mark(part, kinds)

    def flush(self) -> None:
        """Draws now what is due."""
        self._draw(self._parts)

    def _turn(self) -> None:
        """Draws what is due; the parts that may come later in the next turn, or now where other
        changes would put them off again and again."""
        now = time.monotonic()
        self._put_off = self._put_off or now
        first = [part for part in self._parts if part.is_due and not part.later]
        if not first or now - self._put_off > _LONGEST:
            first = self._parts
        self._draw(first)
        if any(part.is_due for part in self._parts):
            self._timer.start()

    def _draw(self, parts: Sequence[_Part]) -> None:
        self._timer.stop()
        if parts is self._parts:
            self._put_off = 0.0
        for part in parts:
            if part.is_due:
                changed, part.changed = Change(part.changed), 0
                try:
                    part.draw(changed)
                except BaseException:
                    self._timer.start()  # the others are not to miss theirs
                    raise

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What appears is drawn if it was left out."""
        if event.type() == QEvent.Type.Show:
            self._timer.start()
        return False

    def _mark(self, part: _Part, kinds: int, *_arguments: object) -> None:
        part.changed |= kinds
        if part.is_due and not self._timer.isActive():
            self._timer.start()


def delayed(parent: QObject, milliseconds: int, action: Callable[[], None]) -> QTimer:
    """A timer that calls ``action`` once, so long after its last start: it waits for quiet."""
    timer = QTimer(parent, singleShot=True, interval=milliseconds)
    timer.timeout.connect(action)
    return timer
