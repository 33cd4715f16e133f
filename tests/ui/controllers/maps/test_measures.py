"""The page of measures: groups, sliders that redraw, values on hover, both themes."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget

from optlab.core.analysis.update_measures import GROUPS
from optlab.files.experiment_files import load_experiment
from optlab.pictures.theme import DARK, LIGHT
from optlab.ui.widgets.slider import Track

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(lab: Any) -> Any:
    lab.window.view_tabs.show_layout("Measures")
    lab.laboratory.measures.choose("acceleration")
    QTest.qWait(5)
    yield lab.window.measures
    lab.window.view_tabs.show_layout("Contour")


def press(page: Any, index: int) -> None:
    tabs = page.tabs()
    QTest.mouseClick(tabs, LEFT, pos=tabs.tabRect(index).center())
    QTest.qWait(5)


def test_it_is_a_page_of_the_middle(lab, page):
    assert page.isVisible()
    assert not lab.contour.isVisible()
    assert not lab.window.view_tabs.switch("arrows").isVisible()
    lab.window.view_tabs.show_layout("Contour")
    assert lab.window.view_tabs.switch("arrows").isVisible()


def test_each_group_has_its_maps_sliders_and_formulas(page):
    for index, group in enumerate(GROUPS.values()):
        press(page, index)
        drawing = page.maps().drawing()
        assert [one.symbol for one in drawing.maps] == [m.symbol for m in group.measures]
        for name, value in group.defaults().items():
            assert page.slider(name).value() == value
        lines = [line for line in page._formulas if line.isVisible()]
        assert len(lines) == len(group.formulas)
        assert all(line._svg is not None for line in lines)


def test_a_slider_redraws_while_it_moves(lab, page):
    track = page.slider("alpha").findChild(Track)
    seen = [page.maps().drawing()]
    QTest.mousePress(track, LEFT, pos=track.rect().center())
    for shift in range(5, 60, 5):
        lab.move(track, track.rect().center() - QPoint(shift, 0))
        QTest.qWait(1)
        seen.append(page.maps().drawing())
    QTest.mouseRelease(track, LEFT, pos=track.rect().center() - QPoint(55, 0))
    assert len(set(map(id, seen))) > 8
    assert page.slider("alpha").value() < 0.6


def test_settings_are_kept_for_each_group(page):
    press(page, 1)
    page.slider("beta2")._edit.setFocus()
    page.slider("beta2")._edit.selectAll()
    QTest.keyClicks(page.slider("beta2")._edit, "0.5")
    QTest.keyClick(page.slider("beta2")._edit, Qt.Key.Key_Return)
    press(page, 2)
    assert page.slider("beta2").value() == 0.999
    press(page, 1)
    assert page.slider("beta2").value() == 0.5


def test_a_number_outside_the_range_is_refused(page):
    press(page, 1)
    before = page.maps().drawing()
    field = page.slider("beta2")._edit
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "1")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.is_wrong()
    assert page.maps().drawing() is before


def test_hovering_tells_the_values(page):
    press(page, 2)
    canvas = page.maps()
    QTest.mouseMove(canvas.viewport(), canvas.squares()[1].center().toPoint() + QPoint(20, 10))
    text = canvas.hover_text()
    assert text.startswith("g₁")
    assert "not corrected" in text
    QTest.mouseMove(canvas.viewport(), QPoint(1, 1))
    assert canvas.hover_text() == ""


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_maps_can_be_exported(lab, page, tmp_path, monkeypatch, kind):
    press(page, 2)
    path = tmp_path / f"a.{kind}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    lab.laboratory.commands.menus.actions["export_map"].trigger()
    lab.until(path.exists, seconds=30)
    assert load_experiment(path) == lab.session.document
    drawing = page.maps().drawing()
    if kind == "svg":
        assert all(one.title in path.read_text("utf-8") for one in drawing.maps)


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize("size", [(1280, 720), (1440, 900)])
def test_it_fits_and_is_painted(lab, page, theme, size):
    lab.laboratory.set_theme(theme.name)
    lab.window.resize(*size)
    press(page, 2)
    canvas = page.maps()
    image = canvas.grab().toImage()
    one, other = canvas.squares()
    assert one.right() < other.left()
    assert other.right() + 60 < canvas.width()
    assert one.bottom() + 40 < canvas.height() + 1
    assert min(one.width(), one.height()) > 90
    # Above zero in the middle of the upper right of the uncorrected map: the cool colour.
    place = other.center().toPoint() + QPoint(round(other.width() / 5), -round(other.height() / 5))
    shown = image.pixelColor(place)
    assert shown.blue() > shown.red()
    lab.laboratory.set_theme(DARK.name)


def test_every_control_has_a_name(page):
    for child in page.findChildren(QWidget):
        takes_keys = child.focusPolicy() and child.focusProxy() is None
        if takes_keys and not child.inherits("QScrollBar"):
            assert child.accessibleName(), child
