"""Pictures and films of experiments without a window: matplotlib and Pillow, no Qt.

What is named here is loaded when it is first used: the drawing library takes its time.
"""

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optlab.figures.films.animation import save_experiment_animation
    from optlab.figures.films.film import Film
    from optlab.figures.options import PictureOptions
    from optlab.figures.save import (
        EXPERIMENT_KEY,
        draw_experiment,
        picture_bytes,
        save_experiment_figure,
        svg_element,
    )

__all__ = [
    "EXPERIMENT_KEY",
    "Film",
    "PictureOptions",
    "draw_experiment",
    "picture_bytes",
    "save_experiment_animation",
    "save_experiment_figure",
    "svg_element",
]

_logger = logging.getLogger("matplotlib")
if _logger.level == logging.NOTSET:
    # Where it keeps its cache and which font it takes instead concern nobody here.
    _logger.setLevel(logging.ERROR)

_PLACES = {
    "Film": "films.film",
    "PictureOptions": "options",
    "save_experiment_animation": "films.animation",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES.get(name, 'save')}"), name)
