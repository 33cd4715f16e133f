"""Films: the picture of an experiment whose paths grow.

What does not change is drawn once and kept as pixels; a frame only adds the paths and the curves.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from optlab.core.run import Trajectory
from optlab.figures import palette, setting
from optlab.figures.experiment_figure import HEIGHT, WIDTH, ExperimentFigure
from optlab.figures.pictured import Pictured
from optlab.figures.setting import drawing
from optlab.figures.video import mp4_bytes
from optlab.session.experiment import Experiment
from optlab.session.files import write_whole
from optlab.session.resolve import Resolved

MOST_FRAMES = 200
LAST_FRAME = 1500
"""Milliseconds for which the end is shown."""
DPI = 100
_LENGTH = 8000
_SHORTEST, _LONGEST = 40, 400

Progress = Callable[[int, int], None]
FORMATS = {".gif": "GIF", ".webp": "WEBP", ".png": "PNG", ".apng": "PNG", ".mp4": "MP4"}


def frame_steps(last: int) -> list[int]:
    """The steps that are shown, from 0 to ``last``: all, or 200 evenly spaced ones."""
    count = min(last + 1, MOST_FRAMES)
    return sorted({round(float(step)) for step in np.linspace(0, last, count)})


def frame_time(frames: int) -> int:
    """Milliseconds of each frame but the last, a multiple of 10 as GIF counts."""
    return int(min(max(_LENGTH / max(frames, 1), _SHORTEST), _LONGEST) // 10 * 10)


def save_experiment_animation(
    resolved: Resolved,
    experiment: Experiment,
    trajectories: Mapping[str, Trajectory],
    path: Path,
    progress: Progress | None = None,
) -> None:
    """Writes the film as the kind of file that the suffix of ``path`` names.

    ``progress`` gets the frames drawn and the frames in all, and may raise to stop.  Raises
    ValueError for another kind, VideoError without ffmpeg, FileProblemError where the file
    cannot be written.
    """
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise ValueError(f"'{path.suffix}' is not a kind of film; known are {', '.join(FORMATS)}")
    with drawing():
        film = _Film(ExperimentFigure(Pictured(resolved, experiment, trajectories)), progress)
        content = _mp4(film) if kind == "MP4" else _animated(film, kind)
    write_whole(path, lambda file: file.write(content))


class _Film:
    """The frames of one experiment."""

    def __init__(self, figure: ExperimentFigure, progress: Progress | None) -> None:
        self._figure = figure
        self._progress = progress
        self.steps = frame_steps(figure.last)
        self.colors = [run.color for run in figure.runs]
        self.size = (round(WIDTH * DPI), round(HEIGHT * DPI))
        figure.whole.set_dpi(DPI)
        self._counter = figure.figure.text(
            0.42 / WIDTH,
            0.24 / HEIGHT,
            "",
            fontproperties=setting.font(setting.TEXT, 11, "semibold"),
            color=palette.TEXT,
        )
        for artist in (*figure.growing, self._counter):
            artist.set_animated(True)
        figure.canvas.draw()
        self._ground = figure.canvas.copy_from_bbox(figure.whole.bbox)

    def frames(self) -> Iterator[Image.Image]:
        """Each frame in RGB."""
        for number, step in enumerate(self.steps, 1):
            yield self.frame(step)
            if self._progress is not None:
                self._progress(number, len(self.steps))

    def frame(self, step: int) -> Image.Image:
        """The picture at a step."""
        figure, canvas = self._figure, self._figure.canvas
        canvas.restore_region(self._ground)
        figure.show(step)
        self._counter.set_text(f"step {step}")
        renderer = canvas.get_renderer()
        for artist in sorted((*figure.growing, self._counter), key=lambda each: each.get_zorder()):
            artist.draw(renderer)
        for artist in figure.on_top:
            artist.draw(renderer)
        return Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3])


def _animated(film: _Film, kind: str) -> bytes:
    """GIF, WebP or APNG."""
    each = frame_time(len(film.steps))
    times = [each] * (len(film.steps) - 1) + [LAST_FRAME]
    frames = film.frames()
    if kind != "WEBP":
        # One set of colours for all frames: no flicker.
        colors = _color_table(palette.indexed(film.colors))
        frames = (frame.quantize(palette=colors, dither=Image.Dither.NONE) for frame in frames)
    first = next(frames)
    # Pillow goes through the frames of a PNG twice.
    others = list(frames) if kind == "PNG" else frames
    buffer = io.BytesIO()
    choices = {"GIF": {"disposal": 1}, "WEBP": {"quality": 80, "method": 2}, "PNG": {}}[kind]
    first.save(buffer, kind, save_all=True, append_images=others, duration=times, loop=0, **choices)
    return buffer.getvalue()


def _color_table(colors: Sequence[str]) -> Image.Image:
    """An image that carries a palette."""
    table = Image.new("P", (1, 1))
    table.putpalette([int(color[i : i + 2], 16) for color in colors for i in (1, 3, 5)])
    return table


def _mp4(film: _Film) -> bytes:
    each = frame_time(len(film.steps))
    rate = 50
    repeats = max(1, round(each * rate / 1000))

    def pixels() -> Iterator[bytes]:
        data = b""
        for frame in film.frames():
            data = frame.tobytes()
            for _ in range(repeats):
                yield data
        for _ in range(LAST_FRAME * rate // 1000 - repeats):
            yield data

    return mp4_bytes(pixels(), film.size, rate)
