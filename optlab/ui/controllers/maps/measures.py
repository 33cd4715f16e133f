"""Connects the page of measures with what computes them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from optlab.core.analysis.update_measures import (
    GROUPS,
    SETTINGS,
    MeasureSetting,
    Settings,
    UpdateMeasurePicture,
    measure_picture,
    values_at,
)
from optlab.core.display import short
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.style.typesetting import typeset
from optlab.ui.views.measures import STABILITY, MeasuresView, SettingRow

_SIZE = 14.0  # pixels


class MeasuresController(QObject):
    """Keeps the settings of each group and makes its maps, in a few milliseconds, here."""

    def __init__(self, view: MeasuresView, redraw: Redraw) -> None:
        super().__init__(view)
        self._view = view
        self._settings = {key: group.defaults() for key, group in GROUPS.items()}
        self._key = next(iter(GROUPS))
        self._chosen = ""
        view.set_groups([(key, group.title) for key, group in GROUPS.items()])
        view.group_chosen.connect(self.choose)
        view.setting_moved.connect(self._move)
        view.hovered.connect(self._hover)
        view.hover_left.connect(self._leave)
        self._request = redraw.add(self._draw, Change.OWN, shown_in=view)

    def choose(self, key: str) -> None:
        """Shows another group, or the page of stability."""
        if key == STABILITY:
            self._chosen = key
            self._view.set_group(key)
            return
        self._key, self._chosen = key, ""
        self._request()

    def _show_group(self, key: str) -> None:
        self._chosen = key
        group = GROUPS[key]
        self._view.set_group(key)
        self._view.set_settings([_row(SETTINGS[n], group.defaults()[n]) for n in group.settings])
        for name, value in self._settings[key].items():
            self._view.set_value(name, value)
        formulas = [(text, typeset(latex, _SIZE)) for text, latex in group.formulas]
        self._view.set_formulas([(text, None if d is None else d.svg) for text, d in formulas])

    def _move(self, name: str, value: float) -> None:
        self._settings[self._key] |= {name: value}
        self._request()

    def _draw(self, _changed: Change) -> None:
        if self._chosen == STABILITY:
            return
        if self._key != self._chosen:
            self._show_group(self._key)
        settings = self._settings[self._key]
        self._view.set_note(GROUPS[self._key].note(settings))
        self._view.set_picture(measure_picture(self._key, settings))

    @property
    def is_shown(self) -> bool:
        """Whether maps of measures can be seen."""
        return self._view.isVisible() and self._chosen != STABILITY

    def picture(self) -> tuple[UpdateMeasurePicture, Settings]:
        """The maps that are shown, with their settings."""
        settings = dict(self._settings[self._key])
        return measure_picture(self._key, settings), settings

    def _hover(self, g1: float, g2: float) -> None:
        found = values_at(self._key, self._settings[self._key], g1, g2)
        lines = [f"g₁ {short(g1, 3)}   g₂ {short(g2, 3)}"]
        alone = len(found) == 1
        lines += [
            f"{measure.symbol if alone else measure.title} {short(value)}: {_words(value)}"
            for measure, value in found
        ]
        self._view.set_hover_text("\n".join(lines))

    def _leave(self) -> None:
        self._view.set_hover_text("")


def _words(value: float) -> str:
    return "speeds up" if value > 0 else "slows down" if value < 0 else "neither"


def _row(setting: MeasureSetting, default: float) -> SettingRow:
    tip = f"{setting.symbol}: {setting.help}, {setting.range.sentence()}. Double click resets."
    check = partial(_check, setting)
    return SettingRow(
        setting.name,
        setting.symbol,
        default,
        setting.low,
        setting.high,
        setting.log,
        tip,
        check,
    )


def _check(setting: MeasureSetting, value: float) -> str:
    if setting.range.contains(value):
        return ""
    return f"{setting.symbol} must be {setting.range.sentence()}"
