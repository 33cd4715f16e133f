import pytest
from PySide6.QtWidgets import QApplication, QWidget

from optlab.pictures.theme import DARK, LIGHT, THEMES, contrast, mix, readable_on
from optlab.ui.style import themes as style


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_text_can_be_read(theme):
    for ground in (theme.window, theme.panel, theme.raised, theme.selection):
        assert contrast(theme.text, ground) >= 7
        assert contrast(theme.muted, ground) >= 4.0
    for ground in (theme.window, theme.panel):
        assert contrast(theme.muted, ground) >= 4.5
        assert contrast(theme.warning, ground) >= 4.5
        assert contrast(theme.good, ground) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_run_colours_stand_out(theme):
    assert len(theme.runs) == len(set(theme.runs)) == 8
    for color in theme.runs:
        assert contrast(color, theme.window) >= 3
        assert contrast(color, theme.panel) >= 3
        assert contrast(theme.with_accent(color).on_accent, color) >= 3


def test_accent_and_colours():
    assert DARK.accent == DARK.runs[0]
    assert DARK.with_accent("#123456").accent == "#123456"
    assert DARK.with_accent("#123456").with_accent(None) == DARK
    assert DARK.run(9) == DARK.runs[1]
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert readable_on("#000000") == "#ffffff"


def test_the_theme_changes_while_running(app: QApplication):
    style.apply(app, LIGHT)
    assert app.palette().window().color().name() == LIGHT.panel
    assert LIGHT.raised in app.styleSheet() and "$" not in app.styleSheet()
    style.set_accent(app, LIGHT.runs[2])
    assert style.theme_of(None).accent == LIGHT.runs[2]
    style.apply(app, DARK)
    assert style.theme_of(None).accent == DARK.runs[0]
    assert QWidget().palette().window().color().name() == DARK.panel


def test_a_theme_of_its_own_is_for_all_that_stands_in_a_widget(app: QApplication):
    style.apply(app, DARK)
    one, other = QWidget(), QWidget()
    inner = QWidget(QWidget(one))
    style.hand_down(LIGHT, one)
    assert style.theme_of(inner) == style.theme_of(one) == LIGHT
    assert style.theme_of(other) == style.theme_of(None) == DARK
    style.set_accent(app, LIGHT.runs[2])
    assert style.theme_of(inner).accent == LIGHT.runs[0]
    style.apply(app, DARK)


def test_a_change_of_theme_never_replaces_the_style(app: QApplication):
    style.apply(app, LIGHT)
    gone: list[str] = []

    def note() -> None:
        gone.append("style")

    app.style().destroyed.connect(note)
    for theme in (DARK, LIGHT, DARK):
        style.apply(app, theme)
        assert app.style().metaObject().className() == "QStyleSheetStyle"
    app.style().destroyed.disconnect(note)
    assert gone == []
