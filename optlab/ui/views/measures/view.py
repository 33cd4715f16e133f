"""The page of measures: which one, its formula, its settings, its maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QTabBar, QVBoxLayout, QWidget

from optlab.core.analysis.update_measures import UpdateMeasurePicture
from optlab.pictures.theme import Theme
from optlab.ui.style import fonts
from optlab.ui.style.themes import theme_of
from optlab.ui.views.measures.maps import MeasureMaps
from optlab.ui.views.measures.stability import StabilityView
from optlab.ui.widgets.buttons import HelpButton
from optlab.ui.widgets.labels import ElidedLabel, Tone, Typeset
from optlab.ui.widgets.paint import GRID, MARGIN
from optlab.ui.widgets.slider import LabelledSlider, Scale

STABILITY = "stability"
"""The key of the page that is about the selected run's rule."""


@dataclass(frozen=True)
class SettingRow:
    """A slider: ``check`` returns a reason to refuse a number, or an empty text."""

    name: str
    symbol: str
    default: float
    low: float
    high: float
    log: bool
    tip: str
    check: Callable[[float], str]


class MeasuresView(QWidget):
    """Maps of measures with sliders, and the stability of the selected run's rule; what is
    computed is said from outside."""

    group_chosen = Signal(str)
    setting_moved = Signal(str, float)
    hovered = Signal(float, float)
    hover_left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Measures of an update")
        self._keys: tuple[str, ...] = ()
        self._rows: tuple[SettingRow, ...] = ()
        self._sliders: dict[str, LabelledSlider] = {}
        self._formulas: list[Typeset] = []
        self._tabs = QTabBar()
        self._tabs.setObjectName("measures-tabs")
        self._tabs.setAccessibleName("Measure")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        # The bold title is wider than room is kept for.
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self._note = ElidedLabel("", Tone.MUTED)
        self._note.setFont(fonts.ui_font(fonts.NOTE))
        self._note.set_alignment(Qt.AlignmentFlag.AlignRight)
        self._maps = MeasureMaps()
        self.stability = StabilityView()
        self._arrange()
        self._tabs.currentChanged.connect(self._on_tab)
        self._maps.hovered.connect(self.hovered)
        self._maps.hover_left.connect(self.hover_left)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._maps.set_theme(theme)
        self.stability.set_theme(theme)

    def set_groups(self, groups: Sequence[tuple[str, str]]) -> None:
        """Offer groups of measures: key and title."""
        groups = [*groups, (STABILITY, "Stability")]
        self._keys = tuple(key for key, _ in groups)
        blocked = self._tabs.blockSignals(True)
        for _, title in groups:
            self._tabs.addTab(title)
        self._tabs.blockSignals(blocked)

    def set_group(self, key: str) -> None:
        """Show which group is on; nothing is emitted."""
        blocked = self._tabs.blockSignals(True)
        self._tabs.setCurrentIndex(self._keys.index(key))
        self._tabs.blockSignals(blocked)
        of_rule = key == STABILITY
        self.stability.setVisible(of_rule)
        self._maps.setVisible(not of_rule)
        for widget in (*self._formulas, *self._sliders.values(), self._note):
            widget.setVisible(not of_rule)

    def set_formulas(self, lines: Sequence[tuple[str, bytes | None]]) -> None:
        """Show formulas, as text and typeset, side by side while there is room."""
        while len(self._formulas) < len(lines):
            line = Typeset()
            self._formulas.append(line)
            self._formula_row.addWidget(line, 1)
        for place, widget in enumerate(self._formulas):
            if place < len(lines):
                widget.set_content(*lines[place])
            widget.setVisible(place < len(lines))

    def set_settings(self, rows: Sequence[SettingRow]) -> None:
        """Make a slider for each setting."""
        if tuple(rows) == self._rows:
            return
        self._rows = tuple(rows)
        for old in self._sliders.values():
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._sliders = {}
        for place, row in enumerate(rows):
            scale = Scale(row.low, row.high, row.log)
            slider = LabelledSlider(
                row.symbol, scale, row.default, name=row.name, tip=row.tip, check=row.check
            )
            slider.setObjectName(row.name)
            slider.moved.connect(self._on_moved)
            slider.settled.connect(self._on_moved)
            self._grid.addWidget(slider, place // 2, place % 2)
            slider.show()  # at once, not when the layout comes to it
            self._sliders[row.name] = slider
        widest = max((slider.symbol_width() for slider in self._sliders.values()), default=0)
        for slider in self._sliders.values():
            slider.set_symbol_width(widest)

    def set_value(self, name: str, value: float) -> None:
        """Show the value of a setting; an unknown name is ignored."""
        if name in self._sliders:
            self._sliders[name].set_value(value)

    def set_note(self, text: str) -> None:
        """Say something about the settings."""
        self._note.set_text(text)

    def set_picture(self, picture: UpdateMeasurePicture) -> None:
        """Show other maps."""
        self._maps.set_picture(picture)

    def set_hover_text(self, text: str) -> None:
        """Show ``text`` beside the pointer; empty hides it."""
        self._maps.set_hover_text(text)

    def maps(self) -> MeasureMaps:
        """The maps."""
        return self._maps

    def slider(self, name: str) -> LabelledSlider:
        """The slider of a setting. Raises KeyError for an unknown name."""
        return self._sliders[name]

    def tabs(self) -> QTabBar:
        """The choice of the group."""
        return self._tabs

    def sizeHint(self) -> QSize:
        """Room for two maps."""
        return QSize(700, 520)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), QColor(theme_of(self).window))

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, MARGIN, 0)
        top.setSpacing(GRID)
        top.addWidget(self._tabs)
        top.addWidget(self._note, 1)
        top.addWidget(HelpButton("measures", "window#measures"))
        self._formula_row = QHBoxLayout()
        self._formula_row.setContentsMargins(MARGIN, 0, MARGIN, 0)
        self._formula_row.setSpacing(2 * GRID)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(MARGIN, 0, MARGIN, 0)
        self._grid.setHorizontalSpacing(3 * GRID)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID // 2, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(top)
        column.addLayout(self._formula_row)
        column.addLayout(self._grid)
        column.addWidget(self._maps, 1)
        column.addWidget(self.stability, 1)
        self.stability.hide()

    def _on_tab(self, index: int) -> None:
        if 0 <= index < len(self._keys):
            self.group_chosen.emit(self._keys[index])

    def _on_moved(self, value: float) -> None:
        self.setting_moved.emit(self.sender().objectName(), value)
