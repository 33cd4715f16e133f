"""The look of standard controls: palette and style sheet, made from a theme.

Widgets that paint themselves ask :func:`current` each time they paint, so a change of theme or
accent reaches them without anybody telling them.
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from optlab.session.theme import DARK, Theme
from optlab.ui.fonts import load_fonts, ui_font
from optlab.ui.sheet import sheet

_current: Theme = DARK
_DRESSED = "dressed"


def current() -> Theme:
    """The theme in force, with the accent of the selected run."""
    return _current


def apply(app: QApplication, theme: Theme) -> None:
    """Dress the application in ``theme``; may be called again at any time."""
    global _current
    load_fonts()
    _current = theme
    # Once only: Qt deletes a style that is replaced, and Python may still hold it.  A style sheet
    # hides the style's name, so that it cannot be asked for.
    if not app.property(_DRESSED):
        app.setStyle("Fusion")
        app.setProperty(_DRESSED, True)
    font, colors, rules = ui_font(), palette(theme), sheet(theme)
    # Each of them visits every widget, also where nothing changes.
    if app.font() != font:
        app.setFont(font)
        # Under a style sheet widgets take another font only when the sheet is set anew.
        app.setStyleSheet("")
    if app.palette() != colors:
        app.setPalette(colors)
    if app.styleSheet() != rules:
        app.setStyleSheet(rules)
    _repaint(app)


def set_accent(app: QApplication, color: str | None) -> None:
    """Make ``color`` the accent, or the theme's own for None. Cheap: only repaints."""
    global _current
    if color == _current.accent_override:
        return
    _current = _current.with_accent(color)
    _repaint(app)


def palette(theme: Theme) -> QPalette:
    """The Qt palette of a theme."""
    made = QPalette()
    role = QPalette.ColorRole
    for which, color in (
        (role.Window, theme.panel),
        (role.WindowText, theme.text),
        (role.Base, theme.raised if theme.is_dark else theme.window),
        (role.AlternateBase, theme.panel),
        (role.Text, theme.text),
        (role.PlaceholderText, theme.muted),
        (role.Button, theme.raised),
        (role.ButtonText, theme.text),
        (role.BrightText, theme.warning),
        (role.ToolTipBase, theme.raised),
        (role.ToolTipText, theme.text),
        (role.Highlight, theme.selection),
        (role.HighlightedText, theme.text),
        (role.Link, theme.runs[1]),
        (role.LinkVisited, theme.runs[1]),
        (role.Light, theme.raised),
        (role.Midlight, theme.border),
        (role.Mid, theme.border),
        (role.Dark, theme.border),
        (role.Shadow, theme.window),
    ):
        made.setColor(which, QColor(color))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.faint))
    return made


def _repaint(app: QApplication) -> None:
    for widget in app.allWidgets():
        widget.update()
