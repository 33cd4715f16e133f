"""Buttons: icon buttons, quiet text buttons, chips that are on or off, a switch, a swatch."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QEnterEvent, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from optlab.ui.style.icons import paint_icon
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.paint import (
    GRID,
    box,
    field_height,
    focus_ring,
    ink,
    row_height,
    set_tip,
    shows_focus,
)


class Button(QAbstractButton):
    """What all our buttons share: keyboard focus, hover, a name for screen readers."""

    def __init__(self, name: str, tip: str = "", parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName(name)
        self.set_tip(tip or name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_tip(self, tip: str) -> None:
        """Explain the button in a tooltip, shown literally."""
        set_tip(self, tip)
        self.setAccessibleDescription(tip)

    def set_on(self, on: bool) -> None:
        """Show it on or off without a signal."""
        blocked = self.blockSignals(True)
        self.setChecked(on)
        self.blockSignals(blocked)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)


class IconButton(Button):
    """An icon as a button: flat, ``raised`` (a box) or ``primary`` (filled with the accent)."""

    def __init__(
        self,
        icon: str,
        name: str,
        tip: str = "",
        *,
        raised: bool = False,
        primary: bool = False,
        parent: QWidget | None = None,
    ):
        super().__init__(name, tip, parent)
        self.icon_name = icon
        self._raised = raised
        self._primary = primary
        self._faint = False

    def set_icon(self, icon: str, name: str | None = None) -> None:
        """Show another icon, under another name if given."""
        if name is not None:
            self.setAccessibleName(name)
        if icon != self.icon_name:
            self.icon_name = icon
            self.update()

    def set_faint(self, faint: bool) -> None:
        """Keep back until it is of use."""
        if faint != self._faint:
            self._faint = faint
            self.update()

    def sizeHint(self) -> QSize:
        height = field_height(self) + (GRID if self._raised or self._primary else -3)
        return QSize(height + (GRID + 2 if self._primary else 0), height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        with QPainter(self) as painter:
            area = QRectF(self.rect())
            color = theme.quiet if self._faint and not shows_focus(self) else ink(self)
            if self._primary and self.isEnabled():
                box(painter, area, theme.accent)
                color = theme.on_accent
            elif self._raised or self._primary:
                box(painter, area, theme.hover if self._lit() else theme.raised, theme.border)
                color = theme.text if self.isEnabled() else theme.faint
            elif self._lit():
                box(painter, area, theme.hover)
            if shows_focus(self):
                focus_ring(painter, self, area)
            side = round(area.height() * (0.47 if self._raised or self._primary else 0.64))
            spot = QRectF(0, 0, side, side)
            spot.moveCenter(area.center())
            paint_icon(painter, self.icon_name, color, spot)

    def _lit(self) -> bool:
        return self.isEnabled() and (self.underMouse() or self.isDown())


class TextButton(Button):
    """A quiet button that is a word, with an icon before it if wanted."""

    def __init__(self, text: str, tip: str = "", icon: str = "", parent: QWidget | None = None):
        super().__init__(text, tip, parent)
        self.setText(text)
        self._icon = icon

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self.text()) + 2 * 5
        return QSize(width + (18 if self._icon else 0), field_height(self) - 3)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            area = QRectF(self.rect())
            if self.isEnabled() and (self.underMouse() or self.isDown()):
                box(painter, area, theme_of(self).hover)
            if shows_focus(self):
                focus_ring(painter, self, area)
            color = ink(self)
            left = 5.0
            if self._icon:
                paint_icon(painter, self._icon, color, QRectF(left, area.height() / 2 - 7, 14, 14))
                left += 18
            painter.setPen(QColor(color))
            words = area.adjusted(left, 0, 0, 0)
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self.text())


class Toggle(Button):
    """A chip that is on or off: a word in a frame, the frame in the accent while on.

    With an ``icon`` it can be shown without its word where there is little room.
    """

    def __init__(self, text: str, tip: str = "", icon: str = "", parent: QWidget | None = None):
        super().__init__(text, tip, parent)
        self.setText(text)
        self.setCheckable(True)
        self._icon = icon
        self.is_compact = False
        self._words = tip

    def set_compact(self, compact: bool) -> None:
        """Show the icon instead of the word; the tooltip has the word then."""
        compact = compact and bool(self._icon)
        if compact == self.is_compact:
            return
        self.is_compact = compact
        self.set_tip(f"{self.text()}: {self._words}" if compact else self._words)
        self.update()

    def room(self, compact: bool) -> QSize:
        """The size with the word, or with the icon if there is one."""
        height = field_height(self) - 4
        if compact and self._icon:
            return QSize(height + 5, height)
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2 * 7, height)

    def sizeHint(self) -> QSize:
        return self.room(self.is_compact)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        with QPainter(self) as painter:
            area = QRectF(self.rect())
            lit = self.isEnabled() and (self.underMouse() or self.isDown())
            border = theme.accent if self.isChecked() and self.isEnabled() else theme.border
            box(painter, area, theme.hover if lit else None, border, 5)
            if shows_focus(self):
                focus_ring(painter, self, area, 5)
            color = theme.text if self.isChecked() else theme.muted
            color = color if self.isEnabled() else theme.faint
            if self.is_compact:
                spot = QRectF(0, 0, 0.66 * area.height(), 0.66 * area.height())
                spot.moveCenter(area.center())
                paint_icon(painter, self._icon, color, spot)
                return
            painter.setPen(QColor(color))
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), self.text())


class RowButton(Button):
    """A row with a name, which is on or off; ``beside`` pixels are kept beside the name."""

    beside = 60

    def __init__(self, text: str, tip: str = "", parent: QWidget | None = None):
        super().__init__(text, tip, parent)
        self.setText(text)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + self.beside, row_height(self))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class Switch(RowButton):
    """A row with a name at the left and a little switch at the right."""

    beside = 64

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            on = self.isChecked()
            area = QRectF(self.rect())
            painter.setPen(QColor(theme.text if self.isEnabled() else theme.faint))
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), self.text())
            track = QRectF(area.right() - 28, area.center().y() - 8, 28, 16)
            ground = theme.accent if self.isEnabled() else theme.faint
            box(painter, track, ground if on else theme.track, None, 8)
            knob = track.adjusted(14, 2, -2, -2) if on else track.adjusted(2, 2, -14, -2)
            painter.setBrush(QColor(theme.handle))
            painter.drawEllipse(knob)
            if shows_focus(self):
                focus_ring(painter, self, track.adjusted(-3, -3, 3, 3).intersected(area), 10)


class Swatch(Button):
    """A coloured square that opens the run colours; ``picked`` tells the index chosen."""

    picked = Signal(int)

    def __init__(self, color: int = 0, name: str = "colour", parent: QWidget | None = None):
        super().__init__(name, "Choose the colour", parent)
        self.color_index = color
        self._hollow = False
        self.clicked.connect(self._open)

    def set_color(self, color: int, hollow: bool = False) -> None:
        """Show run colour number ``color``; hollow for a run that is hidden."""
        if (color, hollow) != (self.color_index, self._hollow):
            self.color_index, self._hollow = color, hollow
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(20, 20)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            color = theme_of(self).run(self.color_index)
            area = QRectF(0, 0, 14, 14)
            area.moveCenter(QRectF(self.rect()).center())
            box(painter, area, None if self._hollow else color, color, 4)
            if shows_focus(self) or self.underMouse():
                focus_ring(painter, self, area.adjusted(-3, -3, 3, 3))

    def menu(self) -> QMenu:
        """The choice of colours, made anew for the theme in force."""
        menu = QMenu(self)
        for index, color in enumerate(theme_of(self).runs):
            action = QAction(_color_icon(color), f"Colour {index + 1}", menu)
            action.setData(index)
            action.setCheckable(True)
            action.setChecked(index == self.color_index % len(theme_of(self).runs))
            menu.addAction(action)
        menu.triggered.connect(self._choose)
        return menu

    def _open(self) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _choose(self, action: QAction) -> None:
        self.picked.emit(int(action.data()))


def _color_icon(color: str) -> QIcon:
    picture = QPixmap(32, 32)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        box(painter, QRectF(4, 4, 24, 24), color, None, 7)
    return QIcon(picture)


class HelpButton(Button):
    """``asked`` carries the topic: a page of the guide and a heading, ``window#measures``."""

    asked = Signal(str)

    def __init__(self, about: str, topic: str, parent: QWidget | None = None) -> None:
        super().__init__(f"Help: {about}", f"What is meant by {about}", parent)
        self.topic = topic
        self.clicked.connect(self._ask)

    def sizeHint(self) -> QSize:
        side = field_height(self) - 12
        return QSize(side, side + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        with QPainter(self) as painter:
            area = QRectF(self.rect())
            side = min(area.width(), area.height())
            area.adjust(0, (area.height() - side) / 2, 0, (side - area.height()) / 2)
            round_ = side / 2
            lit = self.underMouse() or self.isDown()
            box(painter, area, theme.hover if lit else None, theme.border, round_)
            if shows_focus(self):
                focus_ring(painter, self, area, round_)
            painter.setPen(QColor(ink(self)))
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), "?")

    def _ask(self) -> None:
        self.asked.emit(self.topic)
