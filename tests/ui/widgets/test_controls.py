import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from optlab.core.resources import resources_folder
from optlab.pictures.theme import DARK, LIGHT
from optlab.ui.style import themes as style
from optlab.ui.style.icons import icon, pixmap
from optlab.ui.widgets.buttons import IconButton, Swatch, Switch, TextButton, Toggle
from optlab.ui.widgets.choice import Choice
from optlab.ui.widgets.labels import ElidedLabel, Notice, Typeset
from optlab.ui.widgets.layouts import Column, Disclosure

ICONS = sorted(path.stem for path in (resources_folder() / "icons").glob("*.svg"))
LEFT = Qt.MouseButton.LeftButton


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_draws_something(app, name):
    picture = pixmap(name, "#ffffff", 16, 2.0).toImage()
    assert picture.width() == 32
    assert any(picture.pixelColor(x, y).alpha() > 100 for x in range(32) for y in range(32))
    assert not icon(name, "#ffffff", "#888888").isNull()


def test_an_unknown_icon_is_an_error(app):
    with pytest.raises(FileNotFoundError):
        pixmap("no-such-icon", "#ffffff")


@pytest.mark.parametrize("make", [lambda: IconButton("play", "Play"), lambda: TextButton("add")])
def test_buttons_by_mouse_and_key(show, listen, make):
    button = show(make())
    clicked = listen(button.clicked)
    QTest.mouseClick(button, LEFT)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert len(clicked) == 2
    assert button.accessibleName()


@pytest.mark.parametrize("kind", [Toggle, Switch])
def test_chips_and_switches(show, listen, kind):
    button = show(kind("loop"))
    toggled = listen(button.toggled)
    button.set_on(True)
    assert button.isChecked() and toggled == []
    QTest.mouseClick(button, LEFT, pos=QPoint(5, button.height() // 2))
    assert toggled == [(False,)]


def test_a_swatch_offers_the_run_colours(show, listen):
    swatch = show(Swatch(2))
    picked = listen(swatch.picked)
    menu = swatch.menu()
    assert [action.isChecked() for action in menu.actions()].index(True) == 2
    menu.actions()[5].trigger()
    assert picked == [(5,)] and swatch.color_index == 2


def test_a_choice_by_keys(show, listen):
    choice = show(Choice("ε placement"))
    choice.set_entries([("inside", "inside √", "under"), ("outside", "outside √", "<after>")])
    chosen = listen(choice.chosen)
    choice.set_key("inside")
    assert chosen == [] and choice.drop_down.key() == "inside"
    choice.drop_down.setFocus()
    QTest.keyClick(choice.drop_down, Qt.Key.Key_Down)
    assert chosen == [("outside",)]
    tip = choice.drop_down.itemData(1, Qt.ItemDataRole.ToolTipRole)
    assert "&lt;after&gt;" in tip
    choice.set_key("elsewhere")
    assert choice.drop_down.key() is None


def test_a_choice_by_mouse(show, listen, app):
    choice = show(Choice("speed"))
    choice.set_entries([(1.0, "1 step/s", ""), (30.0, "30 steps/s", "")])
    chosen = listen(choice.chosen)
    choice.drop_down.showPopup()
    app.processEvents()
    view = choice.drop_down.view()
    where = view.visualRect(view.model().index(1, 0)).center()
    QTest.mouseMove(view.viewport(), where)
    QTest.qWait(250)
    QTest.mouseClick(view.viewport(), LEFT, pos=where)
    assert chosen == [(30.0,)]


def test_a_label_tells_what_it_cuts(show):
    label = show(ElidedLabel("a <b>very</b> long name & more of it"), width=60)
    assert label.is_cut()
    assert "&lt;b&gt;very" in label.toolTip()
    label.set_text("short")
    assert not label.is_cut() and label.toolTip() == ""
    label.set_tip("what it is")
    assert "what it is" in label.toolTip()


def test_a_notice_takes_room_only_when_it_speaks(show):
    notice = Notice()
    assert notice.isHidden()
    notice.set_text("η must be above 0")
    assert not notice.isHidden()
    notice.set_text("")
    assert notice.isHidden()


def test_a_group_folds(show, listen, app):
    group = show(Disclosure("clip · noise"))
    inside = TextButton("inside")
    group.add(inside)
    opened = listen(group.opened)
    assert not inside.isVisible()
    QTest.mouseClick(group.header(), LEFT)
    app.processEvents()
    assert inside.isVisible() and opened == [(True,)]
    group.set_open(False)
    assert len(opened) == 1


def test_typeset_lines_wrap_or_draw(show):
    line = show(Typeset("∂E/∂w₁ = " + " + ".join(["4w₁(w₁² + w₂ − 11)"] * 4)), width=200)
    one = line.fontMetrics().height()
    assert line.heightForWidth(200) > 3 * one
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="150" height="20" viewBox="0 0 150 20">'
        b'<path d="M0 0H150V20H0z"/></svg>'
    )
    line.set_content("E", svg)
    assert line.heightForWidth(200) == 24
    picture = line.grab().toImage()
    assert picture.pixelColor(20, 10).name() == style.theme_of(line).muted
    line.set_content("E", b"not a drawing")
    assert line.heightForWidth(200) < 2 * one


def test_a_column_is_as_wide_as_its_panels(show):
    column = Column("left")
    wide = TextButton("a rather wide button with many words on it")
    column.add(wide)
    show(column, width=100, height=100)
    assert column.width() >= wide.sizeHint().width()


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_controls_follow_the_theme(app, show, theme):
    toggle = show(Toggle("arrows"))
    toggle.set_on(True)
    toggle.clearFocus()
    style.apply(app, theme)
    app.processEvents()
    picture = toggle.grab().toImage()
    colors = {picture.pixelColor(x, 0).name() for x in range(10, picture.width() - 10)}
    assert theme.accent in colors
