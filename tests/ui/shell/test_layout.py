"""The window on small screens: nothing is crushed, whatever was left on a large one."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QRect, QSettings, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar


def tabs_of(lab):
    return lab.window.view_tabs.findChild(QTabBar)


def usable(lab):
    """Whether tabs and switches of the map have all the room that they need."""
    tabs, centre = tabs_of(lab), lab.window.view_tabs
    switches = [centre.switch(key) for key in centre.switch_keys()]
    areas = [QRect(s.mapTo(centre, s.rect().topLeft()), s.size()) for s in switches]
    return (
        tabs.width() >= tabs.sizeHint().width()
        and all(s.width() >= s.sizeHint().width() for s in switches)
        and all(centre.rect().contains(area) for area in areas)
        and not any(a.intersects(b) for i, a in enumerate(areas) for b in areas[:i])
    )


@pytest.mark.parametrize("size", [(1024, 640), (1280, 720), (1440, 900)])
def test_a_window_of_this_size_can_be_used(lab, size):
    window = lab.window
    assert window.minimumSizeHint().width() <= 1024
    assert window.minimumSizeHint().height() <= 640
    window.resize(*size)
    window.arrange()
    QTest.qWait(20)
    assert (window.width(), window.height()) == size
    assert usable(lab)
    assert lab.contour.height() >= 220


@pytest.mark.parametrize("size", [(1024, 640), (1280, 720)])
def test_a_layout_left_in_a_large_window_leaves_room_in_a_small_one(lab, size, tmp_path):
    window = lab.window
    settings = QSettings(str(tmp_path / "large.ini"), QSettings.Format.IniFormat)
    window.resize(2560, 1440)
    QTest.qWait(20)
    window.resizeDocks(list(window.docks[:2]), [800, 1100], Qt.Orientation.Horizontal)
    window.resizeDocks([window.docks[2]], [900], Qt.Orientation.Vertical)
    window.docks[2].show()
    window.save_layout(settings)
    settings.remove("window/geometry")
    window.resize(*size)
    window.restore_layout(settings)
    QTest.qWait(20)
    assert usable(lab)
    assert lab.contour.height() >= 220 and lab.contour.width() >= 400
    window.reset_layout()


def test_a_layout_left_in_a_window_of_this_size_comes_back_as_it_was(lab, tmp_path):
    window = lab.window
    settings = QSettings(str(tmp_path / "same.ini"), QSettings.Format.IniFormat)
    window.resizeDocks([window.docks[1]], [520], Qt.Orientation.Horizontal)
    QTest.qWait(20)
    width = window.docks[1].width()
    window.save_layout(settings)
    settings.remove("window/geometry")
    window.reset_layout()
    QTest.qWait(20)
    assert window.docks[1].width() != width
    window.restore_layout(settings)
    QTest.qWait(20)
    assert window.docks[1].width() == width
    window.reset_layout()


def test_the_window_is_made_to_fit_the_screen_with_its_frame(lab, monkeypatch):
    window = lab.window
    room, frame = QRect(0, 30, 1280, 690), QSize(4, 28)

    def framed():
        return QRect(window.pos(), window.size() + frame)

    monkeypatch.setattr(window, "screen", lambda: SimpleNamespace(availableGeometry=lambda: room))
    monkeypatch.setattr(window, "frameGeometry", framed)
    window.move(200, 200)
    window.fit_screen()
    assert room.contains(framed())
    assert window.size() == room.size() - frame


def test_what_is_opened_at_the_end_of_a_column_comes_into_view(lab):
    lab.window.resize(1280, 720)
    QTest.qWait(20)
    column, group = lab.window.setup, lab.window.parameters.treatment_group()
    column.ensureWidgetVisible(group.group().header())
    QTest.mouseClick(group.group().header(), lab.left)
    QTest.qWait(20)
    last = group.field("noise_relative")
    seen = QRect(last.mapTo(column.viewport(), last.rect().topLeft()), last.size())
    assert column.viewport().rect().contains(seen)
    QTest.mouseClick(last, lab.left)
    QTest.keyClicks(last, "0.5")
    QTest.keyClick(last, lab.keys.Key_Return)
    assert lab.session.document.runs[0].treatment.noise_relative == 0.5
    QTest.mouseClick(group.group().header(), lab.left)


def test_switches_over_the_map_show_what_the_menu_shows(lab):
    centre = lab.window.view_tabs
    for key in centre.switch_keys():
        assert centre.switch(key).isChecked() is lab.actions[key].isChecked(), key
    assert centre.switch("arrows").isChecked()
    lab.actions["arrows"].trigger()
    assert not centre.switch("arrows").isChecked()
    QTest.mouseClick(centre.switch("arrows"), lab.left)
    assert lab.actions["arrows"].isChecked()


def test_switches_have_their_words_in_the_usual_window(lab):
    lab.window.resize(1440, 900)
    lab.window.arrange()
    QTest.qWait(20)
    centre = lab.window.view_tabs
    assert not any(centre.switch(key).is_compact for key in centre.switch_keys())
