"""The picture of the maps of a group of update measures: as in the window, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from matplotlib.collections import LineCollection
from matplotlib.colors import TwoSlopeNorm, to_rgba
from matplotlib.figure import Figure

from optlab.core.analysis.stability_map import StabilityMap
from optlab.core.analysis.update_measures import SETTINGS, Settings, UpdateMeasurePicture
from optlab.core.display import typeset_number
from optlab.figures import setting
from optlab.figures.layout import Size
from optlab.figures.painting import UNIT, UNITS
from optlab.figures.panes.map_pane import set_ticks
from optlab.figures.save import picture_bytes
from optlab.figures.setting import MATH, drawing, pt, theme
from optlab.figures.texts import Ruler, Texts
from optlab.files.temp_files import write_whole
from optlab.pictures.maps import measures_drawing
from optlab.pictures.ticks import round_ticks, wanted_ticks
from optlab.session.experiment import Experiment

_SIDE: Final = 4.2
_LEFT, _FOOT, _HEAD, _BETWEEN, _RIGHT = 0.95, 0.78, 1.5, 0.85, 1.3


def draw_measures(picture: UpdateMeasurePicture, settings: Settings) -> Figure:
    """The maps of a group with their settings, formulas and the scale of their colours."""
    with drawing():
        drawn, count = measures_drawing(picture, theme()), len(picture.maps)
        width = _LEFT + count * _SIDE + (count - 1) * _BETWEEN + _RIGHT
        height = _FOOT + _SIDE + _HEAD
        figure = Figure(figsize=(width, height), dpi=100)
        texts = Texts(figure, Ruler(1.0), width, height)
        edge, small = width - 0.3, setting.font(setting.TEXT, 10)
        title = setting.font(setting.TEXT, 15, "semibold")
        texts.put(0.42, height - 0.45, picture.group.title, title, theme().text, room=edge - 0.42)
        given = [f"{SETTINGS[name].symbol} {typeset_number(x)}" for name, x in settings.items()]
        lines = "   ".join((*given, picture.group.note(settings)))
        texts.put(0.42, height - 0.75, lines, small, theme().muted, room=edge - 0.42)
        reach = drawn.reach
        for index, one in enumerate(drawn.maps):
            left = _LEFT + index * (_SIDE + _BETWEEN)
            axes = figure.add_axes((left / width, _FOOT / height, _SIDE / width, _SIDE / height))
            axes.imshow(
                one.colors,
                origin="lower",
                extent=(-reach, reach, -reach, reach),
                interpolation="bilinear",
            )
            for group in one.lines:
                collection = LineCollection(
                    list(group.lines), colors=[to_rgba(group.color, group.alpha)]
                )
                collection.set_linewidth(pt(group.width * UNIT))
                axes.add_collection(collection, autolim=False)
            for axis, name in ((axes.xaxis, "g₁"), (axes.yaxis, "g₂")):
                set_ticks(axis, round_ticks(-reach, reach, wanted_ticks(UNITS * _SIDE, 56.0)))
                font = setting.font(setting.MATH, 14 * UNIT, italic=True)
                axis.set_label_text(name, fontproperties=font, color=theme().text)
            axes.yaxis.label.set(rotation=0, ha="right", va="center")
            for spine in axes.spines.values():
                spine.set(color=theme().border, linewidth=pt(UNIT))
            y, symbol = _FOOT + _SIDE + 0.14, setting.font(setting.MATH, 13, italic=True)
            letter, _, below = one.symbol.partition("_")
            used = texts.put(left, y, letter, symbol, theme().text)
            lower = setting.font(setting.MATH, 9.5, italic=True)
            used += texts.put(left + used, y - 0.05, below, lower, theme().text)
            room = _SIDE - used - 0.1
            texts.put(left + used + 0.1, y, one.title, small, theme().muted, room=room)
        bar = figure.add_axes(
            ((width - _RIGHT + 0.3) / width, _FOOT / height, 0.16 / width, _SIDE / height)
        )
        bar.imshow(drawn.table[:, None], origin="lower", aspect="auto", extent=(0, 1, 0, 1))
        bar.set_xticks([])
        bar.yaxis.tick_right()
        set_ticks(bar.yaxis, (drawn.bar_ticks(wanted_ticks(UNITS * _SIDE, 44.0)), []), length=0.0)
        for y, text in ((_FOOT + _SIDE + 0.14, "speeds up"), (_FOOT - 0.25, "slows down")):
            texts.put(width - _RIGHT + 0.3, y, text, small, theme().muted)
        return figure


def save_measures_figure(
    picture: UpdateMeasurePicture, settings: Settings, experiment: Experiment, path: Path
) -> None:
    """Writes the picture as the kind of file that the suffix of ``path`` names; it carries the
    experiment beside which it was made.

    Raises ValueError for another kind, FileProblemError where it cannot be written.
    """
    figure = draw_measures(picture, settings)
    content = picture_bytes(figure, path.suffix.lower().lstrip("."), experiment)
    write_whole(path, lambda file: file.write(content))


_WIDTHS = {"slide": 9.6, "page": 6.8, "column": 3.4}
_MOST = 2.0
"""The largest radius with a colour of its own."""


def draw_stability(found: StabilityMap, title: str, size: Size = "slide") -> Figure:
    """The map: blue where errors shrink, red where they grow, a line where they do neither."""
    width = _WIDTHS[size]
    small = 7 if size == "column" else 10
    with drawing():
        whole = Figure(figsize=(width, 0.68 * width), layout="constrained")
        axes = whole.subplots()
        norm = TwoSlopeNorm(1.0, 0.0, _MOST)
        image = axes.pcolormesh(
            found.x,
            found.y,
            found.radius,
            cmap="RdBu_r",
            norm=norm,
            shading="nearest",
            rasterized=True,
        )
        if found.radius.min() < 1 < found.radius.max():
            axes.contour(found.x, found.y, found.radius, [1 + 1e-9], colors="black", linewidths=1.4)
        if found.theory is not None and found.theory_limit is not None:
            label = f"{found.theory.formula}: {found.theory.name}"
            axes.plot(found.theory_limit, found.y, "--", color="white", lw=2.4)
            axes.plot(found.theory_limit, found.y, "--", color="#b35900", lw=1.2, label=label)
            axes.legend(loc="upper right", fontsize=small - 1, framealpha=0.9)
        axes.set_xlim(found.x[0], found.x[-1])
        axes.set_ylim(found.y[0], found.y[-1])
        held = f" / √{found.held[-1]}, held" if found.held else ""
        axes.set_xlabel(f"ηλ{held}", fontfamily=MATH, fontsize=small)
        axes.set_ylabel(found.parameter.symbol, fontfamily=MATH, fontsize=small)
        axes.set_title(f"{title}: factor of the error in a step", loc="left", fontsize=small + 1)
        axes.tick_params(labelsize=small - 1)
        bar = whole.colorbar(image, ax=axes, extend="max", pad=0.02)
        bar.set_label("spectral radius", fontsize=small)
        bar.ax.tick_params(labelsize=small - 1)
        return whole
