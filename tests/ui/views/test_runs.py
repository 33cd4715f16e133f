import gc
import weakref

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from optlab.ui.views.runs import RunItem, RunsPanel

LEFT = Qt.MouseButton.LeftButton
ITEMS = [
    RunItem("1", "Adam", 0, "3.6e−7"),
    RunItem("2", "Momentum & <b>co</b>", 1, "2.6e−7", "good"),
    RunItem("3", "RMSProp", 2, "circles at 0.044", "warning"),
]
SIGNALS = (
    "run_selected",
    "run_added",
    "run_duplicated",
    "run_removed",
    "run_renamed",
    "run_colored",
    "run_shown",
    "run_moved",
)


@pytest.fixture
def panel(show):
    made = RunsPanel()
    made.set_optimizers([("adam", "Adam", "moments"), ("gd", "Gradient descent", "plain")])
    made.set_runs(ITEMS)
    made.set_selected("1")
    return show(made, 300, 300)


def test_setters_emit_nothing(panel, listen):
    said = [listen(getattr(panel, name)) for name in SIGNALS]
    panel.set_runs(ITEMS[::-1])
    panel.set_selected("3")
    panel.set_result("2", "diverged at step 9", "warning")
    panel.set_runs([])
    assert said == [[]] * len(SIGNALS)


def test_a_click_selects(panel, listen):
    selected = listen(panel.run_selected)
    QTest.mouseClick(panel.row("2"), LEFT, pos=QPoint(80, 12))
    assert selected == [("2",)]
    assert panel.row("1").is_selected and not panel.row("2").is_selected
    panel.set_selected("2")
    assert panel.row("2").is_selected


def test_keys_walk_move_and_delete(panel, listen):
    selected, moved, removed = (
        listen(s) for s in (panel.run_selected, panel.run_moved, panel.run_removed)
    )
    panel.row("1").setFocus()
    QTest.keyClick(panel.row("1"), Qt.Key.Key_Down)
    assert selected == [("2",)] and panel.row("2").hasFocus()
    QTest.keyClick(panel.row("2"), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert moved == [("2", 2)]
    QTest.keyClick(panel.row("2"), Qt.Key.Key_Delete)
    assert removed == [("2",)]


def test_the_eye_hides_and_shows(panel, listen):
    shown = listen(panel.run_shown)
    QTest.mouseClick(panel.row("1").eye(), LEFT)
    assert shown == [("1", False)]
    panel.set_runs([RunItem("1", "Adam", visible=False), *ITEMS[1:]])
    assert panel.row("1").eye().icon_name == "eye-off"
    QTest.mouseClick(panel.row("1").eye(), LEFT)
    assert shown[-1] == ("1", True)


def test_a_run_is_renamed_in_place(panel, listen, app):
    renamed = listen(panel.run_renamed)
    row = panel.row("1")
    QTest.mouseDClick(row, LEFT, pos=QPoint(80, 12))
    edit = row.name_edit
    assert edit is not None and edit.selectedText() == "Adam"
    QTest.keyClicks(edit, "Adam, fast")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert renamed == [("1", "Adam, fast")] and row.name_edit is None
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_F2)
    QTest.keyClicks(row.name_edit, "other")
    QTest.keyClick(row.name_edit, Qt.Key.Key_Escape)
    assert len(renamed) == 1 and row.name_edit is None


def test_a_run_is_dragged_to_another_place(panel, listen, app):
    moved = listen(panel.run_moved)
    row, last = panel.row("1"), panel.row("3")
    start = QPoint(80, 10)
    QTest.mousePress(row, LEFT, pos=start)
    end = row.mapFromGlobal(last.mapToGlobal(QPoint(80, last.height() - 2)))
    for share in (0.3, 0.6, 1.0):
        QTest.mouseMove(row, start + (end - start) * share)
    QTest.mouseRelease(row, LEFT, pos=end)
    assert moved == [("1", 2)]


def test_buttons_and_menus(panel, listen):
    added, doubled, removed, colored = (
        listen(s)
        for s in (panel.run_added, panel.run_duplicated, panel.run_removed, panel.run_colored)
    )
    add, duplicate, delete = panel.buttons()
    QTest.mouseClick(add, LEFT)
    assert panel.picker().titles() == ["Adam", "Gradient descent"]
    QTest.keyClicks(panel.picker().field(), "grad")
    QTest.keyClick(panel.picker().field(), Qt.Key.Key_Return)
    assert not panel.picker().isVisible()
    QTest.mouseClick(duplicate, LEFT)
    QTest.mouseClick(delete, LEFT)
    panel.row("2").swatch.menu().actions()[6].trigger()
    assert added == [("gd",)] and doubled == [("1",)] and removed == [("1",)]
    assert colored == [("2", 6)]
    panel.set_selected(None)
    assert not duplicate.isEnabled() and not delete.isEnabled()


def test_everything_is_in_the_menu_of_a_row(panel, listen):
    shown, moved = listen(panel.run_shown), listen(panel.run_moved)
    actions = {action.text(): action for action in panel.row_menu("2").actions()}
    words = {"Rename", "Hide", "Line", "Duplicate", "Move up", "Move down", "Delete"}
    assert set(actions) == words
    actions["Hide"].trigger()
    actions["Move up"].trigger()
    actions["Move down"].trigger()
    actions["Rename"].trigger()
    assert shown == [("2", False)] and moved == [("2", 0), ("2", 2)]
    assert panel.row("2").name_edit is not None


def test_rows_are_kept_and_freed(panel, app):
    from PySide6.QtCore import QEvent

    kept, gone = panel.row("1"), weakref.ref(panel.row("3"))
    panel.set_runs([RunItem("1", "Adam", 3, "new"), RunItem("9", "new")])
    assert panel.row("1") is kept and kept.item().result == "new"
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert gone() is None
    with pytest.raises(KeyError):
        panel.row("3")
