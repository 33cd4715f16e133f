"""Every control has a name and room for its text, at each size and text size, in both themes."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QToolButton, QWidget

from optlab.ui.style import fonts
from optlab.ui.style import themes as style
from optlab.ui.widgets.labels import ElidedLabel

SIZES = [(1280, 720), (1440, 900), (1920, 1080)]


def visible(window):
    return [widget for widget in window.findChildren(QWidget) if widget.isVisible()]


@pytest.fixture(params=[1.0, 1.5, 2.0])
def scaled(app, request, make_lab):
    """A window with larger text."""
    fonts.set_text_scale(request.param)
    lab = make_lab()
    lab.begin()
    yield lab, request.param
    lab.close()
    fonts.set_text_scale(1.0)


def test_there_is_room_for_everything(scaled):
    lab, scale = scaled
    for size in SIZES:
        lab.window.resize(*size)
        QTest.qWait(20)
        assert (lab.window.width(), lab.window.height()) == size
        lab.until(lambda: not crowded(lab.window))
        look_for_cut_text(lab.window, scale)
        look_for_lost_parts(lab.window)


def crowded(window):
    """Controls that have less room than they need; layouts take a few turns to settle."""
    return [
        widget
        for widget in visible(window)
        if isinstance(widget, QAbstractButton) and not isinstance(widget, QToolButton)
        if widget.size().expandedTo(widget.minimumSizeHint()) != widget.size()
    ]


def look_for_cut_text(window, scale):
    labels = [label for label in visible(window) if isinstance(label, ElidedLabel)]
    cut = [label.text() for label in labels if label.is_cut()]
    # With large text the title of the worksheet, which only repeats, may give way.
    assert cut == [] or (scale > 1 and len(cut) == 1 and "update" in cut[0])
    tabs = window.view_tabs._tabs
    # With large text in a small window titles of tabs are shortened; then a tooltip has them.
    assert tabs.width() >= tabs.sizeHint().width() or scale > 1
    assert all(tabs.tabToolTip(index) for index in range(tabs.count()))
    for widget in visible(window):
        wanted = widget.minimumSizeHint()
        if isinstance(widget, QLabel) and not isinstance(widget, ElidedLabel):
            assert widget.width() >= wanted.width() or widget.wordWrap(), widget.text()


def look_for_lost_parts(window):
    for part in (window.contour, window.panes, window.transport, window.status, window.setup):
        inside = QRect(part.mapTo(window, part.rect().topLeft()), part.size())
        assert window.rect().contains(inside), part
    for panel in (window.surface, window.runs, window.parameters, window.transport):
        for child in panel.findChildren(QWidget):
            if child.isVisible() and child.parentWidget() is panel:
                assert panel.rect().contains(child.geometry()), (panel, child)


def test_the_smallest_window_still_shows_the_map(lab):
    lab.window.resize(1280, 720)
    QTest.qWait(10)
    assert lab.contour.width() >= 400
    assert lab.contour.height() >= 280


def test_every_control_has_a_name(lab):
    nameless = []
    for widget in lab.window.findChildren(QWidget):
        takes_keys = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if not takes_keys or widget.focusProxy() is not None:
            continue
        if widget.objectName().startswith("qt_") or not widget.isVisibleTo(lab.window):
            continue
        text = getattr(widget, "text", str)
        if not (widget.accessibleName() or (callable(text) and text())):
            nameless.append(widget)
    assert nameless == []


def test_tab_reaches_every_control_of_the_panels(lab):
    window = lab.window
    start = window.surface.gallery
    start.setFocus(Qt.FocusReason.TabFocusReason)
    reached = []
    for _ in range(200):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
        if reached[-1] is start:
            break
    assert reached[-1] is start, "Tab goes round"
    assert len(set(reached)) == len(reached)
    for wanted in (
        window.surface.formula_edit().field(),
        window.runs.row("1"),
        window.parameters.slider("eta").track(),
        window.parameters.slider("eta").edit(),
        window.contour,
        window.transport._play,
    ):
        assert wanted in reached, wanted
    order = [reached.index(window.surface.formula_edit().field())]
    order += [reached.index(window.runs.row(run)) for run in "123"]
    order += [reached.index(window.parameters.slider(name).track()) for name in ("eta", "beta1")]
    assert order == sorted(order)


def test_the_theme_changes_while_running(lab):
    before = lab.window.grab().toImage()
    lab.session.seek(20)
    QTest.qWait(5)
    lab.actions["dark_theme"].trigger()
    QTest.qWait(20)
    assert style.theme_of(lab.window).name == "light"
    assert style.theme_of(lab.window).text in {arrow.color for arrow in lab.contour.shown.arrows}
    after = lab.window.grab().toImage()
    for part in (lab.window.surface, lab.window.transport, lab.window.status, lab.window.panes):
        at = part.mapTo(lab.window, part.rect().bottomLeft())
        x, y = at.x() + 3, at.y() - 3
        assert after.pixelColor(x, y).lightness() > before.pixelColor(x, y).lightness() + 60, part
    assert lab.laboratory.settings.value("theme") == "light"
    lab.actions["dark_theme"].trigger()
    assert style.theme_of(lab.window).name == "dark"


def test_the_program_is_named_in_the_menu_bar(lab):
    bar = lab.window.menuBar()
    name = bar.cornerWidget(Qt.Corner.TopLeftCorner)
    assert name.text() == "OptLab" and name.isVisible()
    title = bar.cornerWidget(Qt.Corner.TopRightCorner)
    assert title.isVisible() and title.text().startswith("Himmelblau")
    assert title.width() >= title.sizeHint().width()
    lab.window.runs.run_renamed.emit("1", "other")
    assert title.text().endswith("*")
    assert title.width() >= title.sizeHint().width()
    lab.session.type_formula("w1^2 + w2^2" + " + sin(w1)" * 40)
    assert title.text().endswith("… *")
    assert title.geometry().left() > bar.actionGeometry(bar.actions()[-1]).right()


def test_the_layout_is_remembered_and_reset(lab):
    dock = lab.window.docks[1]
    dock.hide()
    settings = lab.laboratory.settings
    lab.window.save_layout(settings)
    lab.window.reset_layout()
    assert dock.isVisible()
    lab.window.restore_layout(settings)
    assert not dock.isVisible()
    lab.window.reset_layout()
    settings.setValue("window/state", b"nonsense")
    lab.window.restore_layout(settings)
    assert dock.isVisible()
