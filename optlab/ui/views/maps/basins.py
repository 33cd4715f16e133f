"""The page of the basins: where every start of the window leads."""

from __future__ import annotations

from PySide6.QtCore import Signal

from optlab.ui.views.maps.canvas import MapCanvas
from optlab.ui.views.maps.page import MapPage
from optlab.ui.widgets.setting_rows import NumberRow


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
