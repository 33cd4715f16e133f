"""Matplotlib as these pictures need it: its defaults, our fonts, nothing of the person's own.

Only the object-oriented interface is used, so no figure is registered anywhere.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

import matplotlib
from matplotlib import font_manager, style
from matplotlib.font_manager import FontProperties

from optlab.core.resources import resources_folder
from optlab.figures import palette

_FALLBACKS = ["DejaVu Sans", "DejaVu Serif"]
TEXT = ["Inter", *_FALLBACKS]
MATH = ["DejaVu Serif", "DejaVu Sans"]
CODE = ["DejaVu Sans Mono", "DejaVu Sans"]

_SETTINGS = {
    "text.parse_math": False,  # a name with two dollar signs is a name
    "svg.fonttype": "none",
    "svg.hashsalt": "optlab",
    "pdf.fonttype": 42,
    "figure.facecolor": palette.GROUND,
    "axes.facecolor": palette.GROUND,
    "text.color": palette.TEXT,
    "axes.labelcolor": palette.MUTED,
    "xtick.color": palette.MUTED,
    "ytick.color": palette.MUTED,
    "axes.edgecolor": palette.BORDER,
    "path.simplify": True,
    "agg.path.chunksize": 0,
}


@cache
def _register_fonts() -> None:
    """The bundled fonts, before any of the same name that the machine has."""
    manager = font_manager.fontManager
    for path in sorted((resources_folder() / "fonts").glob("*.ttf")):
        try:
            manager.addfont(str(path))
        except (RuntimeError, OSError):
            # A compressed font is more than some builds read; the next family takes over.
            continue
        manager.ttflist.insert(0, manager.ttflist.pop())


_scale: ContextVar[float] = ContextVar("scale", default=1.0)


def pt(size: float) -> float:
    """A size in points (1/72 inch) at the scale of the picture that is being drawn."""
    return size * _scale.get()


@contextmanager
def drawing(scale: float = 1.0) -> Iterator[None]:
    """Everything that makes, changes or saves a figure happens in here.

    ``scale`` makes letters, lines and marks smaller or larger.
    """
    _register_fonts()
    with matplotlib.rc_context(), warnings.catch_warnings():
        # A name may hold any character; one that no font has is drawn as a box.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        style.use(["default", _SETTINGS])
        token = _scale.set(scale)
        try:
            yield
        finally:
            _scale.reset(token)


def font(
    family: list[str], size: float, weight: str = "normal", italic: bool = False
) -> FontProperties:
    """A font with fallbacks; ``size`` in points, before the scale."""
    return FontProperties(
        family=family, size=pt(size), weight=weight, style="italic" if italic else "normal"
    )
