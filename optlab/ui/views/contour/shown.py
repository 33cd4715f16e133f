"""What a contour view shows: the values that its items draw from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF

from optlab.pictures.color_tables import QUIET
from optlab.session.theme import DARK, Theme
from optlab.ui.plots.background import Background, are_long, sketch_stride
from optlab.ui.plots.drawings import PathDrawing
from optlab.ui.plots.pixel_map import PixelMap
from optlab.ui.views.contour.drawings import ArrowDrawing, LineDrawing
from optlab.ui.views.contour.traces import Trace


@dataclass
class Shown:
    """Theme and style, the paths, and what belongs to the current step.

    Coordinates are w1, w2; ``pointer`` is in pixels of the map.
    """

    theme: Theme = DARK
    colors: str = QUIET
    has_lines: bool = True
    has_minima: bool = True
    paths: tuple[PathDrawing, ...] = ()
    minima: tuple[tuple[float, float], ...] = ()
    step: int = 0
    start: tuple[float, float] | None = None
    start_is_hot: bool = False
    arrows: tuple[ArrowDrawing, ...] = ()
    lines: tuple[LineDrawing, ...] = ()
    note: str = ""
    note_corner: int = 0
    hover_text: str = ""
    pointer: QPointF = field(default_factory=QPointF)

    @property
    def mark_theme(self) -> Theme:
        """The theme of the marks: all other maps are dark where the minima are."""
        return self.theme if self.colors == QUIET else DARK

    @property
    def dimming(self) -> str:
        """What the path is mixed with where it is not fresh."""
        if self.colors != QUIET:
            return "#606870" if self.theme.is_dark else "#303840"
        return self.theme.surface_map[3 if self.theme.is_dark else 2]


class PathTraces:
    """The paths on the pixels of a map; long ones are made ready in another thread."""

    def __init__(self, shown: Shown, ready: Callable[[], None]) -> None:
        self._shown = shown
        self._ready = ready
        self._background: Background | None = None
        self._made: list[Trace] | None = None
        self._map: PixelMap | None = None

    def set_background(self, background: Background) -> None:
        """Say how to have long paths made ready; without, they are made where they are."""
        self._background = background

    def forget(self) -> None:
        """There are other paths."""
        self._made = None

    def on(self, places: PixelMap) -> list[Trace]:
        """A trace for each visible path; a sketch of long ones until the whole is ready."""
        if self._made is None or self._map != places:
            self._map = places
            paths = [path for path in self._shown.paths if path.visible]
            if self._background is None or not are_long(paths):
                self._made = [Trace(path, places) for path in paths]
            else:
                self._made = [Trace(path, places, sketch_stride(path)) for path in paths]
                self._make(paths, places, self._background)
        return self._made

    def _make(self, paths: list[PathDrawing], places: PixelMap, background: Background) -> None:
        sketch = self._made

        def work() -> list[Trace]:
            return [Trace(path, places).prepare() for path in paths]

        def take(traces: list[Trace]) -> None:
            if self._made is sketch:
                self._made = traces
                self._ready()

        background(work, take)
