"""What a surface view shows, and what follows from it; both renderers draw one scene."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optlab.core.contours import SurfacePicture
from optlab.pictures.color_tables import QUIET, color_table
from optlab.pictures.surface3d.camera import Camera, Projection
from optlab.pictures.surface3d.paths import LaidPath, Spot, spots_at
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.surface3d.shades import Shades
from optlab.pictures.theme import DARK, Theme
from optlab.pictures.trace import PathDrawing
from optlab.ui.plots.background import Background, are_long, sketch_stride

Laid = LaidPath[PathDrawing]

EMPTY: Final = "No surface to show"
WITHOUT_VALUES: Final = "The loss has no value anywhere in this window"


class Scene:
    """The surface, the paths on it, the camera; heights and laid paths are made when asked for.

    ``paths`` are in drawing order, the selected one last; hidden ones are not laid. ``width`` and
    ``height`` are those of the view in device-independent pixels. ``when_laid`` is called when long
    paths, of which a sketch was given, are ready.
    """

    def __init__(self) -> None:
        self.theme: Theme = DARK
        self.colors = QUIET
        self.lines = True
        self.crosses = True
        self.picture: SurfacePicture | None = None
        self.camera = Camera()
        self.paths: tuple[PathDrawing, ...] = ()
        self.minima: tuple[tuple[float, float], ...] = ()
        self.names = ("w₁", "w₂")
        self.start: tuple[float, float] | None = None
        self.step = 0
        self.width, self.height = 1, 1
        self.background: Background | None = None
        self.when_laid: Callable[[], None] = _nothing
        self._relief: Relief | None = None
        self._laid: list[Laid] | None = None
        self._shades: tuple[tuple[str, Theme], Shades] | None = None

    def surface_changed(self) -> None:
        """Another picture or other heights: the paths lie elsewhere too."""
        self._relief = self._laid = None

    def paths_changed(self) -> None:
        """Other paths."""
        self._laid = None

    @property
    def relief(self) -> Relief | None:
        """The heights; None without a picture, or where the loss is nowhere finite."""
        if self._relief is None and self.picture is not None:
            if self.picture.finite.mask.all():
                return None
            self._relief = Relief.of(self.picture, self.camera)
        return self._relief

    @property
    def projection(self) -> Projection:
        """The camera before the view."""
        return Projection.of(self.camera, self.width, self.height)

    @property
    def shades(self) -> Shades:
        """The colours of the surface under light."""
        key = self.colors, self.theme
        if self._shades is None or self._shades[0] != key:
            self._shades = key, Shades(color_table(*key), self.theme.is_dark)
        return self._shades[1]

    @property
    def mark_theme(self) -> Theme:
        """The theme of the marks: all other maps are dark where the minima are."""
        return self.theme if self.colors == QUIET else DARK

    @property
    def sentence(self) -> str:
        """What is said where nothing can be drawn."""
        return EMPTY if self.picture is None else WITHOUT_VALUES

    def laid(self, relief: Relief) -> list[Laid]:
        """The visible paths on the surface; long ones are a sketch until they are ready."""
        if self._laid is None:
            paths = [path for path in self.paths if path.visible]
            if self.background is None or not are_long(paths):
                self._laid = [LaidPath(path, relief) for path in paths]
            else:
                self._laid = [LaidPath(path, relief, sketch_stride(path)) for path in paths]
                self._lay_beside(paths, relief, self.background)
        return self._laid

    def _lay_beside(self, paths: list[PathDrawing], relief: Relief, background: Background) -> None:
        sketch = self._laid

        def work() -> list[Laid]:
            return [LaidPath(path, relief) for path in paths]

        def take(laid: list[Laid]) -> None:
            if self._laid is sketch:
                self._laid = laid
                self.when_laid()

        background(work, take)

    def minima_spots(self, relief: Relief) -> list[Spot]:
        """Where the crosses go; none while they are switched off."""
        return spots_at(_points(self.minima if self.crosses else ()), relief, self.projection)

    def start_spots(self, relief: Relief) -> list[Spot]:
        """Where the square of the start goes; none where it lies outside the window."""
        start = () if self.start is None else (self.start,)
        return spots_at(_points(start), relief, self.projection)


def _nothing() -> None:
    """Nobody waits for the paths."""


def _points(places: tuple[tuple[float, float], ...]) -> NDArray[np.float64]:
    return np.array(places, dtype=np.float64).reshape(-1, 2)
