"""The picture of a stability map: the spectral radius, its unit level, and theory dashed."""

from __future__ import annotations

from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

from optlab.core.analysis.stability_map import StabilityMap
from optlab.figures.layout import Size
from optlab.figures.setting import MATH, drawing

_WIDTHS = {"slide": 9.6, "page": 6.8, "column": 3.4}
_MOST = 2.0
"""The largest radius with a colour of its own."""


def draw_stability(found: StabilityMap, title: str, size: Size = "slide") -> Figure:
    """The map: blue where errors shrink, red where they grow, a line where they do neither."""
    width = _WIDTHS[size]
    small = 7 if size == "column" else 10
    with drawing():
        whole = Figure(figsize=(width, 0.68 * width), layout="constrained")
        axes = whole.subplots()
        norm = TwoSlopeNorm(1.0, 0.0, _MOST)
        image = axes.pcolormesh(
            found.x,
            found.y,
            found.radius,
            cmap="RdBu_r",
            norm=norm,
            shading="nearest",
            rasterized=True,
        )
        if found.radius.min() < 1 < found.radius.max():
            axes.contour(found.x, found.y, found.radius, [1 + 1e-9], colors="black", linewidths=1.4)
        if found.theory is not None and found.theory_limit is not None:
            label = f"{found.theory.formula}: {found.theory.name}"
            axes.plot(found.theory_limit, found.y, "--", color="white", lw=2.4)
            axes.plot(found.theory_limit, found.y, "--", color="#b35900", lw=1.2, label=label)
            axes.legend(loc="upper right", fontsize=small - 1, framealpha=0.9)
        axes.set_xlim(found.x[0], found.x[-1])
        axes.set_ylim(found.y[0], found.y[-1])
        held = f" / √{found.held[-1]}, held" if found.held else ""
        axes.set_xlabel(f"ηλ{held}", fontfamily=MATH, fontsize=small)
        axes.set_ylabel(found.parameter.symbol, fontfamily=MATH, fontsize=small)
        axes.set_title(f"{title}: factor of the error in a step", loc="left", fontsize=small + 1)
        axes.tick_params(labelsize=small - 1)
        bar = whole.colorbar(image, ax=axes, extend="max", pad=0.02)
        bar.set_label("spectral radius", fontsize=small)
        bar.ax.tick_params(labelsize=small - 1)
        return whole
