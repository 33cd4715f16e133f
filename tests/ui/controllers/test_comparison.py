"""The comparison table under a real mouse: sorting, target, baseline, difference, leaving."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from optlab.pictures.theme import DARK, LIGHT
from optlab.session.comparison import comparison_csv, study_comparison, usual_target
from optlab.session.edits import run_edits
from optlab.session.experiment import Experiment, Run, Surface, changed
from optlab.ui.controllers.comparison import COMPARISON, LEAVING
from optlab.ui.views.comparison import ComparisonView

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(lab: Any) -> Any:
    lab.window.bottom_tabs.show_page("Comparison")
    settle(lab)
    table = lab.window.comparison.table()
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    yield lab.window.comparison
    lab.window.comparison.target_edited.emit(None)
    lab.window.bottom_tabs.show_page("Worksheet")


def settle(lab: Any) -> None:
    lab.wait()
    QTest.qWait(5)
    desk = lab.session._desk
    lab.until(lambda: not (desk.busy(COMPARISON) or desk.busy(LEAVING)))
    QTest.qWait(5)


def column(view: ComparisonView, title: str) -> int:
    titles = [shown.title.replace("\n", " ") for shown in view.table().source().columns()]
    return next(place for place, shown in enumerate(titles) if shown.startswith(title))


def texts(view: ComparisonView, title: str) -> list[str]:
    place = column(view, title)
    return [row.cells[place].text for row in view.table().source().rows()]


def press_title(view: ComparisonView, title: str) -> None:
    header = view.table().horizontalHeader()
    place = column(view, title)
    x = header.sectionViewportPosition(place) + header.sectionSize(place) // 2
    at = header.viewport().rect().center()
    at.setX(x)
    QTest.mouseClick(header.viewport(), LEFT, pos=at)


def type_number(field: QWidget, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_it_says_what_the_runs_achieved(lab, view):
    walk = lab.session.trajectories["1"]
    row = view.table().source().rows()[0]
    assert row.cells[0].text == "Adam"
    assert texts(view, "outcome") == ["finished 200"] * 3
    assert row.cells[column(view, "final")].sort == walk.final_loss
    target = usual_target(lab.session.resolved)
    reached = int((walk.loss <= target).argmax())
    assert texts(view, "steps to")[0] == str(reached)
    assert float(view.target_field().placeholderText()) == target


def test_a_click_on_a_title_sorts_and_empty_cells_stay_below(lab, view):
    lab.session.propose(run_edits.set_parameter(lab.session.document, "2", "eta", 5.0))
    settle(lab)
    assert texts(view, "steps to")[1] == "–"
    press_title(view, "steps to")
    upwards = view.table().shown_runs()
    press_title(view, "steps to")
    downwards = view.table().shown_runs()
    assert upwards[-1] == downwards[-1] == "2"
    assert upwards[:2] == downwards[1::-1]
    # New numbers keep the order that was asked for.
    lab.session.propose(run_edits.set_parameter(lab.session.document, "1", "beta1", 0.8))
    settle(lab)
    assert view.table().shown_runs()[-1] == "2"
    lab.session.undo()
    lab.session.undo()


def test_another_target_and_baseline(lab, view):
    type_number(view.target_field(), "10")
    settle(lab)
    walk = lab.session.trajectories["2"]
    assert texts(view, "steps to")[1] == str(int((walk.loss <= 10).argmax()))
    assert texts(view, "×")[0] == "1×"
    choice = view.baseline_list
    choice.setFocus()
    QTest.keyClick(choice, Qt.Key.Key_Down)
    settle(lab)
    assert texts(view, "× Momentum")[1] == "1×"
    type_number(view.target_field(), "")
    settle(lab)
    assert view.target_field().value() is None


def test_a_click_on_a_row_selects_its_run(lab, view):
    table = view.table()
    at = table.visualRect(table.model().index(2, 3)).center()
    QTest.mouseClick(table.viewport(), LEFT, pos=at)
    assert lab.session.selected == "3"
    lab.session.select("1")
    assert [index.row() for index in table.selectionModel().selectedRows()] == [0]


def test_rules_with_more_gradients_are_compared_by_gradients(lab, view):
    lab.session.propose(run_edits.add_run(lab.session.document, "sam"))
    settle(lab)
    assert texts(view, "gradient")[-1] == "400"
    assert texts(view, "loss after")
    assert "SAM 2" in view._note.text()
    lab.session.undo()
    settle(lab)
    assert not view._note.isVisible()


def test_where_two_runs_part(lab, view):
    assert "part at step" in view.difference_text()
    second = view.pair_lists[1]
    second.setFocus()
    QTest.keyClick(second, Qt.Key.Key_Up)
    assert "the same path" in view.difference_text()


def test_it_leaves_as_text_and_as_csv(lab, view, tmp_path):
    lab.actions["copy_table"].trigger()
    settle(lab)
    assert "RMSProp" in QApplication.clipboard().text()
    assert "× " in QApplication.clipboard().text()
    path = tmp_path / "table.csv"
    lab.laboratory.comparison.export(path)
    settle(lab)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    session = lab.session
    entries = study_comparison(session.study)
    assert path.read_bytes() == comparison_csv(entries)  # as the command line writes it
    assert float(rows[2]["final_loss"]) == lab.session.trajectories["3"].final_loss
    lab.laboratory.comparison.export(tmp_path / "missing" / "table.csv")
    settle(lab)
    assert lab.window.status._warning.text()
    assert not (tmp_path / "missing").exists()


def test_ctrl_c_in_the_table_copies_the_table(lab, view):
    QApplication.clipboard().clear()
    view.table().setFocus()
    lab.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    settle(lab)
    assert QApplication.clipboard().text().startswith("target 0.1")


def test_it_copies_while_another_page_is_shown(lab):
    lab.window.bottom_tabs.show_page("Story")
    QApplication.clipboard().clear()
    lab.actions["copy_table"].trigger()
    settle(lab)
    assert "Adam" in QApplication.clipboard().text()
    lab.window.bottom_tabs.show_page("Worksheet")


def test_a_surface_without_known_minima_and_no_runs(lab, view):
    run = lab.session.document.runs[0]
    lab.session.open(Experiment(surface=Surface(formula="sin(w1) + cos(w2)"), runs=(run,)))
    settle(lab)
    assert texts(view, "distance") == ["–"]
    assert view.target_field().placeholderText()
    assert view.difference_text() == ""
    lab.session.open(Experiment(surface=Surface(problem="himmelblau")))
    settle(lab)
    assert view.table().source().rows() == ()


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize("width", [1280, 1440])
def test_titles_and_numbers_are_not_cut(lab, view, theme, width):
    lab.laboratory.set_theme(theme.name)
    lab.window.resize(width, 720)
    settle(lab)
    table = view.table()
    metrics, head = table.fontMetrics(), table.horizontalHeader().fontMetrics()
    for place, shown in enumerate(table.source().columns()):
        room = table.columnWidth(place)
        for part in shown.title.split("\n"):
            assert head.horizontalAdvance(part) + 16 <= room
        for row in table.source().rows():
            assert metrics.horizontalAdvance(row.cells[place].text) + 12 <= room
    lab.laboratory.set_theme(DARK.name)


def test_eight_runs_fit_a_small_window(lab, view):
    names = ("adam", "momentum", "rmsprop", "gd", "nesterov", "adagrad", "lion", "adamw")
    runs = tuple(
        Run(
            id=str(place + 1),
            optimizer=name,
            name="Gradient descent, much too fast" if name == "gd" else name.title(),
            parameters={"eta": 0.2} if name == "gd" else {},
            color=place,
        )
        for place, name in enumerate(names)
    )
    lab.session.propose(changed(lab.session.document, runs=runs))
    lab.window.resize(1280, 720)
    lab.window.arrange()
    settle(lab)
    assert any(text.startswith("diverged") for text in texts(view, "outcome"))
    table = view.table()
    lab.until(lambda: table.verticalScrollBar().maximum() > 0)
    assert table.horizontalScrollBar().maximum() == 0


def test_every_control_has_a_name(view):
    for child in (*view.findChildren(QWidget), *view.header().findChildren(QWidget)):
        if child.focusPolicy() and not child.inherits("QScrollBar"):
            assert child.accessibleName(), child
