"""Rules that no library was recorded for, held against what they must be in special cases."""

import numpy as np
import pytest

from optlab.core.problems import formula_problem, load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, Trajectory, run

BOWL = formula_problem("3*w1^2 + 10*w2^2 + w1*w2")
START = (-1.5, 2.0)


def walk(rule: str, surface: str = "himmelblau", steps: int = 60, **settings: object) -> Trajectory:
    problem = load_problem(surface) if surface else BOWL
    parameters = {k: v for k, v in settings.items() if isinstance(v, float)}
    options = {k: v for k, v in settings.items() if isinstance(v, str | bool)}
    return run(RunSpec(problem, load_rule(rule), parameters, options, start=START, steps=steps))


ADAM = {"eta": 0.05, "beta1": 0.9, "beta2": 0.99}
UNCORRECTED = {"epsilon": 1e-100, "epsilon_placement": "uncorrected"}
SAME = [
    (("qhadam", {**ADAM, "nu1": 1.0, "nu2": 1.0}), ("adam", ADAM)),
    (("lookahead", {**ADAM, "alpha": 1.0}), ("adam", {**ADAM, "epsilon_placement": "outside"})),
    (("lookahead", {"eta": 0.002, "alpha": 1.0, "inner": "gd"}), ("gd", {"eta": 0.002})),
    (("ademamix", {**ADAM, "alpha": 0.0}), ("adam", ADAM)),
    (("sam", {"eta": 0.002, "rho": 0.0}), ("gd", {"eta": 0.002})),
    (("signum", {"eta": 0.01, "beta1": 0.0}), ("sign_descent", {"eta": 0.01})),
    (("lion", {"eta": 0.01, "beta1": 0.0}), ("sign_descent", {"eta": 0.01})),
    (("hypergradient", {"eta": 0.002, "hyper": 0.0}), ("gd", {"eta": 0.002})),
    (("delta_bar_delta", {"eta": 0.002, "kappa": 0.0, "phi": 0.0}), ("gd", {"eta": 0.002})),
    (("triple_momentum", {"eta": 0.002, "rho": 0.0}), ("gd", {"eta": 0.002})),
    (("averaged_sgd", {"average": "exponential", "beta": 0.0}), ("gd", {"eta": 0.003})),
    (("adam", {**ADAM, "epsilon": 1e-100}), ("adam", {**ADAM, **UNCORRECTED})),
    (("nadam", {"eta": 0.05, "beta1": 0.0}), ("adam", {"eta": 0.05, "beta1": 0.0})),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_special_case_is_the_simpler_rule(left, right):
    a, b = walk(left[0], **left[1]), walk(right[0], **right[1])
    assert a.outcome == b.outcome
    assert a.weights == pytest.approx(b.weights, rel=1e-9, abs=1e-9)


def test_averaged_descent_shows_the_mean_of_gradient_descent():
    plain, averaged = walk("gd", eta=0.003), walk("averaged_sgd", eta=0.003)
    steps = np.arange(1, 61)[:, None]
    assert averaged.weights[1:] == pytest.approx(np.cumsum(plain.weights[1:], axis=0) / steps)


def test_conjugate_gradient_solves_a_quadratic_in_two_steps():
    for form in ("polak_ribiere", "fletcher_reeves"):
        found = walk("conjugate_gradient", "", 2, form=form, longest=1e3)
        assert found.final_loss < 1e-8 * found.loss[0]


def test_triple_momentum_shrinks_the_error_as_it_promises():
    eigenvalues = np.linalg.eigvalsh([[6.0, 1.0], [1.0, 20.0]])
    rho = 1 - 1 / np.sqrt(eigenvalues[1] / eigenvalues[0])
    found = walk("triple_momentum", "", 60, eta=float((1 + rho) / eigenvalues[1]), rho=float(rho))
    sizes = np.linalg.norm(found.weights, axis=1)
    assert sizes[60] < 50 * rho**60 * sizes[0]


def test_barzilai_borwein_reads_the_curvature_of_a_round_bowl():
    found = run(RunSpec(formula_problem("4*w1^2 + 4*w2^2"), load_rule("barzilai_borwein"), steps=2))
    assert found["rate"][2] == pytest.approx(1 / 8)
    assert np.abs(found.final_weights).max() < 1e-12


def test_polyak_stops_at_the_value_it_is_given():
    found = walk("polyak", "", 400, f_min=5.0)
    assert found.final_loss == pytest.approx(5.0, abs=1e-6)


def test_normalized_steps_have_one_length():
    found = walk("normalized_gd", eta=0.01)
    assert np.hypot(found["dw1"], found["dw2"])[1:] == pytest.approx(0.01)


def test_dog_begins_with_its_reach():
    found = walk("dog", steps=1)
    assert np.hypot(found["dw1"][1], found["dw2"][1]) == pytest.approx(0.01)


def test_restart_drops_the_momentum_where_the_loss_grows():
    free = walk("accelerated", "", 300, restart="never", eta=0.01)
    for restart in ("gradient", "function"):
        found = walk("accelerated", "", 300, restart=restart, eta=0.01)
        assert found["age"].min() == 0 and (found["age"][1:] == 0).any()
        assert found.final_loss < free.final_loss


def test_adahessian_and_sophia_see_the_curvature():
    assert walk("adahessian", "", 1)["s1"][1] == pytest.approx(0.001 * 36)
    assert walk("sophia", "", 1)["h2"][1] == pytest.approx(0.01 * 20)


def test_rates_of_adabound_close_on_the_final_one():
    found = walk("adabound", steps=3000, gamma=0.5, final_rate=0.003)
    assert found["rate1"][3000] == pytest.approx(0.003, rel=2e-3)


def test_supersab_takes_a_step_back():
    found = walk("supersab", "", 40, eta=0.08)
    turned = np.flatnonzero(found["agreement2"] < 0)
    assert turned.size
    assert found["dw2"][turned] == pytest.approx(-found["step2"][turned - 1])


def test_adopt_only_looks_in_its_first_step():
    found = walk("adopt", steps=2)
    assert found.weights[1] == pytest.approx(START)
    assert (found.weights[2] != found.weights[1]).all()


def test_lamb_steps_by_the_size_of_the_weights():
    found = walk("lamb", steps=1, eta=0.1)
    assert np.hypot(found["dw1"][1], found["dw2"][1]) == pytest.approx(0.1 * np.hypot(*START))
