"""Connects the status line with the session; how other parts say something there."""

from __future__ import annotations

import math
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

from optlab.core.display import short
from optlab.session.jobs import JobControl
from optlab.session.session import Session
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.views.status import StatusField, StatusLine
from optlab.ui.widgets.labels import Tone


class Say(Protocol):
    """Shows a sentence until something changes; in a warm colour, unless it is ``good`` news."""

    def __call__(self, sentence: str, /, good: bool = False) -> None: ...


class Follow(Protocol):
    """Shows how far some other work is; None when it has ended."""

    def __call__(self, control: JobControl | None, words: str, /) -> None: ...


_POLL = 60  # milliseconds between two looks at the progress
_SHOW_AFTER = 3  # looks before a bar appears, so that short work does not flash
_MOST_WEIGHTS = 4
"""Weights that are read out; of more, it says how many there are."""
_SLOPE_TIP = (
    "length of the gradient of E at these weights, where the next update begins;\n"
    "curves and worksheet show gₜ, which update t took at the weights before it"
)


class StatusController(QObject):
    """Shows the numbers at the cursor, how the selected run ended, and what is being computed."""

    def __init__(self, session: Session, line: StatusLine, redraw: Redraw) -> None:
        super().__init__(line)
        self._session = session
        self._line = line
        self._looks = 0
        self._looked_at: JobControl | None = None
        self._poll = QTimer(self, interval=_POLL)
        self._poll.timeout.connect(self._show_progress)
        self._hint, self._tone = "", Tone.WARNING
        self._note = ""
        self._followed: JobControl | None = None
        self._words = ""
        line.cancel_pressed.connect(session.cancel)
        session.working_changed.connect(self._working)
        session.document_changed.connect(self._forget_hint)
        redraw.add(
            self._show,
            Change.TRAJECTORIES | Change.PLAYBACK | Change.SELECTION | Change.DOCUMENT,
            later=True,
        )
        session.refused.connect(self.say)

    def say(self, sentence: str, /, good: bool = False) -> None:
        """Shows a sentence until something changes, in the warning colour unless it is good."""
        self._hint, self._tone = sentence, Tone.GOOD if good else Tone.WARNING
        self._show(Change.OWN)

    def note(self, sentence: str) -> None:
        """Shows a sentence about the current step, where nothing graver is to be said."""
        if sentence != self._note:
            self._note = sentence
            self._show(Change.OWN)

    def follow(self, control: JobControl | None, words: str) -> None:
        """Shows how far some other work is; None when it has ended."""
        self._followed, self._words = control, words
        self._working(self._session.work is not None)

    def _forget_hint(self, _document: object) -> None:
        self._hint = ""

    def _working(self, working: bool) -> None:
        if working or self._followed is not None:
            if not self._poll.isActive():
                self._poll.start()
        else:
            self._poll.stop()
            self._looked_at = None
            self._line.set_progress(None)
            self._line.set_timing(self._timing())

    def _show_progress(self) -> None:
        control, words = self._session.work, "computing"
        if control is None:
            control, words = self._followed, self._words
        # During a drag one short piece of work follows another: none of them is worth a bar.
        self._looks = self._looks + 1 if control is self._looked_at else 1
        self._looked_at = control
        if control is not None and self._looks >= _SHOW_AFTER:
            text = control.words or f"{words} {control.fraction:.0%}"
            self._line.set_progress(control.fraction, text)

    def _timing(self) -> str:
        steps, seconds = self._session.steps_done, self._session.seconds
        text = f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"
        return f"{steps:,} steps in {text}" if steps else ""

    def _show(self, _changed: Change) -> None:
        run = self._session.document.run(self._session.selected)
        trajectory = self._session.trajectories.get(self._session.selected)
        if not self._session.document.runs:
            self._line.set_timing("")
        spec = self._session.computed.get(self._session.selected)
        if run is None or trajectory is None:
            self._line.set_fields([])
            reason = self._session.resolved.errors.get(self._session.selected, "")
            self._line.set_warning(self._hint or reason, self._tone_shown())
            return
        step = min(self._session.playback.step, trajectory.steps)
        row = trajectory.row(step)
        names = trajectory.vectors["w"]
        at = ", ".join(short(row[name]) for name in names[:_MOST_WEIGHTS])
        at += f", … {len(names)}" if len(names) > _MOST_WEIGHTS else ""
        fields = [
            StatusField(f"w ({at})", "weights of the selected run", "w (−0.0000, −0.0000)"),
            StatusField(f"E {short(row['loss'])}", "loss at these weights", "E 0.000000e-00"),
        ]
        problem = self._session.resolved.problem if spec is None else spec.problem
        slope = math.hypot(*problem.gradient(trajectory.weights[step].tolist()))
        if math.isfinite(slope):
            fields.append(StatusField(f"|∇E| {short(slope)}", _SLOPE_TIP, "|∇E| 0.0000e-00"))
        self._line.set_fields(fields)
        ended = trajectory.outcome
        bad = ended.kind in ("diverged", "left_domain", "cancelled")
        self._line.set_warning(
            self._hint or (f"{run.name} {ended.sentence}" if bad else self._note),
            self._tone_shown(),
        )

    def _tone_shown(self) -> str:
        return self._tone if self._hint else Tone.WARNING
