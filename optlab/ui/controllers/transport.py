"""Connects the transport bar with the session, and keeps the clock of playing."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer

from optlab.session.playback import Playback, speeds_for
from optlab.session.session import Session
from optlab.ui.views.transport import Transport

_FRAME = 16  # milliseconds


class TransportController(QObject):
    """Shows where the cursor is; moves it; while playing, the clock asks for what is due."""

    def __init__(self, session: Session, bar: Transport) -> None:
        super().__init__(bar)
        self._session = session
        self._bar = bar
        self._clock = QTimer(self, interval=_FRAME, timerType=Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._tick)
        self._last_tick = 0.0
        self._last = -1
        bar.first_pressed.connect(self._first_step)
        bar.back_pressed.connect(self._back)
        bar.forward_pressed.connect(self._forward)
        bar.last_pressed.connect(self._last_step)
        bar.play_toggled.connect(session.toggle_playing)
        bar.step_chosen.connect(session.seek)
        bar.speed_chosen.connect(session.set_speed)
        bar.loop_toggled.connect(session.set_loop)
        session.playback_changed.connect(self._show)
        self._show(session.playback)

    def _first_step(self) -> None:
        self._session.seek(0)

    def _back(self) -> None:
        self._session.step_by(-1)

    def _forward(self) -> None:
        self._session.step_by(1)

    def _last_step(self) -> None:
        self._session.seek(self._session.playback.last)

    def _tick(self) -> None:
        now = time.perf_counter()
        passed, self._last_tick = now - self._last_tick, now
        self._session.tick(passed)

    def _show(self, playback: Playback) -> None:
        self._bar.set_step(playback.step, playback.last)
        self._bar.set_playing(playback.playing)
        if playback.last != self._last:
            self._last = playback.last
            self._bar.set_speeds(speeds_for(playback.last))
        self._bar.set_speed(playback.speed)
        self._bar.set_loop(playback.loop)
        if playback.playing and not self._clock.isActive():
            self._last_tick = time.perf_counter()
            self._clock.start()
        elif not playback.playing:
            self._clock.stop()
