import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from optlab.pictures.theme import DARK, LIGHT
from optlab.ui.style import themes as style
from optlab.ui.views.story import StoryView

CLAIMS = [
    ("Momentum's loss rises again", True, "12 rises, the largest by 3.4"),
    ("Plain descent <never> overshoots & stops, whatever the learning rate", False, "at step 3"),
    ("Adam ends nearest to the minimum", None, ""),
]


@pytest.fixture
def view(show):
    return show(StoryView(), 480, 320)


def test_it_shows_title_text_and_claims(view):
    view.set_story("A story", "What to <watch> & why.", CLAIMS)
    assert view.title() == "A story"
    assert view.text() == "What to <watch> & why."
    assert [row.claim for row in view.rows()] == CLAIMS
    assert [row.accessibleName().rpartition(": ")[2] for row in view.rows()] == [
        "holds",
        "does not hold",
        "not measured yet",
    ]


def test_without_a_story_it_asks_for_one(view):
    title, story = view.fields()
    assert view.title() == view.text() == ""
    assert title.placeholderText() and "click to write" in story.placeholderText()
    assert view.rows() == ()


def test_title_and_story_are_typed(view, listen):
    titles, stories = listen(view.title_edited), listen(view.story_edited)
    title, story = view.fields()
    view.set_story("A", "b", about="A valley", usual_title="Valley")
    assert titles == stories == [] and view.about() == "A valley"
    QTest.mouseClick(title, Qt.MouseButton.LeftButton)
    QTest.keyClick(title, Qt.Key.Key_End)
    QTest.keyClicks(title, "b")
    assert titles == [("Ab",)]
    QTest.keyClick(title, Qt.Key.Key_Return)
    assert not title.hasFocus()
    before = story.height()
    QTest.mouseClick(story.viewport(), Qt.MouseButton.LeftButton)
    QTest.keyClick(story, Qt.Key.Key_End)
    QTest.keyClick(story, Qt.Key.Key_Return)
    QTest.keyClicks(story, "c")
    assert stories[-1] == ("b\nc",)
    QTest.qWait(5)
    assert story.height() > before
    QTest.keyClick(story, Qt.Key.Key_Escape)
    assert not story.hasFocus()


def test_new_numbers_keep_the_rows(view, app):
    view.set_story("A", "b", CLAIMS)
    rows = view.rows()
    view.set_story("A", "b", [("Momentum's loss rises again", False, "never"), *CLAIMS[1:]])
    assert view.rows() == rows
    assert rows[0].claim[1] is False
    view.set_story("A", "b", CLAIMS[:1])
    assert view.rows() == rows[:1]
    view.set_story("A", "b")
    app.processEvents()
    assert view.rows() == ()


@pytest.mark.parametrize("width", [240, 480, 1200])
def test_long_claims_wrap_and_are_not_cut(view, app, width):
    view.resize(width, 400)
    view.set_story("A", "text " * 60, [("word " * 40, True, "number " * 30)])
    for _ in range(3):
        app.processEvents()
    (row,) = view.rows()
    assert row.height() >= row.heightForWidth(row.width())
    assert view.horizontalScrollBar().maximum() == 0
    for label in view.findChildren(QLabel):
        if label.isVisible() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width())


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_the_verdict_is_seen_in_both_themes(view, app, theme):
    style.apply(app, theme)
    try:
        view.set_story("A", "b", CLAIMS)
        app.processEvents()
        images = [row.grab().toImage() for row in view.rows()]
        colors = [
            {image.pixelColor(x, y).name() for x in range(16) for y in range(image.height())}
            for image in images
        ]
        assert theme.good in colors[0]
        assert theme.warning in colors[1]
        assert theme.good not in colors[2] and theme.warning not in colors[2]
    finally:
        style.apply(app, DARK)
