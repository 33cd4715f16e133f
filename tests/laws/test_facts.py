"""Known figures of known rules, to the last digits, against formulas written out in NumPy here."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from optlab.core.problems import Problem, formula_problem, load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, Trajectory, run

Vector = npt.NDArray[np.float64]
Slope = Callable[[Vector], Vector]

EXACT = 1e-10
"""How close the program comes to a transcription that rounds in another order."""

BOWL_START = (-15.0, 20.0)


def bowl(w: Vector) -> float:
    return float(3 * w[0] ** 2 + 10 * w[1] ** 2)


def bowl_slope(w: Vector) -> Vector:
    return np.array([6 * w[0], 20 * w[1]])


def banana_slope(w: Vector) -> Vector:
    rise = w[1] - w[0] ** 2
    return np.array([-400 * w[0] * rise - 2 * (1 - w[0]), 200 * rise])


def escape_slope(w: Vector) -> Vector:
    """Of a summit at the origin, a hollow near 2 and a basin near 7.5."""
    total = np.zeros(2)
    for height, width, centre in ((0.16, 0.72, 0.0), (-0.084, 0.5, 2.0), (-0.3, 0.18, 7.5)):
        away = np.array([w[0] - centre, w[1]])
        total += -2 * width * height * math.exp(-width * float(away @ away)) * away
    return total


def walk(rule: str, problem: str | Problem, steps: int, **settings: object) -> Trajectory:
    start = settings.pop("start", ())
    options = settings.pop("options", {})
    surface = load_problem(problem) if isinstance(problem, str) else problem
    spec = RunSpec(surface, load_rule(rule), settings, options, start=start, steps=steps)  # type: ignore[arg-type]
    path = run(spec)
    assert path.outcome.kind == "finished"
    return path


# -- transcriptions: each returns w(0), w(1), ... -----------------------------------------------


def descent(slope: Slope, start: tuple[float, float], eta: float, steps: int) -> Vector:
    w = [np.array(start)]
    for _ in range(steps):
        w.append(w[-1] - eta * slope(w[-1]))
    return np.array(w)


def heavy_ball(
    slope: Slope, start: tuple[float, float], eta: float, alpha: float, steps: int
) -> tuple[Vector, Vector]:
    w, m = [np.array(start)], [np.zeros(2)]
    for _ in range(steps):
        m.append(alpha * m[-1] + slope(w[-1]))
        w.append(w[-1] - eta * m[-1])
    return np.array(w), np.array(m)


def lookahead(
    slope: Slope, start: tuple[float, float], eta: float, alpha: float, steps: int
) -> Vector:
    w, v = [np.array(start)], np.zeros(2)
    for _ in range(steps):
        v = alpha * v - eta * slope(w[-1] + alpha * v)
        w.append(w[-1] + v)
    return np.array(w)


def adaptive(
    slope: Slope, start: tuple[float, float], eta: float, beta2: float, epsilon: float, steps: int
) -> tuple[Vector, Vector]:
    w, s = [np.array(start)], [np.zeros(2)]
    for _ in range(steps):
        g = slope(w[-1])
        s.append(beta2 * s[-1] + (1 - beta2) * g**2)
        w.append(w[-1] - eta * g / np.sqrt(s[-1] + epsilon))
    return np.array(w), np.array(s)


def adam(
    slope: Slope, start: tuple[float, float], eta: float, steps: int, *, inside: bool
) -> Vector:
    w, m, s = [np.array(start)], np.zeros(2), np.zeros(2)
    for t in range(1, steps + 1):
        g = slope(w[-1])
        m = 0.9 * m + (1 - 0.9) * g
        s = 0.999 * s + (1 - 0.999) * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        below = np.sqrt(s_hat + 1e-8) if inside else np.sqrt(s_hat) + 1e-8
        w.append(w[-1] - eta * m_hat / below)
    return np.array(w)


# -- the elongated bowl -------------------------------------------------------------------------


def test_gradient_descent_takes_its_first_two_steps_as_by_hand() -> None:
    path = walk("gd", "quadratic", 2, eta=0.001)
    assert path.weights[0] == pytest.approx(BOWL_START, abs=0)
    assert path.weights[1] == pytest.approx([-14.91, 19.6], rel=1e-14)
    assert path.weights[2] == pytest.approx([-14.82, 19.21], abs=0.005)
    assert path.weights == pytest.approx(descent(bowl_slope, BOWL_START, 0.001, 2), rel=1e-14)


def test_momentum_gathers_as_by_hand() -> None:
    path = walk("momentum", "quadratic", 2, eta=0.001, alpha=0.9)
    assert (path["m1"][1], path["m2"][1]) == (-90.0, 400.0)
    assert path.weights[1] == pytest.approx([-14.91, 19.6], rel=1e-14)
    assert (path["g1"][2], path["g2"][2]) == pytest.approx((-89.46, 392.0), rel=1e-14)
    assert (path["m1"][2], path["m2"][2]) == pytest.approx((-170.46, 752.0), rel=1e-14)
    assert path.weights[2] == pytest.approx([-14.74, 18.85], abs=0.005)
    still = walk("momentum", "quadratic", 700, eta=0.001, alpha=0.0)
    plain = walk("gd", "quadratic", 700, eta=0.001)
    assert np.array_equal(still.weights, plain.weights)


@pytest.mark.parametrize(("alpha", "loss"), [(0.0, 272.924), (0.6, 32.1446), (0.9, 0.0798409)])
def test_loss_after_a_hundred_steps_falls_with_momentum(alpha: float, loss: float) -> None:
    path = walk("momentum", "quadratic", 700, eta=0.001, alpha=alpha)
    expected, _ = heavy_ball(bowl_slope, BOWL_START, 0.001, alpha, 700)
    assert path.loss[100] == pytest.approx(loss, rel=2e-6)
    assert path.loss[100] == pytest.approx(bowl(expected[100]), rel=EXACT)
    assert path.weights == pytest.approx(expected, rel=EXACT, abs=1e-12)


def test_strong_momentum_overshoots_and_its_loss_has_a_bump() -> None:
    path = walk("momentum", "quadratic", 700, eta=0.001, alpha=0.9)
    loss = path.loss
    bumps = [t for t in range(1, 700) if loss[t - 1] < loss[t] > loss[t + 1]]
    assert bumps[0] == 22
    expected, _ = heavy_ball(bowl_slope, BOWL_START, 0.001, 0.9, 700)
    lowest = float(path["w2"].min())
    assert lowest == pytest.approx(-5.90, abs=0.005)
    assert lowest == pytest.approx(float(expected[:, 1].min()), rel=EXACT)
    lowest_at = int(path["w2"].argmin())
    assert path["w2"][lowest_at + 30] > lowest
    for alpha in (0.0, 0.6):
        calm = walk("momentum", "quadratic", 700, eta=0.001, alpha=alpha).loss
        assert (np.diff(calm) <= 0).all()


@pytest.mark.parametrize("alpha", [0.0, 0.5, 0.9, 0.99])
def test_momentum_on_a_slope_gains_one_over_one_minus_alpha(alpha: float) -> None:
    slope = formula_problem("2*w1 - 0.5*w2")
    path = walk("momentum", slope, 3000, eta=0.001, alpha=alpha, start=(0.0, 0.0))
    t = np.arange(1, 3001)
    gathered = (1 - alpha**t) / (1 - alpha)
    assert path["m1"][1:] == pytest.approx(2 * gathered, rel=EXACT)
    assert path["m2"][1:] == pytest.approx(-0.5 * gathered, rel=EXACT)
    assert path["m1"][-1] == pytest.approx(2 / (1 - alpha), rel=1e-9)
    plain = walk("gd", slope, 3000, eta=0.001, start=(0.0, 0.0))
    speed_up = path["dw1"][-1] / plain["dw1"][-1]
    assert speed_up == pytest.approx(1 / (1 - alpha), rel=1e-8)


def test_adaptive_rate_takes_its_first_two_steps_as_by_hand() -> None:
    path = walk("rmsprop", "quadratic", 2, eta=0.05, beta2=0.9, epsilon=1e-8)
    assert (path["s1"][1], path["s2"][1]) == pytest.approx((810.0, 16000.0), rel=1e-14)
    assert path.weights[1] == pytest.approx([-14.84, 19.84], abs=0.005)
    # from the exact w(1); the rounded one would give (1521.81, 30145.02)
    assert (path["s1"][2], path["s2"][2]) == pytest.approx((1522.0137, 30148.0178), abs=5e-5)
    assert path.weights[2] == pytest.approx([-14.73, 19.73], abs=0.005)
    w, s = adaptive(bowl_slope, BOWL_START, 0.05, 0.9, 1e-8, 2)
    assert path.weights == pytest.approx(w, rel=1e-14)
    assert np.column_stack([path["s1"], path["s2"]]) == pytest.approx(s, rel=1e-14)


def test_adaptive_rate_without_memory_goes_in_eight_directions() -> None:
    path = walk("rmsprop", "quadratic", 400, eta=0.05, beta2=0.0, epsilon=1e-8)
    step = np.column_stack([path["dw1"], path["dw2"]])[1:]
    assert step[0] == pytest.approx([0.05, -0.05], rel=1e-9)
    steep = np.abs(np.column_stack([path["g1"], path["g2"]])[1:]) > 1e-2
    assert np.abs(step[steep]) == pytest.approx(0.05, rel=1e-4)
    smooth = walk("rmsprop", "quadratic", 400, eta=0.05, beta2=0.9, epsilon=1e-8)
    expected, _ = adaptive(bowl_slope, BOWL_START, 0.05, 0.9, 1e-8, 400)
    assert smooth.weights == pytest.approx(expected, rel=1e-8, abs=1e-8)


def test_adaptive_rate_with_endless_memory_divides_by_the_root_of_epsilon() -> None:
    path = walk("rmsprop", "quadratic", 1, eta=0.05, beta2=1.0, epsilon=1e-8)
    assert (path["s1"][1], path["s2"][1]) == (0.0, 0.0)
    assert path["dw1"][1] == pytest.approx(0.05 * 90 / 1e-4, rel=1e-12)
    assert path["dw2"][1] == pytest.approx(-0.05 * 400 / 1e-4, rel=1e-12)
    outside = walk(
        *("rmsprop", "quadratic", 1),
        eta=0.05,
        beta2=1.0,
        options={"epsilon_placement": "outside"},
    )
    assert outside["dw1"][1] == pytest.approx(0.05 * 90 / 1e-8, rel=1e-12)


# -- the small minimum before the large one -----------------------------------------------------


def roll(beta1: float) -> Trajectory:
    return walk(
        *("adam", "escape", 150),
        eta=20.0,
        beta1=beta1,
        start=(0.3, 0.1),
        options={"second_moment": False},
    )


def roll_by_hand(beta1: float) -> tuple[Vector, Vector]:
    w, m, moments = [np.array([0.3, 0.1])], np.zeros(2), [np.zeros(2)]
    for t in range(1, 151):
        m = beta1 * m + (1 - beta1) * escape_slope(w[-1])
        moments.append(m)
        w.append(w[-1] - 20.0 * m / (1 - beta1**t))
    return np.array(w), np.array(moments)


def test_first_moment_carries_a_run_out_of_the_small_minimum() -> None:
    assert roll(0.90).final_weights[0] == pytest.approx(2.224, abs=5e-4)
    assert roll(0.91).final_weights[0] == pytest.approx(7.5, abs=5e-4)


def test_ninety_one_hundredths_of_first_moment_are_the_threshold() -> None:
    ends = {hundredth: roll(hundredth / 100).final_weights[0] for hundredth in range(99)}
    assert all(abs(ends[hundredth] - 2.224) < 0.3 for hundredth in range(91))
    assert all(ends[hundredth] > 7 for hundredth in range(91, 99))


@pytest.mark.parametrize("beta1", [0.0, 0.95])
def test_first_moment_itself_is_the_one_by_hand(beta1: float) -> None:
    path, (w, m) = roll(beta1), roll_by_hand(beta1)
    assert path.weights == pytest.approx(w, rel=1e-8, abs=1e-8)
    assert np.column_stack([path["m1"], path["m2"]]) == pytest.approx(m, rel=1e-8, abs=1e-10)


def test_first_moment_that_forgets_at_once_is_gradient_descent() -> None:
    plain = walk("gd", "escape", 150, eta=20.0, start=(0.3, 0.1))
    assert np.array_equal(roll(0.0).weights, plain.weights)


# -- the banana ---------------------------------------------------------------------------------

BANANA_START = (-1.0, 1.0)


def test_hundred_steps_in_the_banana_are_those_by_hand() -> None:
    given = {"eta": 0.001, "alpha": 0.9}
    heavy = walk("momentum", "rosenbrock", 100, **given)
    expected, _ = heavy_ball(banana_slope, BANANA_START, 0.001, 0.9, 100)
    assert heavy.weights == pytest.approx(expected, rel=EXACT)
    ahead = walk("nesterov", "rosenbrock", 100, **given)
    assert ahead.weights == pytest.approx(
        lookahead(banana_slope, BANANA_START, 0.001, 0.9, 100), rel=EXACT
    )


def test_thousand_steps_in_the_banana_are_those_by_hand() -> None:
    heavy = walk("momentum", "rosenbrock", 1000, eta=0.001, alpha=0.9)
    expected, _ = heavy_ball(banana_slope, BANANA_START, 0.001, 0.9, 1000)
    assert heavy.weights == pytest.approx(expected, rel=EXACT)
    scaled = walk("rmsprop", "rosenbrock", 1000, eta=0.001, beta2=0.9)
    expected, _ = adaptive(banana_slope, BANANA_START, 0.001, 0.9, 1e-8, 1000)
    assert scaled.weights[:900] == pytest.approx(expected[:900], rel=1e-8)
    assert scaled.weights == pytest.approx(expected, rel=1e-4)  # it begins to shake
    both = walk("adam", "rosenbrock", 1000, eta=0.001)
    by_hand = adam(banana_slope, BANANA_START, 0.001, 1000, inside=True)
    assert both.weights == pytest.approx(by_hand, rel=EXACT)
    assert both.final_loss < heavy.loss[0]


def test_adam_reaches_the_end_of_the_banana_in_twenty_thousand_steps() -> None:
    # digits beyond the sixth hang on the order of rounding
    path = walk(
        *("adam", "rosenbrock", 20_000),
        eta=0.001,
        options={"epsilon_placement": "outside"},
    )
    assert path.final_weights == pytest.approx((0.99999987, 0.99999969), abs=1e-6)
    by_hand = adam(banana_slope, BANANA_START, 0.001, 20_000, inside=False)
    assert path.final_weights == pytest.approx(tuple(by_hand[-1]), abs=1e-6)
    assert path.weights[:2000] == pytest.approx(by_hand[:2000], rel=1e-8)
