"""Signals of the system: an interrupt asks the window to close, a wish to end is obeyed at once.

Python runs its signal handlers between two of its own instructions, and the event loop of Qt may
wait long before the next one.  A socket that the signal writes to wakes it.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier


class Interrupts(QObject):
    """Calls ``close`` for Ctrl+C in the terminal and ``leave`` for SIGTERM, in this thread."""

    def __init__(self, close: Callable[[], object], leave: Callable[[], object]) -> None:
        super().__init__()
        self._close = close
        self._leave = leave
        self._reading, self._writing = socket.socketpair()
        for end in (self._reading, self._writing):
            end.setblocking(False)
        self._before = {
            number: signal.signal(number, self._note) for number in (signal.SIGINT, signal.SIGTERM)
        }
        self._fd_before = signal.set_wakeup_fd(self._writing.fileno())
        self._notifier = QSocketNotifier(self._reading.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._wake)

    def remove(self) -> None:
        """Gives the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._fd_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._reading.close()
        self._writing.close()

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        """The number of the signal is in the socket; that this returns is enough."""

    def _wake(self) -> None:
        for number in set(self._reading.recv(64)):
            if number == signal.SIGINT:
                self._close()
            elif number == signal.SIGTERM:
                self._leave()
