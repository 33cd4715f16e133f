"""The session: what it accepts, refuses, computes and tells."""

import numpy as np
import pytest

from optlab.session.edits import model_edits, run_edits
from optlab.session.experiment import Experiment, Surface, change_run, changed
from optlab.session.maps.shown_map import PICTURE, RUNS
from optlab.session.resolve import ExperimentError
from optlab.session.session import Session


def eta(document, value, run="1"):
    return run_edits.set_parameter(document, run, "eta", value)


def test_everything_is_computed_at_the_start(session):
    assert set(session.trajectories) == {"1", "2", "3"}
    assert session.picture is not None
    assert all(walk.steps == 200 for walk in session.trajectories.values())
    assert (session.playback.step, session.playback.last) == (200, 200)
    assert session.selected == "1"


def test_only_what_a_change_touches_is_computed_again(session, record):
    before = dict(session.trajectories)
    fresh, pictures = record(session.trajectories_changed), record(session.picture_changed)
    assert session.propose(eta(session.document, 0.3))
    assert fresh.said == [frozenset({"1"})]
    assert session.trajectories["2"] is before["2"]
    assert session.trajectories["1"] is not before["1"]
    assert pictures.said == []


def test_a_new_name_or_colour_computes_nothing(session, record):
    fresh = record(session.trajectories_changed)
    documents = record(session.document_changed)
    session.propose(change_run(session.document, "1", name="mine", color=5))
    assert fresh.said == []
    assert len(documents.said) == 1


def test_what_changes_nothing_is_not_told(session, record):
    documents = record(session.document_changed)
    assert session.propose(session.document)
    assert documents.said == []
    assert not session.can_undo


def test_undo_and_redo_show_the_old_numbers_again(session):
    before = session.trajectories["1"].data.copy()
    session.propose(eta(session.document, 0.3))
    changed_walk = session.trajectories["1"].data.copy()
    session.undo()
    assert np.array_equal(session.trajectories["1"].data, before, equal_nan=True)
    session.redo()
    assert np.array_equal(session.trajectories["1"].data, changed_walk, equal_nan=True)
    assert session.can_undo and not session.can_redo


def test_a_drag_is_one_change(session, default):
    for value in (0.2, 0.3, 0.4):
        session.propose(eta(session.document, value), "1:eta")
    session.settle()
    session.propose(eta(session.document, 0.5), "1:eta")
    session.undo()
    assert session.document.run("1").parameters["eta"] == 0.4
    session.undo()
    assert session.document == default
    assert not session.can_undo


def test_a_document_that_cannot_be_is_refused(session, default, record):
    refused, documents = record(session.refused), record(session.document_changed)
    assert not session.propose(changed(default, surface=Surface(problem="nowhere")))
    assert not session.propose(changed(default, surface=Surface(formula="w1 +")))
    assert len(refused.said) == 2
    assert "nowhere" in refused.said[0]
    assert documents.said == []
    assert session.document == default


def test_a_run_that_cannot_be_does_not_stop_the_others(session):
    session.propose(change_run(session.document, "2", schedule="nothing:at=all"))
    assert set(session.resolved.errors) == {"2"}
    assert set(session.trajectories) == {"1", "3"}
    session.undo()
    assert set(session.trajectories) == {"1", "2", "3"}


# -- opening ---------------------------------------------------------------------------------


def test_opening_begins_a_history_of_its_own(session, default):
    session.propose(eta(session.document, 0.3))
    other = model_edits.choose_problem(default, "rosenbrock")
    session.seek(3)
    session.open(other)
    assert session.document == other
    assert not session.can_undo
    assert session.trajectories["1"].weights[0] == pytest.approx(session.resolved.start)
    assert session.playback.step == session.playback.last == 200


def test_a_broken_experiment_leaves_everything_as_it_was(session, default):
    session.propose(eta(session.document, 0.3))
    document, walks = session.document, dict(session.trajectories)
    with pytest.raises(ExperimentError):
        session.open(changed(default, surface=Surface(problem="nowhere")))
    assert session.document == document
    assert dict(session.trajectories) == walks
    assert session.can_undo


def test_an_experiment_without_runs(session):
    session.open(Experiment(surface=Surface(problem="himmelblau")))
    assert session.selected == ""
    assert session.trajectories == {}
    assert session.playback.last == 0
    session.propose(run_edits.add_run(session.document, "adam"))
    assert session.selected == session.document.runs[0].id
    assert session.playback.step == session.playback.last == 200


def test_without_steps_nothing_plays(session):
    session.open(Experiment(surface=Surface(problem="himmelblau")))
    session.toggle_playing()
    assert not session.playback.playing


