"""The cursor over the computed steps: a value, pure functions that move it on, and its signal."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from psygnal import Signal

SPEEDS: Final = (
    *(1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 100.0, 300.0, 1000.0),
    *(3000.0, 10_000.0, 30_000.0, 100_000.0, 300_000.0, 1_000_000.0),
)
"""Steps per second to choose from; those above 1000 for runs that take long even so."""
WHOLE_RUN: Final = math.inf
"""The speed that shows all steps in :data:`WHOLE_SECONDS`, however many there are."""
WHOLE_SECONDS: Final = 10.0
_ALWAYS: Final = 1000.0


@dataclass(frozen=True)
class Playback:
    """Where the cursor is among steps 0 ... ``last``.

    ``position`` may lie between two steps while playing; ``step`` is the one that is shown.
    ``speed`` is in steps per second, or :data:`WHOLE_RUN`; ``direction`` is 1 or -1.
    """

    position: float = 0.0
    last: int = 0
    playing: bool = False
    loop: bool = False
    speed: float = 30.0
    direction: int = 1

    @property
    def step(self) -> int:
        """The step that is shown."""
        return int(self.position)

    @property
    def rate(self) -> float:
        """Steps per second at this speed."""
        return self.last / WHOLE_SECONDS if self.speed == WHOLE_RUN else self.speed


def seek(playback: Playback, step: int) -> Playback:
    """The cursor at a step, as near as there is one."""
    return replace(playback, position=float(min(max(step, 0), playback.last)))


def with_length(playback: Playback, last: int) -> Playback:
    """The same for a trajectory of another length; a cursor beyond its end goes to the end.

    Without any step there is nothing to play.
    """
    playing = playback.playing and last > 0
    return seek(replace(playback, last=last, playing=playing), playback.step)


def toggle(playback: Playback, direction: int | None = None) -> Playback:
    """Play or pause; playing from the end starts again at the other one.

    ``direction`` is 1 or -1, or None for the one it has. While playing the other way, the way
    changes and playing goes on.
    """
    way = direction or playback.direction
    if playback.playing:
        if way != playback.direction:
            return replace(playback, direction=way)
        return replace(playback, playing=False, position=float(playback.step))
    end = playback.last if way > 0 else 0
    begin = playback.last - end
    position = float(begin) if playback.step == end else playback.position
    playing = playback.last > 0
    return replace(playback, playing=playing, position=position, direction=way)


def speeds_for(last: int) -> tuple[float, ...]:
    """The speeds worth offering for ``last`` steps, slowest first, then :data:`WHOLE_RUN`."""
    most = max(_ALWAYS, last / WHOLE_SECONDS)
    return (*(speed for speed in SPEEDS if speed <= most), WHOLE_RUN)


def with_speed_changed(playback: Playback, places: int) -> Playback:
    """The next faster speed in steps per second (1), or the next slower one (-1)."""
    speeds, now = speeds_for(playback.last)[:-1], playback.rate
    if places > 0:
        speed = next((speed for speed in speeds if speed > now), speeds[-1])
    else:
        speed = next((speed for speed in reversed(speeds) if speed < now), speeds[0])
    return replace(playback, speed=speed)


def advance(playback: Playback, seconds: float) -> Playback:
    """The cursor after some time of playing: on, around, or stopped at the end."""
    if not playback.playing:
        return playback
    position = playback.position + playback.direction * playback.rate * max(seconds, 0.0)
    if 0 <= position <= playback.last:
        return replace(playback, position=position)
    if playback.loop:
        around = position % (playback.last + 1)
        # A hair below 0 is rounded to the length itself, which is beyond the last step.
        return replace(playback, position=around if around < playback.last + 1 else 0.0)
    end = playback.last if playback.direction > 0 else 0
    return replace(playback, position=float(end), playing=False)


class Cursor:
    """The step that is shown, moved by a person or by playing; part of a session."""

    playback_changed = Signal(Playback)
    _playback = Playback()
    _follows_end = True
    """Whether the cursor stands at the last step, and goes along when there are more."""

    @property
    def playback(self) -> Playback:
        """Where the cursor is."""
        return self._playback

    def _set_playback(self, new: Playback) -> None:
        if new != self._playback:
            self._playback = new
            self.playback_changed.emit(new)

    def seek(self, step: int) -> None:
        """Moves the cursor to a step and stops playing."""
        moved = seek(replace(self._playback, playing=False), step)
        self._follows_end = moved.step == moved.last
        self._set_playback(moved)

    def step_by(self, steps: int) -> None:
        """Moves the cursor on or back."""
        self.seek(self._playback.step + steps)

    def toggle_playing(self) -> None:
        """Play forwards, or pause what plays in either direction."""
        self._follows_end = False
        way = None if self._playback.playing else 1
        self._set_playback(toggle(self._playback, way))

    def toggle_playing_back(self) -> None:
        """Play backwards, also when it was playing forwards, or pause."""
        self._follows_end = False
        self._set_playback(toggle(self._playback, -1))

    def set_speed(self, speed: float) -> None:
        """Steps per second."""
        self._set_playback(replace(self._playback, speed=speed))

    def set_loop(self, loop: bool) -> None:
        """Whether playing begins again at the end."""
        self._set_playback(replace(self._playback, loop=loop))

    def change_speed(self, places: int) -> None:
        """The next faster (1) or slower (-1) of the usual speeds."""
        self._set_playback(with_speed_changed(self._playback, places))

    def tick(self, seconds: float) -> None:
        """Moves a playing cursor on by some time."""
        if self._playback.playing:
            moved = advance(self._playback, seconds)
            self._follows_end = moved.step == moved.last
            self._set_playback(moved)
