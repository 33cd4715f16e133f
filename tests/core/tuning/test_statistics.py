"""The statistics of a comparison, against small cases worked out by hand."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optlab.core.tuning import (
    bootstrap,
    expected_best,
    interquartile_mean,
    performance_profile,
    separates,
)
from optlab.core.tuning.statistics import median

inf = math.inf


def test_a_profile_by_hand() -> None:
    costs = {"a": [10, 20, inf, inf], "b": [20, 10, 5, inf]}
    tau, shares = performance_profile(costs)
    assert tau.tolist() == [1, 2]
    assert shares["a"].tolist() == [0.25, 0.5]
    assert shares["b"].tolist() == [0.5, 0.75]


def test_a_profile_depends_on_who_takes_part() -> None:
    costs = {"a": [10.0, 20.0], "b": [20.0, 10.0], "c": [1.0, 100.0]}
    _, three = performance_profile(costs)
    tau, two = performance_profile({name: costs[name] for name in "ab"})
    assert three["a"][0] == 0.0
    assert (tau.tolist(), two["a"].tolist()) == ([1, 2], [0.5, 1])


@settings(max_examples=50, derandomize=True)
@given(
    st.lists(
        st.lists(st.floats(0.1, 1e6) | st.just(inf), min_size=3, max_size=3), min_size=1, max_size=6
    )
)
def test_a_profile_is_the_share_of_its_definition(rows: list[list[float]]) -> None:
    costs = {name: [row[i] for row in rows] for i, name in enumerate("abc")}
    tau, shares = performance_profile(costs)
    for name, at in itertools.product("abc", (0, len(tau) // 2, len(tau) - 1)):
        solved = [
            math.isfinite(cost) and cost / min(row) <= tau[at]
            for cost, row in zip(costs[name], rows, strict=True)
        ]
        assert shares[name][at] == pytest.approx(sum(solved) / len(rows))
    assert all((np.diff(one) >= 0).all() for one in shares.values())


@pytest.mark.parametrize("costs", [{"a": [1.0], "b": [1.0, 2.0]}, {"a": [0.0]}, {"a": [math.nan]}])
def test_wrong_costs_are_refused(costs: dict[str, list[float]]) -> None:
    with pytest.raises(ValueError, match="cost"):
        performance_profile(costs)


def test_expected_best_is_the_mean_over_all_draws() -> None:
    values = [3.0, 1.0, 2.0, 7.0]
    for budget in (1, 2, 3):
        every = [min(draw) for draw in itertools.product(values, repeat=budget)]
        assert expected_best(values, [budget])[0] == pytest.approx(np.mean(every))
    assert expected_best([1.0, inf], [1])[0] == inf
    with pytest.raises(ValueError, match="at least one"):
        expected_best([], [1])


@pytest.mark.parametrize(
    ("values", "mean"),
    [
        ([1.0, 2.0, 3.0, 100.0], 2.5),
        ([5.0], 5.0),
        ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, inf], 4.5),
        ([1.0, 2.0, 3.0, 4.0, 5.0], (0.75 * 2 + 3 + 0.75 * 4) / 2.5),
        ([1.0, inf], inf),
    ],
)
def test_the_mean_of_the_middle_half(values: list[float], mean: float) -> None:
    assert interquartile_mean(np.array(values)) == pytest.approx(mean)


def test_a_median_of_failures_is_one() -> None:
    assert median(np.array([1.0, 2.0, inf])) == 2
    assert median(np.array([1.0, inf])) == inf
    assert median(np.array([1.0, 3.0])) == 2


def test_an_interval_covers_what_it_should_and_is_repeatable() -> None:
    random = np.random.default_rng(8)
    covered = 0
    for trial in range(60):
        interval = bootstrap(random.normal(3.0, 1.0, 40), np.mean, resamples=400, seed=trial)
        covered += interval.low <= 3.0 <= interval.high
    assert covered >= 50
    values = [4.0, 1.0, 2.5, inf]
    assert bootstrap(values, seed=4) == bootstrap(values, seed=4)
    assert bootstrap([2.0]) == bootstrap([2.0], seed=9)
    assert bootstrap([2.0]).low == bootstrap([2.0]).high == 2


def test_a_verdict_needs_intervals_apart() -> None:
    near, far = list(np.linspace(1, 2, 15)), list(np.linspace(5, 6, 15))
    assert separates(near, far)
    assert not separates(near, [value + 0.05 for value in near])
