"""The pictures of a fair comparison on one sheet, with the lines' names and the protocol."""

from __future__ import annotations

import textwrap
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from optlab.core.tuning.comparison import ComparisonResult, loss_bands
from optlab.figures import setting
from optlab.figures.charts_figure import CELL, draw_chart, save_figure
from optlab.figures.painting import UNIT
from optlab.figures.setting import drawing, pt, theme
from optlab.pictures.comparison_charts import COLORED, ComparisonCharts
from optlab.pictures.items import dash_pattern


def save_comparison_figure(
    result: ComparisonResult, path: Path, problem: str = "", dpi: int = 150
) -> None:
    """Write the sheet as the kind of file that the suffix names: ``.png``, ``.svg``, ``.pdf``.

    Raises FileProblemError where it cannot be written, ValueError for another kind.
    """
    with drawing():
        save_figure(draw_comparison(result, problem), path, dpi)


def draw_comparison(result: ComparisonResult, problem: str = "") -> Figure:
    """The sheet; ``problem`` is that of the charts about one problem, by default the first."""
    problem = problem or next(iter(result.plan.problems))
    bands = loss_bands(result, problem, result.plan.tunings[-1])
    pictures = ComparisonCharts(result, theme(), problem, bands=bands)
    width, height = CELL
    figure = Figure(figsize=(3 * width, 2 * height))
    for index, chart in enumerate(pictures.charts()):
        row, column = divmod(index, 3)
        draw_chart(figure, chart, (column * width, row * height, width, height))
    _draw_key(figure, pictures)
    return figure


def _draw_key(figure: Figure, pictures: ComparisonCharts) -> None:
    """Which line is which, the verdict, and the protocol, in the last cell."""
    cell = figure.add_axes((0.69, 0.0, 0.3, 0.5))
    cell.set_axis_off()
    cell.set_xlim(0, 1)
    cell.set_ylim(0, 1)
    name = setting.font(setting.TEXT, 11.5 * UNIT)
    small = setting.font(setting.TEXT, 8 * UNIT)
    shown = pictures.rules[:COLORED]
    for index, rule in enumerate(shown):
        x, y = 0.5 * (index % 2), 0.93 - 0.065 * (index // 2)
        style = pictures.style(rule)
        dashes = dash_pattern(style.style, style.width)
        line = Line2D([x, x + 0.09], [y, y], color=style.color, linewidth=pt(style.width * UNIT))
        line.set_linestyle((0, dashes) if dashes else "-")
        cell.add_line(line)
        title = pictures.titles[rule]
        cell.text(x + 0.11, y, title, fontproperties=name, va="center_baseline")
    bottom = 0.93 - 0.065 * ((len(shown) + 1) // 2)
    if len(pictures.rules) > COLORED:
        cell.text(0, bottom, "others: thin lines", fontproperties=small, color=theme().muted)
        bottom -= 0.06
    said = "\n".join(textwrap.wrap(pictures.verdict(), 56))
    cell.text(0, bottom, said, fontproperties=name, va="top", linespacing=1.35)
    bottom -= 0.06 * (1 + said.count("\n")) + 0.02
    text = "\n".join(textwrap.wrap(" ".join(pictures.result.plan.text.split()), 80))
    cell.text(
        0, bottom, text, fontproperties=small, color=theme().muted, va="top", linespacing=1.35
    )
