"""A sheet of paper and what can be drawn on it; lengths in inches from its lower left corner."""

from __future__ import annotations

from typing import Final

from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from optlab.figures import setting
from optlab.figures.formulas import Shapes
from optlab.pictures.theme import LIGHT
from optlab.report.blocks import Sample

WIDTH: Final = 210 / 25.4
HEIGHT: Final = 297 / 25.4
ROOM: Final = 6.8
"""Between the margins: as wide as a picture of the size ``page``."""
LEFT: Final = (WIDTH - ROOM) / 2
RIGHT: Final = LEFT + ROOM
TOP: Final = HEIGHT - 0.75
BOTTOM: Final = 0.9
FOOT: Final = 0.5
POINT: Final = 1 / 72
SAMPLE: Final = 0.3
"""A piece of a run's line."""


class Sheet:
    """One page."""

    def __init__(self) -> None:
        self.figure = Figure(figsize=(WIDTH, HEIGHT), facecolor=LIGHT.window)
        self._inches = Affine2D().scale(1 / WIDTH, 1 / HEIGHT) + self.figure.transSubfigure

    def text(
        self, x: float, y: float, text: str, font: FontProperties, color: str, align: str = "left"
    ) -> None:
        """A line of text with its baseline at ``y``."""
        self.figure.text(
            x, y, text, fontproperties=font, color=color, ha=align, va="baseline",
            transform=self._inches,
        )  # fmt: skip

    def rule(self, y: float, left: float = LEFT, right: float = RIGHT) -> None:
        """A hairline across."""
        line = Line2D([left, right], [y, y], color=LIGHT.border, linewidth=0.6)
        line.set_transform(self._inches)
        self.figure.add_artist(line)

    def panel(self, bottom: float, height: float) -> None:
        """A quiet ground from margin to margin."""
        ground = Rectangle((LEFT, bottom), ROOM, height, facecolor=LIGHT.panel, linewidth=0)
        ground.set_transform(self._inches)
        self.figure.add_artist(ground)

    def formula(self, shapes: Shapes, x: float, y: float, size: float, plain: str = "") -> None:
        """A formula with letters of ``size`` points, its baseline at ``y``.

        ``plain`` is what a reader finds there and copies.
        """
        if plain:
            font = setting.font(setting.MATH, 0.6 * size)
            self.text(x, y, plain, font, f"{LIGHT.window}00")
        patch = shapes.patch(self._inches, size * POINT, x, y, LIGHT.text)
        self.figure.add_artist(patch)

    def sample(self, sample: Sample, x: float, y: float) -> None:
        """A piece of a run's line."""
        line = Line2D(
            [x, x + SAMPLE], [y, y], color=sample.color, linewidth=2.0, solid_capstyle="butt"
        )
        if sample.dashes:
            line.set_dashes(sample.dashes)
        line.set_transform(self._inches)
        self.figure.add_artist(line)

    def part(self, left: float, bottom: float, width: float, height: float) -> SubFigure:
        """A rectangle of the page to draw a picture in."""
        grid = self.figure.add_gridspec(
            3,
            3,
            width_ratios=(left, width, WIDTH - left - width),
            height_ratios=(HEIGHT - bottom - height, height, bottom),
        )
        return self.figure.add_subfigure(grid[1, 1], facecolor="none")
