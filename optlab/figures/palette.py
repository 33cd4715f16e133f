"""The colours of pictures without a window: the light theme's, made for paper and slides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from optlab.session.theme import LIGHT, mix

GROUND: Final = LIGHT.window
PANEL: Final = LIGHT.panel
BORDER: Final = LIGHT.border
TEXT: Final = LIGHT.text
MUTED: Final = LIGHT.muted
GRID: Final = LIGHT.grid
WARNING: Final = LIGHT.warning
RUNS: Final = LIGHT.runs
SURFACE: Final = LIGHT.surface_map
"""From the lowest loss to the highest."""

STYLES: Final[tuple[tuple[float, ...], ...]] = ((), (5.0, 2.5), (1.2, 2.0), (6.0, 2.0, 1.2, 2.0))
"""Line and gap of each line style, in points; empty for solid."""


def run_color(index: int) -> str:
    """The colour of run colour number ``index``; the colours repeat."""
    return RUNS[index % len(RUNS)]


def indexed(colors: Sequence[str]) -> list[str]:
    """256 colours that a picture with runs of some colours is made of, for formats that have no
    more: each run from dark to bright and paler, dark greys, and the surface with the rest."""
    shades: dict[str, None] = dict.fromkeys([GROUND, TEXT, MUTED, WARNING])
    for color in dict.fromkeys(colors):
        shades.update(dict.fromkeys(mix(TEXT, color, 0.4 + 0.1 * i) for i in range(7)))
        shades.update(dict.fromkeys(mix(color, GROUND, 0.25 * i) for i in (1, 2)))
    shades.update(dict.fromkeys(mix(TEXT, GROUND, i / 20) for i in range(16)))
    room = 256 - len(shades)
    ink = mix(SURFACE[0], TEXT, 0.35)
    for share, count in ((0.0, room - 2 * (room // 3)), (0.15, room // 3), (0.3, room // 3)):
        ramp = (mix(_surface(i / (count - 1)), ink, share) for i in range(count))
        shades.update(dict.fromkeys(ramp))
    return list(shades)[:256]


def _surface(share: float) -> str:
    place = share * (len(SURFACE) - 1)
    index = min(int(place), len(SURFACE) - 2)
    return mix(SURFACE[index], SURFACE[index + 1], place - index)
