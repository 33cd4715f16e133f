"""The runs in words: a table under a sheet, a legend above a single pane."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import FigureBase
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text as MplText

from optlab.figures import setting, words
from optlab.figures.painting import UNITS, draw_items, units_of
from optlab.figures.setting import theme
from optlab.figures.texts import Ruler, Texts
from optlab.pictures.legend import LegendEntry, sample_items, wrapped

_DETAILED = 4
"""Up to so many runs each one has a line for its settings."""
_MOST_LISTED = 10
_MOST_ROWS = 10
SAMPLE = 0.32
_ROW = 0.27
_TABLE_ROW, _SETTINGS = 0.25, 0.31
"""A row of the table, and what its first line of settings adds."""
_LINE = 0.19
"""Each further line of settings."""
_MOST_LINES = 3
_INDENT = SAMPLE + 0.13
_TWO_COLUMNS, _GUTTER = 6.0, 0.5
"""Inches of a table in which runs stand beside each other, and between them."""

Lines = Sequence[list[str]]
"""For each run of a table its settings, as shown; no line where they are not shown."""


def table_lines(runs: Sequence[LegendEntry], ruler: Ruler, width: float, height: float) -> Lines:
    """The settings in as many lines as a table of this size has room for, one at least."""
    if len(runs) > _DETAILED:
        return [[] for _ in runs[:_MOST_LISTED]]
    font, room = _settings_font(), width - _INDENT
    for most in range(_MOST_LINES, 0, -1):
        lines = [ruler.wrap(words.settings(run.spec), font, room, most) for run in runs]
        if table_height(runs, lines, width) <= height:
            break
    return lines


def least_table(runs: Sequence[LegendEntry]) -> float:
    """The inches that the list of the runs takes at least."""
    lines: Lines = [[""] if len(runs) <= _DETAILED else [] for _ in runs[:_MOST_LISTED]]
    return table_height(runs, lines, 0.0)


def table_height(runs: Sequence[LegendEntry], lines: Lines, width: float) -> float:
    """The inches that :func:`draw_table` takes."""
    more = _TABLE_ROW * (len(runs) > _MOST_LISTED)
    heights = [_row_height(one) for one in lines]
    return sum(heights[:: _columns(runs, width)]) + more


def _columns(runs: Sequence[LegendEntry], width: float) -> int:
    """Runs without settings stand beside each other where there is room."""
    return 2 if len(runs) > _DETAILED and width >= _TWO_COLUMNS else 1


def _row_height(lines: Sequence[str]) -> float:
    return _TABLE_ROW + (_SETTINGS + _LINE * (len(lines) - 1) if lines else 0.0)


def _settings_font() -> FontProperties:
    return setting.font(setting.TEXT, 9.5)


class RunsTable:
    """A row for each run: line, name, how it ended, and its settings where there are few.

    :meth:`show` has the losses at a step.
    """

    def __init__(
        self,
        figure: FigureBase,
        texts: Texts,
        runs: Sequence[LegendEntry],
        lines: Lines,
        place: tuple[float, float, float],
    ) -> None:
        """``lines`` are those of :func:`table_lines`; ``place`` is left, right and top."""
        self._runs = runs[:_MOST_LISTED]
        self.layers: list[MplText] = []
        left, edge, top = place
        columns = _columns(runs, edge - left)
        muted, bold = _settings_font(), setting.font(setting.TEXT, 11, "semibold")
        wide = (edge - left - _GUTTER * (columns - 1)) / columns
        rows = -(-len(self._runs) // columns)
        bottom = highest = top
        for index, (run, settings) in enumerate(zip(self._runs, lines, strict=True)):
            column, row = divmod(index, rows)
            x = left + column * (wide + _GUTTER)
            top = highest if row == 0 else bottom
            text, y, end = x + _INDENT, top - 0.16, x + wide
            _draw_sample(figure, run, x, y + 0.05, texts.size)
            color = theme().muted if run.went_well else theme().warning
            outcome = words.outcome(run.trajectory)
            right = texts.put(end, y, outcome, muted, color, "right")
            self.layers.append(figure.texts[-1])
            texts.put(text, y, run.name, bold, theme().text, room=end - text - right - 0.15)
            for line, part in enumerate(settings):
                texts.put(text, y - 0.21 - line * _LINE, part, muted, theme().muted)
            bottom = top - _row_height(settings)
        if len(runs) > _MOST_LISTED:
            more = f"and {len(runs) - _MOST_LISTED} more"
            lowest = highest - rows * _TABLE_ROW
            texts.put(left + _INDENT, lowest - 0.16, more, muted, theme().muted)

    def show(self, step: int) -> None:
        """The losses at a step, and how the runs ended that have."""
        for run, text in zip(self._runs, self.layers, strict=True):
            ended = step >= run.trajectory.steps
            text.set_text(
                words.outcome(run.trajectory) if ended else words.loss(run.trajectory, step)
            )
            text.set_color(theme().muted if run.went_well or not ended else theme().warning)


def _draw_sample(
    figure: FigureBase, run: LegendEntry, x: float, y: float, size: tuple[float, float]
) -> None:
    """A piece of the run's line with its mark."""
    draw_line(figure, run.color, run.style, (x, y), size, marked=True)


def draw_line(
    figure: FigureBase,
    color: str,
    style: str,
    place: tuple[float, float],
    size: tuple[float, float],
    *,
    marked: bool = False,
) -> None:
    """A piece of a line that begins at a ``place`` in a picture of ``size`` design inches."""
    at, length = (UNITS * place[0], UNITS * (size[1] - place[1])), UNITS * SAMPLE
    items = sample_items(theme(), color, style, at, length, marked=marked)
    units = units_of(figure, UNITS * size[0], UNITS * size[1])
    draw_items(figure, items, units, 2.0)


Row = list[tuple[LegendEntry | None, str, float]]
"""Runs with their names, as shown, and where they begin; None for words about the others."""


def legend_rows(runs: Sequence[LegendEntry], ruler: Ruler, left: float, edge: float) -> list[Row]:
    """The runs in as many rows as they need, at most ten; names that are too long are cut."""
    font = _legend_font()
    room = edge - left - SAMPLE - 0.1
    names = [ruler.cut(" ".join(run.name.split()), font, room) for run in runs]
    widths = [SAMPLE + 0.1 + ruler.width(name, font) for name in names]
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
            texts.put(x + SAMPLE + 0.1, y, name, _legend_font(), theme().text)
