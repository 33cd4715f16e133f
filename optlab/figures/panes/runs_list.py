"""The runs in words: a table under a sheet, a legend above a single pane."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import FigureBase
from matplotlib.font_manager import FontProperties

from optlab.figures import setting, words
from optlab.figures.painting import UNITS, draw_items, units_of
from optlab.figures.setting import theme
from optlab.figures.texts import Ruler, Texts
from optlab.pictures.charts.curves import CurveDrawing
from optlab.pictures.legend import LegendEntry, sample_items, wrapped

_DETAILED = 4
"""Up to so many runs each one has a line for its settings."""
_MOST_LISTED = 10
_MOST_ROWS = 10
_SAMPLE = 0.32
_ROW = 0.27
_TABLE_ROW, _SETTINGS = 0.25, 0.31
"""A row of the table, and what its first line of settings adds."""
_LINE = 0.19
"""Each further line of settings."""
_MOST_LINES = 3
_INDENT = _SAMPLE + 0.13

Lines = list[list[str]]
"""For each run of a table its settings, as shown; no line where they are not shown."""


def table_lines(runs: Sequence[LegendEntry], ruler: Ruler, width: float, height: float) -> Lines:
    """The settings in as many lines as a table of this size has room for, one at least."""
    if len(runs) > _DETAILED:
        return [[] for _ in runs[:_MOST_LISTED]]
    font, room = _settings_font(), width - _INDENT
    for most in range(_MOST_LINES, 0, -1):
        lines = [ruler.wrap(words.settings(run.spec), font, room, most) for run in runs]
        if table_height(runs, lines) <= height:
            break
    return lines


def table_height(runs: Sequence[LegendEntry], lines: Lines) -> float:
    """The inches that :func:`draw_table` takes."""
    more = _TABLE_ROW * (len(runs) > _MOST_LISTED)
    return sum(map(_row_height, lines)) + more


def _row_height(lines: Sequence[str]) -> float:
    return _TABLE_ROW + (_SETTINGS + _LINE * (len(lines) - 1) if lines else 0.0)


def _settings_font() -> FontProperties:
    return setting.font(setting.TEXT, 9.5)


def draw_table(
    figure: FigureBase,
    texts: Texts,
    runs: Sequence[LegendEntry],
    lines: Lines,
    place: tuple[float, float, float],
    size: tuple[float, float],
) -> None:
    """A row for each run: line, name, how it ended, and its settings where there are few.

    ``lines`` are those of :func:`table_lines`; ``place`` is left, right and top in a picture of
    ``size``, all in design inches.
    """
    left, edge, top = place
    text = left + _INDENT
    muted = _settings_font()
    for run, settings in zip(runs, lines, strict=False):
        y = top - 0.16
        _draw_sample(figure, run, left, y + 0.05, size)
        color = theme().muted if run.went_well else theme().warning
        right = texts.put(edge, y, words.outcome(run.trajectory), muted, color, "right")
        bold = setting.font(setting.TEXT, 11, "semibold")
        texts.put(text, y, run.name, bold, theme().text, room=edge - text - right - 0.15)
        for index, line in enumerate(settings):
            texts.put(text, y - 0.21 - index * _LINE, line, muted, theme().muted)
        top -= _row_height(settings)
    if len(runs) > _MOST_LISTED:
        more = f"and {len(runs) - _MOST_LISTED} more"
        texts.put(text, top - 0.16, more, muted, theme().muted)


def draw_components(
    figure: FigureBase,
    texts: Texts,
    curves: Sequence[CurveDrawing],
    corner: tuple[float, float],
    size: tuple[float, float],
) -> float:
    """The curves of one run with their symbols, ending at a corner; the inches they take."""
    font = setting.font(setting.MATH, 11, italic=True)
    x, y = corner
    for curve in reversed(curves):
        x -= texts.put(x, y, curve.name, font, theme().text, "right") + 0.08 + _SAMPLE
        _draw_line(figure, curve.color, curve.style, (x, y + 0.05), size)
        x -= 0.2
    return corner[0] - x


def _draw_sample(
    figure: FigureBase, run: LegendEntry, x: float, y: float, size: tuple[float, float]
) -> None:
    """A piece of the run's line with its mark."""
    _draw_line(figure, run.color, run.style, (x, y), size, marked=True)


def _draw_line(
    figure: FigureBase,
    color: str,
    style: str,
    place: tuple[float, float],
    size: tuple[float, float],
    *,
    marked: bool = False,
) -> None:
    at, length = (UNITS * place[0], UNITS * (size[1] - place[1])), UNITS * _SAMPLE
    items = sample_items(theme(), color, style, at, length, marked=marked)
    units = units_of(figure, UNITS * size[0], UNITS * size[1])
    for order, item in enumerate(items):
        draw_items(figure, [item], units, 2.0 + order)


Row = list[tuple[LegendEntry | None, str, float]]
"""Runs with their names, as shown, and where they begin; None for words about the others."""


def legend_rows(runs: Sequence[LegendEntry], ruler: Ruler, left: float, edge: float) -> list[Row]:
    """The runs in as many rows as they need, at most ten; names that are too long are cut."""
    font = _legend_font()
    room = edge - left - _SAMPLE - 0.1
    names = [ruler.cut(" ".join(run.name.split()), font, room) for run in runs]
    widths = [_SAMPLE + 0.1 + ruler.width(name, font) for name in names]
    rows: list[Row] = [[]]
    for index, (x, row) in enumerate(wrapped(widths, left, edge, 0.28)):
        if row == _MOST_ROWS:
            return [*rows, [(None, f"and {len(runs) - index} more", left)]]
        if row == len(rows):
            rows.append([])
        rows[-1].append((runs[index], names[index], x))
    return rows


def _legend_font() -> FontProperties:
    return setting.font(setting.TEXT, 10)


def draw_legend(
    figure: FigureBase, texts: Texts, rows: Sequence[Row], top: float, size: tuple[float, float]
) -> None:
    """Draws what :func:`legend_rows` laid out, the first row's baseline at ``top``."""
    for index, row in enumerate(rows):
        y = top - index * _ROW - 0.1
        for run, name, x in row:
            if run is None:
                texts.put(x, y, name, _legend_font(), theme().muted)
                continue
            _draw_sample(figure, run, x, y + 0.05, size)
            texts.put(x + _SAMPLE + 0.1, y, name, _legend_font(), theme().text)
