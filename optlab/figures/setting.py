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
from optlab.pictures.theme import LIGHT, Theme

_FALLBACKS = ["DejaVu Sans", "DejaVu Serif"]
TEXT = ["Inter", *_FALLBACKS]
MATH = ["DejaVu Serif", "DejaVu Sans"]
CODE = ["DejaVu Sans Mono", "DejaVu Sans"]


def _settings(theme: Theme) -> dict[str, object]:
    return {
        "text.parse_math": False,  # a name with two dollar signs is a name
        "svg.fonttype": "none",
        "svg.hashsalt": "optlab",
        "pdf.fonttype": 42,
        "figure.facecolor": theme.window,
        "axes.facecolor": theme.window,
        "text.color": theme.text,
        "axes.labelcolor": theme.muted,
        "xtick.color": theme.muted,
        "ytick.color": theme.muted,
        "axes.edgecolor": theme.border,
        "hatch.color": theme.border,
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
_theme: ContextVar[Theme] = ContextVar("theme", default=LIGHT)
_active: ContextVar[Theme | None] = ContextVar("active", default=None)
"""The theme that matplotlib's parameters are set to; None outside of ``drawing``."""


def theme() -> Theme:
    """The colours of the picture that is being drawn."""
    return _theme.get()


def pt(size: float) -> float:
    """A size in points (1/72 inch) at the scale of the picture that is being drawn."""
    return size * _scale.get()


@contextmanager
def drawing(scale: float = 1.0, colors: Theme | None = None) -> Iterator[None]:
    """Everything that makes, changes or saves a figure happens in here.

    ``scale`` makes letters, lines and marks smaller or larger; ``colors`` are as around it.
    """
    _register_fonts()
    chosen = colors or theme()
    scaled, active = _scale.set(scale), _active.get()
    try:
        if active is chosen:
            yield
            return
        with matplotlib.rc_context(), warnings.catch_warnings():
            # A name may hold any character; one that no font has is drawn as a box.
            warnings.filterwarnings("ignore", message="Glyph .* missing")
            style.use(["default", _settings(chosen)])
            themed = _theme.set(chosen), _active.set(chosen)
            try:
                yield
            finally:
                _theme.reset(themed[0])
                _active.reset(themed[1])
    finally:
        _scale.reset(scaled)


def scale() -> float:
    """The scale of the picture that is being drawn."""
    return _scale.get()


@contextmanager
def scaled(by: float) -> Iterator[None]:
    """Draws at a scale, whatever is set around it."""
    token = _scale.set(by)
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
