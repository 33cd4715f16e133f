"""The last line of the window: where we are, what to beware of, what is being computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QWidget

from optlab.ui.style import fonts
from optlab.ui.widgets.buttons import TextButton
from optlab.ui.widgets.labels import ElidedLabel, Tone
from optlab.ui.widgets.paint import GRID, MARGIN, band, field_height


@dataclass(frozen=True)
class StatusField:
    """A piece of text, and the widest it gets so that its neighbours stand still."""

    text: str
    tip: str = ""
    widest: str = ""


class StatusLine(QWidget):
    """Fields and a warning at the left; timing or progress with a way to cancel at the right."""

    cancel_pressed = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName("Status")
        self._fields: list[ElidedLabel] = []
        self._warning = ElidedLabel("", Tone.WARNING)
        self._warning.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._timing = ElidedLabel("", Tone.MUTED, steady=True)
        self.rendering_label = ElidedLabel("", Tone.MUTED)
        for text in (self._warning, self._timing, self.rendering_label):
            text.setFont(fonts.number_font(fonts.NOTE))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(4)
        self._bar.setAccessibleName("Progress")
        self.cancel_button = TextButton("Cancel", "Stop what is being computed")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(MARGIN, 0, MARGIN, 0)
        self._row.setSpacing(2 * GRID)
        self._row.addWidget(self._warning, 1)
        self._row.addWidget(self._timing)
        self._row.addWidget(self._bar)
        self._row.addWidget(self.cancel_button)
        self._row.addWidget(self.rendering_label)
        self.setFixedHeight(field_height(self))
        self._bar.setFixedWidth(self.fontMetrics().averageCharWidth() * 20)
        self.cancel_button.clicked.connect(self._on_cancel)
        self.set_progress(None, "")
        self.set_rendering("")

    def set_fields(self, fields: Sequence[StatusField]) -> None:
        """Show these pieces of text, from the left."""
        while len(self._fields) < len(fields):
            label = ElidedLabel("", Tone.MUTED, steady=True)
            label.setFont(self._warning.font())
            self._row.insertWidget(len(self._fields), label)
            self._fields.append(label)
        for number, label in enumerate(self._fields):
            label.setVisible(number < len(fields))
            if number < len(fields):
                field = fields[number]
                label.reserve(field.widest)
                label.set_text(field.text)
                label.set_tip(field.tip)

    def set_warning(self, text: str, tone: str = Tone.WARNING) -> None:
        """Say what a person should know, or nothing; in a warm colour unless told otherwise."""
        self._warning.set_text(text, tone)

    def set_timing(self, text: str) -> None:
        """Say how long the last computation took."""
        self._timing.set_text(text)
        self._timing.setVisible(bool(text))

    def set_rendering(self, text: str, tip: str = "") -> None:
        """Say what draws the surface in 3D, where that is worth a word."""
        self.rendering_label.set_text(text)
        self.rendering_label.set_tip(tip)
        self.rendering_label.setVisible(bool(text))

    def set_progress(self, fraction: float | None, text: str = "") -> None:
        """Show how far the work is (0 … 1), that it runs (None with a text), or nothing."""
        busy = fraction is not None or bool(text)
        self._bar.setVisible(busy)
        self.cancel_button.setVisible(busy)
        if not busy:
            return
        if fraction is None:
            self._bar.setRange(0, 0)
        else:
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(1000 * min(1.0, max(0.0, fraction))))
        if text:
            self.set_timing(text)

    def is_busy(self) -> bool:
        """Whether progress is shown."""
        return self._bar.isVisibleTo(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            band(painter, self)

    def _on_cancel(self) -> None:
        self.cancel_pressed.emit()
