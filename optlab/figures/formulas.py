"""Typeset formulas as shapes for pictures and pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Transform

from optlab.pictures.formula_drawing import draw_formula

_LETTERS: Final = 64.0
"""Pixels in which formulas are typeset; the shapes are scaled."""
SMALLEST: Final = 0.6
_ORIGIN = re.compile(r'viewBox="(\S+)')
_PARTS = re.compile(r'<path d="([^"]*)"|<rect ([^>]*)>')
_TOKENS = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_ATTRIBUTES = re.compile(r'(\w+)="([^"]*)"')
_CODES: Final = {
    "M": (Path.MOVETO,),
    "L": (Path.LINETO,),
    "Q": (Path.CURVE3,) * 2,
    "C": (Path.CURVE4,) * 3,
}


@dataclass(frozen=True, eq=False)
class Shapes:
    """A formula whose letters are one long: ``path`` with its baseline at 0 and y upwards, its
    ``width``, and how far it reaches ``above`` and ``below`` the baseline."""

    path: Path
    width: float
    above: float
    below: float

    def patch(self, place: Transform, size: float, x: float, y: float, color: str) -> PathPatch:
        """The formula with letters of ``size``, its baseline beginning at ``x``, ``y``.

        All three in the unit that ``place`` takes to the picture.
        """
        where = Affine2D().scale(size).translate(x, y) + place
        return PathPatch(self.path, transform=where, facecolor=color, linewidth=0)


@lru_cache(maxsize=512)
def shapes_of(latex: str) -> Shapes | None:
    """The shapes of a formula in LaTeX's math mode; None where it cannot be typeset."""
    drawing = draw_formula(latex, _LETTERS)
    if drawing is None:
        return None
    svg = drawing.svg.decode()
    origin = _ORIGIN.search(svg)
    vertices: list[tuple[float, float]] = []
    codes: list[np.uint8] = []
    for outline, rectangle in _PARTS.findall(svg):
        part = _outline(outline) if outline else _rectangle(rectangle)
        if part is None:
            return None
        vertices += part[0]
        codes += part[1]
    if origin is None or not vertices:
        return None
    points = (np.array(vertices) - (float(origin[1]), 0.0)) * (1, -1) / _LETTERS
    above, below = drawing.baseline / _LETTERS, (drawing.height - drawing.baseline) / _LETTERS
    return Shapes(Path(points, codes), drawing.width / _LETTERS, above, below)


_Part = tuple[list[tuple[float, float]], list[np.uint8]]


def _outline(text: str) -> _Part | None:
    """The points and codes of an SVG path of absolute commands; None for any other."""
    vertices: list[tuple[float, float]] = []
    codes: list[np.uint8] = []
    tokens = _TOKENS.findall(text)
    index = 0
    while index < len(tokens):
        command = tokens[index]
        index += 1
        if command in "Zz":
            vertices.append((0.0, 0.0))
            codes.append(Path.CLOSEPOLY)
            continue
        if command not in _CODES:
            return None
        count = len(_CODES[command])
        numbers = [float(token) for token in tokens[index : index + 2 * count]]
        vertices += zip(numbers[::2], numbers[1::2], strict=True)
        codes += _CODES[command]
        index += 2 * count
    return vertices, codes


def _rectangle(text: str) -> _Part:
    given = dict(_ATTRIBUTES.findall(text))
    left, top = float(given["x"]), float(given["y"])
    right, bottom = left + float(given["width"]), top + float(given["height"])
    corners = [(left, top), (left, bottom), (right, bottom), (right, top), (left, top)]
    return corners, [Path.MOVETO, *(Path.LINETO,) * 3, Path.CLOSEPOLY]


Rows = list[tuple[Shapes, float, float]]
"""Formulas one below the other: where each begins, and what its size is multiplied by."""


def broken(latex: str, room: float, letters: float, indent: float) -> Rows | None:
    """The formula in as many rows as it needs in ``room``, cut before plus and minus signs.

    ``letters`` is their size; all lengths in one unit.  Rows after the first begin at ``indent``;
    one that cannot be cut is made smaller.  None where it cannot be typeset, or only in letters
    of less than :data:`SMALLEST` of their size.
    """
    whole = shapes_of(latex)
    if whole is None:
        return None
    if whole.width * letters <= room:
        return [(whole, 0.0, 1.0)]
    terms = terms_of(latex)
    widths = [_width_within(term) for term in terms]
    pieces: list[tuple[str, float]] = []
    text, wide, x = "", 0.0, 0.0
    for term, width in zip(terms, widths, strict=True):
        if width is None:
            return None
        if text.strip(" =") and x + (wide + width) * letters > room:
            pieces.append((text, x))
            text, wide, x = "", 0.0, indent
        text += term
        wide += width
    rows: Rows = []
    for part, begin in [*pieces, (text, x)]:
        shapes = shapes_of(part)
        if shapes is None:
            return None
        rows.append((shapes, begin, min(1.0, (room - begin) / (shapes.width * letters))))
    return None if any(scale < SMALLEST for _, _, scale in rows) else rows


_NOTHING: Final = "{}"
_MARGINS: Final = 2 / _LETTERS
"""What a drawing has around its formula."""


def _width_within(term: str) -> float | None:
    """The width of a term in a row of them, where its sign stands between two terms."""
    found = shapes_of(f"{_NOTHING} {term}")
    return None if found is None else found.width - _MARGINS


def terms_of(latex: str) -> list[str]:
    """A formula cut before each sign that stands outside of all brackets."""
    terms, depth, begin = [], 0, 0
    for index, letter in enumerate(latex):
        depth += (letter in "{([") - (letter in "})]")
        if depth == 0 and letter in "+-" and latex[index - 1 : index] == " ":
            terms.append(latex[begin:index])
            begin = index
    return [*terms, latex[begin:]]
