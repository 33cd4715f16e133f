"""What one pane shows: its curves that are not hidden, their range, and their values."""

from __future__ import annotations

from math import isfinite

from optlab.core.display import short
from optlab.pictures.ticks import figures
from optlab.ui.views.panes.curves import common_range, curve
from optlab.ui.views.panes.drawings import PaneSpec


class Pane:
    """A pane with the curves that are visible; made anew when any of them changes."""

    def __init__(self, spec: PaneSpec, hidden_runs: set[str], hidden_names: set[str]) -> None:
        self.spec = spec
        shown = [
            drawing
            for drawing in spec.curves
            if drawing.run_id not in hidden_runs and drawing.name not in hidden_names
        ]
        self.curves = sorted(shown, key=lambda drawing: drawing.selected)
        self.made = [curve(drawing, spec.log) for drawing in self.curves]
        self.low, self.high = common_range(self.made, spec.log)

    @classmethod
    def empty(cls) -> Pane:
        """A pane without curves."""
        return cls(PaneSpec("", "", ()), set(), set())

    def dots(self, step: int) -> list[tuple[float, str]]:
        """Height and colour of each curve at ``step``; nan where it has no value."""
        return [(made.height(step), made.drawing.color) for made in self.made]

    def values(self, step: int) -> tuple[tuple[str, ...], str]:
        """The values of the selected run at ``step``, the most digits first, and its colour."""
        chosen = [curve for curve in self.curves if curve.selected]
        known = [float(curve.values[step]) for curve in chosen if step < len(curve.values)]
        most = 4 if len(known) == 1 else 3
        texts = [", ".join(figures(value, digits) for value in known) for digits in (most, 2)]
        texts.append(
            ", ".join(short(value, 1) if isfinite(value) else figures(value) for value in known)
        )
        return tuple(texts) if known else (), chosen[0].color if chosen else ""
