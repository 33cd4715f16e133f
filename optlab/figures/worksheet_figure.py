"""The picture of a worksheet: one update taken apart, typeset."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from optlab.core.analysis.worksheet import Row, Worksheet, worksheet
from optlab.core.analysis.worksheet.number_text import SHOWN, latex_value
from optlab.core.problems.weight_names import weight_index
from optlab.figures import setting
from optlab.figures.formulas import Rows, broken, shapes_of
from optlab.figures.layout import width_of
from optlab.figures.options import PictureOptions
from optlab.figures.setting import drawing, theme
from optlab.figures.texts import Ruler, Texts
from optlab.session.study import Study

_EDGE = 0.42
_PAD = 0.16
_GAP = 0.1
_LETTERS = 13.0 / 72
_BETWEEN = 0.07
_INDENT = 0.42
_HEAD = 0.98
_TEXT_LINE = 0.24
_MOST_LINES = 4
"""Lines of an equation that cannot be typeset."""
_NEGATIVE = re.compile(r"((?:^|[(,;=]|\\,|\\cdot)\s*)-(\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class _Equation:
    """An equation, what it gives with its numbers, and what its target is."""

    rows: list[tuple[Rows | list[str], float, str]]
    """Formulas, or lines of text, where they begin, and their colour."""
    height: float
    help: str


def draw_worksheet(study: Study, options: PictureOptions) -> Figure:
    """The worksheet of a step of the chosen run.

    Raises ValueError where there is no such run or update.
    """
    run = study.chosen(options.of)
    if run is None:
        raise ValueError("there is no run with a worksheet")
    if run.spec is None:
        raise ValueError(f"{run.name} was recorded: there are no equations to take apart")
    with drawing(options.scale, options.theme):
        weight = study.experiment.shown.weight
        index = weight_index(run.spec.problem, weight) if weight else None
        sheet = worksheet(run.spec, run.trajectory, options.step or 1, run.name, index)
        return _draw(study.title, sheet, options)


def _draw(title: str, sheet: Worksheet, options: PictureOptions) -> Figure:
    scale, width = options.scale, width_of(options.size)
    room = width - 2 * _EDGE - 2 * _PAD
    ruler = Ruler(scale)
    equations = [_equation(row, room, ruler, options.size == "slide") for row in sheet.rows]
    height = _HEAD + sum(e.height + 2 * _PAD + _GAP for e in equations) + _EDGE - _GAP
    inches = round(width * scale, 2), round(height * scale, 2)
    figure = Figure(figsize=inches, dpi=100)
    texts = Texts(figure, ruler, width, height)
    heading, small = setting.font(setting.TEXT, 18, "semibold"), setting.font(setting.TEXT, 10)
    texts.put(_EDGE, height - 0.5, sheet.title, heading, theme().text, room=width - 2 * _EDGE)
    where = f"{title}   step {sheet.step} of {sheet.steps}"
    texts.put(_EDGE, height - 0.78, where, small, theme().muted, room=width - 2 * _EDGE)
    place = Affine2D().scale(1 / width, 1 / height) + figure.transFigure
    top = height - _HEAD
    for equation in equations:
        bottom = top - equation.height - 2 * _PAD
        ground = Rectangle(
            (_EDGE, bottom), width - 2 * _EDGE, top - bottom, facecolor=theme().panel,
            linewidth=0, transform=place,
        )  # fmt: skip
        figure.add_artist(ground)
        y = top - _PAD
        for formulas, indent, color in equation.rows:
            for part in formulas:
                if isinstance(part, str):
                    y -= _TEXT_LINE
                    texts.put(_EDGE + _PAD + indent, y + 0.1, part, _text_font(), color)
                    continue
                shapes, x, size = part
                letters = _LETTERS * size
                y -= shapes.above * letters
                left = _EDGE + _PAD + indent + x
                figure.add_artist(shapes.patch(place, letters, left, y, color))
                y -= shapes.below * letters + _BETWEEN
        if equation.help:
            muted = setting.font(setting.TEXT, 9.5)
            texts.put(width - _EDGE - _PAD, top - _PAD - 0.14, equation.help, muted,
                      theme().muted, "right")  # fmt: skip
        top = bottom - _GAP
    return figure


def _equation(row: Row, room: float, ruler: Ruler, is_wide: bool) -> _Equation:
    line = row.line
    left = line.symbol_latex
    arrow = "=" if line.is_definition else "\\leftarrow"
    formula = left if line.kind == "record" else f"{left} {arrow} {line.right_latex}"
    shown = [(formula, line.text, 0.0, theme().text)]
    for latex, text in _put_in(row, room - _INDENT):
        shown.append((latex, text, _INDENT, theme().muted))
    rows: list[tuple[Rows | list[str], float, str]] = []
    height, widest = -_BETWEEN, 0.0
    for latex, text, indent, color in shown:
        found = broken(latex, room - indent, _LETTERS, _INDENT)
        if found is None:
            lines = ruler.wrap(text, _text_font(), room - indent, _MOST_LINES, between=" ")
            rows.append((lines, indent, color))
            height += len(lines) * _TEXT_LINE
            widest = room
            continue
        rows.append((found, indent, color))
        height += sum((s.above + s.below) * _LETTERS * size + _BETWEEN for s, _, size in found)
        if not indent:
            widest = sum(shapes.width * _LETTERS for shapes, _, _ in found)
    fits = is_wide and widest + 0.075 * len(line.help) < room
    return _Equation(rows, height, line.help if fits else "")


def _put_in(row: Row, room: float) -> list[tuple[str, str]]:
    """The equation with its numbers and its result, in one line if they fit."""
    numbers, result = row.numbers_latex(), latex_value(row.shown, SHOWN)
    put_in = [(_tight(f"= {result}"), f"= {row.result_text()}")]
    if numbers:
        put_in.insert(0, (_tight(f"= {numbers}"), f"= {row.numbers()}"))
    latex, text = (" ".join(parts) for parts in zip(*put_in, strict=True))
    together = shapes_of(latex)
    if together is not None and together.width * _LETTERS <= room:
        return [(latex, text)]
    return put_in


def _text_font() -> FontProperties:
    return setting.font(setting.MATH, 11)


def _tight(latex: str) -> str:
    """Negative numbers in braces, so that their minus is set as a sign and not as a difference."""
    return _NEGATIVE.sub(r"\1{-\2}", latex)
