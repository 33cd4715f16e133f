"""Documents on losses of any number of weights, with changes of the rule on the way."""

import numpy as np
import pytest
from msgspec.structs import replace

from optlab.core.analysis.curvature import curvature_at
from optlab.core.analysis.quantities import available
from optlab.core.problems import formula_problem
from optlab.session.comparison import compare_to_baseline, study_comparison
from optlab.session.edits import model_edits
from optlab.session.experiment import Experiment, Run, Surface, Switch, changed
from optlab.session.resolve import ExperimentError, resolve
from optlab.session.session import Session

THREE = Experiment(
    surface=Surface(formula="w1^2 + 2w2^2 + 3w3^2"),
    runs=(Run(id="1", optimizer="adam", name="a"),),
    start=(1.0, 2.0, 3.0),
    steps=20,
)
SWITCHED = Run(id="1", optimizer="adam", name="a", then=(Switch(after=10, optimizer="gd"),))


def shown(session: Session, key: str) -> list[str]:
    run_id = session.selected
    found = available(
        session.resolved.problem, session.computed.get(run_id), session.trajectories[run_id]
    )
    (quantity,) = [q for q in found if q.key == key]
    return [name for name, _ in quantity.curves(session.trajectories[run_id])]


def test_a_typed_formula_of_more_weights_takes_the_start_along_and_back() -> None:
    session = Session(Experiment(surface=Surface(problem="booth"), runs=THREE.runs))
    session.compute_all()
    before = session.document
    session.type_formula("w1^2 + w2^2 + w3^2")
    start = session.document.start
    assert start is not None and len(start) == 3 and start[:2] == session.resolved.start[:2]
    assert session.trajectories["1"].dimension == 3
    assert "3 weights" in session.resolved.no_map and session.flat.plane is not None
    assert session.picture is not None
    assert session.picture.window == session.flat.resolved.window
    session.type_formula("w1^2 + w2^2")
    assert session.document.start == start[:2] and session.resolved.no_map == ""
    assert session.picture is not None and session.trajectories["1"].dimension == 2
    session.undo()
    assert session.document == before or session.resolved.problem.dimension == 3


def test_typing_keeps_the_names_of_the_weights_while_they_fit() -> None:
    document = Experiment(surface=Surface(formula="a^2 + b^2", weights=("a", "b")))
    assert model_edits.type_formula(document, "a^2 + 3b^2").surface.weights == ("a", "b")
    assert model_edits.type_formula(document, "w1^2 + w3^2").surface.weights == ()


@pytest.mark.parametrize("count", [1, 3, 12])
def test_no_map_shows_another_number_of_weights_than_two(count: int) -> None:
    names = tuple(f"p{i}" for i in range(count))
    formula = " + ".join(f"{name}^2" for name in names)
    resolved = resolve(Experiment(surface=Surface(formula=formula, weights=names)))
    assert resolved.map_window is None and f"{count} weight" in resolved.no_map
    assert len(resolved.window) == len(resolved.start) == count


def test_many_components_are_shown_by_norm_and_quartiles() -> None:
    formula = " + ".join(f"{i}*w{i}^2" for i in range(1, 10))
    session = Session(Experiment(surface=Surface(formula=formula), runs=THREE.runs, steps=5))
    session.compute_all()
    assert shown(session, "w") == ["‖w‖", "median", "Q₁ Q₃", "Q₁ Q₃"]
    (w,) = [q for q in available(session.resolved.problem) if q.key == "w"]
    curves = dict(w.curves(session.trajectories["1"]))
    weights = session.trajectories["1"].weights
    np.testing.assert_allclose(curves["‖w‖"], np.linalg.norm(weights, axis=1))
    np.testing.assert_allclose(curves["median"], np.median(np.abs(weights), axis=1))
    session.type_formula("w1^2 + w8^2")
    assert len(shown(session, "w")) == 8


