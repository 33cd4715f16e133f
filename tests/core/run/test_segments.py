"""Runs that change their rule on the way, and runs that begin in the middle."""

from __future__ import annotations

import numpy as np
import pytest

from optlab.core.analysis.worksheet import worksheet
from optlab.core.parameters import SettingError
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, Segment, Span, Trajectory, compiled_kernel, run
from optlab.core.schedules import parse_schedule

ROSENBROCK = load_problem("rosenbrock")


def spec(rule: str = "adam", steps: int = 60, then: tuple[Segment, ...] = ()) -> RunSpec:
    eta = 0.01 if rule == "adam" else 1e-4
    return RunSpec(ROSENBROCK, load_rule(rule), {"eta": eta}, steps=steps, then=then)


def segment(first: int, rule: str, *, keep_memory: bool = True, **parameters: float) -> Segment:
    return Segment(first, load_rule(rule), parameters, keep_memory=keep_memory)


def same(one: Trajectory, other: Trajectory) -> bool:
    return one.names == other.names and np.array_equal(one.data, other.data, equal_nan=True)


def test_the_same_rule_again_changes_nothing() -> None:
    switched = run(spec(then=(segment(25, "adam", eta=0.01),)))
    assert same(switched, run(spec()))
    recorded = frozenset(switched.vectors)
    assert switched.spans == (Span(0, 25, "Adam", recorded), Span(25, 60, "Adam", recorded))
    assert switched.unrecorded(0, 61) == []


def test_it_is_known_what_a_rule_does_not_record() -> None:
    switched = run(spec(then=(segment(25, "gd"),)))
    ((first, last, names),) = switched.unrecorded(0, 61)
    assert (first, last, set(names)) == (26, 61, {"m", "s", "m_hat", "s_hat"})
    assert np.isnan(switched["m1"][26:]).all() and np.isfinite(switched["m1"][:26]).all()
    assert switched.unrecorded(0, 26) == []


def test_another_rate_goes_on_with_the_memory() -> None:
    switched = run(spec(then=(segment(25, "adam", eta=0.1),)))
    plain = run(spec(steps=25))
    np.testing.assert_array_equal(switched.data[:26], plain.data)
    assert switched["eta"][26] == 0.1
    m, g = switched.vector("m"), switched.vector("g")
    np.testing.assert_allclose(m[26], 0.9 * m[25] + 0.1 * g[26], rtol=1e-15)


def test_columns_are_those_of_all_rules() -> None:
    path = run(spec(then=(segment(20, "momentum", eta=0.001),)))
    assert {"m1", "s1", "s_hat2"} <= set(path.names)
    assert np.isfinite(path["s1"][20]) and np.isnan(path["s1"][21:]).all()
    assert np.isfinite(path["m1"]).all()
    assert path.state == ("m", "s")


def test_memory_goes_over_by_name_and_the_rest_starts_afresh() -> None:
    legs = spec(then=(segment(20, "adamw", eta=0.01), segment(40, "gd", eta=1e-4))).legs
    assert [leg.kept for leg in legs] == [frozenset(), {"m", "s"}, frozenset()]
    assert [leg.started for leg in legs] == [0, 0, 0]
    (_, fresh) = spec(then=(segment(20, "adam", eta=0.01, keep_memory=False),)).legs
    assert (fresh.kept, fresh.started) == (frozenset(), 20)
    (_, new) = spec("gd", then=(segment(20, "adam", eta=0.01),)).legs
    assert (new.kept, new.started) == (frozenset(), 20)


def test_a_fresh_rule_steps_as_if_it_began_there() -> None:
    then = (segment(20, "adam", eta=0.01, keep_memory=False),)
    switched = run(spec("gd", then=then, steps=50))
    at = tuple(switched.weights[20].tolist())
    alone = run(RunSpec(ROSENBROCK, load_rule("adam"), {"eta": 0.01}, start=at, steps=30))
    np.testing.assert_array_equal(switched.weights[20:], alone.weights)
    np.testing.assert_array_equal(switched.vector("m_hat")[21:], alone.vector("m_hat")[1:])


@pytest.mark.parametrize("steps", [10, 20, 21, 35])
def test_some_steps_and_then_more_are_all_of_them(steps: int) -> None:
    then = (segment(20, "momentum", eta=0.001), segment(30, "adam", eta=0.02))
    whole = run(spec(then=then, steps=50))
    part = run(spec(then=then, steps=steps))
    assert same(whole, run(spec(then=then, steps=50), resume=part))
    assert same(whole, run(spec(then=then, steps=50), kernels=compiled_kernel))


def test_the_schedule_goes_on_unless_a_new_one_begins() -> None:
    cosine = parse_schedule("cosine:T_max=40")
    base = RunSpec(ROSENBROCK, load_rule("gd"), {"eta": 0.001}, schedule=cosine, steps=40)
    alone = run(base)["eta"]
    on = RunSpec(
        ROSENBROCK,
        load_rule("gd"),
        {"eta": 0.001},
        schedule=cosine,
        steps=40,
        then=(Segment(15, load_rule("adam"), {"eta": 0.001}),),
    )
    np.testing.assert_allclose(run(on)["eta"][1:], alone[1:], rtol=1e-15)
    own = RunSpec(
        ROSENBROCK,
        load_rule("gd"),
        {"eta": 0.001},
        steps=40,
        then=(Segment(15, load_rule("adam"), {"eta": 0.001}, schedule=cosine),),
    )
    np.testing.assert_allclose(run(own)["eta"][16:], alone[1:26], rtol=1e-15)


def test_a_worksheet_after_a_switch_is_that_of_the_new_rule() -> None:
    given = spec(then=(segment(20, "rmsprop", eta=0.001),), steps=30)
    path = run(given)
    sheet = worksheet(given, path, 21)
    assert sheet.name == "RMSProp"
    for row in sheet.rows:
        assert row.computed == row.result
    assert worksheet(given, path, 20).name == "Adam"


def test_a_run_may_begin_with_memory_and_a_count_of_steps() -> None:
    whole = run(spec(steps=60))
    row = whole.data[35]
    memory = {name: tuple(row[whole.vectors.place(name)].tolist()) for name in whole.state}
    rest = RunSpec(
        ROSENBROCK,
        load_rule("adam"),
        {"eta": 0.01},
        start=tuple(whole.weights[35].tolist()),
        steps=25,
        before=35,
        memory=memory,
    )
    np.testing.assert_array_equal(run(rest).data[1:], whole.data[36:])


def test_wrong_changes_are_refused() -> None:
    with pytest.raises(SettingError, match="after step 20, not 20"):
        spec(then=(segment(20, "gd"), segment(20, "adam")))
    with pytest.raises(SettingError, match="after step 0, not 0"):
        spec(then=(segment(0, "gd"),))
    with pytest.raises(SettingError, match="'m' is not remembered by gd"):
        RunSpec(ROSENBROCK, load_rule("gd"), memory={"m": (0.0, 0.0)})
    with pytest.raises(SettingError, match="'m' has 2 numbers, not 1"):
        RunSpec(ROSENBROCK, load_rule("adam"), memory={"m": (0.0,)})
