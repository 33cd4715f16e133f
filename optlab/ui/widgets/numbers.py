"""Fields for one number and for a point."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from optlab.core.display import MINUS
from optlab.ui.style import fonts
from optlab.ui.widgets.paint import set_tip, slim_height

_SIDES = 18  # pixels around the text of a field
_FIGURES = 6  # digits of a number that is only looked at


def read_number(text: str) -> float:
    """The finite number ``text`` says; a decimal comma and a typographic minus are understood.

    Raises ValueError with a sentence for a person.
    """
    tidy = text.strip().replace(MINUS, "-").replace(" ", "")
    if tidy.count(",") == 1 and "." not in tidy:
        tidy = tidy.replace(",", ".")
    if not tidy:
        raise ValueError("a number is needed")
    try:
        value = float(tidy) if "_" not in tidy else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"“{text.strip()}” is not a number")
    return value


def write_number(value: float, places: int = 3) -> str:
    """``value`` in as few digits as read back exactly, padded to ``places`` decimals.

    Padding is for everyday sizes only, so that 0.12 and 0.999 line up as 0.120 and 0.999.
    """
    if not math.isfinite(value):
        return "" if math.isnan(value) else ("∞" if value > 0 else f"{MINUS}∞")
    if value == 0:
        return "0"
    if value < 0:
        return MINUS + write_number(-value, places)
    size = abs(value)
    if not 1e-3 <= size < 1e6:
        mantissa, _, power = f"{value!r}".replace("E", "e").partition("e")
        if not power:
            mantissa, _, power = _scientific(value)
        mantissa = mantissa.removesuffix(".0")
        return f"{mantissa}e{int(power)}"
    text = f"{value!r}"
    decimals = len(text.partition(".")[2]) if text.partition(".")[2] != "0" else 0
    if size >= 10:
        return f"{value:.{decimals}f}"
    return f"{value:.{max(decimals, places)}f}"


def _scientific(value: float) -> tuple[str, str, str]:
    """Mantissa, ``e`` and exponent of ``value`` in the fewest digits that read back exactly."""
    for digits in range(17):
        text = f"{value:.{digits}e}"
        if float(text) == value:
            return text.partition("e")
    return f"{value:.17e}".partition("e")


def takes_change_back(event: QKeyEvent) -> bool:
    """Whether a key takes a change back or brings it back, as every field understands it."""
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(
        QKeySequence.StandardKey.Redo
    )


class NumberEdit(QLineEdit):
    """A field for one number, or for none when ``optional``.

    ``entered`` carries an accepted new value (None for an emptied optional field); ``refused``
    carries the reason a text was not accepted, and an empty text when that is over. Enter and
    leaving the field accept, Escape takes the last value back, Up and Down move the last digit;
    after Enter and Escape the keyboard goes back to the window. Ctrl+Z belongs to the window unless
    there is typed text to take back.
    A ``quiet`` field looks like text until the mouse or the keyboard is on it, and shows all its
    digits only while it has the keyboard; a ``whole`` number has no decimals; ``unit`` is written
    behind the number and need not be typed.
    """

    entered = Signal(object)
    refused = Signal(str)
    left = Signal()
    """The keyboard went elsewhere."""

    def __init__(
        self,
        name: str,
        *,
        optional: bool = False,
        quiet: bool = False,
        whole: bool = False,
        unit: str = "",
        parent: QWidget | None = None,
    ):
        super().__init__(parent)
        self._unit = unit
        self._places = 0 if whole else 3
        self._quiet = quiet
        self.setProperty("quiet", quiet)
        self._value: float | None = None
        self._shown = ""
        self._optional = optional
        self._check: Callable[[float], str] | None = None
        self.setFont(fonts.number_font())
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        across = QSizePolicy.Policy.Maximum if quiet else QSizePolicy.Policy.Fixed
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.returnPressed.connect(self._enter)
        self.textEdited.connect(self._forgive)

    def set_check(self, check: Callable[[float], str] | None) -> None:
        """Ask ``check`` before accepting: it returns a reason to refuse, or an empty text."""
        self._check = check

    def value(self) -> float | None:
        """The last accepted number."""
        return self._value

    def set_value(self, value: float | None) -> None:
        """Show ``value``; a text that is being edited just now is left alone."""
        same = value == self._value
        self._value = value
        if self.hasFocus() and self.text() != self._shown and same:
            return
        self._show()

    def is_wrong(self) -> bool:
        """Whether the text is refused now."""
        return bool(self.property("wrong"))

    def sizeHint(self) -> QSize:
        """A quiet field is as wide as what it says; a neighbour may push it together again."""
        least = self.minimumSizeHint()
        if not self._quiet:
            return least
        shown = self.fontMetrics().horizontalAdvance(self.text()) + _SIDES
        return QSize(max(least.width(), shown), least.height())

    def minimumSizeHint(self) -> QSize:
        widest = f"{MINUS}0.000" if self._quiet else "0.000001"
        width = self.fontMetrics().horizontalAdvance(widest) + _SIDES
        return QSize(width, slim_height(self))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._show()
            self.clearFocus()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._nudge(1 if event.key() == Qt.Key.Key_Up else -1)
        elif takes_change_back(event) and self.text() == self._shown:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._accept()
            if self._quiet and not self.is_wrong():
                self._show()
            self.left.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._quiet and self.text() == self._shown:
            self._show()
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            mine = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Escape)
            if event.key() in mine:
                event.accept()
                return True
            if takes_change_back(event) and self.text() == self._shown:
                event.ignore()
                return False
        return super().event(event)

    def _enter(self) -> None:
        self._accept()
        if not self.is_wrong():
            self.clearFocus()

    def _accept(self) -> None:
        if self.text() == self._shown:
            self._mark("")
            return
        try:
            value = self._read()
        except ValueError as error:
            self._mark(str(error))
            return
        changed = value != self._value
        self._value = value
        self._show()
        if changed:
            self.entered.emit(value)

    def _bare(self) -> str:
        """The text without its unit."""
        return self.text().strip().removesuffix(self._unit).strip()

    def _read(self) -> float | None:
        if self._optional and not self.text().strip():
            return None
        value = read_number(self._bare())
        reason = self._check(value) if self._check else ""
        if reason:
            raise ValueError(reason)
        return value

    def _nudge(self, direction: int) -> None:
        try:
            value = read_number(self._bare())
        except ValueError:
            return
        mantissa, mark, power = self._bare().replace(",", ".").partition("e")
        decimals = len(mantissa.partition(".")[2])
        unit = 10.0 ** ((int(power) if mark else 0) - decimals)
        if abs(value + direction * unit) < unit / 2:
            unit /= 10
        new = float(f"{value + direction * unit:.12g}")
        if self._check and self._check(new):
            return
        self.setText(write_number(new, self._places))
        self._accept()

    def _show(self) -> None:
        self._shown = "" if self._value is None else self._written(self._value)
        if self.text() != self._shown:
            room = self.sizeHint()
            self.setText(self._shown)
            if self.sizeHint() != room:
                self.updateGeometry()
        self.setCursorPosition(0)
        self._mark("")

    def _forgive(self) -> None:
        self._mark("")

    def _written(self, value: float) -> str:
        if self._quiet and not self.hasFocus():
            value = float(f"{value:.{_FIGURES}g}")
        return write_number(value, self._places) + self._unit

    def _mark(self, reason: str) -> None:
        if reason == "" and not self.is_wrong():
            return
        self.setProperty("wrong", bool(reason))
        self.style().unpolish(self)
        self.style().polish(self)
        self.refused.emit(reason)


_SEPARATORS = re.compile(r"\s*[,;]\s*|\s+")
_WIDTH = 14  # digits that are seen at least


class PointEdit(NumberEdit):
    """One number for each weight, however many there are; it behaves as a :class:`NumberEdit`.

    ``entered`` carries the accepted tuple.
    """

    def __init__(self, name: str) -> None:
        self._point: tuple[float, ...] = ()
        super().__init__(name, quiet=True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def point(self) -> tuple[float, ...]:
        """The last accepted numbers."""
        return self._point

    def set_point(self, point: tuple[float, ...]) -> None:
        """Shows a point; a text that is being edited just now is left alone."""
        same = point == self._point
        self._point = point
        if self.hasFocus() and self.text() != self._shown and same:
            return
        self._show()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * _WIDTH, slim_height(self))

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def _accept(self) -> None:
        if self.text() == self._shown:
            self._mark("")
            return
        try:
            point = self._read_point()
        except ValueError as error:
            self._mark(str(error))
            return
        changed = point != self._point
        self._point = point
        self._show()
        if changed:
            self.entered.emit(point)

    def _read_point(self) -> tuple[float, ...]:
        parts = [part for part in _SEPARATORS.split(self.text().strip()) if part]
        if len(parts) != len(self._point):
            raise ValueError(f"{len(self._point)} numbers are needed, not {len(parts)}")
        return tuple(map(read_number, parts))

    def _nudge(self, _direction: int) -> None:
        """A point has no last digit to move."""

    def _show(self) -> None:
        self._shown = ", ".join(write_number(value, 0) for value in self._point)
        if self.text() != self._shown:
            self.setText(self._shown)
        set_tip(self, f"{len(self._point)} weights, with commas between")
        self.setCursorPosition(0)
        self._mark("")
