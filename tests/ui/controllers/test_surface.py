"""Turning the surface, and what is said about its gradient."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from optlab.session.experiment import changed
from optlab.ui.controllers.surface import GRADIENT
from optlab.ui.widgets.slider import Track


def settle(lab):
    lab.wait()
    QTest.qWait(80)
    lab.until(lambda: not lab.session._desk.busy(GRADIENT))
    # What is said about the gradient comes after the paths and the picture.
    lab.until(lambda: check_text(lab) and lab.window.surface._check.isEnabled())


def check_text(lab):
    return lab.window.surface._check.text()


def test_the_gradient_is_typeset_and_checked(lab):
    settle(lab)
    assert check_text(lab).startswith("✓ gradient check")
    lines = [line for line in lab.window.surface._lines if line.isVisible()]
    assert len(lines) == 2
    assert all(line._svg is not None for line in lines)
    assert lines[0].accessibleName().startswith("∂E/∂w₁ = ")


def test_every_new_surface_is_checked(lab):
    settle(lab)
    lab.window.surface.formula_edited.emit("abs(w1) + floor(w2)")
    settle(lab)
    assert "gradient" in check_text(lab)
    lab.window.surface.formula_edited.emit("floor(w1)")
    settle(lab)
    assert lab.window.surface._lines[1].accessibleName() == "∂E/∂w₂ = 0"


def test_the_gradient_of_another_surface_fades_at_once(lab):
    settle(lab)
    panel = lab.window.surface
    shown = [*panel._lines[:2], panel._check]
    assert all(part.isEnabled() for part in shown)
    panel.problem_chosen.emit("rosenbrock")
    assert not any(part.isEnabled() for part in shown)
    lab.until(lambda: panel._lines[1].accessibleName() == "∂E/∂w₂ = 200(w₂ − w₁²)")
    assert all(part.isEnabled() for part in shown)
    lab.session.propose(changed(lab.session.document, steps=90))
    assert all(part.isEnabled() for part in shown), "the surface is the same"


def test_a_drag_turns_the_surface_live_and_is_one_change(lab):
    settle(lab)
    before = lab.session.document
    track = next(
        t for t in lab.window.surface.findChildren(Track) if t.accessibleName() == "Rotation slider"
    )
    middle = track.rect().center()
    came = lab.drag(track, [middle + QPoint(2 * k, 0) for k in range(12)], 0.04)
    assert sum(count > 0 for count in came) >= 4, came
    assert lab.session.document.surface.rotation > 20
    settle(lab)
    assert check_text(lab).startswith("✓")
    # The paths turn with the surface only for rules that do not care about the axes.
    lab.session.undo()
    assert lab.session.document == before
    assert not lab.session.can_undo


def test_turning_there_and_back_is_nothing(lab):
    before = lab.session.document
    for degrees in (35.0, 0.0):
        lab.window.surface.rotation_settled.emit(degrees)
    lab.wait()
    after = lab.session.document
    assert after.surface == before.surface
    assert after.start == pytest.approx(before.start, abs=1e-12)


def test_an_impossible_angle_is_refused(lab):
    lab.window.surface.rotation_settled.emit(1e9)
    assert lab.session.document.surface.rotation == 0.0
    assert "rotation" in lab.window.status._warning.text()


def test_the_window_says_how_a_product_behind_a_division_is_read(lab):
    edit = lab.window.surface.formula_edit()
    edit.field().setFocus()
    edit.field().selectAll()
    QTest.keyClicks(edit.field(), "w2^2 + (1)/2w1")
    assert edit.hint == "(1)/2w1 is read as ((1)/2)*w1, not as (1)/(2w1)"
    assert edit._notice.isVisible() and edit._notice.text() == edit.hint
    assert lab.session.resolved.problem.loss((3.0, 0.0)) == 1.5
    QTest.keyClicks(edit.field(), "^")
    assert edit.error() and edit._notice.text() == edit.error()
    QTest.keyClicks(edit.field(), "2")
    assert edit._notice.text() == "(1)/2w1^2 is read as ((1)/2)*w1^2, not as (1)/(2w1^2)"
    lab.window.surface.problem_chosen.emit("rosenbrock")
    assert edit.hint == "" and not edit._notice.isVisible()
