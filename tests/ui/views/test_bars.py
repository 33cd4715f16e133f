import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from optlab.session.playback import WHOLE_RUN, speeds_for
from optlab.ui.views.status import StatusField, StatusLine
from optlab.ui.views.transport import Transport
from optlab.ui.widgets.buttons import IconButton, Toggle
from optlab.ui.widgets.choice import DropDown
from optlab.ui.widgets.labels import ElidedLabel
from optlab.ui.widgets.slider import Track

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(show):
    made = Transport()
    made.set_step(24, 200)
    return show(made, 1000, 60)


def button(bar, name):
    return next(b for b in bar.findChildren(IconButton) if b.accessibleName() == name)


def test_every_button_tells(bar, listen):
    for name, signal in (
        ("First step", bar.first_pressed),
        ("One step back", bar.back_pressed),
        ("Play", bar.play_toggled),
        ("One step on", bar.forward_pressed),
        ("Last step", bar.last_pressed),
    ):
        said = listen(signal)
        QTest.mouseClick(button(bar, name), LEFT)
        assert said == [()]


def test_playing_shows_a_pause(bar):
    bar.set_playing(True)
    assert button(bar, "Pause").icon_name == "pause"
    bar.set_playing(False)
    assert button(bar, "Play").icon_name == "play"


def test_scrubbing(bar, listen):
    chosen = listen(bar.step_chosen)
    track = bar.findChild(Track)
    QTest.mousePress(track, LEFT, pos=QPoint(track.width() // 2, 10))
    QTest.mouseMove(track, QPoint(track.width(), 10))
    QTest.mouseRelease(track, LEFT, pos=QPoint(track.width(), 10))
    assert abs(chosen[0][0] - 100) <= 2 and chosen[-1] == (200,)
    track.setFocus()
    bar.set_step(50, 200)
    QTest.keyClick(track, Qt.Key.Key_Right)
    assert chosen[-1] == (51,)


def test_the_ends_switch_buttons_off(bar):
    bar.set_step(0, 200)
    assert not button(bar, "First step").isEnabled()
    assert not button(bar, "One step back").isEnabled()
    bar.set_step(200, 200)
    assert not button(bar, "Last step").isEnabled()
    bar.set_step(0, 0)
    assert not button(bar, "Play").isEnabled()


def test_the_bar_stands_still_while_it_counts(bar, app):
    track = bar.findChild(Track)
    bar.set_step(1, 200)
    app.processEvents()
    before = track.geometry()
    for step in (9, 24, 111, 200):
        bar.set_step(step, 200)
        app.processEvents()
        assert track.geometry() == before


def test_speed_and_loop(bar, listen):
    speed, loop = listen(bar.speed_chosen), listen(bar.loop_toggled)
    bar.set_speed(30.0)
    bar.set_loop(True)
    bar.set_loop(False)
    assert speed == loop == []
    QTest.keyClick(bar.findChild(DropDown), Qt.Key.Key_Down)
    QTest.mouseClick(bar.findChild(Toggle), LEFT)
    assert speed == [(60.0,)] and loop == [(True,)]
    bar.set_speed(45.0)
    assert bar.findChild(DropDown).currentText() == "45 steps/s"


def test_setting_a_step_is_silent(bar, listen):
    chosen = listen(bar.step_chosen)
    bar.set_step(3, 10)
    bar.set_step(50, 100)
    assert chosen == []


@pytest.fixture
def line(show):
    return show(StatusLine(), 900, 30)


def test_fields_warning_and_timing(line):
    line.set_fields([StatusField("w (1, 2)", "weights", "w (−0.000, −0.000)"), StatusField("E 3")])
    line.set_warning("η < 2/λ & so on")
    line.set_timing("600 steps in 0.4 ms")
    texts = {label.text() for label in line.findChildren(ElidedLabel) if label.isVisible()}
    assert texts == {"w (1, 2)", "E 3", "η < 2/λ & so on", "600 steps in 0.4 ms"}
    line.set_fields([StatusField("E 3")])
    assert sum(label.isVisible() for label in line.findChildren(ElidedLabel)) == 3


def test_progress_and_cancel(line, listen):
    cancelled = listen(line.cancel_pressed)
    assert not line.is_busy()
    line.set_progress(0.4, "map")
    assert line.is_busy()
    QTest.mouseClick(line.cancel_button, LEFT)
    assert cancelled == [()]
    line.set_progress(None, "waiting")
    assert line.is_busy()
    line.set_progress(None)
    assert not line.is_busy()


def test_the_number_of_the_step_can_be_typed(bar, listen):
    chosen = listen(bar.step_chosen)
    bar.set_step(24, 200)
    label = bar.step_label
    QTest.mouseClick(label, LEFT)
    field = label.edit()
    assert field.isVisible() and field.hasFocus() and field.text() == "24"
    QTest.keyClicks(field, "100")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert chosen == [(100,)] and not field.isVisible()
    QTest.mouseClick(label, LEFT)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert chosen == [(100,)] and not field.isVisible()


def test_a_digit_begins_to_type_over_the_step(bar, listen):
    chosen = listen(bar.step_chosen)
    bar.set_step(24, 200)
    label = bar.step_label
    label.setFocus()
    QTest.keyClicks(label, "7")
    QTest.keyClicks(label.edit(), "5")
    QTest.keyClick(label.edit(), Qt.Key.Key_Return)
    assert chosen == [(75,)]


def test_the_last_speed_is_the_whole_run_in_ten_seconds(bar, listen):
    speed = listen(bar.speed_chosen)
    bar.set_speeds(speeds_for(1_000_000))
    drop_down = bar.findChild(DropDown)
    QTest.keyClick(drop_down, Qt.Key.Key_End)
    assert drop_down.currentText() == "whole run in 10 s" and speed == [(WHOLE_RUN,)]
    QTest.keyClick(drop_down, Qt.Key.Key_Up)
    assert speed[-1] == (100_000.0,)
    bar.set_speeds(speeds_for(200))
    assert drop_down.itemText(drop_down.count() - 1) == "whole run in 10 s"
