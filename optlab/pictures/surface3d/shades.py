"""The colours of a surface under light, as one table."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from optlab.pictures.color_tables import Table

TONES: Final = 128
_MIDDLE: Final = TONES // 2
# The lightest and the darkest tone are mixed with their colour by this share.
_STRONGEST: Final = 0.5


class Shades:
    """Packed colours (256 * 128,): index ``color * 128 + tone``; tone 64 is the colour itself.

    ``table`` (256, 3) are the colours of a map, lowest loss first; in a ``dark`` theme lines are
    lighter than the surface, else darker. Lower tones go towards shadow, higher ones towards
    light. ``light``, ``under``, ``mesh``,
    ``level`` and ``edge`` say by how many tones light, the lower side and lines change the colour.
    """

    def __init__(self, table: Table, dark: bool) -> None:
        colors = table.astype(np.float64)
        shadow = _rgb("#04070b" if dark else "#24405a")
        tone = (np.arange(TONES) - _MIDDLE) / _MIDDLE * _STRONGEST
        share = np.abs(tone)[None, :, None]
        other = np.where(tone[:, None] < 0, shadow, _rgb("#ffffff"))[None]
        mixed = np.rint(colors[:, None] * (1 - share) + other * share).astype(np.uint32)
        red, green, blue = mixed[..., 0], mixed[..., 1], mixed[..., 2]
        self.packed: NDArray[np.uint32] = (0xFF000000 | red << 16 | green << 8 | blue).ravel()
        one = _MIDDLE / _STRONGEST
        lines = one if dark else -one
        self.light = (0.62 if dark else 0.50) * one
        self.under = (-0.30 if dark else -0.22) * one
        self.mesh = 0.10 * lines
        self.level = 0.15 * lines
        self.edge = 0.24 * lines

    def colored(self, share: NDArray[np.float32], tone: NDArray[np.float32]) -> NDArray[np.uint32]:
        """The packed colours at shares 0 … 1 of the map, ``tone`` tones lighter or darker."""
        index = (share * np.float32(255) + np.float32(0.5)).astype(np.int32) * TONES
        index += (np.clip(tone + np.float32(_MIDDLE + 0.5), 0, TONES - 1)).astype(np.int32)
        return self.packed.take(index, mode="clip")


def _rgb(color: str) -> NDArray[np.float64]:
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64)
