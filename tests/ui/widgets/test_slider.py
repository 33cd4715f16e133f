import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from optlab.ui.widgets.slider import POSITIONS, LabelledSlider, Scale

LOG = Scale(1e-4, 10.0, logarithmic=True)
LINEAR = Scale(0.0, 0.999)


@pytest.mark.parametrize("scale", [LOG, LINEAR, Scale(-5.0, 5.0), Scale(0.0, 1e-3, True)])
def test_positions_and_values_belong_together(scale):
    values = [scale.value(position) for position in range(POSITIONS + 1)]
    assert values[0] == scale.low and values[-1] == scale.high
    assert values == sorted(values)
    for position in range(0, POSITIONS + 1, 20):
        assert abs(scale.position(scale.value(position)) - position) <= 2


@given(st.floats(allow_nan=False))
def test_any_value_has_a_position(value):
    for scale in (LOG, LINEAR, Scale(0.0, 1.0, True)):
        assert 0 <= scale.position(value) <= POSITIONS


def test_dragged_values_are_round():
    assert len(f"{LOG.value(137):g}") <= 7
    assert LINEAR.value(200) == round(LINEAR.value(200), 3)


@pytest.fixture
def slider(show):
    def check(value):
        return "" if 0 < value < 100 else "η must be above 0"

    return show(LabelledSlider("η", LOG, 0.1, name="eta", tip="learning rate", check=check))


def spot(track, share):
    return QPoint(round(7 + share * (track.width() - 14)), track.height() // 2)


def test_a_drag_moves_and_then_settles(slider, listen):
    moved, settled = listen(slider.moved), listen(slider.settled)
    track = slider.track()
    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=spot(track, 0.5))
    QTest.mouseMove(track, spot(track, 0.7))
    QTest.mouseMove(track, spot(track, 0.9))
    assert len(moved) >= 2 and settled == []
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton, pos=spot(track, 0.9))
    assert settled == [moved[-1]]
    assert slider.value() == moved[-1][0] > 0.1


def test_the_ends_are_exact(slider):
    track = slider.track()
    QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=spot(track, 1.0))
    assert slider.value() == 10.0
    QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=spot(track, 0.0))
    assert slider.value() == 1e-4


def test_keys(slider, listen):
    settled = listen(slider.settled)
    track = slider.track()
    track.setFocus()
    before = slider.value()
    for key, bigger in (
        (Qt.Key.Key_Right, True),
        (Qt.Key.Key_Up, True),
        (Qt.Key.Key_PageUp, True),
        (Qt.Key.Key_PageDown, False),
        (Qt.Key.Key_Left, False),
        (Qt.Key.Key_Home, False),
        (Qt.Key.Key_End, True),
    ):
        QTest.keyClick(track, key)
        assert (slider.value() > before) == bigger
        before = slider.value()
    assert before == 10.0
    assert len(settled) == 7
    QTest.keyClick(track, Qt.Key.Key_Delete)
    assert slider.value() == 0.1


def test_a_double_click_resets(slider, listen):
    slider.set_value(3.0)
    settled = listen(slider.settled)
    QTest.mouseDClick(slider.track(), Qt.MouseButton.LeftButton, pos=spot(slider.track(), 0.5))
    assert settled[-1] == (0.1,)


def test_exact_entry_goes_beyond_the_track(slider, listen):
    settled, moved = listen(slider.settled), listen(slider.moved)
    edit = slider.edit()
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, "1e-8")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert settled == [(1e-8,)] and moved == [] and slider.value() == 1e-8
    track = slider.track()
    QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=spot(track, 0.0))
    assert slider.value() == 1e-4


def test_an_impossible_entry_says_why(slider, listen):
    settled = listen(slider.settled)
    edit = slider.edit()
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, "-1")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert slider.notice() == "η must be above 0" and settled == []
    assert slider.value() == 0.1
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert slider.notice() == ""


def test_setting_is_silent(slider, listen):
    moved, settled = listen(slider.moved), listen(slider.settled)
    slider.set_value(2.0)
    assert moved == settled == []
    assert slider.edit().text() == "2.000"


def test_the_slider_is_spoken(slider):
    assert slider.track().accessibleName() == "eta slider"
    assert "learning rate" in slider.track().toolTip()
