"""The bar under the views: play, step, scrub, speed, loop."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from optlab.session.playback import WHOLE_RUN, WHOLE_SECONDS, speeds_for
from optlab.ui.style import fonts
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.buttons import IconButton, Toggle
from optlab.ui.widgets.choice import DropDown
from optlab.ui.widgets.numbers import NumberEdit, write_number
from optlab.ui.widgets.paint import (
    GRID,
    MARGIN,
    band,
    box,
    set_tip,
    shows_focus,
    slim_height,
)
from optlab.ui.widgets.slider import Track

_FIELD = 16  # pixels that the field of the step needs beside the number


class StepLabel(QLabel):
    """“step 24 of 200”, the number bold; as wide as its widest, so that nothing dances.

    The number can be typed over: a click, Enter or a digit puts a field there; ``chosen`` tells the
    step that was entered.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._step, self._of = 0, 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        set_tip(self, "The step shown. Click to type another (G)")
        self._edit = NumberEdit("Go to step", whole=True, parent=self)
        self._edit.hide()
        self._edit.set_check(_whole)
        self._edit.entered.connect(self._on_entered)
        self._edit.left.connect(self._edit.hide)

    def edit(self) -> NumberEdit:
        """The field over the number, hidden until it is asked for."""
        return self._edit

    def begin(self, text: str = "") -> None:
        """Put the field over the number, with ``text`` or with the number to type over."""
        if not self._of:
            return
        self._edit.set_value(float(self._step))
        area = self._number_area().adjusted(-2, 0, _FIELD, 0)
        self._edit.setGeometry(area.toRect())
        self._edit.show()
        self.update()
        self._edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._edit.selectAll()
        if text:
            self._edit.insert(text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.hasFocus():
            super().keyPressEvent(event)
        elif event.text().isdigit():
            self.begin(event.text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.begin()
        else:
            super().keyPressEvent(event)

    def _on_entered(self, value: object) -> None:
        if isinstance(value, float):
            self.chosen.emit(int(value))

    def set_step(self, step: int, of: int) -> None:
        """Show ``step`` of ``of``."""
        wider = len(str(of)) != len(str(self._of))
        self._step, self._of = step, of
        self.setAccessibleName(f"step {step} of {of}")
        if wider:
            self.updateGeometry()
        self.update()

    def _number_area(self) -> QRectF:
        """Where the number stands, as wide as the widest."""
        before, number, _ = self._parts("0" * max(2, len(str(self._of))))
        left = QFontMetrics(before[1]).horizontalAdvance(before[0])
        width = QFontMetrics(number[1]).horizontalAdvance(number[0])
        return QRectF(left, 0, width, self.height())

    def sizeHint(self) -> QSize:
        digits = "0" * max(2, len(str(self._of)))
        width = sum(
            QFontMetrics(font).horizontalAdvance(text) for text, font, _ in self._parts(digits)
        )
        return QSize(width + _FIELD, slim_height(self))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if shows_focus(self) or self.underMouse():
                around = self._number_area().adjusted(-4, 1, 4, -1)
                color = theme_of(self).focus if shows_focus(self) else theme_of(self).border
                box(painter, around, None, color, 5)
            before, number, after = self._parts(str(self._step))
            left = self._write(painter, before, 0.0)
            if self._edit.isVisible():
                left = self._edit.geometry().right() + 1.0
            else:
                left = self._write(painter, number, left)
            self._write(painter, after, left)

    def _write(self, painter: QPainter, part: tuple[str, QFont, str], left: float) -> float:
        """Write a part of the text; return where it ends."""
        text, font, color = part
        painter.setFont(font)
        painter.setPen(QColor(color))
        width = QFontMetrics(font).horizontalAdvance(text)
        area = QRectF(left, 0, width + 2, self.height())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), text)
        return left + width

    def _parts(self, number: str) -> list[tuple[str, QFont, str]]:
        theme = theme_of(self)
        bold = fonts.number_font(fonts.BASE, fonts.Weight.SEMIBOLD)
        return [
            ("step ", fonts.ui_font(), theme.text),
            (number, bold, theme.text),
            (f" of {self._of}", fonts.number_font(), theme.muted),
        ]


