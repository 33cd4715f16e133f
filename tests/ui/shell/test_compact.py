"""What a person needs is seen without scrolling, also in a small window and with long names."""

import msgspec
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest

from optlab.session.experiment import Run, changed
from optlab.ui.style import fonts
from optlab.ui.views.panes.legend import LegendButton

SIZES = [(1280, 720), (1440, 900)]


def resize(lab, size):
    lab.window.resize(*size)
    lab.window.arrange()
    QTest.qWait(20)


def inside(part, whole):
    return whole.rect().contains(QRect(part.mapTo(whole, part.rect().topLeft()), part.size()))


def test_all_settings_are_seen_in_the_usual_window(lab):
    resize(lab, (1440, 900))
    lab.until(lambda: lab.window.setup.verticalScrollBar().maximum() == 0)
    panel = lab.window.parameters
    assert panel.schedule_row().curve().isVisible()
    for part in (panel.slider("eta"), panel.schedule_row(), panel.treatment_group()):
        assert inside(part, lab.window.setup)


def test_all_sliders_are_seen_in_a_small_window(lab):
    resize(lab, (1280, 720))
    for name in ("eta", "beta1", "beta2", "epsilon"):
        assert inside(lab.window.parameters.slider(name), lab.window.setup), name


def test_the_curve_is_that_of_the_selected_run(lab):
    curve = lab.window.parameters.schedule_row().curve()
    rates = lab.session.trajectories["1"]["eta"]
    assert curve.values()[0] == rates[1] and curve.values()[-1] == rates[-1]
    lab.session.select("2")
    lab.redraw()
    assert not curve.isVisible(), "a constant rate needs none"
    lab.session.select("1")
    lab.redraw()
    assert curve.isVisible() and curve.toolTip()


def test_switches_without_room_show_icons_and_keep_their_words(lab):
    centre = lab.window.view_tabs
    resize(lab, (1280, 720))
    switches = [centre.switch(key) for key in centre.switch_keys()]
    assert len({switch.geometry().top() for switch in switches}) == 1
    small = [switch for switch in switches if switch.is_compact]
    assert len(small) >= 4
    for switch in small:
        assert switch.accessibleName() == switch.text()
        assert switch.text() in switch.toolTip()
    QTest.mouseClick(small[0], Qt.MouseButton.LeftButton)
    QTest.mouseClick(small[0], Qt.MouseButton.LeftButton)
    resize(lab, (1920, 1080))
    assert not any(switch.is_compact for switch in switches)


@pytest.mark.parametrize("size", SIZES)
def test_the_whole_worksheet_is_seen(lab, size):
    lab.window.bottom_tabs.show_page("Worksheet")
    resize(lab, size)
    table = lab.window.worksheet.table()
    for step in (200, 24, 1):
        lab.session.seek(step)
        lab.until(lambda: table.content_height() <= table.viewport().height())


@pytest.mark.parametrize("size", SIZES)
def test_the_comparison_needs_no_scrolling_sideways(lab, size):
    lab.window.bottom_tabs.show_page("Comparison")
    resize(lab, size)
    table = lab.window.comparison.table()
    lab.until(lambda: table.source().rows())
    lab.until(lambda: table.horizontalScrollBar().maximum() == 0)
    lab.window.bottom_tabs.show_page("Worksheet")


def test_long_names_are_shortened_where_they_stand(lab):
    more = tuple(
        Run(id=f"x{index}", name=f"number {index} " + "with a long name " * 4, optimizer="adam")
        for index in range(5)
    )
    runs = tuple(msgspec.structs.replace(run, color=0) for run in lab.session.document.runs)
    lab.session.propose(changed(lab.session.document, runs=(*runs, *more)))
    lab.wait()
    resize(lab, (1280, 720))
    legend = [b for b in lab.window.panes.findChildren(LegendButton) if b.text().startswith("num")]
    assert len(legend) == 5
    for button in legend:
        assert inside(button, lab.window.panes)
        assert "with a long name" in button.toolTip()
    assert lab.window.panes.plots().height() > 400
    lab.session.undo()


@pytest.mark.parametrize("scale", [1.5, 2.0])
def test_large_text_in_a_small_window(make_lab, scale):
    fonts.set_text_scale(scale)
    lab = make_lab()
    try:
        lab.begin()
        least = lab.window.minimumSizeHint()
        assert least.width() <= 1280 and least.height() <= 720
        resize(lab, (1280, 720))
        details = lab.window.bottom_tabs
        for title in details.titles():
            details.show_page(title)
            QTest.qWait(5)
            assert details.tabs().width() >= details.tabs().sizeHint().width()
            assert inside(details.tabs(), details)
    finally:
        lab.close()
        fonts.set_text_scale(1.0)


def test_the_keyboard_stays_in_the_middle_when_its_view_goes(lab):
    lab.contour.setFocus()
    centre = lab.window.view_tabs
    for title in ("3D", "Basins", "Measures", "Contour"):
        centre.show_layout(title)
        focus = lab.window.focusWidget()
        assert focus is not lab.window.surface.gallery
        assert not lab.window.setup.isAncestorOf(focus)
