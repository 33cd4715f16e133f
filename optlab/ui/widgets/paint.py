"""Shared measures and strokes of the controls that paint themselves."""

from __future__ import annotations

from html import escape
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from optlab.ui.style.themes import theme_of

GRID: Final = 8
MARGIN: Final = 16
RADIUS: Final = 6.0

# Coming back from a menu or another window says nothing about mouse or keys.
_SILENT: Final = frozenset(
    (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
)


def field_height(widget: QWidget) -> int:
    """The height of a one-line field in the widget's font, a whole number of pixels."""
    return round(QFontMetricsF(widget.font()).height()) + 11


def slim_height(widget: QWidget) -> int:
    """The height of a field in a list of settings, which stand close together."""
    return round(QFontMetricsF(widget.font()).height()) + 9


def row_height(widget: QWidget) -> int:
    """The height of a plain row of text in the widget's font."""
    return round(QFontMetricsF(widget.font()).height()) + 10


def box(
    painter: QPainter,
    area: QRectF,
    fill: str | None,
    border: str | None = None,
    radius: float = RADIUS,
) -> None:
    """Paint a rounded box; the border lies inside ``area`` so that it stays sharp."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(fill) if fill else Qt.BrushStyle.NoBrush)
    if border is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(area, radius, radius)
        return
    painter.setPen(QPen(QColor(border), 1.0))
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


def focus_ring(painter: QPainter, widget: QWidget, area: QRectF, radius: float = RADIUS) -> None:
    """Paint the frame that shows where the keyboard is."""
    box(painter, area, None, theme_of(widget).focus, radius)


def note_focus(widget: QWidget, event: QFocusEvent) -> None:
    """Remember how the keyboard came to ``widget``; call it in ``focusInEvent``."""
    if event.reason() not in _SILENT:
        widget.setProperty("clicked", event.reason() == Qt.FocusReason.MouseFocusReason)


def shows_focus(widget: QWidget) -> bool:
    """Whether the widget has the keyboard and should say so: not after a mere click."""
    return widget.hasFocus() and not widget.property("clicked")


def band(painter: QPainter, widget: QWidget) -> None:
    """Paint the ground of a bar across the window: the panel colour under a thin line."""
    theme = theme_of(widget)
    painter.fillRect(widget.rect(), QColor(theme.panel))
    painter.fillRect(QRectF(0, 0, widget.width(), 1), QColor(theme.border))


def ink(button: QAbstractButton) -> str:
    """The colour of a quiet button's text: faint, muted, or full under the mouse."""
    theme = theme_of(button)
    if not button.isEnabled():
        return theme.faint
    return theme.text if button.underMouse() or button.isDown() else theme.muted


def set_tip(widget: QWidget, text: str) -> None:
    """Set a tooltip that wraps and shows ``text`` literally, ``<`` and ``&`` included."""
    lines = "<br>".join(escape(line) for line in text.splitlines())
    tip = f"<qt>{lines}</qt>" if text else ""
    if tip != widget.toolTip():  # Qt tells the widget also of the same one
        widget.setToolTip(tip)


def menu_text(text: str) -> str:
    """``text`` as a menu entry or button shows it literally: an ``&`` is no shortcut mark."""
    return text.replace("&", "&&")
