"""Texts that change from frame to frame, put together from letters that were drawn once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.backends import backend_agg
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

_EDGE = 2
"""Pixels around a letter."""

Stamp = tuple[NDArray[np.uint8], int, float]
"""The pixels of a letter, how far they reach below its baseline, and the way to the next."""


class Letters:
    """Draws texts at whole pixels, without kerning, some ten times as fast as matplotlib."""

    def __init__(self, renderer: Any) -> None:  # matplotlib declares no types for renderers
        self._renderer = renderer
        self._known: dict[tuple[str, int, str], Stamp] = {}

    def draw(self, text: Text) -> None:
        """Draws a line of text that has its baseline where it stands, at its left or right."""
        x, y = text.get_transform().transform(text.get_position())
        stamps = [self._stamp(letter, text) for letter in text.get_text()]
        if text.get_horizontalalignment() == "right":
            x -= sum(stamp[2] for stamp in stamps)
        gc = self._renderer.new_gc()
        for pixels, below, advance in stamps:
            self._renderer.draw_image(gc, round(x) - _EDGE, round(y) - below, pixels)
            x += advance
        gc.restore()

    def _stamp(self, letter: str, text: Text) -> Stamp:
        font, color = text.get_fontproperties(), str(text.get_color())
        key = letter, hash(font), color
        if key not in self._known:
            renderer = self._renderer
            width, _, _ = renderer.get_text_width_height_descent(letter, font, False)
            high = font.get_size_in_points() * renderer.dpi / 72
            below = math.ceil(0.4 * high)
            size = math.ceil(width) + 2 * _EDGE + 2, math.ceil(1.2 * high) + below
            make: Any = backend_agg.RendererAgg
            alone = make(*size, renderer.dpi)
            single = Text(
                _EDGE,
                below,
                letter,
                fontproperties=font,
                color=color,
                transform=IdentityTransform(),
            )
            single.set_figure(text.get_figure())  # type: ignore[arg-type]
            single.draw(alone)
            pixels = np.asarray(alone.buffer_rgba())[::-1].copy()
            pair = renderer.get_text_width_height_descent(f"x{letter}x", font, False)[0]
            pair -= renderer.get_text_width_height_descent("xx", font, False)[0]
            self._known[key] = pixels, below, pair
        return self._known[key]
