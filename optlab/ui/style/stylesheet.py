"""The style sheet of standard Qt controls, filled from a theme.

No fonts here: a font in a style sheet would override what a widget sets for itself.
"""

from __future__ import annotations

from string import Template
from typing import Final

from optlab.core.resources import resources_folder
from optlab.pictures.theme import Theme, mix

RADIUS: Final = 6

_SHEET: Final = Template("""
* { outline: 0; }
QMainWindow, QDialog, QMessageBox { background: $window; }
QMainWindow::separator { background: $border; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $muted; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 5px 7px; }

QMenuBar { background: $panel; color: $muted; border-bottom: 1px solid $border; padding: 1px 4px; }
QMenuBar::item { padding: 6px 10px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $selection; color: $text; }
QMenu { background: $raised; color: $text; border: 1px solid $border; padding: 5px; }
QMenu::item { padding: 5px 28px 5px 12px; border-radius: 4px; margin: 0 1px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: $selection; color: $text; }
QMenu::item:checked { background: $selection; }
QMenu::icon:checked { border: 0; background: transparent; }
QMenu::item:disabled { color: $faint; background: transparent; }
QMenu::separator { height: 1px; background: $border; margin: 5px 8px; }
QMenu::right-arrow { image: url("$chevron_right"); width: 12px; height: 12px; margin-right: 6px; }

QDockWidget { color: $muted; }
QDockWidget::title { background: $panel; padding: 6px 12px; text-align: left; }
QStatusBar { background: $panel; color: $muted; border: 0; }
QStatusBar::item { border: 0; }
QToolBar { background: $panel; border: 0; border-top: 1px solid $border; padding: 0; }
QLabel#program-name { color: $text; font-weight: 600; }
QLabel#document-title { color: $muted; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox { background: $field; color: $text;
    border: 1px solid $border; border-radius: 6px; padding: 3px 7px;
    selection-background-color: $marked; selection-color: $text; }
QPlainTextEdit { padding: 5px 6px; }
QLineEdit[quiet="true"], QPlainTextEdit[quiet="true"] { background: transparent;
    border-color: transparent; color: $muted; }
QLineEdit[quiet="true"] { padding: 3px 0 3px 7px; }
QPlainTextEdit[quiet="true"] { padding: 3px 0; }
QLineEdit:hover, QPlainTextEdit:hover, QTextEdit:hover { border-color: $stronger; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus { border-color: $focus; }
QLineEdit[quiet="true"]:focus, QPlainTextEdit[quiet="true"]:focus { background: $field;
    color: $text; }
QLineEdit:disabled, QPlainTextEdit:disabled { color: $faint; background: $panel; }
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"] { border-color: $warning; }

QPushButton { background: $raised; color: $text; border: 1px solid $border; border-radius: 6px;
    padding: 6px 14px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $selection; }
QPushButton:focus { border-color: $focus; }
QPushButton:disabled { color: $faint; }
QPushButton:default { border-color: $muted; }
QToolButton { background: transparent; color: $muted; border: 1px solid transparent;
    border-radius: 6px; padding: 4px 8px; }
QToolButton:hover { background: $hover; color: $text; }
QToolButton:checked { background: $selection; color: $text; }
QToolButton:focus { border-color: $focus; }
QToolButton:disabled { color: $faint; }
QToolButton::menu-indicator { image: none; width: 0; }
QCheckBox, QRadioButton { color: $text; spacing: 8px; }

QComboBox { combobox-popup: 0; background: $field; color: $text; border: 1px solid $border;
    border-radius: 6px; padding: 4px 8px; }
QComboBox:focus { border-color: $focus; }
QComboBox::drop-down { border: 0; width: 22px; }
QComboBox::down-arrow { image: url("$chevron_down"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; color: $text; border: 1px solid $border;
    padding: 4px; selection-background-color: $selection; selection-color: $text; }
QComboBox QAbstractItemView::item { padding: 5px 8px; border-radius: 4px; }
QComboBox QAbstractItemView::item:selected, QComboBox QAbstractItemView::item:hover {
    background: $selection; color: $text; }

QTabWidget::pane { border: 0; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { color: $muted; background: transparent; padding: 6px 5px; margin: 2px 0;
    border: 1px solid transparent; border-radius: 6px; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; background: $selection; }
QTabBar::tab:focus { border-color: $focus; }
QTabBar#details-tabs::tab, QTabBar#measures-tabs::tab { padding: 5px 12px; }
QTabBar#details-tabs::tab:selected, QTabBar#measures-tabs::tab:selected {
    background: transparent; font-weight: 600; }

QAbstractItemView { background: $window; color: $text; border: 0;
    alternate-background-color: $panel; gridline-color: $grid;
    selection-background-color: $selection; selection-color: $text; }
#completions { background: $raised; border: 1px solid $border; }
QHeaderView { background: transparent; border: 0; }
QHeaderView::section { background: transparent; color: $muted; border: 0; padding: 4px 8px;
    border-bottom: 1px solid $border; }
QHeaderView#comparison-head::section { padding: 4px 4px; }
QTableView#comparison-table::item { padding: 0 1px; border: 0; }
QTableView#comparison-table::item:selected { background: $selection; }
QTableCornerButton::section { background: transparent; border: 0; }

QScrollArea { background: transparent; border: 0; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 8px; margin: 0; }
QScrollBar::handle { background: $track; border-radius: 2px; }
QScrollBar::handle:vertical { min-height: 28px; margin: 2px 2px 2px 2px; }
QScrollBar::handle:horizontal { min-width: 28px; margin: 2px 2px 2px 2px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QProgressBar { background: $track; border: 0; border-radius: 2px; color: transparent; }
QProgressBar::chunk { background: $muted; border-radius: 2px; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
""")


def sheet(theme: Theme) -> str:
    """The style sheet text of ``theme``."""
    return _SHEET.substitute(
        {name: value for name, value in vars(theme).items() if isinstance(value, str)},
        faint=theme.faint,
        hover=theme.hover,
        focus=theme.focus,
        field=theme.window,
        marked=mix(theme.selection, theme.runs[1], 0.35),
        stronger=mix(theme.border, theme.muted, 0.5),
        chevron_down=_chevron("chevron-down", theme),
        chevron_right=_chevron("chevron-right", theme),
    )


def _chevron(name: str, theme: Theme) -> str:
    """The address of a grey drawing that reads on both grounds."""
    return (
        resources_folder()
        .joinpath("icons", f"{name}-{'dark' if theme.is_dark else 'light'}.svg")
        .as_posix()
    )
