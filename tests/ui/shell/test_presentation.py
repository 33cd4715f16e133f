"""Full screen, and presenting: larger letters, no panels, and everything as it was afterwards."""

import pytest
from PySide6.QtTest import QTest

from optlab.ui.style import fonts
from optlab.ui.widgets.choice import DropDown


@pytest.fixture
def presenting(lab):
    lab.key(lab.keys.Key_F5)
    QTest.qWait(20)
    yield lab
    lab.laboratory.presentation.present(False)
    QTest.qWait(20)
    assert fonts.scaled(1.0) == 1.0


def letters(lab):
    window = lab.window
    parts = (
        window.transport.findChild(DropDown),
        window.status._warning,
        window.parameters.slider("eta").edit(),
        window.runs.row("1")._result,
    )
    return [part.font().pixelSize() for part in parts]


def test_presenting_hides_panels_and_enlarges_letters(lab, presenting):
    assert not any(dock.isVisible() for dock in lab.window.docks)
    assert lab.window.isFullScreen() and lab.actions["presentation"].isChecked()
    larger = letters(lab)
    lab.key(lab.keys.Key_Escape)
    QTest.qWait(20)
    assert all(dock.isVisible() for dock in lab.window.docks)
    assert not lab.window.isFullScreen() and not lab.actions["presentation"].isChecked()
    assert all(
        a == pytest.approx(1.5 * b, abs=1) for a, b in zip(larger, letters(lab), strict=True)
    )


def test_presenting_twice_gives_the_same_letters(lab):
    before = letters(lab)
    for _ in range(2):
        lab.laboratory.presentation.present(True)
        lab.laboratory.presentation.present(False)
    assert letters(lab) == before


def test_keys_play_while_presenting(lab, presenting):
    lab.key(lab.keys.Key_Space)
    assert lab.session.playback.playing
    lab.key(lab.keys.Key_Space)


def test_the_number_of_the_step_is_not_cut_while_presenting(lab, presenting):
    label = lab.window.transport.step_label
    assert label.width() >= label.sizeHint().width()


def test_full_screen_and_back(lab):
    lab.key(lab.keys.Key_F11)
    assert lab.window.isFullScreen() and lab.actions["full_screen"].isChecked()
    assert all(dock.isVisible() for dock in lab.window.docks)
    lab.key(lab.keys.Key_F11)
    assert not lab.window.isFullScreen() and not lab.actions["full_screen"].isChecked()
