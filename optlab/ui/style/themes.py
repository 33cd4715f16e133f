"""The look of standard controls: palette and style sheet, made from a theme.

A theme is handed down as fonts and palettes are: from the application to its windows and from there
to all that stands in them. Widgets that paint themselves ask :func:`theme_of` each time they paint.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from optlab.pictures.theme import DARK, Theme
from optlab.ui.style.fonts import load_fonts, ui_font
from optlab.ui.style.stylesheet import sheet

_THEME, _DRESSED = "theme", "dressed"


def theme_of(widget: QObject | None) -> Theme:
    """The theme that was handed down to ``widget``, with the accent of the selected run.

    That is its own, or that of the nearest thing it stands in; None stands in the application.
    """
    place = widget
    while place is not None:
        theme: Theme | None = place.property(_THEME)
        if theme is not None:
            return theme
        place = place.parent()
    application = QApplication.instance()
    return (application and application.property(_THEME)) or DARK


def hand_down(theme: Theme, root: QApplication | QWidget) -> None:
    """Give ``theme`` to all that is painted in ``root`` and has none of its own."""
    if root.property(_THEME) == theme:
        return
    root.setProperty(_THEME, theme)
    inside = root.allWidgets() if isinstance(root, QApplication) else root.findChildren(QWidget)
    for widget in inside:
        widget.update()


def prepare(app: QApplication, theme: Theme) -> None:
    """Give fonts and colours to what is made next, and leave the sheet to :func:`apply`.

    Under a style sheet a widget and all in it are looked through each time they are put somewhere:
    a window that is put together first takes a third less.
    """
    load_fonts()
    # Once only: Qt deletes a style that is replaced, and Python may still hold it.  A style sheet
    # hides the style's name, so that it cannot be asked for.
    if not app.property(_DRESSED):
        app.setStyle("Fusion")
        app.setProperty(_DRESSED, True)
    font, colors = ui_font(), palette(theme)
    # Each of them visits every widget, also where nothing changes.
    if app.font() != font:
        app.setFont(font)
        # Under a style sheet widgets take another font only when the sheet is set anew.
        app.setStyleSheet("")
    if app.palette() != colors:
        app.setPalette(colors)
    hand_down(theme, app)


def apply(app: QApplication, theme: Theme) -> None:
    """Dress the application in ``theme``; may be called again at any time."""
    prepare(app, theme)
    rules = sheet(theme)
    if app.styleSheet() != rules:
        app.setStyleSheet(rules)


def set_accent(app: QApplication, color: str | None) -> None:
    """Make ``color`` the accent, or the theme's own for None. Cheap: only repaints."""
    hand_down(theme_of(None).with_accent(color), app)


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
