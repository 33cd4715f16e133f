"""Charts as files: the description that the window has, drawn by Matplotlib."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

import optlab
from optlab.core.tuning.comparison import ComparisonResult, loss_bands
from optlab.figures import setting
from optlab.figures.options import PNG_DPI
from optlab.figures.painting import UNIT, UNITS, draw_items, units_of
from optlab.figures.panes.map_pane import set_ticks
from optlab.figures.save import png_bytes
from optlab.figures.setting import drawing, pt, theme
from optlab.figures.svg_fonts import with_fonts
from optlab.figures.texts import Ruler
from optlab.files.temp_files import write_whole
from optlab.pictures.charts.chart import Chart, chart_items
from optlab.pictures.charts.comparison_charts import COLORED, ComparisonCharts
from optlab.pictures.items import dash_pattern
from optlab.pictures.places import Places
from optlab.pictures.theme import LIGHT, Theme

KINDS = ("png", "svg", "pdf")
CELL = (12.8 / 3, 3.8)
"""Width and height of a chart among others, in inches."""
_ALONE = (7.2, 4.8)
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.62, 0.16, 0.38, 0.52
"""Room around the inside of a chart, in inches; numbers and names at the left take what they need
beyond the first."""


def draw_charts(charts: Sequence[Chart], columns: int = 3) -> Figure:
    """The charts in rows of so many, one alone larger; to be called within ``drawing``."""
    columns = min(columns, len(charts))
    rows = -(-len(charts) // columns)
    width, height = CELL if len(charts) > 1 else _ALONE
    figure = Figure(figsize=(columns * width, rows * height))
    for index, chart in enumerate(charts):
        row, column = divmod(index, columns)
        draw_chart(figure, chart, (column * width, row * height, width, height))
    return figure


def draw_chart(figure: Figure, chart: Chart, cell: tuple[float, float, float, float]) -> Axes:
    """A chart in a cell of a figure: left, top, width and height in inches."""
    left, top, width, height = cell
    whole, tall = figure.get_size_inches()
    small = setting.font(setting.TEXT, 11 * UNIT)
    high = height - _TOP - _BOTTOM
    labels = [label for _, label in chart.axis_ticks(1, high * UNITS)[0]]
    ruler = Ruler(setting.pt(1.0))
    room = _LEFT + max(0.0, max((ruler.width(one, small) for one in labels), default=0.0) - 0.25)
    wide = width - room - _RIGHT
    inside = ((left + room) / whole, 1.0 - (top + _TOP + high) / tall, wide / whole, high / tall)
    axes = figure.add_axes(inside)
    places = Places(chart.window, wide * UNITS, high * UNITS)
    axes.set_xlim(*chart.window[0])
    axes.set_ylim(*chart.window[1])
    for side, axis in enumerate((axes.xaxis, axes.yaxis)):
        units = (places.width, places.height)[side]
        set_ticks(axis, (chart.axis_ticks(side, units)[0], []), length=0.0)
    draw_items(
        axes, chart_items(chart, places, theme()), units_of(axes, places.width, places.height), 3.0
    )
    font = setting.font(setting.TEXT, 12 * UNIT)
    axes.set_xlabel(chart.names[0], fontproperties=font, labelpad=pt(4))
    axes.set_ylabel(chart.names[1], fontproperties=font, labelpad=pt(4))
    for spine in axes.spines.values():
        spine.set_visible(False)
    title = setting.font(setting.TEXT, 13 * UNIT, weight="medium")
    begin = (_LEFT - room) / wide  # above the inside of the other charts, however wide the labels
    axes.set_title(
        chart.title, fontproperties=title, loc="left", x=begin, color=theme().text, pad=pt(6)
    )
    return axes


def save_charts(
    charts: Sequence[Chart], path: Path, colors: Theme = LIGHT, dpi: int = PNG_DPI
) -> None:
    """Write charts as the kind of file that the suffix names: ``.png``, ``.svg``, ``.pdf``.

    Raises FileProblemError where it cannot be written, ValueError for another kind.
    """
    _check(path)
    with drawing(colors=colors):
        save_figure(draw_charts(charts), path, dpi)


def save_figure(figure: Figure, path: Path, dpi: int = PNG_DPI) -> None:
    """Write a figure, the same bytes for the same figure; within ``drawing``, errors as above."""
    kind = _check(path)
    made: dict[str, str | None] = {"Software": f"OptLab {optlab.__version__}"}
    if kind != "png":
        made = {"Creator": made["Software"], "Date" if kind == "svg" else "CreationDate": None}
    buffer = io.BytesIO()
    if kind == "png":
        buffer.write(png_bytes(figure, dpi, made))
    else:
        figure.savefig(buffer, format=kind, dpi=dpi, metadata=made)
    content = buffer.getvalue()
    if kind == "svg":
        content = with_fonts(content.decode()).encode()
    write_whole(path, lambda file: file.write(content))


def _check(path: Path) -> str:
    kind = path.suffix.lower().lstrip(".")
    if kind not in KINDS:
        raise ValueError(f"'{kind}' is not a kind of picture; known are {', '.join(KINDS)}")
    return kind


def save_comparison_figure(
    result: ComparisonResult, path: Path, problem: str = "", dpi: int = PNG_DPI
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


_PROTOCOL_SIZES = ((8.0, 80), (7.2, 89), (6.6, 97), (6.0, 107))
"""Sizes of the protocol's text and the letters in a line: the first that fits is taken."""
_LINE = 0.0058
"""The height of a line for each point of its size, as a share of the cell's."""


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
    words = " ".join(pictures.result.plan.text.split())
    for size, width in _PROTOCOL_SIZES:
        lines = textwrap.wrap(words, width)
        if _LINE * size * len(lines) <= bottom:
            break
    small = setting.font(setting.TEXT, size * UNIT)
    text, muted = "\n".join(lines), theme().muted
    cell.text(0, bottom, text, fontproperties=small, color=muted, va="top", linespacing=1.35)
