"""The one redraw: what changes in a turn of the event loop is drawn once, where it can be seen."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from optlab.files.experiment_files import DEFAULT_EXPERIMENT, load_experiment, shipped_experiment
from optlab.session.experiment import changed
from optlab.session.session import Session
from optlab.ui.shell.bridge import Bridge
from optlab.ui.shell.redraw import Change, Redraw
from tests.ui.conftest import settle


@pytest.fixture
def session() -> Iterator[Session]:
    bridge = Bridge()
    yield Session(load_experiment(shipped_experiment(DEFAULT_EXPERIMENT)), bridge)
    bridge.close()


def test_all_changes_of_a_turn_are_drawn_once_and_told(app: QApplication, session: Session) -> None:
    redraw, drawn = Redraw(session), list[tuple[str, Change]]()
    redraw.add(lambda what: drawn.append(("paths", what)), Change.DOCUMENT | Change.SELECTION)
    redraw.add(lambda what: drawn.append(("cursor", what)), Change.PLAYBACK)
    for steps in (10, 20, 30):
        session.propose(changed(session.document, steps=steps))
    session.select(session.document.runs[1].id)
    assert drawn == []
    settle(app)
    assert drawn[0] == ("paths", Change.DOCUMENT | Change.SELECTION)
    assert [name for name, _ in drawn].count("paths") == 1
    drawn.clear()
    session.set_speed(50.0)
    session.set_loop(not session.playback.loop)
    settle(app)
    assert [change for name, change in drawn if name == "cursor"] == [Change.PLAYBACK]


def test_what_is_hidden_is_drawn_when_it_appears(
    app: QApplication, session: Session, show: Callable[..., QWidget]
) -> None:
    redraw, drawn, page = Redraw(session), list[Change](), QWidget()
    redraw.add(drawn.append, Change.DOCUMENT | Change.THEME, page)
    redraw.request(Change.THEME)
    settle(app)
    assert drawn == []
    show(page)
    assert drawn == [Change.DOCUMENT | Change.THEME]
    page.hide()
    session.propose(changed(session.document, steps=7))
    settle(app)
    assert len(drawn) == 1
    page.show()
    settle(app)
    assert drawn[1:] == [Change.DOCUMENT]


def test_a_part_that_fails_does_not_keep_others_from_being_drawn(
    app: QApplication, session: Session
) -> None:
    redraw, drawn = Redraw(session), list[Change]()

    def fail(_what: Change) -> None:
        raise ValueError("cannot be drawn")

    redraw.add(fail, Change.THEME)
    redraw.add(drawn.append, Change.THEME)
    redraw.request(Change.THEME)
    with pytest.raises(ValueError, match="cannot be drawn"):
        redraw.flush()
    settle(app)
    assert drawn == [Change.THEME]


def test_a_part_that_may_come_later_is_drawn_a_turn_after_the_others(
    app: QApplication, session: Session
) -> None:
    redraw, drawn = Redraw(session), list[str]()
    redraw.add(lambda _what: drawn.append("table"), Change.THEME, later=True)
    redraw.add(lambda _what: drawn.append("map"), Change.THEME)
    redraw.request(Change.THEME)
    while not drawn:
        app.processEvents()
    assert drawn == ["map"]
    settle(app)
    assert drawn == ["map", "table"]


def test_changes_without_end_do_not_put_a_part_off_for_ever(
    app: QApplication, session: Session
) -> None:
    redraw, drawn = Redraw(session), list[str]()

    def draw(_what: Change) -> None:
        drawn.append("map")
        redraw.request(Change.THEME)

    redraw.add(draw, Change.THEME)
    redraw.add(lambda _what: drawn.append("table"), Change.THEME, later=True)
    redraw.request(Change.THEME)
    while "table" not in drawn:
        app.processEvents()
    assert drawn[0] == "map"