def test_the_curvature_is_of_all_weights() -> None:
    found = curvature_at(formula_problem("w1^2 + 2w2^2 + 3w3^2"), (0.0, 0.0, 0.0))
    assert found is not None and found.eigenvalues.tolist() == [2, 4, 6]
    many = formula_problem(" + ".join(f"w{i}^2" for i in range(1, 41)))
    assert curvature_at(many, [0.0] * 40) is None


def test_only_surfaces_of_two_weights_are_turned() -> None:
    from optlab.core.parameters import SettingError

    with pytest.raises(SettingError, match="two weights; this one has 3"):
        model_edits.rotate_surface(THREE, 30.0)


def test_a_window_has_a_range_for_each_weight() -> None:
    surface = Surface(formula="w1^2 + w3^2", window=((0.0, 1.0), (0.0, 1.0)))
    with pytest.raises(ExperimentError, match="3 weights"):
        resolve(Experiment(surface=surface))


def test_gradient_calls_are_counted_leg_by_leg() -> None:
    sharp = Run(id="2", optimizer="sam", name="b", then=(Switch(after=10, optimizer="gd"),))
    document = Experiment(surface=THREE.surface, runs=(SWITCHED, sharp), steps=20)
    session = Session(document)
    session.compute_all()
    entries = study_comparison(session.study)
    assert [entry.metrics.gradient_calls for entry in entries] == [20, 30]
    found = compare_to_baseline(session.resolved.problem, session.study.runs, None, "1")
    assert found.budget == 20 and not found.is_fair_by_steps and "b 2 then 1" in found.note
    assert found.lines[1].loss_at_budget == session.trajectories["2"].loss[10]


def test_a_run_with_a_switch_can_be_made_longer() -> None:
    document = Experiment(surface=THREE.surface, runs=(SWITCHED,), steps=15)
    session = Session(document)
    session.compute_all()
    short = session.trajectories["1"].data.copy()
    from optlab.session.experiment import changed

    session.propose(changed(document, steps=30))
    long = session.trajectories["1"]
    assert [span.rule for span in long.spans] == ["Adam", "Gradient descent"]
    np.testing.assert_array_equal(long.data[:16], short)


def test_curves_have_gaps_where_a_rule_records_nothing() -> None:
    session = Session(Experiment(surface=THREE.surface, runs=(SWITCHED,), steps=20))
    session.compute_all()
    assert shown(session, "memory:1") == ["m₁", "m₂", "m₃"]
    m = session.trajectories["1"]["m1"]
    assert np.isfinite(m[:11]).all() and np.isnan(m[11:]).all()


# -- what maps show while something moves ------------------------------------------------------


def moved(eta: float) -> Experiment:
    return changed(THREE, runs=(replace(THREE.runs[0], parameters={"eta": eta}),))


def test_paths_move_on_the_plane_that_is_there_until_they_rest(pool) -> None:
    session = Session(THREE, pool)
    session.compute_all()
    pool.finish_all()
    flat, picture = session.flat, session.picture
    for eta in (0.2, 0.3):
        session.propose(moved(eta), "eta")
        pool.finish_all()
        assert session.flat.plane is flat.plane and session.picture is picture
        path = session.trajectories["1"].weights
        there = session.flat.trajectories["1"].weights
        assert there == pytest.approx(flat.plane.coordinates(path))
        assert session.flat.distances["1"] == pytest.approx(flat.plane.distances(path))
    session.rest()
    pool.finish_all()
    assert session.flat.plane is not flat.plane and session.picture is not picture
    fresh = Session(moved(0.3))
    fresh.compute_all()
    assert np.array_equal(session.flat.plane.directions, fresh.flat.plane.directions)


def test_no_plane_is_computed_while_no_map_is_seen(pool) -> None:
    session = Session(THREE, pool)
    session.shown_map.set_seen(False)
    session.compute_all()
    session.propose(moved(0.2))
    assert "plane" not in [held.channel for held, _ in pool.held]
    pool.finish_all()
    assert session.trajectories and session.flat.plane is None
    session.shown_map.set_seen(True)
    pool.finish_all()
    assert session.flat.plane is not None and session.picture is not None
