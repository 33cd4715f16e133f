"""Pictures and films of experiments without a window: matplotlib and Pillow, no Qt."""

from optlab.figures.animation import save_experiment_animation
from optlab.figures.film import Film
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
    "draw_experiment",
    "picture_bytes",
    "save_experiment_animation",
    "save_experiment_figure",
    "svg_element",
]
