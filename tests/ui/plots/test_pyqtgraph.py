"""Every flat view is a pyqtgraph one, and is drawn by nothing else."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
import pytest
from PySide6.QtWidgets import QWidget

from optlab.ui.plots.axis_item import TypesetAxis
from optlab.ui.plots.plot import Plot
from optlab.ui.plots.plot_box import PlotBox
from optlab.ui.plots.plot_view import PlotView
from optlab.ui.shell.view_tabs import ViewTabs
from optlab.ui.views.panes.legend import LegendButton

# Entries of a legend, and a page that fills its ground: no plots.
PAINTED = {LegendButton.__name__, "MeasuresView", "_Swatch"}
VIEWS = ("contour", "panes", "maps", "measures")


@pytest.fixture
def flat(lab: Any) -> Any:
    """All views that are not in space, each after it was shown."""
    shown = {}
    for title in ("Contour", "Basins", "Parameter map", "Measures"):
        lab.window.view_tabs.show_layout(title)
        (view,) = lab.window.findChild(ViewTabs)._layouts[title]
        lab.until(lambda view=view: plots_of(view))
        shown[title] = view
    shown["Curves"] = lab.window.panes
    yield shown
    lab.window.view_tabs.show_layout("Contour")


def graphics(view: QWidget) -> list[Any]:
    found = [view] if isinstance(view, pg.GraphicsView) else []
    return found + [w for w in view.findChildren(pg.GraphicsView) if w.isVisibleTo(view)]


def plots_of(view: QWidget) -> list[Any]:
    """The plots that a view shows, without its colour bars."""
    items = [item for widget in graphics(view) for item in widget.scene().items()]
    return [item for item in items if isinstance(item, Plot) and item.isVisible()]


def test_every_flat_view_shows_pyqtgraph_plots(lab, flat):
    counts = {"Contour": 1, "Basins": 1, "Parameter map": 1, "Curves": 4}
    for title, view in flat.items():
        (widget,) = graphics(view)
        assert isinstance(widget, PlotView)
        assert widget.accessibleName()
        plots = plots_of(view)
        assert len(plots) == counts.get(title, len(plots)) >= 1
        for plot in plots:
            assert isinstance(plot, pg.PlotItem)
            assert isinstance(plot.vb, PlotBox) and isinstance(plot.vb, pg.ViewBox)
            for side in ("left", "bottom"):
                assert isinstance(plot.getAxis(side), TypesetAxis)


def test_no_view_paints_a_plot_by_hand(lab, flat):
    """Only pyqtgraph's view paints, and widgets that are no plots."""
    for widget in lab.window.findChildren(QWidget):
        kind = type(widget)
        place = kind.__module__.split(".")
        if place[:3] == ["optlab", "ui", "views"] and place[3] in VIEWS:
            paints = {base.__name__ for base in kind.__mro__ if "paintEvent" in vars(base)}
            own = paints - {"QWidget", "QGraphicsView", "GraphicsView"}
            own = {name for name in own if not name.startswith("Q")}
            assert own <= PAINTED, kind


def test_pictures_are_images_and_bars_are_pyqtgraphs(lab, flat):
    lab.window.view_tabs.show_layout("Parameter map")
    page = flat["Parameter map"]
    page.measure_chosen.emit("loss")
    lab.until(lambda: page.canvas.drawing() is not None and page.canvas.drawing().bar)
    for title in ("Basins", "Parameter map", "Measures"):
        items = graphics(flat[title])[0].scene().items()
        assert any(isinstance(item, pg.ImageItem) for item in items)
        bars = [item for item in items if isinstance(item, pg.ColorBarItem)]
        assert len(bars) == (title != "Basins")
    page.measure_chosen.emit("outcome")


def test_plots_side_by_side_are_linked(lab, flat):
    for view in (flat["Curves"], flat["Measures"]):
        first, *others = sorted(plots_of(view), key=lambda plot: plot.scenePos().toTuple())
        first = next(p for p in (first, *others) if p.box.linkedView(0) is None)
        for plot in plots_of(view):
            assert plot is first or plot.box.linkedView(0) is first.box
