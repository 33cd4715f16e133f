"""The page of the parameter map: what becomes of a run for each pair of two settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal

from optlab.ui.views.maps.canvas import MapCanvas
from optlab.ui.views.maps.page import MapPage
from optlab.ui.widgets.choice import Choice
from optlab.ui.widgets.setting_rows import AxisControls, NumberRow


@dataclass(frozen=True)
class SettingItem:
    """A setting that can be varied."""

    name: str
    symbol: str
    help: str = ""


class SweepPage(MapPage):
    """Each pair of settings in the colour of what became of the run; sides 0 (across) and 1."""

    setting_chosen = Signal(int, str)  # side, name of the setting
    range_entered = Signal(int, float, float)
    log_toggled = Signal(int, bool)
    measure_chosen = Signal(str)
    target_entered = Signal(object)  # a loss, or None for the usual one

    def __init__(self) -> None:
        super().__init__("Parameter map", MapCanvas("Parameter map", "adds a run with these"))
        self.axes = (
            AxisControls("across", "The setting from left to right"),
            AxisControls("upwards", "The setting from bottom to top"),
        )
        self.measure_choice = Choice("shows", "What the colours mean")
        self._target = NumberRow(
            "target E", "The loss that counts as arrived; empty for the usual one", optional=True
        )
        for widget in (*self.axes, self.measure_choice, self._target):
            self.add_row(widget)
        self._connect()

    def _connect(self) -> None:
        across, upwards = self.axes
        across.setting_chosen.connect(self._on_across)
        upwards.setting_chosen.connect(self._on_upwards)
        across.range_entered.connect(self._on_across_range)
        upwards.range_entered.connect(self._on_upwards_range)
        across.log_toggled.connect(self._on_across_log)
        upwards.log_toggled.connect(self._on_upwards_log)
        self.measure_choice.chosen.connect(self._on_measure)
        self._target.entered.connect(self.target_entered)

    def set_settings(self, items: Sequence[SettingItem], chosen: tuple[str, str]) -> None:
        """Offer these settings for both sides and show which are on."""
        entries = [(item.name, item.symbol, item.help) for item in items]
        for controls, name in zip(self.axes, chosen, strict=True):
            controls.choice.set_entries(entries)
            controls.choice.set_key(name)

    def set_measures(self, measures: Sequence[tuple[str, str]]) -> None:
        """Offer these measures: key and name."""
        self.measure_choice.set_entries([(key, name, "") for key, name in measures])

    def set_measure(self, key: str) -> None:
        """Show what the colours mean."""
        self.measure_choice.set_key(key)

    def set_target(self, target: float | None, usual: float | None) -> None:
        """Show the loss that counts as arrived, and the usual one where none was given."""
        self._target.field.set_value(target)
        self._target.field.setPlaceholderText("" if usual is None else f"{usual:.3g}")

    def target_field(self) -> NumberRow:
        """The row of the target."""
        return self._target

    def _on_across(self, name: str) -> None:
        self.setting_chosen.emit(0, name)

    def _on_upwards(self, name: str) -> None:
        self.setting_chosen.emit(1, name)

    def _on_across_range(self, low: float, high: float) -> None:
        self.range_entered.emit(0, low, high)

    def _on_upwards_range(self, low: float, high: float) -> None:
        self.range_entered.emit(1, low, high)

    def _on_across_log(self, on: bool) -> None:
        self.log_toggled.emit(0, on)

    def _on_upwards_log(self, on: bool) -> None:
        self.log_toggled.emit(1, on)

    def _on_measure(self, key: object) -> None:
        self.measure_chosen.emit(str(key))