def test_the_selection_moves_on_when_its_run_is_removed(session, record):
    selections = record(session.selection_changed)
    session.select("3")
    session.propose(run_edits.remove_run(session.document, "3"))
    assert session.selected == "2"
    assert selections.said == ["3", "2"]
    session.undo()
    assert set(session.trajectories) == {"1", "2", "3"}


# -- typing a formula ------------------------------------------------------------------------


def test_the_last_good_surface_stays_while_a_formula_is_wrong(session, record):
    checked, pictures = record(session.formula_checked), record(session.picture_changed)
    session.type_formula("w1^2 + w2^2")
    good, walk = session.picture, session.trajectories["1"]
    for text in ("w1^2 + w2^", "w1^2 + w2^(", "w1^2 + w2^(2", ""):
        session.type_formula(text)
        assert checked.said[-1] is not None
        assert session.picture is good
        assert session.trajectories["1"] is walk
        assert session.resolved.problem.formula == "w1^2 + w2^2"
    session.type_formula("w1^2 + w2^(2)")
    assert checked.said[-1] is None
    assert session.picture is not good
    assert len(pictures.said) == 2


def test_an_error_names_its_column(session, record):
    checked = record(session.formula_checked)
    session.type_formula("w1^2 + foo(w2)")
    assert checked.said[0].column == 8
    assert checked.said[0].length == 3


def test_typing_is_one_change(session, default):
    for text in ("w1", "w1^", "w1^2", "w1^2+w2"):
        session.type_formula(text)
    session.undo()
    assert session.document == default


def test_a_formula_outside_its_domain_at_the_start_is_shown(session):
    session.type_formula("log(w1 - 100)")
    assert session.resolved.problem.formula == "log(w1 - 100)"
    assert {walk.outcome.kind for walk in session.trajectories.values()} == {"left_domain"}


# -- answers that come late ------------------------------------------------------------------


def test_overtaken_numbers_are_shown_during_a_drag_and_the_newest_at_its_end(slow, pool):
    slow.propose(eta(slow.document, 0.2), "1:eta")
    slow.propose(eta(slow.document, 0.3), "1:eta")
    slow.propose(eta(slow.document, 0.4), "1:eta")
    before = slow.trajectories["1"]
    pool.finish(RUNS)
    during = slow.trajectories["1"]
    assert during is not before
    assert during["eta"][1] == pytest.approx(0.2)
    pool.finish(RUNS)
    assert slow.trajectories["1"]["eta"][1] == pytest.approx(0.4)
    assert slow.work is None


def test_an_answer_after_undo_does_not_stand_for_the_old_settings(slow, pool):
    first = slow.trajectories["1"]
    slow.propose(eta(slow.document, 0.4))
    slow.undo()
    pool.finish_all()
    assert np.array_equal(slow.trajectories["1"].data, first.data, equal_nan=True)


def test_numbers_shown_during_a_drag_do_not_stay_after_undo(slow, pool):
    first = slow.trajectories["1"].data.copy()
    slow.propose(eta(slow.document, 0.2), "drag")
    slow.propose(eta(slow.document, 0.3), "drag")
    pool.finish(RUNS)
    slow.undo()
    pool.finish_all()
    assert np.array_equal(slow.trajectories["1"].data, first, equal_nan=True)


def test_numbers_of_another_surface_are_dropped(slow, pool):
    slow.propose(eta(slow.document, 0.2))
    before = slow.trajectories["1"]
    slow.type_formula("w1^2 + 3 w2^2")
    pool.finish(RUNS)
    assert slow.trajectories["1"] is before
    pool.finish_all()
    assert slow.trajectories["1"].final_loss < 1


def test_answers_for_an_experiment_that_was_closed_are_dropped(slow, pool, default, record):
    pictures = record(slow.picture_changed)
    slow.propose(eta(slow.document, 0.2))
    slow.set_window(((-1.0, 1.0), (-1.0, 1.0)))
    slow.open(changed(default, steps=7))
    pool.finish(RUNS)
    pool.finish(PICTURE)
    assert slow.trajectories == {}
    assert pictures.said == []
    pool.finish_all()
    assert {walk.steps for walk in slow.trajectories.values()} == {7}
    assert len(pictures.said) == 1


def test_a_removed_run_does_not_come_back(slow, pool):
    slow.propose(eta(slow.document, 0.2))
    slow.propose(run_edits.remove_run(slow.document, "1"))
    pool.finish_all()
    assert set(slow.trajectories) == {"2", "3"}


