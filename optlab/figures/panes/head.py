"""The head of a sheet: title, typeset formula, where the runs begin and how far they go."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from matplotlib.figure import FigureBase
from matplotlib.font_manager import FontProperties
from matplotlib.transforms import Affine2D, Transform

from optlab.core.formula.dialects.latex import to_latex
from optlab.core.formula.nodes import Node
from optlab.core.gradient_transforms import NOISE_STAGES
from optlab.figures import setting, words
from optlab.figures.formulas import Rows, broken
from optlab.figures.layout import HEAD, MARGIN, NO_HEAD
from optlab.figures.setting import theme
from optlab.figures.texts import BETWEEN, Ruler, Texts
from optlab.session.study import Study

_FIRST: Final = 0.48
"""From the upper edge to the first baseline, inches."""
_NEXT, _BELOW, _ROW = 0.3, 0.24, 0.07
"""From a line of the title to the next and to the formula, from there to the facts, and between
rows of a formula."""
_ABOVE, _UNDER = 0.14, 0.06
"""What a plain row of a formula takes above and below its baseline."""
_TITLES, _FORMULAS = (18.0, 15.0, 12.5), (17.0, 14.0, 11.5)
"""Points of a title, smaller where there is no room, and of a formula in its place."""
_LETTERS: Final = 11.0
_LONGEST: Final = 160
_MOST_ROWS: Final = 3
_NOISY = frozenset(NOISE_STAGES)


class Head:
    """What stands above the map between the margin and ``edge``, laid out within ``drawing()``.

    ``height`` are the inches down to the map.
    """

    def __init__(self, study: Study, ruler: Ruler, edge: float, titled: bool) -> None:
        self._study, self._ruler, self._room = study, ruler, edge - MARGIN
        self.height = self._draw(None, None) if titled else NO_HEAD

    def draw(self, figure: FigureBase, texts: Texts) -> None:
        """Writes it; nothing where the sheet has no title."""
        if self.height > NO_HEAD:
            self._draw(figure, texts)

    def _draw(self, figure: FigureBase | None, texts: Texts | None) -> float:
        """The inches that it takes; drawn into a figure."""
        y = _FIRST
        if self._study.is_titled:
            font, lines = self._title
            for line in lines:
                self._put(texts, MARGIN, y, line, font, theme().text)
                y += _NEXT
        letters, rows = self._formula
        if not self._study.is_titled:
            y += (letters - _LETTERS) / 72 * 0.4
        color = theme().muted if self._study.is_titled else theme().text
        for shapes, x, size in rows or ():
            scale = letters / 72 * size
            y += max(0.0, shapes.above * scale - _ABOVE)
            if figure is not None and texts is not None:
                figure.add_artist(
                    shapes.patch(self._inches(figure, texts), scale, MARGIN + x, -y, color)
                )
            y += max(0.0, shapes.below * scale - _UNDER) + _ROW
            wide = x + shapes.width * scale
            y += _BELOW - _ROW
        if rows is None:
            font = setting.font(setting.CODE, 9.5)
            wide = self._put(texts, MARGIN, y, self._plain, font, color, room=self._room)
            y += _BELOW
        y -= _BELOW
        facts, font = self._facts, setting.font(setting.TEXT, 10)
        if wide + 0.3 + self._ruler.width(facts, font) <= self._room and len(rows or "1") == 1:
            self._put(texts, MARGIN + self._room, y, facts, font, theme().muted, "right")
        else:
            for line in self._ruler.wrap(facts, font, self._room, 2):
                y += _BELOW
                self._put(texts, MARGIN, y, line, font, theme().muted)
        return y + HEAD - _FIRST - _NEXT

    def _put(
        self,
        texts: Texts | None,
        x: float,
        y: float,
        text: str,
        font: FontProperties,
        color: str,
        align: str = "left",
        room: float | None = None,
    ) -> float:
        """A line ``y`` inches from above; the width that it takes."""
        if texts is None:
            line = text if room is None else self._ruler.cut(text, font, room)
            return self._ruler.width(line, font)
        return texts.put(x, texts.size[1] - y, text, font, color, align, room)

    @staticmethod
    def _inches(figure: FigureBase, texts: Texts) -> Transform:
        """Design inches, counted upwards from the upper edge."""
        width, height = texts.size
        whole: Any = figure
        place: Transform = whole.transSubfigure
        return Affine2D().scale(1 / width, 1 / height).translate(0.0, 1.0) + place

    @cached_property
    def _title(self) -> tuple[FontProperties, list[str]]:
        """In one line if some size fits, else in two of the smallest."""
        text = self._study.title
        for points in _TITLES:
            font = setting.font(setting.TEXT, points, "semibold")
            if self._ruler.width(text, font) <= self._room:
                return font, [text]
        return font, self._ruler.wrap(text, font, self._room, 2, between=" ")

    @cached_property
    def _formula(self) -> tuple[float, Rows | None]:
        """The size of its letters, and its rows; None where it cannot be typeset."""
        tree = getattr(self._study.resolved.problem, "tree", None)
        if not isinstance(tree, Node):
            return _LETTERS, None
        latex = f"E = {to_latex(tree, limit=_LONGEST)}"
        found: Rows | None = None
        for letters in (_LETTERS, 9.5) if self._study.is_titled else _FORMULAS:
            found = broken(latex, self._room, letters / 72, 0.42)
            if found is not None and len(found) == 1:
                break
        return letters, found if found is not None and len(found) <= _MOST_ROWS else None

    @property
    def _plain(self) -> str:
        """The formula as it was typed, or the name of what has none."""
        problem = self._study.resolved.problem
        formula = " ".join(problem.formula.split())
        name = f"E = {formula}" if formula else problem.name
        return "" if name == self._study.title else name

    @cached_property
    def _facts(self) -> str:
        """Where all runs begin, how far they go."""
        experiment, resolved = self._study.experiment, self._study.resolved
        starts = {spec.start for spec in resolved.specs.values()}
        starts |= {tuple(path.weights[0].tolist()) for path in resolved.recordings.values()}
        starts = starts or {resolved.start}
        facts = [f"start {words.point(next(iter(starts)))}"] if len(starts) == 1 else []
        facts.append(f"{experiment.steps} step{'s' * (experiment.steps != 1)}")
        specs = resolved.specs.values()
        if any(spec.treatment.active().keys() & _NOISY or spec.sampling.words for spec in specs):
            facts.append(f"seed {experiment.seed}")
        return BETWEEN.join(facts)
