"""The choice of curves: from the menus, remembered, live, and what hovering tells."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolTip

from optlab.core.analysis.quantities import DEFAULT_KEYS
from optlab.session.experiment import changed
from optlab.session.view import View
from optlab.ui.controllers import background
from optlab.ui.menus.curves_menu import CurvesMenu, PaneMenu, pane_menu
from optlab.ui.views.panes.legend import LegendButton

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def usual(lab: Any) -> Any:
    yield
    lab.laboratory.panes.reset()


def titles(lab: Any) -> list[str]:
    return [pane.spec.title for pane in lab.window.panes.plots().panes()]


def entry(menu: QMenu, start: str) -> Any:
    return next(action for action in menu.actions() if action.text().startswith(start))


def test_the_usual_panes(lab):
    assert titles(lab) == ["loss", "first moment", "second moment", "learning rate"]


def test_the_view_menu_shows_and_hides_live(lab):
    menu = lab.window.findChild(CurvesMenu)
    assert menu is not None
    assert menu.title() == "Curves"
    menu.aboutToShow.emit()
    assert entry(menu, "loss ").isChecked()
    entry(menu, "gradient norm").trigger()
    lab.redraw()
    assert titles(lab)[-1] == "gradient norm"
    menu.aboutToShow.emit()
    assert entry(menu, "gradient norm").isChecked()
    entry(menu, "gradient norm").trigger()
    lab.redraw()
    assert "gradient norm" not in titles(lab)
    entry(menu, "angle").trigger()
    lab.redraw()
    assert "angle" in titles(lab)
    menu.aboutToShow.emit()
    entry(menu, "Default curves").trigger()
    lab.redraw()
    assert len(titles(lab)) == 4


def test_the_button_opens_the_same_choice(lab):
    QTest.mouseClick(lab.window.panes.choose_button, LEFT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, CurvesMenu)
    assert entry(menu, "effective step")
    menu.close()


def test_a_right_click_asks_about_the_pane_under_it(lab):
    canvas = lab.window.panes.plots()
    at = canvas.layout_of_panes().plots[1].center().toPoint()
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.RightButton, pos=at)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, PaneMenu)
    entry(menu, "Hide first moment").trigger()
    menu.close()
    lab.redraw()
    assert titles(lab) == ["loss", "second moment", "learning rate"]


def test_each_pane_has_a_scale_of_its_own(lab):
    canvas = lab.window.panes.plots()
    menu = pane_menu(lab.laboratory.panes, 0, lab.window)
    entry(menu, "Logarithmic").trigger()
    lab.redraw()
    assert [pane.spec.log for pane in canvas.panes()] == [False] * 4
    scales = pane_menu(lab.laboratory.panes, -1, lab.window)._scales
    entry(scales, "learning rate").trigger()
    lab.redraw()
    assert [pane.spec.log for pane in canvas.panes()] == [False, False, False, True]


def test_memory_of_another_rule_takes_the_same_place(lab):
    lab.session.select("2")
    QTest.qWait(5)
    assert titles(lab)[0] == "loss"
    assert len(titles(lab)) == 3
    lab.session.select("1")
    QTest.qWait(5)
    assert len(titles(lab)) == 4


def test_what_is_hidden_stays_with_its_pane(lab):
    view = lab.window.panes
    second = next(b for row in view._entries for b in row if b.text() == "m₂")
    QTest.mouseClick(second, LEFT)
    lab.laboratory.panes.set_shown("loss", False)
    lab.redraw()
    shown = {pane.spec.key: [c.name for c in pane.curves] for pane in view.plots().panes()}
    assert shown["memory:1"] == ["m₁"]
    assert shown["memory:2"] == ["s₁", "s₂"]
    second = next(b for row in view._entries for b in row if b.text() == "m₂")
    QTest.mouseClick(second, LEFT)


def test_no_pane_at_all_can_be_undone(lab):
    for key in DEFAULT_KEYS:
        lab.laboratory.panes.set_shown(key, False)
    lab.redraw()
    assert titles(lab) == []
    assert lab.window.panes.choose_button.isVisible()
    pane_menu(lab.laboratory.panes, -1, lab.window)
    lab.laboratory.panes.set_shown("w", True)
    lab.redraw()
    assert titles(lab) == ["weights"]


def test_the_choice_is_that_of_the_document(lab):
    panes = lab.laboratory.panes
    panes.set_shown("eta", False)
    panes.set_shown("w", True)
    panes.set_log("loss", False)
    view = lab.session.document.view
    assert view.panes == (*(key for key in DEFAULT_KEYS if key != "eta"), "w")
    assert (view.log_panes, view.linear_panes) == ((), ("loss",))
    lab.session.open(changed(lab.session.document, view=View(panes=("update_norm",))))
    lab.wait()
    assert titles(lab) == ["step length"]
    lab.session.open(changed(lab.session.document, view=view))
    lab.wait()
    shown = {choice.key: choice.log for choice in panes.choices() if choice.shown}
    assert shown == {"loss": False, "memory:1": False, "memory:2": False, "w": False}


def test_hovering_tells_the_values(lab):
    canvas = lab.window.panes.plots()
    layout = canvas.layout_of_panes()
    x = canvas.step_pixel(100)
    text = canvas.readout(QPointF(x, layout.plots[0].center().y()))
    assert "step 100" in text
    assert all(name in text for name in ("Adam", "Momentum", "RMSProp"))
    text = canvas.readout(QPointF(x, layout.plots[1].center().y()))
    assert "m₁" in text and "m₂" in text
    assert canvas.readout(QPointF(x, 1.0)) == ""
    QTest.mouseMove(canvas.viewport(), QPoint(round(x), round(layout.plots[0].center().y())))
    lab.until(QToolTip.isVisible)
    assert "step" in QToolTip.text()
    QApplication.sendEvent(canvas.viewport(), QEvent(QEvent.Type.Leave))
    QToolTip.hideText()


@pytest.mark.parametrize("width", [1024, 1280, 1440])
def test_the_values_at_the_cursor_are_always_written(lab, width):
    lab.window.resize(width, 720)
    lab.window.arrange()
    QTest.qWait(20)
    plots = lab.window.panes.plots()
    for step in (1, 37, 120, 200):
        lab.session.seek(step)
        QTest.qWait(1)
        for index in range(len(plots.panes())):
            assert plots.plot(index).values.shown(), (step, index)


def test_a_click_in_the_legend_hides_the_path_too_and_shows_it_again(lab):
    def entry(name):
        return next(b for b in lab.window.panes.findChildren(LegendButton) if b.text() == name)

    QTest.mouseClick(entry("Momentum"), Qt.MouseButton.LeftButton)
    lab.wait()
    assert not lab.session.document.run("2").visible
    assert "2" not in {trace.path.run_id for trace in lab.contour.traces()}
    assert not entry("Momentum").isChecked()
    lab.window.runs.row("2").eye().click()
    lab.wait()
    QTest.qWait(5)
    assert entry("Momentum").isChecked()
    assert "2" in {trace.path.run_id for trace in lab.contour.traces()}


def test_curves_of_another_run_go_when_it_is_no_longer_selected(lab, monkeypatch):
    monkeypatch.setattr(background, "LONG", 1)
    lab.session.select("3")
    lab.until(lambda: not lab.laboratory.panes._background.is_busy)
    before = {c.run_id for pane in lab.window.panes.plots().panes() for c in pane.spec.curves}
    assert before == {"1", "2", "3"}
    lab.session.select("1")
    lab.redraw()
    for pane in lab.window.panes.plots().panes():
        runs = {curve.run_id for curve in pane.spec.curves}
        assert runs in ({"1", "2", "3"}, set(), {"1"}), pane.spec.title
    lab.until(lambda: not lab.laboratory.panes._background.is_busy)
    own = [p for p in lab.window.panes.plots().panes() if p.spec.key.startswith("memory")]
    assert own and all({c.run_id for c in pane.spec.curves} == {"1"} for pane in own)


def test_what_changes_no_number_draws_no_curve_again(lab, monkeypatch):
    given = []
    monkeypatch.setattr(lab.window.panes, "set_panes", given.append)
    lab.session.propose(changed(lab.session.document, title="other words"))
    lab.redraw()
    assert given == []
    lab.laboratory.panes.set_log("loss", False)
    lab.redraw()
    assert len(given) == 1
    lab.session.undo()
