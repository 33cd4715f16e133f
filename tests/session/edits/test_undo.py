"""Undo and redo, and what counts as one change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optlab.session.edits.undo import MOST, History
from optlab.session.experiment import Experiment, changed

BEGIN = Experiment(steps=0)


def steps(number: int) -> Experiment:
    return changed(BEGIN, steps=number)


def after(*numbers: int, merge_key: str = "") -> History:
    history = History(BEGIN)
    for number in numbers:
        history = history.change(steps(number), merge_key)
    return history


def test_undo_and_redo_walk_through_the_changes():
    history = after(1, 2, 3)
    assert history.undo().present == steps(2)
    assert history.undo().undo().undo().present == BEGIN
    assert history.undo().undo().redo().redo() == history


def test_at_the_ends_nothing_happens():
    history = after(1)
    assert history.redo() is history
    begin = history.undo()
    assert begin.undo() is begin


def test_a_new_change_forgets_what_was_undone():
    history = after(1, 2).undo().change(steps(9))
    assert history.redo() is history
    assert history.undo().present == steps(1)


def test_what_changes_nothing_is_no_change():
    history = after(1, 2).undo()
    assert history.change(steps(1)) is history


def test_a_drag_is_one_change():
    history = after(1, 2, 3, merge_key="eta")
    assert history.undo().present == BEGIN
    assert history.undo().redo().present == steps(3)


def test_another_key_or_the_end_of_a_drag_begins_a_new_change():
    history = after(1, 2, merge_key="eta").change(steps(3), "beta1")
    assert history.undo().present == steps(2)
    history = after(1, 2, merge_key="eta").settle().change(steps(3), "eta")
    assert history.undo().present == steps(2)


def test_after_undo_the_same_drag_does_not_swallow_what_was_before():
    history = after(1, merge_key="eta").settle().change(steps(2), "eta").undo()
    history = history.change(steps(5), "eta")
    assert history.undo().present == steps(1)


def test_a_drag_that_comes_back_leaves_no_trace():
    history = after(7).change(steps(8), "eta").change(steps(7), "eta")
    assert history.present == steps(7)
    assert history.undo().present == BEGIN
    assert history.change(steps(9), "eta").undo().present == steps(7)


def test_the_oldest_changes_are_forgotten():
    history = after(*range(1, MOST + 51))
    for _ in range(MOST + 100):
        history = history.undo()
    assert history.present == steps(50)


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["", "a", "b"]))))
def test_undoing_everything_gives_the_first_document(changes):
    history = History(BEGIN)
    for number, key in changes:
        history = history.change(steps(number), key)
        assert history.present == steps(number)
    for _ in changes:
        history = history.undo()
    assert history.present == BEGIN
    for _ in changes:
        history = history.redo()
    assert history.present == (steps(changes[-1][0]) if changes else BEGIN)


@pytest.mark.parametrize("way", ["undo", "redo", "settle"])
def test_a_history_is_a_value(way):
    history = after(1, 2).undo()
    kept = History(history.present, history.past, history.future, history.merge_key)
    getattr(history, way)()
    assert history == kept