class Transport(QWidget):
    """Playback controls. What they mean is the session's business."""

    first_pressed = Signal()
    back_pressed = Signal()
    play_toggled = Signal()
    forward_pressed = Signal()
    last_pressed = Signal()
    step_chosen = Signal(int)
    speed_chosen = Signal(float)
    loop_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName("Playback")
        self._first = IconButton("first", "First step", "First step (Home)", raised=True)
        self._back = IconButton("back", "One step back", "One step back (←)", raised=True)
        self._play = IconButton(
            "play", "Play", "Play or pause (Space); backwards with Shift+Space", primary=True
        )
        self._forward = IconButton("forward", "One step on", "One step on (→)", raised=True)
        self._last = IconButton("last", "Last step", "Last step (End)", raised=True)
        for button in (self._back, self._forward):
            button.setAutoRepeat(True)
            button.setAutoRepeatInterval(60)
        self.step_label = StepLabel()
        self._scrub = Track("Step")
        self._scrub.setRange(0, 0)
        self._speed = DropDown("Speed in steps per second")
        self._loop = Toggle("loop", "Begin again at the end (Ctrl+L)")
        set_tip(self._scrub, "The step shown: drag, or use the arrow keys")
        set_tip(self._speed, "How fast playing goes ([ slower, ] faster)")
        self._arrange()
        self._connect()
        self.set_speeds(speeds_for(0))
        self.set_speed(30.0)
        self.set_step(0, 0)

    def set_step(self, step: int, of: int) -> None:
        """Show ``step`` (0 … ``of``)."""
        self.step_label.set_step(step, of)
        if self._scrub.maximum() != of:
            blocked = self._scrub.blockSignals(True)
            self._scrub.setRange(0, max(0, of))
            self._scrub.setPageStep(max(1, of // 10))
            self._scrub.blockSignals(blocked)
        if not self._scrub.isSliderDown():
            self._scrub.show_position(step)
        for button, usable in ((self._first, step > 0), (self._back, step > 0)):
            button.setEnabled(usable)
        for button, usable in ((self._forward, step < of), (self._last, step < of)):
            button.setEnabled(usable)
        self._play.setEnabled(of > 0)

    def set_playing(self, playing: bool) -> None:
        """Show whether it plays."""
        self._play.set_icon("pause" if playing else "play", "Pause" if playing else "Play")

    def set_speeds(self, speeds: Sequence[float]) -> None:
        """Offer these speeds, in steps per second; the one shown stays, if need be as one more."""
        self._speeds = tuple(speeds)
        shown = self._speed.key()
        self._speed.set_entries([(speed, _speed_text(speed), "") for speed in speeds])
        if isinstance(shown, float):
            self.set_speed(shown)

    def set_speed(self, speed: float) -> None:
        """Show the speed; one that is not offered is added."""
        if speed not in self._speeds:
            entries = sorted({*self._speeds, speed})
            self._speed.set_entries([(one, _speed_text(one), "") for one in entries])
        self._speed.set_key(speed)

    def set_loop(self, on: bool) -> None:
        """Show whether playing begins again at the end."""
        self._loop.set_on(on)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            band(painter, self)

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, GRID + 2, MARGIN, GRID + 2)
        row.setSpacing(GRID)
        for button in (self._first, self._back, self._play, self._forward, self._last):
            row.addWidget(button)
        row.addSpacing(GRID)
        row.addWidget(self.step_label)
        row.addSpacing(GRID)
        row.addWidget(self._scrub, 1)
        row.addSpacing(GRID)
        row.addWidget(self._speed)
        row.addWidget(self._loop)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        self._first.clicked.connect(self._on_first)
        self._back.clicked.connect(self._on_back)
        self._play.clicked.connect(self._on_play)
        self._forward.clicked.connect(self._on_forward)
        self._last.clicked.connect(self._on_last)
        self._scrub.dragged.connect(self.step_chosen)
        self.step_label.chosen.connect(self.step_chosen)
        self._speed.chosen.connect(self._on_speed)
        self._loop.toggled.connect(self.loop_toggled)

    def _on_first(self) -> None:
        self.first_pressed.emit()

    def _on_back(self) -> None:
        self.back_pressed.emit()

    def _on_play(self) -> None:
        self.play_toggled.emit()

    def _on_forward(self) -> None:
        self.forward_pressed.emit()

    def _on_last(self) -> None:
        self.last_pressed.emit()

    def _on_speed(self, speed: object) -> None:
        if isinstance(speed, float):
            self.speed_chosen.emit(speed)


def _whole(value: float) -> str:
    return "" if value == int(value) and value >= 0 else "a whole number from 0 is needed"


def _speed_text(speed: float) -> str:
    if speed == WHOLE_RUN:
        return f"whole run in {WHOLE_SECONDS:g} s"
    return f"{write_number(speed, 0)} step{'' if speed == 1 else 's'}/s"
