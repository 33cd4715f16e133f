"""What a drag paints and computes: each thing once, nothing that stays as it is or is hidden."""

from collections import Counter
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtWidgets import QApplication, QWidget

from optlab.ui.shell.redraw import Change
from optlab.ui.widgets.buttons import Swatch
from optlab.ui.widgets.choice import DropDown
from optlab.ui.widgets.slider import Track

MOVES = 12


class Events(QObject):
    """Counts the events of one kind that go to widgets."""

    def __init__(self, app: QApplication, kind: QEvent.Type) -> None:
        super().__init__()
        self.kind, self.seen = kind, Counter[QObject]()
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == self.kind:
            self.seen[watched] += 1
        return False


@pytest.fixture
def counted(lab, app) -> Callable[[QEvent.Type], Counter[QObject]]:
    """The events of a kind while the start is dragged."""

    def drag(kind: QEvent.Type) -> Counter[QObject]:
        middle = lab.contour.map_rect().center().toPoint()
        way = [middle + QPoint(4 * step, 3 * step) for step in range(MOVES + 1)]
        lab.drag(lab.contour, way)  # once for the room that numbers take
        lab.wait()
        events = Events(app, kind)
        lab.drag(lab.contour, way)
        lab.wait()
        app.removeEventFilter(events)
        return events.seen

    return drag


def test_a_drag_of_the_start_paints_no_control_that_stays_as_it_is(lab, counted):
    painted = counted(QEvent.Type.Paint)
    assert painted[lab.contour.viewport()] >= MOVES
    still = [
        widget
        for kind in (Track, DropDown, Swatch)
        for widget in lab.window.setup.findChildren(kind)
    ]
    assert still and not [widget for widget in still if painted[widget] > 2]
    assert painted[lab.window.parameters] <= 2
    assert painted[lab.window.menuBar()] <= 2


def test_a_drag_of_the_start_paints_map_and_curves_once_for_each_numbers(lab, counted):
    came = Counter[str]()
    lab.session.trajectories_changed.connect(lambda _runs: came.update(["numbers"]))
    lab.laboratory.redraw.add(lambda _what: came.update(["turn"]), Change.TRAJECTORIES)
    painted = counted(QEvent.Type.Paint)
    curves = painted[lab.window.panes.plots().viewport()]
    assert 0 < curves <= came["numbers"] + 2
    # Once when the start moves, and once with the paths from there.
    assert painted[lab.contour.viewport()] <= 2 * came["numbers"] + 4


def test_a_slider_paints_the_map_once_for_each_numbers(lab, app):
    slider, came = lab.window.parameters.slider("eta"), Counter[str]()
    lab.session.trajectories_changed.connect(lambda _runs: came.update(["numbers"]))
    slider.moved.emit(0.05)
    lab.wait()
    came.clear()
    events = Events(app, QEvent.Type.Paint)
    for move in range(1, MOVES + 1):
        before = came["numbers"]
        slider.moved.emit(0.05 + 0.001 * move)
        lab.until(lambda now=before: came["numbers"] > now)
        lab.wait()
    app.removeEventFilter(events)
    assert came["numbers"] == MOVES
    assert events.seen[lab.contour.viewport()] <= MOVES + 2
    assert events.seen[lab.window.surface] <= 2
    assert events.seen[lab.window.parameters.slider("beta1").track()] <= 2


def test_a_drag_of_the_start_places_nothing_anew(lab, counted):
    asked = counted(QEvent.Type.LayoutRequest)
    assert asked[lab.window] <= 2
    assert asked[lab.window.status] <= 2


def test_what_is_hidden_is_not_computed_while_the_start_is_dragged(lab, counted, monkeypatch):
    table = lab.window.comparison
    assert not table.isVisible()
    drawn = Counter[QWidget]()
    for part in lab.laboratory.redraw._parts:
        if part.shown_in is not None:
            draw, place = part.draw, part.shown_in
            monkeypatch.setattr(part, "draw", lambda w, d=draw, p=place: (drawn.update([p]), d(w)))
    counted(QEvent.Type.Paint)
    assert drawn and all(widget.isVisible() for widget in drawn)
    assert drawn[table] == 0
