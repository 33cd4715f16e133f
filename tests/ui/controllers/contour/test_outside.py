"""What lies outside the map is pointed to; paths of which nothing would be seen are shown."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from optlab.core.analysis.view_window import is_inside
from optlab.session.experiment import changed
from tests.ui.lab import default_experiment


def outside(lab):
    QTest.qWait(5)
    return lab.laboratory.outside


def says(lab):
    return [mark.shown().text for mark in outside(lab).marks()]


def start_at(lab, first):
    field = lab.window.surface._start[0]
    QTest.mouseClick(field, lab.left)
    field.selectAll()
    QTest.keyClicks(field, first)
    QTest.keyClick(field, lab.keys.Key_Return)
    lab.wait()
    QTest.qWait(5)


def seen(lab):
    window = lab.session.resolved.window
    return any(is_inside(walk.weights[:, :2], window) for walk in lab.session.trajectories.values())


def test_a_map_with_all_paths_in_it_has_no_marks(lab):
    assert says(lab) == [] and not outside(lab).button().isVisible()


def test_a_start_far_away_is_shown_by_itself_and_undone_with_it(lab):
    before = lab.session.document
    start_at(lab, "40")
    assert lab.session.resolved.window != before.surface.window
    assert seen(lab)
    lab.key(lab.keys.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert lab.session.document == before


def test_an_opened_experiment_whose_paths_lie_outside_is_shown_and_not_unsaved(lab):
    document = changed(default_experiment(), start=(300.0, -200.0), steps=3)
    lab.laboratory.commands.documents._show(document, None, document)
    lab.wait()
    QTest.qWait(5)
    assert seen(lab)
    assert not lab.laboratory.commands.documents.unsaved


def test_what_is_partly_outside_is_marked_and_a_click_shows_it(lab):
    start_at(lab, "6")
    assert lab.session.resolved.window == ((-5.0, 5.0), (-5.0, 5.0))
    lab.session.seek(1)
    assert says(lab)[0] == "start (6, 0.1)" and len(says(lab)) == 3
    area = lab.contour.map_rect()
    boxes = [mark.geometry() for mark in outside(lab).marks()]
    assert all(area.toAlignedRect().contains(box) for box in boxes)
    assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert all(box.center().x() > area.center().x() for box in boxes)
    assert all(abs(mark.shown().angle) < 45 for mark in outside(lab).marks())
    QTest.mouseClick(outside(lab).marks()[0], lab.left)
    lab.wait()
    assert says(lab) == []


def test_the_button_shows_the_whole_paths(lab):
    start_at(lab, "6")
    assert outside(lab).button().isVisible()
    QTest.mouseClick(outside(lab).button(), lab.left)
    lab.wait()
    assert says(lab) == [] and not outside(lab).button().isVisible()


def test_a_window_that_a_person_chose_stays(lab):
    lab.session.set_window(((4.0, 5.0), (-5.0, -4.0)))
    lab.wait()
    QTest.qWait(5)
    assert lab.session.resolved.window == ((4.0, 5.0), (-5.0, -4.0))
    assert len(says(lab)) == 4
    lab.session.propose(changed(lab.session.document, steps=50))
    lab.wait()
    QTest.qWait(5)
    assert lab.session.resolved.window == ((4.0, 5.0), (-5.0, -4.0))
