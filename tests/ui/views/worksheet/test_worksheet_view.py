"""The view of a worksheet: rows, stepping, copying, room."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest

from optlab.core.analysis.worksheet import Worksheet, worksheet
from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule, rule_names
from optlab.core.run import RunSpec, Trajectory, run
from optlab.core.schedules import parse_schedule
from optlab.pictures.theme import DARK, LIGHT
from optlab.ui.style import fonts
from optlab.ui.style import themes as style
from optlab.ui.views.worksheet import WorksheetView
from optlab.ui.views.worksheet.layout import GAP, MARGIN, RowNeed, lay_out, wrapped
from optlab.ui.views.worksheet.model import EQUATION, NUMBERS, RESULTS
from optlab.ui.widgets.buttons import IconButton, TextButton


def walk(rule: str = "adam", **settings: object) -> tuple[RunSpec, Trajectory]:
    spec = RunSpec(load_problem("himmelblau"), load_rule(rule), steps=60, **settings)  # type: ignore[arg-type]
    return spec, run(spec)


def sheet_of(rule: str = "adam", step: int = 24, **settings: object) -> Worksheet:
    spec, trajectory = walk(rule, **settings)
    return worksheet(spec, trajectory, min(step, trajectory.steps))


@pytest.fixture
def view(show):
    made = WorksheetView()
    made.set_worksheet(sheet_of())
    return show(made, 780, 260)


def cell(view, row, column):
    model = view.table().model()
    return model.data(model.index(row, column))


def button(view, name):
    return next(b for b in view.findChildren(IconButton) if b.accessibleName() == name)


def test_rows_say_equation_numbers_and_results(view):
    model = view.table().model()
    assert model.rowCount() == 6
    assert model.columnCount() == 4
    assert cell(view, 1, EQUATION) == "m ← β₁m + (1 − β₁)g"
    assert cell(view, 1, NUMBERS).startswith("0.9·(")
    assert cell(view, 1, RESULTS + 1) in view.worksheet().rows[1].result_text()
    assert model.headerData(1, Qt.Orientation.Vertical) == "m"
    assert model.headerData(2, Qt.Orientation.Horizontal) == "result, component 1"
    tip = model.data(model.index(1, EQUATION), Qt.ItemDataRole.ToolTipRole)
    assert "running mean of the gradient" in tip


def test_a_scalar_stands_at_the_right_edge(show):
    view = WorksheetView()
    view.set_worksheet(sheet_of("adam", schedule=parse_schedule("cosine")))
    show(view, 780, 260)
    assert cell(view, 0, RESULTS) == ""
    assert cell(view, 0, RESULTS + 1).startswith("0.0")


def test_buttons_and_their_ends(view, listen):
    spec, trajectory = walk()
    before, after = listen(view.previous_pressed), listen(view.next_pressed)
    button(view, "The update before").click()
    button(view, "The update after").click()
    assert (before, after) == ([()], [()])
    view.set_worksheet(worksheet(spec, trajectory, 1))
    assert not button(view, "The update before").isEnabled()
    view.set_worksheet(worksheet(spec, trajectory, 60))
    assert not button(view, "The update after").isEnabled()


def test_copying(view, listen):
    asked = listen(view.copy_requested)
    menu = view.copy_menu()
    for action in menu.actions():
        action.trigger()
    view.table().setFocus()
    QTest.keyClick(view.table(), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert asked == [("text",), ("latex",), ("text",)]
    assert any(b.accessibleName() == "copy" for b in view.findChildren(TextButton))


def test_the_keyboard_moves_rows_and_leaves_steps_alone(view):
    table = view.table()
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Down)
    row = table.currentIndex().row()
    assert row >= 1
    QTest.keyClick(table, Qt.Key.Key_Right)
    assert table.currentIndex().row() == row


def test_stepping_moves_nothing(view):
    spec, trajectory = walk()
    table = view.table()
    for step in range(1, 61):
        view.set_worksheet(worksheet(spec, trajectory, step))
    widths = [table.columnWidth(column) for column in range(4)]
    heights = [table.rowHeight(row) for row in range(6)]
    resets = []
    table.model().modelReset.connect(lambda: resets.append(1))
    for step in range(60, 0, -1):
        view.set_worksheet(worksheet(spec, trajectory, step))
        assert [table.columnWidth(column) for column in range(4)] == widths
        assert [table.rowHeight(row) for row in range(6)] == heights
    assert resets == []


def test_nothing_to_show(view):
    view.set_worksheet(None)
    assert not view.table().isVisible()
    view.set_message("Adam diverged at once")
    view.set_worksheet(sheet_of("nesterov"))
    assert view.table().isVisible()
    assert view.table().model().rowCount() == 3


@pytest.mark.parametrize("width", [420, 700, 1100])
def test_nothing_is_cut_off(show, width):
    treatment = GradientTransforms(noise=0.1, l2=0.1, clip_norm=5.0)
    for rule in rule_names():
        view = WorksheetView()
        view.set_worksheet(sheet_of(rule, treatment=treatment))
        show(view, width, 240)
        table = view.table()
        places = table.itemDelegate().places
        total = sum(table.columnWidth(column) for column in range(table.model().columnCount()))
        assert total <= table.viewport().width() + 2
        for row, place in enumerate(places):
            text = table.sheet_model.numbers(row)
            assert len(wrapped(text, place.characters)) <= max(place.lines, 1), rule


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_the_new_weights_have_the_accent(app, show, theme):
    style.apply(app, theme)
    view = WorksheetView()
    view.set_worksheet(sheet_of())
    show(view, 780, 260)
    picture = view.grab().toImage()
    seen = {
        picture.pixelColor(x, y).name()
        for x in range(picture.width() // 2, picture.width())
        for y in range(picture.height())
    }
    assert theme.accent in seen
    assert theme.window in seen


def test_long_numbers_wrap_before_operators():
    text = "(−1.234, 5.678) − 0.1·(1.000, 2.000)/√(3.000, 4.000)"
    lines = wrapped(text, 24)
    assert "".join(lines) == text
    assert lines[1].startswith("(1.000")
    assert all(len(line.rstrip()) <= 24 for line in lines)
    assert len(wrapped("(−1.234, 5.678, −9.123)", 12)) == 3
    assert wrapped("", 10) == [""]


def test_a_wide_equation_takes_a_line_of_its_own():
    text = "(−1.234, 5.678) − (1.0, 2.0)"
    needs = [RowNeed(100, 16, text), RowNeed(400, 40, text), RowNeed(80, 16, "")]
    layout = lay_out(needs, 700, 2, 7.2, 80, 24)
    assert [place.wide for place in layout.rows] == [False, True, False]
    assert layout.rows[1].height > layout.rows[0].height
    assert layout.equation + layout.numbers + 2 * layout.result == 700


def overlaps(table) -> list[str]:
    """Texts that reach into the column beside them, or beyond the table."""
    delegate, model = table.itemDelegate(), table.sheet_model
    metrics = QFontMetricsF(fonts.code_font(delegate.number_size))
    found = []
    for row, place in enumerate(delegate.places):
        results = model.results(row)
        ends = float(table.columnViewportPosition(RESULTS + model.result_columns() - len(results)))
        for column, text in enumerate(results, RESULTS + model.result_columns() - len(results)):
            right = table.columnViewportPosition(column) + table.columnWidth(column) - MARGIN
            left = right - metrics.horizontalAdvance(text)
            if left < table.columnViewportPosition(column):
                found.append(f"{row}: result {text}")
        numbers = model.numbers(row)
        if place.below:
            begin, parts = MARGIN + GAP, wrapped(numbers, place.characters)
        else:
            begin = place.start or float(table.columnViewportPosition(NUMBERS))
            parts = [numbers]
        widest = max(metrics.horizontalAdvance(part) for part in parts)
        room = table.viewport().width() if place.below else ends + 1
        if begin + widest > room:
            found.append(f"{row}: numbers {numbers}")
    return found


@pytest.mark.parametrize("width", [460, 620, 780, 1100])
@pytest.mark.parametrize(
    ("rule", "eta"),
    [("adam", 0.1), ("momentum", 3.0), ("gd", 0.5), ("rmsprop", 1e-7), ("nadam", 1.0)],
)
def test_columns_never_collide(show, rule, eta, width):
    made = WorksheetView()
    show(made, width, 260)
    spec, trajectory = walk(rule, parameters={"eta": eta})
    for step in range(1, trajectory.steps + 1, 3):
        made.set_worksheet(worksheet(spec, trajectory, step))
        assert overlaps(made.table()) == [], step
