"""A page with a map: the picture, and beside it what to compute and what the colours mean."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from optlab.pictures.maps import MapDrawing
from optlab.pictures.theme import Theme
from optlab.session.actions import BY_ID, Action
from optlab.ui.views.maps.canvas import MapCanvas
from optlab.ui.views.maps.controls import Legend
from optlab.ui.widgets.buttons import TextButton
from optlab.ui.widgets.choice import Choice, DropDown
from optlab.ui.widgets.labels import Notice, SectionTitle, Tone
from optlab.ui.widgets.paint import GRID, set_tip
from optlab.ui.widgets.setting_rows import NumberRow, SidePanel

RESOLUTIONS = (64, 128, 256, 512, 1024)
SELECTED = ""
"""Stands for whichever run is selected."""


class MapPage(QWidget):
    """What all pages with a map have; a subclass adds its own rows."""

    run_chosen = Signal(str)
    resolution_chosen = Signal(int)
    compute_pressed = Signal()
    export_pressed = Signal()
    copy_pressed = Signal()
    shown = Signal()
    hidden = Signal()

    def __init__(self, name: str, canvas: MapCanvas) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.canvas = canvas
        self._run = Choice("run", "The run whose settings are mapped")
        self._resolution = DropDown("Resolution")
        set_tip(self._resolution, "Runs along each side")
        self.compute_button = QPushButton("Compute")
        self.compute_button.setToolTip("Compute the whole map now")
        self._export, self.copy_button = (
            _button(BY_ID[key]) for key in ("export_map", "copy_data")
        )
        self._notice = Notice(Tone.WARNING)
        self._notice.setMinimumWidth(1)
        self._legend = Legend()
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2)
        self._rows.addWidget(SectionTitle(name))
        self._rows.addWidget(self._run)
        self._arrange(name)
        self._resolution.set_entries([(n, f"{n} × {n}", "") for n in RESOLUTIONS])
        self._run.chosen.connect(self._on_run)
        self._resolution.chosen.connect(self._on_resolution)
        self.compute_button.clicked.connect(self._on_compute)
        self._export.clicked.connect(self._on_export)
        self.copy_button.clicked.connect(self._on_copy)

    def _arrange(self, name: str) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(GRID, GRID, 2 * GRID, GRID)
        column.setSpacing(GRID)
        column.addLayout(self._rows)
        begin = QHBoxLayout()
        begin.setSpacing(GRID)
        begin.addWidget(self._resolution)
        begin.addWidget(self.compute_button, 1)
        column.addLayout(begin)
        leave = QHBoxLayout()
        leave.setSpacing(GRID)
        leave.addWidget(self._export)
        leave.addWidget(self.copy_button)
        leave.addStretch(1)
        column.addWidget(self._notice)
        column.addWidget(self._legend)
        column.addLayout(leave)
        side = SidePanel(f"{name}: settings and legend")
        side.add(inside)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.canvas, 1)
        row.addWidget(side)

    def add_row(self, widget: QWidget) -> None:
        """Put something to set below the others."""
        self._rows.addWidget(widget)

    # --- what is shown ---------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Tell the picture."""
        self.canvas.set_theme(theme)

    def set_runs(self, runs: Sequence[tuple[str, str]], chosen: str) -> None:
        """Offer these runs (id, name) beside whichever is selected."""
        entries = [(SELECTED, "selected run", "Follows the selection")]
        entries += [(run_id, name, "") for run_id, name in runs]
        self._run.set_entries(entries)
        self._run.set_key(chosen)

    def set_resolution(self, resolution: int) -> None:
        """Show how fine the map is."""
        self._resolution.set_key(resolution)

    def set_notice(self, text: str, tone: str = Tone.WARNING) -> None:
        """Say something about the map, or nothing."""
        self._notice.set_text(text, tone)

    def notice(self) -> str:
        """What is said."""
        return self._notice.text()

    def show_map(self, drawing: MapDrawing) -> None:
        """Show a map with its known minima, and say what its colours mean."""
        self.canvas.set_drawing(drawing)
        self.canvas.set_crosses(drawing.crosses)
        self._legend.set_items(drawing.legend)

    def legend(self) -> Legend:
        """The legend."""
        return self._legend

    def export_button(self) -> TextButton:
        """The button that writes the map into a file."""
        return self._export

    def picture(self) -> tuple[QWidget, ...]:
        """What belongs into a picture of the map, from left to right."""
        return (self.canvas, self._legend) if self._legend.items() else (self.canvas,)

    # --- small things ----------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.hidden.emit()

    def _on_run(self, key: object) -> None:
        self.run_chosen.emit(str(key))

    def _on_resolution(self, key: object) -> None:
        if isinstance(key, int):
            self.resolution_chosen.emit(key)

    def _on_compute(self) -> None:
        self.compute_pressed.emit()

    def _on_export(self) -> None:
        self.export_pressed.emit()

    def _on_copy(self) -> None:
        self.copy_pressed.emit()


def _button(action: Action) -> TextButton:
    return TextButton(action.title, action.tip)


class BasinsPage(MapPage):
    """Each start in the colour of the place it leads to."""

    tolerance_entered = Signal(float)

    def __init__(self) -> None:
        super().__init__("Basins", MapCanvas("Basins of attraction", "starts the runs there"))
        self._tolerance = NumberRow(
            "arrived at |g| ≤", "The gradient norm at which a run has arrived", _positive
        )
        self.add_row(self._tolerance)
        self._tolerance.entered.connect(self._on_tolerance)

    def set_tolerance(self, tolerance: float) -> None:
        """Show when a run has arrived."""
        self._tolerance.field.set_value(tolerance)

    def _on_tolerance(self, value: object) -> None:
        if isinstance(value, float):
            self.tolerance_entered.emit(value)


def _positive(value: float) -> str:
    return "" if value > 0 else "it must be above 0"
