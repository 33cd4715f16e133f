"""The picture of a worksheet: one update taken apart, typeset."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from optlab.core.worksheet import Row, worksheet
from optlab.core.worksheet.numbers import SHOWN, latex_value
from optlab.figures import palette, setting
from optlab.figures.formulas import Rows, broken, shapes_of
from optlab.figures.layout import scale_of, width_of
from optlab.figures.marked import MarkedRun
from optlab.figures.pictured import Pictured
from optlab.figures.setting import drawing
from optlab.figures.texts import Ruler, Texts

_EDGE = 0.42
_PAD = 0.16
_GAP = 0.1
_LETTERS = 13.0 / 72
_BETWEEN = 0.07
_INDENT = 0.42
_HEAD = 0.98
_NEGATIVE = re.compile(r"((?:^|[(,;=]|\\,|\\cdot)\s*)-(\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class _Equation:
    """An equation, what it gives with its numbers, and what its target is."""

    rows: list[tuple[Rows, float, str]]
    """Formulas, where they begin, and their colour."""
    height: float
    help: str


def draw_worksheet(pictured: Pictured) -> Figure:
    """The worksheet of ``pictured.step`` of the chosen run.

    Raises ValueError where there is no such run or update.
    """
    run = pictured.chosen
    if run is None:
        raise ValueError("there is no run with a worksheet")
    with drawing(scale_of(pictured.size)):
        return _draw(pictured, run)


def _draw(pictured: Pictured, run: MarkedRun) -> Figure:
    sheet = worksheet(run.spec, run.trajectory, pictured.step, run.name)
    scale = scale_of(pictured.size)
    width = width_of(pictured.size)
    room = width - 2 * _EDGE - 2 * _PAD
    equations = [_equation(row, room, pictured.size == "slide") for row in sheet.rows]
    height = _HEAD + sum(e.height + 2 * _PAD + _GAP for e in equations) + _EDGE - _GAP
    inches = round(width * scale, 2), round(height * scale, 2)
    figure = Figure(figsize=inches, dpi=100)
    texts = Texts(figure, Ruler(scale), width, height)
    title, small = setting.font(setting.TEXT, 18, "semibold"), setting.font(setting.TEXT, 10)
    texts.put(_EDGE, height - 0.5, sheet.title, title, palette.TEXT, room=width - 2 * _EDGE)
    where = f"{pictured.title}   step {sheet.step} of {sheet.steps}"
    texts.put(_EDGE, height - 0.78, where, small, palette.MUTED, room=width - 2 * _EDGE)
    place = Affine2D().scale(1 / width, 1 / height) + figure.transFigure
    top = height - _HEAD
    for equation in equations:
        bottom = top - equation.height - 2 * _PAD
        ground = Rectangle(
            (_EDGE, bottom), width - 2 * _EDGE, top - bottom, facecolor=palette.PANEL,
            linewidth=0, transform=place,
        )  # fmt: skip
        figure.add_artist(ground)
        y = top - _PAD
        for formulas, indent, color in equation.rows:
            for shapes, x, size in formulas:
                letters = _LETTERS * size
                y -= shapes.above * letters
                left = _EDGE + _PAD + indent + x
                figure.add_artist(shapes.patch(place, letters, left, y, color))
                y -= shapes.below * letters + _BETWEEN
        if equation.help:
            muted = setting.font(setting.TEXT, 9.5)
            texts.put(width - _EDGE - _PAD, top - _PAD - 0.14, equation.help, muted,
                      palette.MUTED, "right")  # fmt: skip
        top = bottom - _GAP
    return figure


def _equation(row: Row, room: float, is_wide: bool) -> _Equation:
    line = row.line
    left = line.symbol_latex
    arrow = "=" if line.is_definition else "\\leftarrow"
    formula = left if line.kind == "record" else f"{left} {arrow} {line.right_latex}"
    numbers, result = row.numbers_latex(), latex_value(row.result, SHOWN)
    put_in = [f"= {numbers}", f"= {result}"] if numbers else [f"= {result}"]
    together = shapes_of(_tight(" ".join(put_in)))
    if together is not None and together.width * _LETTERS <= room - _INDENT:
        put_in = [" ".join(put_in)]
    shown = [(formula, 0.0, palette.TEXT)]
    shown += [(_tight(latex), _INDENT, palette.MUTED) for latex in put_in]
    rows: list[tuple[Rows, float, str]] = []
    height = -_BETWEEN
    for latex, indent, color in shown:
        found = broken(latex, room - indent, _LETTERS, _INDENT) or []
        rows.append((found, indent, color))
        height += sum((s.above + s.below) * _LETTERS * size + _BETWEEN for s, _, size in found)
    first = sum(shapes.width * _LETTERS for shapes, _, _ in rows[0][0])
    fits = is_wide and first + 0.075 * len(line.help) < room
    return _Equation(rows, height, line.help if fits else "")


def _tight(latex: str) -> str:
    """Negative numbers in braces, so that their minus is set as a sign and not as a difference."""
    return _NEGATIVE.sub(r"\1{-\2}", latex)
