"""The words above a map: whose runs, where and how many, in as many lines as they need."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from matplotlib.font_manager import FontProperties

from optlab.core.display import display_symbol, typeset_number
from optlab.core.maps import MEASURES
from optlab.figures import setting, words
from optlab.figures.setting import theme
from optlab.figures.texts import BETWEEN, Ruler, Texts
from optlab.session.experiment import Run
from optlab.session.maps.map_axes import settings_of
from optlab.session.maps.map_request import BasinRequest, MapWork

_LEFT = 0.42
_TITLE, _BELOW, _FIRST = 0.28, 0.22, 0.3
"""From a line of the title to the next, of what stands below it, and between the two."""
_TITLES = (18.0, 15.0, 12.5)
_MOST_SETTINGS = 3


@dataclass(frozen=True)
class MapHead:
    """Title, settings and facts of a map, to be laid out within ``drawing()``.

    ``edge`` is where the lines end, in design inches.  A ``narrow`` head has a line for each, or
    more; else there is one line of settings and facts.
    """

    work: MapWork
    run: Run
    ruler: Ruler
    edge: float
    narrow: bool

    def symbol_of(self, name: str) -> str:
        """How a side of the map is called."""
        found = settings_of(self.work.request.spec).get(name)
        return display_symbol(name) if found is None else found.symbol

    @property
    def more(self) -> float:
        """The inches that the lines need beyond one of the title and two below it."""
        if not self.narrow:
            return 0.0
        return _TITLE * (len(self._title[1]) - 1) + _BELOW * (len(self._settings) - 1)

    def draw(self, texts: Texts, top: float) -> None:
        """Writes the lines, the first one's baseline at ``top``."""
        font, lines = self._title
        for index, line in enumerate(lines):
            y = top - index * _TITLE
            texts.put(_LEFT, y, line, font, theme().text, room=self._room)
        low, small = y - _FIRST, self._small
        facts = BETWEEN.join(self._facts)
        if self.narrow:
            for line in filter(None, (*self._settings, facts)):
                texts.put(_LEFT, low, line, small, theme().muted, room=self._room)
                low -= _BELOW
            return
        taken = texts.put(self.edge, low, facts, small, theme().muted, "right")
        settings = BETWEEN.join(self._parts)
        texts.put(_LEFT, low, settings, small, theme().muted, room=self._room - taken - 0.3)

    @property
    def _room(self) -> float:
        return self.edge - _LEFT

    @property
    def _small(self) -> FontProperties:
        return setting.font(setting.TEXT, 10)

    @cached_property
    def _title(self) -> tuple[FontProperties, list[str]]:
        """In one line if some size fits; where there is room below, in two of the middle one."""
        fonts = [setting.font(setting.TEXT, points, "semibold") for points in _TITLES]
        text = self._words
        for font in fonts:
            if self.ruler.width(text, font) <= self._room:
                return font, [text]
        if not self.narrow:
            return fonts[-1], [text]
        lines: list[str] = []
        for font in fonts[1:]:
            lines = self.ruler.wrap(text, font, self._room, 2, between=" ")
            if not lines[-1].endswith("…"):
                break
        return font, lines

    @property
    def _words(self) -> str:
        request = self.work.request
        problem = request.spec.problem
        whose = self.run.name or request.spec.rule.name
        where = problem.title
        if isinstance(request, BasinRequest):
            return f"Basins of {whose} on {where}"
        sides = " and ".join(self.symbol_of(axis.name) for axis in (request.columns, request.rows))
        what = MEASURES[self.work.measure].title.capitalize()
        return f"{what} of {whose} on {where}, by {sides}"

    @property
    def _facts(self) -> list[str]:
        request, spec = self.work.request, self.work.request.spec
        if isinstance(request, BasinRequest):
            facts = [f"arrived at |g| ≤ {typeset_number(spec.stop_gradient or 0.0)}"]
        else:
            facts = self._start
            if self.work.measure == "steps" and math.isfinite(request.target):
                facts.append(f"target E {typeset_number(request.target, 3)}")
        runs = f"{request.columns.count} × {request.rows.count} runs"
        return [*facts, f"{spec.steps} steps", runs]

    @property
    def _start(self) -> list[str]:
        """The start of all runs, without the component that the map varies."""
        start = {f"w{index + 1}": value for index, value in enumerate(self.work.request.spec.start)}
        same = {name: value for name, value in start.items() if name not in self._varied}
        if same == start:
            return [f"start {words.point(tuple(start.values()))}"]
        return [f"start {self.symbol_of(name)} {typeset_number(same[name])}" for name in same]

    @property
    def _varied(self) -> set[str]:
        return {self.work.request.columns.name, self.work.request.rows.name}

    @cached_property
    def _settings(self) -> list[str]:
        settings = BETWEEN.join(self._parts)
        return self.ruler.wrap(settings, self._small, self._room, _MOST_SETTINGS)

    @property
    def _parts(self) -> list[str]:
        """The settings of the run, without those that the map varies."""
        symbols = [f"{self.symbol_of(name)} " for name in self._varied]
        parts = words.settings(self.work.request.spec).split(BETWEEN)
        return [p for p in parts if not any(p.startswith(s) for s in symbols)]