def test_working_is_told_until_the_last_answer(slow, pool, record):
    working = record(slow.working_changed)
    slow.propose(eta(slow.document, 0.2), "drag")
    slow.propose(eta(slow.document, 0.3), "drag")
    pool.finish(RUNS)
    assert False not in working.said
    pool.finish(RUNS)
    assert working.said[-1] is False


def test_what_was_cancelled_is_kept_and_says_so(slow, pool):
    slow.propose(changed(slow.document, steps=50_000))
    slow.cancel()
    pool.finish_all()
    walk = slow.trajectories["1"]
    assert walk.outcome.kind == "cancelled"
    assert 0 < walk.steps < 50_000
    assert slow.trajectories["2"].steps == 200
    slow.propose(change_run(slow.document, "1", name="kept"))
    pool.finish_all()
    assert slow.trajectories["1"] is walk


def test_a_change_right_after_stopping_asks_for_what_is_missing(slow, pool):
    pool.finish_all()
    slow.propose(changed(slow.document, steps=50_000))
    slow.propose(changed(slow.document, start=(0.5, 0.5)))
    slow.cancel()
    slow.propose(change_run(slow.document, "1", visible=False))
    pool.finish_all()
    assert slow.computed == slow.resolved.specs
    assert slow.work is None


def test_the_selected_run_is_computed_first(slow, pool):
    slow.select("3")
    slow.propose(changed(slow.document, steps=50_000))
    slow.cancel()
    pool.finish_all()
    assert slow.trajectories["3"].outcome.kind == "cancelled"
    assert slow.trajectories["1"].steps == 200


def test_an_error_in_a_worker_is_told_and_asking_again_works(default, record, monkeypatch):
    session = Session(default)
    failed, working = record(session.failed), record(session.working_changed)
    with monkeypatch.context() as patch:
        patch.setattr("optlab.session.session.compute_runs", lambda *_: 1 / 0)
        session.compute_all()
    assert [type(error) for error in failed.said] == [ZeroDivisionError]
    assert working.said[-1:] != [True]
    session.compute_all()
    assert len(session.trajectories) == 3


# -- the cursor ------------------------------------------------------------------------------


def test_the_cursor_follows_the_end_until_a_person_moves_it(session):
    session.propose(changed(session.document, steps=300))
    assert session.playback.step == 300
    session.seek(40)
    session.propose(changed(session.document, steps=500))
    assert (session.playback.step, session.playback.last) == (40, 500)
    session.propose(changed(session.document, steps=20))
    assert session.playback.step == 20


def test_seeking_stays_among_the_steps_and_stops_playing(session):
    session.seek(10**9)
    assert session.playback.step == 200
    session.step_by(-1000)
    assert session.playback.step == 0
    session.toggle_playing()
    assert session.playback.playing
    session.step_by(1)
    assert not session.playback.playing


def test_time_moves_a_playing_cursor_only(session):
    session.seek(0)
    session.tick(1.0)
    assert session.playback.step == 0
    session.set_speed(100.0)
    session.toggle_playing()
    session.tick(0.5)
    assert session.playback.step == 50
    session.tick(10.0)
    assert (session.playback.step, session.playback.playing) == (200, False)


def test_playing_goes_on_while_settings_change(session):
    session.seek(0)
    session.toggle_playing()
    session.tick(1.0)
    session.propose(eta(session.document, 0.3))
    assert session.playback.playing
    assert session.playback.step == 30


def test_hidden_runs_do_not_count_for_the_length(session):
    session.propose(changed(session.document, steps=200))
    session.propose(eta(session.document, 900.0, run="2"))
    assert session.trajectories["2"].outcome.kind == "diverged"
    for run in ("1", "3"):
        session.propose(change_run(session.document, run, visible=False))
    assert session.playback.last == session.trajectories["2"].steps < 200
    session.propose(change_run(session.document, "2", visible=False))
    assert session.playback.last == 0


# -- the window of the surface ---------------------------------------------------------------


def test_another_window_asks_for_a_picture_only(session, record):
    pictures, fresh = record(session.picture_changed), record(session.trajectories_changed)
    session.set_window(((-1.0, 1.0), (-2.0, 2.0)))
    assert session.resolved.window == ((-1.0, 1.0), (-2.0, 2.0))
    assert len(pictures.said) == 1
    assert fresh.said == []
    session.set_window(None)
    assert session.document.surface.window is None


def test_a_picture_on_its_way_is_shown_where_the_next_experiment_has_the_same_surface(
    default, pool
) -> None:
    session = Session(default, pool)
    session.compute_all()
    session.open(changed(default, steps=7))
    pool.finish_all()
    assert session.picture is not None
    assert session.trajectories["1"].steps == 7
