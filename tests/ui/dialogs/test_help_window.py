"""The guide, the question marks that open it, and the tour."""

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from optlab.core.resources import guide_folder
from optlab.ui.dialogs.help_window import PAGES
from optlab.ui.widgets.buttons import HelpButton


@pytest.fixture
def commands(lab):
    yield lab.laboratory.commands
    if lab.laboratory.commands.help is not None:
        lab.laboratory.commands.help.close()
    lab.laboratory.commands.tour.end()
    lab.window.activateWindow()


def test_every_page_of_the_guide_can_be_read(commands):
    for page, _ in PAGES:
        commands.show_help(page)
        assert commands.help.page() == page
        assert len(commands.help.text().toPlainText()) > 200


@pytest.mark.parametrize(
    ("action", "page", "heading"),
    [
        ("guide", "index", "OptLab"),
        ("help_formulas", "surfaces", "The language"),
        ("help_symbols", "glossary", "Symbols"),
        ("help_arrows", "window", "Arrows"),
        ("help_sizes", "window", "Sizes"),
        ("help_curvature", "window", "Curvature"),
        ("help_measures", "window", "Measures"),
    ],
)
def test_the_menu_opens_the_guide_where_it_says(lab, commands, action, page, heading):
    lab.actions[action].trigger()
    assert commands.help.isVisible()
    assert (commands.help.page(), commands.help.heading_shown()) == (page, heading)


def test_each_question_mark_leads_to_a_heading(lab, commands):
    buttons = lab.window.findChildren(HelpButton)
    assert {button.topic.partition("#")[2] for button in buttons} == {
        "arrows",
        "sizes",
        "curvature",
        "the-gradient-check",
        "measures",
    }
    for button in buttons:
        button.click()
        shown = commands.help.heading_shown().lower().replace(",", "").replace(" ", "-")
        assert button.topic == f"window#{shown}"


def test_links_between_pages_are_followed(commands):
    commands.show_help("index")
    commands.help._follow(QUrl("surfaces.md#the-language"))
    assert (commands.help.page(), commands.help.heading_shown()) == ("surfaces", "The language")


def test_every_symbol_of_the_rules_is_in_the_glossary():
    from optlab.core.display import display_symbol

    text = (guide_folder() / "glossary.md").read_text(encoding="utf-8")
    for name in ("eta", "alpha", "beta1", "beta2", "epsilon", "m", "s", "m_hat", "s_hat"):
        assert display_symbol(name) in text, name


def test_the_tour_shows_each_part_and_gives_the_keyboard_back(lab, commands):
    lab.actions["tour"].trigger()
    tour = commands.tour
    QTest.qWait(5)
    seen = []
    while tour.isVisible():
        seen.append(tour.told().title)
        hole, card = tour.hole(), tour.card.geometry()
        assert hole.width() > 40 and hole.height() > 20
        assert tour.rect().contains(card)
        for label in tour.card.findChildren(QLabel):
            if label.wordWrap():
                assert label.height() >= label.heightForWidth(label.width())
        QTest.keyClick(tour, lab.keys.Key_Right)
    assert len(seen) == len(set(seen)) >= 8
    assert lab.contour.hasFocus()


def test_escape_ends_the_tour_and_plays_nothing(lab, commands):
    lab.actions["tour"].trigger()
    QTest.keyClick(commands.tour, lab.keys.Key_Space)
    assert not lab.session.playback.playing
    QTest.keyClick(commands.tour, lab.keys.Key_Escape)
    assert not commands.tour.isVisible()
