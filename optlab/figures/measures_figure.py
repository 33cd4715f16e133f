"""The picture of the maps of a group of update measures: as in the window, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from optlab.core.analysis.update_measures import SETTINGS, Settings, UpdateMeasurePicture
from optlab.core.display import typeset_number
from optlab.figures import setting
from optlab.figures.map_pane import set_ticks
from optlab.figures.painting import UNIT, UNITS
from optlab.figures.save import picture_bytes
from optlab.figures.setting import drawing, pt, theme
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
