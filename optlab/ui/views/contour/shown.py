"""What a contour view shows: the picture, and what belongs to the current step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import QPointF

from optlab.pictures.contour import ContourPicture
from optlab.pictures.items import Point
from optlab.pictures.overlays import ArrowDrawing, LineDrawing
from optlab.pictures.trace import PathDrawing, Trace
from optlab.ui.plots.background import Background, are_long, sketch_stride
from optlab.ui.plots.pixel_map import PixelMap


@dataclass
class Shown:
    """The picture, the step, and what lies over it; ``pointer`` is in pixels of the map."""

    picture: ContourPicture = field(default_factory=ContourPicture)
    step: int = 0
    start_is_hot: bool = False
    arrows: tuple[ArrowDrawing, ...] = ()
    lines: tuple[LineDrawing, ...] = ()
    note: str = ""
    note_corner: int = 0
    hover_text: str = ""
    pointer: QPointF = field(default_factory=QPointF)

    def change(self, **fields: Any) -> None:
        """Other fields of the picture. Raises TypeError for one that it does not have."""
        self.picture = replace(self.picture, **fields)

    @property
    def paths(self) -> tuple[PathDrawing, ...]:
        """The paths, the topmost last."""
        return self.picture.paths

    @property
    def start(self) -> Point | None:
        """Where the square is, in w1, w2."""
        return self.picture.starts[0] if self.picture.starts else None


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
