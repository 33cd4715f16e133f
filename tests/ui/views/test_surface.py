import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from optlab.ui.views.surface import GradientLine, SurfaceItem, SurfacePanel
from optlab.ui.widgets.labels import Tone, Typeset
from optlab.ui.widgets.numbers import NumberEdit
from optlab.ui.widgets.slider import Track
from tests.ui.mouse import enter


@pytest.fixture
def panel(show):
    made = SurfacePanel()
    made.set_gallery([SurfaceItem("a", "Ackley", "many <hills>"), SurfaceItem("b", "Beale")])
    made.set_problem("a")
    made.set_formula("w1^2 + w2^2")
    made.set_start(-0.3, 0.1)
    made.set_steps(200)
    made.set_seed(7)
    return show(made, 300, 500)


def field(panel, name):
    return next(f for f in panel.findChildren(NumberEdit) if f.accessibleName().startswith(name))


def test_a_surface_is_chosen(panel, listen):
    chosen = listen(panel.problem_chosen)
    panel.gallery.setFocus()
    QTest.keyClick(panel.gallery, Qt.Key.Key_Down)
    assert chosen == [("b",)]
    panel.set_problem(None)
    assert panel.gallery.key() is None and len(chosen) == 1


def test_a_formula_is_typed_live(panel, listen):
    edited = listen(panel.formula_edited)
    QTest.keyClicks(panel.formula_edit().field(), "3")
    assert edited == [("3w1^2 + w2^2",)]
    panel.set_formula_error("no such variable", 2, 2)
    assert panel.formula_edit().error() == "no such variable"


def test_start_steps_and_seed(panel, listen):
    start, steps, seed = (
        listen(signal) for signal in (panel.start_edited, panel.steps_edited, panel.seed_edited)
    )
    enter(field(panel, "Start, first"), "-1.25")
    enter(field(panel, "Start, second"), "2")
    enter(field(panel, "Number of steps"), "500")
    enter(field(panel, "Seed"), "11")
    assert start == [((-1.25, 0.1),), ((-1.25, 2.0),)]
    assert steps == [(500,)] and seed == [(11,)]


@pytest.mark.parametrize("text", ["0", "2.5", "-3", "many"])
def test_impossible_step_counts_are_refused(panel, listen, text):
    steps = listen(panel.steps_edited)
    edit = field(panel, "Number of steps")
    enter(edit, text)
    assert steps == [] and edit.is_wrong()


def test_the_start_of_more_weights_is_one_field(panel, listen):
    start = listen(panel.start_edited)
    panel.set_start(1.0, 2.0, -3.5)
    point = field(panel, "Start, a number")
    assert point.text() == "1, 2, −3.5" and not panel._start[0].isVisibleTo(panel)
    enter(point, "4, 5")
    assert start == [] and point.is_wrong()
    enter(point, "4; 5 -6e-3")
    assert start == [((4.0, 5.0, -0.006),)] and not point.is_wrong()
    panel.set_start(1.0, 2.0)
    assert not point.isVisibleTo(panel) and panel._start[1].isVisibleTo(panel)


def test_setters_emit_nothing(panel, listen):
    signals = [
        listen(getattr(panel, name))
        for name in (
            "problem_chosen",
            "formula_edited",
            "start_edited",
            "steps_edited",
            "seed_edited",
        )
    ]
    panel.set_problem("b")
    panel.set_formula("w1")
    panel.set_start(1, 2)
    panel.set_steps(3)
    panel.set_seed(4)
    panel.set_story("<b>")
    panel.set_gradient_check("off by 3 %", good=False)
    assert signals == [[]] * 5


def test_gradient_lines_are_reused(panel):
    panel.set_gradient([GradientLine("∂E/∂w₁ = 2w₁"), GradientLine("∂E/∂w₂ = 2w₂")])
    first = panel.findChildren(Typeset)
    panel.set_gradient([GradientLine("∂E/∂w₁ = 1")])
    assert panel.findChildren(Typeset) == first
    assert [line.isVisible() for line in first] == [True, False]


def test_the_surface_is_turned_by_slider_and_field(panel, listen):
    moved, settled = listen(panel.rotation_moved), listen(panel.rotation_settled)
    track = next(t for t in panel.findChildren(Track) if t.accessibleName() == "Rotation slider")
    panel.set_rotation(0.0)
    track.setFocus()
    QTest.keyClick(track, Qt.Key.Key_Right)
    assert moved and moved[-1][0] == pytest.approx(1.0)
    QTest.keyClick(track, Qt.Key.Key_Delete)
    assert settled[-1] == (0.0,)
    enter(field(panel, "Rotation"), "400")
    assert settled[-1] == (400.0,)
    panel.set_rotation(400.0)
    assert field(panel, "Rotation").value() == 400.0


def test_the_gradient_check_has_a_tone(panel):
    for good, tone in ((True, Tone.GOOD), (False, Tone.WARNING), (None, Tone.MUTED)):
        panel.set_gradient_check("gradient check", good)
        assert panel._check.isVisible()
        assert panel._check._tone == tone
