"""What pictures of maps say about cells, and that any numbers can be drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optlab.core.maps import (
    CATEGORIES,
    LOST,
    NUMBER,
    UNDER_WAY,
    UNKNOWN,
    CellResults,
    ValueScale,
    attractors,
    basin_map,
    basin_picture,
    measure_picture,
)
from optlab.core.parameters import SettingError
from optlab.core.problems import formula_problem, load_problem
from optlab.core.run.outcome import OUTCOMES

WINDOW = ((-5.0, 5.0), (-5.0, 5.0))


def ends(weights: list[tuple[float, float]], kinds: str = "", **others: list[float]) -> CellResults:
    """Ends of runs; ``kinds`` has a letter for each: f, c, d or l."""
    count = len(weights)
    letters = [kind[0] for kind in OUTCOMES]
    outcome = np.array([letters.index(k) for k in (kinds or "c" * count)], dtype=np.int8)
    given = {
        name: np.array(others.get(name, [1.0] * count))
        for name in ("loss", "steps", "reached", "length")
    }
    records = {name: given.pop(name) for name in ("reached", "length")}
    return CellResults(np.array(weights, dtype=float), outcome=outcome, records=records, **given)


def test_known_minima_come_first_even_where_no_run_ends() -> None:
    himmelblau = load_problem("himmelblau")
    bare = formula_problem(himmelblau.formula)
    some = ends([(3.0, 2.0)] * 10 + [(-2.8, 3.13)] * 20)
    known = [m.at for m in himmelblau.minima]
    np.testing.assert_array_equal(attractors(himmelblau, WINDOW, some), known)
    found = attractors(bare, WINDOW, some)
    np.testing.assert_allclose(found, [(-2.805118, 3.131313), (3.0, 2.0)], atol=1e-5)


# Where the gradient vanishes (a hill, a saddle), where it is small (a valley), where it jumps.
NO_MINIMA = [
    ("himmelblau", (-0.270845, -0.923039)),
    ("himmelblau", (0.086678, 2.884255)),
    ("rosenbrock", (-0.5, 0.25)),
    ("rosenbrock", (0.5, 0.25)),
    ("abs(w1) + 2 abs(w2)", (0.0, 0.01)),
    ("w1 - w2", (1.0, 1.0)),
    ("-w1^4 - w2^4", (0.0, 0.001)),
    ("log(w1) + w2^2", (-1.0, 0.0)),
]


@pytest.mark.parametrize(("name", "at"), NO_MINIMA)
def test_only_minima_attract(name: str, at: tuple[float, float]) -> None:
    text = load_problem(name).formula if name.isalpha() else name
    some = ends([at] * 100)
    places = attractors(formula_problem(text), WINDOW, some)
    assert len(places) == 0
    assert (basin_map(WINDOW, some, places).labels == UNDER_WAY).all()


@pytest.mark.parametrize(
    ("text", "at", "minimum"),
    [
        ("w1^4 + w2^4", (0.02, 0.03), (0.0, 0.0)),
        ("w1^2", (0.01, 2.0), (0.0, 2.0)),
        ("w1^2 + 1e8 w2^2", (0.05, 1e-6), (0.0, 0.0)),
        ("(w1^2 + w2^2)^(3/2)", (0.01, 0.02), (0.0, 0.0)),
        ("1e-9 (w1^2 + w2^2)", (0.05, 0.05), (0.0, 0.0)),
    ],
)
def test_minima_that_are_flat_or_steep_attract(
    text: str, at: tuple[float, float], minimum: tuple[float, float]
) -> None:
    found = attractors(formula_problem(text), WINDOW, ends([at] * 100))
    np.testing.assert_allclose(found, [minimum], atol=1e-3)


def test_places_that_attract_are_found_without_known_minima() -> None:
    problem = formula_problem("sin(w1) + w2^2")
    rng = np.random.default_rng(1)
    places = np.array([(-1.57, 0.0), (4.71, 0.0)])
    weights = places[rng.integers(0, 2, 2000)] + rng.normal(0, 1e-3, (2000, 2))
    weights[:50] = rng.uniform(-5, 5, (50, 2))
    found = attractors(problem, WINDOW, ends([tuple(w) for w in weights]))
    assert sorted(round(float(at[0]), 2) for at in found) == [-1.57, 4.71]


def test_runs_on_their_way_are_no_attractor() -> None:
    problem = formula_problem("w1^2 + w2^2")
    weights = [(0.0, 0.0)] * 50 + [(2.0, 2.0)] * 50
    assert len(attractors(problem, WINDOW, ends(weights, "c" * 50 + "f" * 50))) == 1
    assert len(attractors(problem, WINDOW, ends(weights, "f" * 100))) == 1


@pytest.mark.parametrize("far", [1e25, 1e300, np.inf, np.nan])
def test_runs_far_away_end_nowhere(far: float) -> None:
    problem = formula_problem("w1^2 + w2^2")
    some = ends([(0.0, 0.0)] * 5 + [(far, -far)] * 5, "c" * 5 + "f" * 5)
    places = attractors(problem, WINDOW, some)
    labels = basin_map(WINDOW, some, places).labels
    np.testing.assert_array_equal(labels, [0] * 5 + [UNDER_WAY] * 5)


def test_no_runs_at_all() -> None:
    none = CellResults.unknown(0, 2)
    problem = formula_problem("w1^2")
    places = attractors(problem, WINDOW, none)
    picture = basin_picture(basin_map(WINDOW, none, places), (2, 2), np.zeros(4, bool), 0)
    assert (picture.labels == UNKNOWN).all() and picture.places == ()


def test_a_basin_picture_counts_shares_and_steps() -> None:
    himmelblau = load_problem("himmelblau")
    weights = [(3.0, 2.0), (3.0, 2.0), (0.0, 0.0), (9e9, 9e9)]
    some = ends(weights, "ccfd", steps=[10.0, 1000.0, 50.0, 3.0])
    known = np.array([True, False, True, True, False, True])
    picture = basin_picture(
        basin_map(WINDOW, some, attractors(himmelblau, WINDOW, some)), (2, 3), known, 4
    )
    index = [place.share for place in picture.places].index(0.5)
    np.testing.assert_array_equal(
        picture.labels, [[index, UNKNOWN, index], [UNDER_WAY, UNKNOWN, LOST]]
    )
    assert picture.places[index].at == pytest.approx((3.0, 2.0)) and picture.places[index].known
    assert (picture.under_way, picture.lost) == (0.25, 0.25)
    assert picture.strength[0, 0] == pytest.approx(1.0, abs=0.01)
    assert picture.strength[0, 2] == pytest.approx(0.0, abs=0.01)
    assert picture.strength.min() >= 0 and picture.strength.max() <= 1


def test_measures_tell_numbers_from_what_is_none() -> None:
    four = ends(
        [(0.0, 0.0)] * 5,
        "fcdlf",
        loss=[1.0, 1e-6, np.inf, np.nan, 4.0],
        reached=[np.inf, 7.0, 3.0, np.inf, 9.0],
        length=[1.0, 2.0, np.inf, np.nan, 3.0],
    )
    known = np.array([True] * 4 + [False])
    word = CATEGORIES.index
    by_loss = measure_picture(four, "loss", (1, 5), known, 0.0)
    np.testing.assert_array_equal(
        by_loss.codes, [[NUMBER, NUMBER, word("diverged"), word("left the domain"), UNKNOWN]]
    )
    assert by_loss.scale == ValueScale("log", 1e-6, 1.0)
    np.testing.assert_allclose(by_loss.shares[0, :2], [1.0, 0.0])
    assert by_loss.categories[word("diverged")] == 0.25
    by_steps = measure_picture(four, "steps", (1, 5), known)
    np.testing.assert_array_equal(
        by_steps.codes,
        [[word("not reached"), NUMBER, NUMBER, word("left the domain"), UNKNOWN]],
    )
    by_outcome = measure_picture(four, "outcome", (1, 5), known)
    assert by_outcome.scale is None and by_outcome.codes[0, 1] == word("converged")
    with pytest.raises(SettingError, match="must be one of loss, steps"):
        measure_picture(four, "speed", (1, 5), known)


def test_losses_count_from_the_lowest_known_one() -> None:
    some = ends([(0.0, 0.0)] * 3, loss=[-10.0 + 1e-8, -9.0, 90.0])
    known = np.ones(3, dtype=bool)
    scale = measure_picture(some, "loss", (1, 3), known, -10.0).scale
    assert scale is not None and scale.base == -10.0 and scale.scale == "log"
    lower = measure_picture(some, "loss", (1, 3), known, 5.0).scale
    assert lower is not None and lower.base == some.loss.min()


@pytest.mark.parametrize(
    "losses",
    [
        [0.0, 0.0, 0.0],
        [5.0, 5.0, 5.0],
        [-1e308, 0.0, 1e308],
        [0.0, 5e-324, 1e-320],
        [0.0, 1.0, 1e300],
        [np.nan, np.nan, np.inf],
    ],
)
def test_any_numbers_give_shares(losses: list[float]) -> None:
    some = ends([(0.0, 0.0)] * 3, loss=losses)
    picture = measure_picture(some, "loss", (1, 3), np.ones(3, dtype=bool))
    numbers = picture.shares[picture.codes == NUMBER]
    assert ((numbers >= 0) & (numbers <= 1)).all()
    assert (picture.scale is None) == (len(numbers) == 0)


def test_a_far_tail_does_not_flatten_the_rest() -> None:
    losses = [*np.linspace(1.0, 2.0, 1000).tolist(), 1e9]
    some = ends([(0.0, 0.0)] * 1001, loss=losses)
    known = np.ones(1001, dtype=bool)
    scale = measure_picture(replace(some), "length", (1, 1001), known).scale
    assert scale is not None and scale.low == scale.high
    by_loss = measure_picture(some, "loss", (1, 1001), known, 0.0)
    assert by_loss.scale is not None and by_loss.scale.high < 3.0
    assert by_loss.shares[0, -1] == 1.0
