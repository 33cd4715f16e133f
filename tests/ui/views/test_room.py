"""Nothing is cut off at the panels' smallest width, at any text size, and nothing stays alive."""

import gc
import weakref

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget

from optlab.pictures.theme import DARK
from optlab.ui.style import fonts
from optlab.ui.style import themes as style
from optlab.ui.views.parameters import ParametersPanel
from optlab.ui.views.runs import RunItem, RunsPanel
from optlab.ui.views.status import StatusField, StatusLine
from optlab.ui.views.surface import SurfaceItem, SurfacePanel
from optlab.ui.views.transport import Transport
from optlab.ui.widgets.labels import ElidedLabel


def surface():
    panel = SurfacePanel()
    panel.set_gallery([SurfaceItem("h", "Himmelblau")])
    panel.set_problem("h")
    panel.set_start(-0.3, 0.1)
    panel.set_steps(200)
    panel.set_seed(0)
    return panel


def runs():
    panel = RunsPanel()
    panel.set_runs([RunItem("1", "Adam", 0, "3.6e−7"), RunItem("2", "Momentum", 1, "2.6e−7")])
    return panel


def parameters():
    panel = ParametersPanel()
    panel.set_run("Adam")
    panel.set_optimizers([("adam", "Adam", "")])
    panel.set_optimizer("adam")
    panel.treatment_group().group().header().setChecked(True)
    return panel


def transport():
    bar = Transport()
    bar.set_step(24, 200)
    return bar


def status():
    line = StatusLine()
    line.set_fields([StatusField("E 11.59")])
    line.set_timing("600 steps in 0.4 ms")
    return line


PANELS = [surface, runs, parameters, transport, status]


@pytest.fixture(params=[1.0, 1.5, 2.0])
def text_scale(request, app):
    fonts.set_text_scale(request.param)
    style.apply(app, DARK)
    yield request.param
    fonts.set_text_scale(1.0)
    style.apply(app, DARK)


@pytest.mark.parametrize("make", PANELS)
def test_nothing_is_cut_off(show, app, make, text_scale):
    panel: QWidget = make()
    show(panel, 1, 1)
    panel.resize(max(round(240 * text_scale), panel.minimumSizeHint().width()), 600)
    app.processEvents()
    cut = [label.text() for label in panel.findChildren(ElidedLabel) if label.is_cut()]
    assert cut == []
    for child in panel.findChildren(QWidget):
        if child.isVisible() and isinstance(child.parentWidget(), type(panel)):
            assert child.height() >= child.minimumSizeHint().height()


@pytest.mark.parametrize("make", PANELS)
def test_every_control_has_a_name(app, make):
    panel = make()
    for child in panel.findChildren(QWidget):
        if child.focusPolicy() and child.objectName() != "qt_spinbox_lineedit":
            owner = child.focusProxy() or child
            assert owner.accessibleName() or child.inherits("QScrollBar"), child
    panel.deleteLater()


@pytest.mark.parametrize("make", PANELS)
def test_a_panel_dies_when_it_is_let_go(app, make):
    panel = make()
    gone = weakref.ref(panel)
    panel.deleteLater()
    del panel
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert gone() is None
