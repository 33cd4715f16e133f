"""The pages under the map: worksheet and story follow run, cursor and numbers."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from optlab.files.experiment_files import load_experiment, shipped_experiment
from optlab.session.session import Session

LEFT = Qt.MouseButton.LeftButton


def press_tab(lab: Any, title: str) -> None:
    tabs = lab.window.bottom_tabs.tabs()
    index = lab.window.bottom_tabs.titles().index(title)
    QTest.mouseClick(tabs, LEFT, pos=tabs.tabRect(index).center())
    QTest.qWait(5)


def test_the_sides_keep_the_whole_height(lab):
    window = lab.window
    setup, panes, details = window.docks
    assert setup.height() > details.height() + lab.window.view_tabs.height() - 10
    assert panes.height() > details.height() + lab.window.view_tabs.height() - 10
    assert details.width() == pytest.approx(window.view_tabs.width(), abs=4)
    assert 0.2 < details.height() / window.height() < 0.3


def test_the_worksheet_follows_cursor_and_selection(lab):
    press_tab(lab, "Worksheet")
    lab.session.seek(24)
    QTest.qWait(5)
    sheet = lab.window.worksheet.worksheet()
    assert sheet.title == "Adam, update 24"
    assert sheet.rows[-1].values == pytest.approx(lab.session.trajectories["1"].weights[24])
    lab.session.select("2")
    QTest.qWait(5)
    assert lab.window.worksheet.worksheet().title.endswith("update 24")
    assert lab.window.worksheet.worksheet().name == "Momentum"


def test_a_hidden_worksheet_costs_nothing(lab):
    press_tab(lab, "Worksheet")
    lab.session.seek(24)
    QTest.qWait(5)
    press_tab(lab, "Story")
    lab.session.seek(30)
    QTest.qWait(5)
    assert lab.window.worksheet.worksheet().step == 24
    press_tab(lab, "Worksheet")
    assert lab.window.worksheet.worksheet().step == 30


def test_its_buttons_step_and_copy(lab):
    press_tab(lab, "Worksheet")
    lab.session.seek(0)
    QTest.qWait(5)
    view = lab.window.worksheet
    assert view.worksheet() is None
    QTest.mouseClick(view._next, LEFT)
    assert lab.session.playback.step == 1
    lab.session.seek(24)
    QTest.qWait(5)
    QTest.mouseClick(view._previous, LEFT)
    assert lab.session.playback.step == 23
    QTest.qWait(5)
    view.copy_menu().actions()[0].trigger()
    assert QApplication.clipboard().text().startswith("Adam, update 23")
    view.copy_menu().actions()[1].trigger()
    assert "\\begin{align*}" in QApplication.clipboard().text()


def test_the_worksheet_survives_a_dragged_option_and_slider(lab):
    press_tab(lab, "Worksheet")
    lab.session.seek(24)
    panel = lab.window.parameters
    for on in (False, True):
        panel.option_chosen.emit("second_moment", on)
        QTest.qWait(1)
    track = panel.slider("eta")._track
    middle = track.rect().center()
    lab.drag(track, [middle + QPoint(4 * k, 0) for k in range(-6, 6)], 0.01)
    lab.wait()
    QTest.qWait(5)
    sheet = lab.window.worksheet.worksheet()
    walk = lab.session.trajectories["1"]
    assert sheet.rows[-1].values == pytest.approx(walk.weights[sheet.step])


def test_a_run_that_cannot_run_says_why(lab):
    press_tab(lab, "Worksheet")
    lab.window.parameters.schedule_edited.emit("cosine:T_max=10")
    lab.session.select("")
    QTest.qWait(5)
    assert lab.window.worksheet.worksheet() is None
    assert "Select a run" in lab.window.worksheet._message.text()
    assert not lab.window.worksheet._next.isEnabled()


def test_an_experiment_with_a_story_begins_with_it(lab):
    press_tab(lab, "Worksheet")
    session: Session = lab.session
    session.open(load_experiment(shipped_experiment("momentum_overshoots")))
    assert lab.window.bottom_tabs.page() == "Story"
    lab.wait()
    QTest.qWait(5)
    story = lab.window.story
    assert story.title() == "Momentum overshoots"
    assert [row.claim[1] for row in story.rows()] == [True] * 5
    assert any("never crosses the floor" in row.claim[0] for row in story.rows())
    # Another momentum: the claims are about the numbers, not about the file.
    lab.window.parameters.parameter_settled.emit("alpha", 0.0)
    lab.wait()
    QTest.qWait(5)
    assert False in [row.claim[1] for row in story.rows()]


def test_undo_does_not_turn_the_page(lab):
    lab.session.open(load_experiment(shipped_experiment("momentum_overshoots")))
    lab.wait()
    press_tab(lab, "Worksheet")
    lab.window.surface.problem_chosen.emit("rosenbrock")
    lab.session.undo()
    QTest.qWait(5)
    assert lab.window.bottom_tabs.page() == "Worksheet"


def test_title_and_story_are_edited_saved_and_undone_together(lab, tmp_path):
    lab.window.bottom_tabs.show_page("Story")
    QTest.qWait(5)
    title, story = lab.window.story.fields()
    before = lab.session.document
    QTest.mouseClick(title, lab.left)
    title.selectAll()
    QTest.keyClicks(title, "My title")
    assert lab.window.windowTitle().startswith("My title")
    QTest.mouseClick(story.viewport(), lab.left)
    story.selectAll()
    QTest.keyClicks(story, "Look here.")
    QTest.keyClick(story, lab.keys.Key_Escape)
    assert lab.contour.hasFocus()
    path = tmp_path / "mine.optlab"
    assert lab.laboratory.commands.save_file(path)
    saved = load_experiment(path)
    assert (saved.title, saved.story) == ("My title", "Look here.")
    for _ in range(2):
        lab.key(lab.keys.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert lab.session.document == before
    QTest.qWait(5)
    assert lab.window.story.title() == before.title
