"""Tabs keep their room; controls go beside them or below."""

import pytest
from PySide6.QtWidgets import QTabBar

from optlab.ui.widgets.buttons import Toggle
from optlab.ui.widgets.layouts import FlowRow, TabHead


@pytest.fixture
def head(show):
    tabs, row = QTabBar(), FlowRow()
    tabs.setUsesScrollButtons(False)
    for title in ("Contour", "Basins", "Measures"):
        tabs.addTab(title)
    for word in ("arrows", "sizes", "curvature", "minima"):
        row.add(Toggle(word))
    made = TabHead(tabs, row)
    made.tabs, made.row = tabs, row
    return show(made, 900, 60)


def fit(head, width, app):
    head.resize(width, head.heightForWidth(width))
    app.processEvents()


def test_beside_while_there_is_room(head, app):
    fit(head, 900, app)
    assert head.tabs.width() == head.tabs.sizeHint().width()
    assert head.row.geometry().left() > head.tabs.geometry().right()
    assert head.row.geometry().right() < head.width()
    assert head.height() < 60


def test_below_where_beside_would_cost_more_lines(head, app):
    fit(head, head.tabs.sizeHint().width() + 110, app)
    assert head.row.geometry().top() >= head.tabs.geometry().bottom()
    assert head.row.geometry().bottom() <= head.height()
    assert head.tabs.width() == head.tabs.sizeHint().width()


def test_hidden_controls_take_no_room(head, app):
    head.row.hide()
    app.processEvents()
    fit(head, 320, app)
    assert head.height() <= head.tabs.sizeHint().height() + 8


def test_nothing_sticks_out_at_its_narrowest(head, app):
    fit(head, head.minimumSizeHint().width(), app)
    for child in (head.tabs, head.row):
        assert head.rect().contains(child.geometry())
