"""Films: the picture of an experiment whose paths grow.

What does not change is drawn once and kept as pixels; a frame only adds the paths and the curves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from matplotlib.text import Text
from PIL import Image

from optlab.figures import setting
from optlab.figures.experiment_figure import ExperimentFigure
from optlab.figures.films.encode import apng, gif, webp
from optlab.figures.films.film import Film
from optlab.figures.films.letters import Letters
from optlab.figures.films.video import mp4_bytes
from optlab.figures.layout import SURFACE, WORKSHEET
from optlab.figures.setting import drawing, theme
from optlab.files.temp_files import write_whole
from optlab.pictures.color_tables import color_table, indexed
from optlab.session.study import Study

Progress = Callable[[int, int], None]
FORMATS = {".gif": "GIF", ".webp": "WEBP", ".png": "PNG", ".apng": "PNG", ".mp4": "MP4"}
STILL = (SURFACE, WORKSHEET)
"""Views whose pictures do not grow."""


def save_experiment_animation(
    study: Study, path: Path, film: Film | None = None, progress: Progress | None = None
) -> None:
    """Writes the film as the kind of file that the suffix of ``path`` names.

    ``progress`` gets the frames drawn and the frames in all, and may raise to stop.  Raises
    ValueError for another kind or a view that does not grow, VideoError without ffmpeg,
    FileProblemError where the file cannot be written.
    """
    film = film or Film()
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise ValueError(f"'{path.suffix}' is not a kind of film; known are {', '.join(FORMATS)}")
    if film.view in STILL:
        raise ValueError(f"a film of the {film.view} would not move: it can only be a picture")
    with drawing(colors=film.theme):
        frames = _Frames(ExperimentFigure(study, film), film, progress)
        times = film.times(len(frames.steps))
        if kind == "MP4":
            content = _mp4(frames)
        elif kind == "WEBP":
            content = webp(frames.frames(), times)
        else:
            write = gif if kind == "GIF" else apng
            content = write(frames.frames(), times, frames.palette())
    write_whole(path, lambda file: file.write(content))


class _Frames:
    """The frames of one experiment."""

    def __init__(self, figure: ExperimentFigure, film: Film, progress: Progress | None) -> None:
        self._figure = figure
        self._progress = progress
        self.film = film
        self.steps = film.steps(figure.last)
        inches = figure.whole.get_size_inches()
        figure.whole.set_dpi(film.width / inches[0])
        figure.canvas.draw()
        height, width, _ = np.asarray(figure.canvas.buffer_rgba()).shape
        # A film has an even number of pixels along both sides, as MP4 wants it.
        self.size = width + width % 2, height + height % 2
        with drawing(film.scale):
            counter_font = setting.font(setting.TEXT, 11, "semibold")
        self._counter = figure.whole.text(
            0.42 * film.scale / inches[0],
            0.24 * film.scale / inches[1],
            "",
            fontproperties=counter_font,
            color=theme().text,
        )
        for artist in (*figure.growing, self._counter):
            artist.set_animated(True)
        figure.canvas.draw()
        self._letters = Letters(figure.canvas.get_renderer())
        self._ground = figure.canvas.copy_from_bbox(figure.whole.bbox)

    def palette(self) -> list[str]:
        """The colours of a kind of film that has no more than 256."""
        run_colors = [run.color for run in self._figure.runs]
        color_map = self._figure.study.experiment.shown.color_map
        return indexed(theme(), run_colors, color_table(color_map, theme()))

    def frames(self) -> Iterator[Image.Image]:
        """Each frame in RGB."""
        for number, step in enumerate(self.steps, 1):
            frame = self.frame(step)
            if self._progress is not None:
                self._progress(number, len(self.steps))
            yield frame

    def frame(self, step: int) -> Image.Image:
        """The picture at a step."""
        figure, canvas = self._figure, self._figure.canvas
        canvas.restore_region(self._ground)
        figure.show(step)
        self._counter.set_text(f"step {step}")
        renderer = canvas.get_renderer()
        for artist in (*figure.growing, self._counter):
            if isinstance(artist, Text):
                self._letters.draw(artist)
            else:
                artist.draw(renderer)
        drawn = canvas.buffer_rgba()
        size = drawn.shape[1], drawn.shape[0]
        pixels = Image.frombuffer("RGBX", size, drawn, "raw", "RGBX", 0, 1).convert("RGB")
        if pixels.size == self.size:
            return pixels
        padded = Image.new("RGB", self.size, theme().window)
        padded.paste(pixels)
        return padded


def _mp4(film: _Frames) -> bytes:
    rate = film.film.frame_rate(len(film.steps))

    def pixels() -> Iterator[bytes]:
        data = b""
        for frame in film.frames():
            data = frame.tobytes()
            yield data
        for _ in range(max(0, round(film.film.hold * rate) - 1)):
            yield data

    return mp4_bytes(pixels(), film.size, rate)
