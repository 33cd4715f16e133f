"""Reference cycles are collected in the window's thread only.

Python collects wherever the next object happens to be made, also in a worker; a widget that is
part of a cycle would then be destroyed in a thread that Qt does not allow, and the program dies.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY = 200
"""Milliseconds between two looks at how much there is."""


class GarbageCollector(QObject):
    """Collects now and then, where it lives, until it is closed."""

    _living = 0

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._closed = False
        GarbageCollector._living += 1
        gc.disable()
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collects the oldest generation that is due, as Python itself would."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return

    def settle(self) -> None:
        """Takes what there is now for lasting: no collection looks through it again.

        A walk through everything that a window is made of takes long enough to be seen.
        """
        gc.freeze()

    def close(self) -> None:
        """Leaves collecting to Python again, once no other collector lives."""
        if not self._closed:
            self._closed = True
            self._timer.stop()
            GarbageCollector._living -= 1
            if GarbageCollector._living == 0:
                gc.enable()
