"""The colours of pictures without a window: the light theme's, made for paper and slides.

The window's theme file lies above this package and cannot be imported here; a test holds the two
equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

GROUND: Final = "#ffffff"
PANEL: Final = "#f6f8fa"
BORDER: Final = "#d8dee4"
TEXT: Final = "#1f2328"
MUTED: Final = "#59636e"
GRID: Final = "#e3e7ec"
WARNING: Final = "#b35900"
RUNS: Final = (
    *("#d55e00", "#0072b2", "#b5338a", "#008a64"),
    *("#9a6a00", "#2b8cbe", "#7048b8", "#4d5661"),
)
SURFACE: Final = ("#3b5b78", "#5d83a1", "#8fb0c6", "#bdd2df", "#e2ebf0", "#f7f9fa")
"""From the lowest loss to the highest."""

STYLES: Final[tuple[tuple[float, ...], ...]] = ((), (5.0, 2.5), (1.2, 2.0), (6.0, 2.0, 1.2, 2.0))
"""Line and gap of each line style, in points; empty for solid."""


def run_color(index: int) -> str:
    """The colour of run colour number ``index``; the colours repeat."""
    return RUNS[index % len(RUNS)]


def mix(one: str, other: str, share: float) -> str:
    """The colour between two: ``one`` at ``share`` 0, ``other`` at 1."""
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


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
