"""Lines of text at places in design inches, broken and cut to the room there is."""

from __future__ import annotations

import re
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, FigureBase
from matplotlib.font_manager import FontProperties

_LONGEST = 400
BETWEEN = "   "
"""Stands between the parts of a line."""
_BREAK = re.compile(r"(?<=[,+])(?!\d)")
"""Where a part that is too long may be broken: between the terms of a schedule."""


class Ruler:
    """Measures text as the picture will have it."""

    def __init__(self, scale: float, dpi: int = 100) -> None:
        """``dpi`` as the picture is drawn: at few dots letters are moved to whole ones."""
        self._figure = Figure(figsize=(1, 1), dpi=dpi)
        # matplotlib declares no types for what its canvases do.
        canvas: Any = FigureCanvasAgg(self._figure)
        self._renderer = canvas.get_renderer()
        self._unit = dpi * scale

    def width(self, text: str, font: FontProperties) -> float:
        """In design inches."""
        width, _, _ = self._renderer.get_text_width_height_descent(text, font, False)
        return float(width) / self._unit

    def cut(self, text: str, font: FontProperties, room: float) -> str:
        """As much of the text as there is room for."""
        text = text[:_LONGEST]
        if self.width(text, font) <= room:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.width(text[:middle].rstrip() + "…", font) <= room:
                low = middle
            else:
                high = middle - 1
        return text[:low].rstrip() + "…"

    def wrap(
        self, text: str, font: FontProperties, room: float, most: int, between: str = BETWEEN
    ) -> list[str]:
        """The text in at most so many lines, broken between its parts; what is left is cut."""
        lines = [""]
        for part in text[:_LONGEST].split(between):
            pieces = [part] if self.width(part, font) <= room else _BREAK.split(part)
            for index, piece in enumerate(pieces):
                line = lines[-1] + (between if index == 0 and lines[-1] else "") + piece
                if lines[-1] and self.width(line, font) > room:
                    lines.append(piece)
                else:
                    lines[-1] = line
        shown = [*lines[: most - 1], between.join(lines[most - 1 :])] if lines[most:] else lines
        return [self.cut(line, font, room) for line in shown]


class Texts:
    """Puts text into a figure of ``width`` by ``height`` design inches."""

    def __init__(self, figure: FigureBase, ruler: Ruler, width: float, height: float) -> None:
        self._figure = figure
        self._ruler = ruler
        self.size = width, height

    def width(self, text: str, font: FontProperties) -> float:
        """In design inches."""
        return self._ruler.width(text, font)

    def put(
        self,
        x: float,
        y: float,
        text: str,
        font: FontProperties,
        color: str,
        align: str = "left",
        room: float | None = None,
    ) -> float:
        """Writes a line with its baseline at ``y`` and returns its width."""
        line = BETWEEN.join(" ".join(part.split()) for part in text.split(BETWEEN))
        if room is not None:
            line = self._ruler.cut(line, font, room)
        width, height = self.size
        self._figure.text(
            x / width, y / height, line, fontproperties=font, color=color, ha=align, va="baseline"
        )
        return self._ruler.width(line, font)
