"""What stands beside the maps: rows to set something, legends, names for screen readers."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit

from optlab.pictures.maps import LegendItem
from optlab.ui.views.maps import BasinsPage, SettingItem, SweepPage
from tests.ui.mouse import enter

LEFT = Qt.MouseButton.LeftButton


def choose(combo, row: int) -> None:
    combo.setCurrentIndex(row)
    combo.activated.emit(row)


def test_everything_to_use_has_a_name(show) -> None:
    for made in (BasinsPage(), SweepPage()):
        page = show(made, 700, 420)
        assert page.accessibleName() and page.canvas.accessibleName()
        for kind in (QAbstractButton, QComboBox, QLineEdit):
            for widget in page.findChildren(kind):
                if widget.isVisible():
                    name = widget.accessibleName() or getattr(widget, "text", str)()
                    assert name, widget


def test_the_basins_page_tells_what_is_set(show, listen) -> None:
    page = show(BasinsPage(), 700, 420)
    page.set_runs([("1", "Adam"), ("2", "Momentum")], "")
    page.set_tolerance(0.01)
    runs, resolutions = listen(page.run_chosen), listen(page.resolution_chosen)
    tolerances, pressed = listen(page.tolerance_entered), listen(page.compute_pressed)
    choose(page._run.drop_down, 2)
    assert runs == [("2",)]
    choose(page._resolution, 0)
    assert resolutions == [(64,)]
    enter(page._tolerance.field, "0.5")
    assert tolerances == [(0.5,)]
    enter(page._tolerance.field, "-1")
    assert len(tolerances) == 1 and page._tolerance.field.is_wrong()
    QTest.mouseClick(page.compute_button, LEFT)
    assert len(pressed) == 1


def test_the_parameter_page_tells_what_is_set(show, listen) -> None:
    page = show(SweepPage(), 700, 700)
    items = [SettingItem("eta", "η"), SettingItem("beta1", "β₁"), SettingItem("w1", "w₁")]
    page.set_settings(items, ("eta", "beta1"))
    page.set_measures([("loss", "final loss"), ("steps", "steps to target")])
    for controls in page.axes:
        controls.set_range(0.1, 1.0, False)
    settings, ranges = listen(page.setting_chosen), listen(page.range_entered)
    logs, measures = listen(page.log_toggled), listen(page.measure_chosen)
    targets = listen(page.target_entered)
    choose(page.axes[1].choice, 2)
    assert settings == [(1, "w1")]
    enter(page.axes[0].low, "0.2")
    enter(page.axes[1].high, "3")
    assert ranges == [(0, 0.2, 1.0), (1, 0.1, 3.0)]
    QTest.mouseClick(page.axes[1].log, LEFT)
    assert logs == [(1, True)]
    choose(page.measure_choice.drop_down, 1)
    assert measures == [("steps",)]
    enter(page.target_field().field, "0.25")
    enter(page.target_field().field, " ")
    assert targets == [(0.25,), (None,)]


def test_a_legend_grows_and_shrinks(show) -> None:
    page = show(BasinsPage(), 700, 500)
    three = [LegendItem(("#ff0000",), f"({i}, 0)", "20 %", "tip") for i in range(3)]
    page.legend().set_items(three)
    assert page.legend().items() == tuple(three)
    page.legend().set_items([LegendItem(("#ff0000", "#000000"), "3 … 9 steps")])
    entries = [entry for entry in page.legend()._entries if not entry.isHidden()]
    assert [entry.accessibleName() for entry in entries] == ["3 … 9 steps"]


def test_showing_and_hiding_is_told(show, listen) -> None:
    page = BasinsPage()
    shown, hidden = listen(page.shown), listen(page.hidden)
    show(page)
    page.hide()
    assert len(shown) == 1 and len(hidden) == 1
