"""Charts as files: the description that the window has, drawn by Matplotlib."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

import optlab
from optlab.figures import setting
from optlab.figures.map_pane import set_ticks
from optlab.figures.painting import UNIT, UNITS, draw_items, units_of
from optlab.figures.setting import drawing, pt, theme
from optlab.figures.svg_fonts import with_fonts
from optlab.figures.texts import Ruler
from optlab.files.temp_files import write_whole
from optlab.pictures.charts import Chart, chart_items
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


def save_charts(charts: Sequence[Chart], path: Path, colors: Theme = LIGHT, dpi: int = 150) -> None:
    """Write charts as the kind of file that the suffix names: ``.png``, ``.svg``, ``.pdf``.

    Raises FileProblemError where it cannot be written, ValueError for another kind.
    """
    _check(path)
    with drawing(colors=colors):
        save_figure(draw_charts(charts), path, dpi)


def save_figure(figure: Figure, path: Path, dpi: int = 150) -> None:
    """Write a figure, the same bytes for the same figure; within ``drawing``, errors as above."""
    kind = _check(path)
    made: dict[str, str | None] = {"Software": f"OptLab {optlab.__version__}"}
    if kind != "png":
        made = {"Creator": made["Software"], "Date" if kind == "svg" else "CreationDate": None}
    buffer = io.BytesIO()
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
