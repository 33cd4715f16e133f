"""A progress bar on a terminal, for work that takes longer than a blink."""

from __future__ import annotations

import sys
import time

from optlab.session.jobs import JobControl

_PATIENCE = 0.4
_INTERVAL = 0.1
_WIDTH = 30


class ProgressBar(JobControl):
    """Shows progress on stderr; silent where that is no terminal."""

    def __init__(self, label: str, *, quiet: bool = False) -> None:
        super().__init__()
        self._label = label
        self._visible = not quiet and sys.stderr.isatty()
        self._next = time.monotonic() + _PATIENCE
        self._drawn = False

    def progress(self, done: int, total: int) -> None:
        """See :class:`JobControl`; draws at most ten times a second."""
        super().progress(done, total)
        now = time.monotonic()
        if not self._visible or now < self._next:
            return
        self._next = now + _INTERVAL
        filled = round(self.fraction * _WIDTH)
        bar = "━" * filled + "─" * (_WIDTH - filled)
        sys.stderr.write(f"\r{self._label} {bar} {self.fraction:4.0%}")
        sys.stderr.flush()
        self._drawn = True

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        """Wipes the bar away."""
        if self._drawn:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
