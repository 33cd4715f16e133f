"""Rules whose steps are computed by a function: Newton and the quasi-Newton methods."""

import numpy as np
import pytest

from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.problems import formula_problem, load_problem
from optlab.core.resources import DataError
from optlab.core.rules import load_rule, read_rule
from optlab.core.rules.state_roles import meanings
from optlab.core.run import RunSpec, compiled_kernel, plain_kernel, program_of, run
from optlab.core.run.kernels import array_kernel
from optlab.core.schedules import parse_schedule

BOWL = formula_problem("3*w1^2 + 10*w2^2 + w1*w2")
START = (-15.0, 20.0)


def path(rule, problem=BOWL, start=START, steps=20, treatment=None, stop=None, **settings):
    parameters = {k: v for k, v in settings.items() if isinstance(v, float)}
    options = {k: v for k, v in settings.items() if not isinstance(v, float)}
    return run(
        RunSpec(
            problem,
            load_rule(rule),
            parameters,
            options,
            treatment=treatment or GradientTransforms(),
            start=start,
            steps=steps,
            stop_gradient=stop,
        )
    )


def test_newton_solves_a_quadratic_in_one_step():
    found = path("newton", steps=1)
    assert np.abs(found.weights[1]).max() < 1e-14
    assert found["rate"][1] == 1.0


def test_half_a_newton_step_goes_half_of_the_way():
    found = path("newton", steps=1, eta=0.5)
    assert found.weights[1] == pytest.approx((-7.5, 10.0))


def test_damping_turns_newton_towards_the_slope():
    found = path("newton", steps=1, damping=1e6, backtracking=False)
    g = np.array([found["g1"][1], found["g2"][1]])
    assert found.weights[1] - START == pytest.approx(-g / 1e6, rel=1e-4)


def test_newton_takes_the_slope_where_the_surface_is_not_convex():
    saddle = formula_problem("w1^2 - w2^2")
    down = path("newton", saddle, (1.0, 0.5), steps=1, backtracking=False)
    assert down.weights[1] == pytest.approx((-1.0, 1.5))
    absolute = path(
        "newton", saddle, (1.0, 0.5), steps=1, backtracking=False, not_convex="absolute"
    )
    assert absolute.weights[1] == pytest.approx((0.0, 1.0))
    assert down["lowest_curvature"][1] == -2.0


def test_newton_sees_the_hessian_of_the_l2_term():
    found = path("newton", steps=1, treatment=GradientTransforms(l2=5.0))
    assert np.abs(found.weights[1]).max() < 1e-14


@pytest.mark.parametrize("rule", ["newton", "bfgs", "lbfgs"])
def test_the_second_order_rules_solve_rosenbrock_within_sixty_steps(rule):
    found = path(rule, load_problem("rosenbrock"), (-1.0, 1.0), steps=60)
    assert found.final_weights == pytest.approx((1.0, 1.0), abs=1e-8)
    assert (np.diff(found.loss) <= 0).all()


@pytest.mark.parametrize("rule", ["bfgs", "lbfgs"])
def test_the_estimated_curvature_reaches_the_true_one(rule):
    found = path(rule, steps=30)
    assert found.final_loss < 1e-20
    if rule == "bfgs":
        estimate = [found[name][12] for name in found.vectors["H"]]
        assert found.vectors["H"] == ("H11", "H12", "H21", "H22")
        inverse = np.linalg.inv([[6.0, 1.0], [1.0, 20.0]])
        assert estimate == pytest.approx(inverse.ravel(), rel=1e-3)


def test_l_bfgs_remembers_five_pairs():
    found = path("lbfgs", load_problem("rosenbrock"), (-1.0, 1.0), steps=10)
    assert len(found.vectors["S"]) == len(found.vectors["Y"]) == 10
    assert found["S11"][10] == found["dw1"][9]
    assert found["S52"][10] == found["dw2"][5]


@pytest.mark.parametrize("rule", ["newton", "bfgs", "lbfgs"])
def test_every_kernel_and_a_resumed_run_give_the_same_numbers(rule):
    spec = RunSpec(
        load_problem("himmelblau"),
        load_rule(rule),
        schedule=parse_schedule("cosine"),
        treatment=GradientTransforms(noise=0.1, clip_norm=5.0),
        steps=30,
        seed=4,
    )
    program = program_of(spec)
    whole = run(spec, kernels=plain_kernel)
    again = run(spec, kernels=compiled_kernel)

    class Short:
        block, store = 7, None

        def __call__(self, *args):
            return plain_kernel(program)(*args)

    stops = iter([False, True])
    part = run(spec, kernels=lambda _program: Short(), cancelled=lambda: next(stops))
    assert part.steps == 14
    resumed = run(spec, resume=part)
    for other in (again, resumed):
        assert np.array_equal(whole.data, other.data, equal_nan=True)
        assert other.outcome.kind == "finished"


def test_a_small_gradient_ends_the_run():
    found = path("newton", stop=1e-9)
    assert (found.outcome.kind, found.steps) == ("converged", 1)


def test_leaving_the_domain_is_an_outcome():
    found = path("newton", formula_problem("log(w1)"), (1.0, 0.0), backtracking=False)
    assert found.outcome.kind in ("left_domain", "diverged")


def test_a_matrix_is_neither_a_direction_nor_a_size():
    meaning = meanings(load_rule("bfgs").variant({"backtracking": True}))
    assert meaning["w_prev"] == "place"
    assert meaning["g_prev"] == "direction"
    assert "H" not in meaning


RULE = """
name = "Mine"
summary = "A test"
stepper = "damped_newton"
[parameters.eta]
default = 1.0
[parameters.damping]
default = 0.0
[options.not_convex]
choices = ["gradient", "absolute"]
[options.backtracking]
default = true
"""


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            '"damped_newton"',
            '"other"',
            "'other' is not known; known are damped_newton, inverse_hessian, limited_memory",
        ),
        ("[parameters.damping]\ndefault = 0.0", "", "needs eta, damping here"),
        ('["gradient", "absolute"]', '["gradient"]', "must have the choices"),
        ("[parameters.eta]", '[state]\nm = "memory"\n[parameters.eta]', "needs nothing here"),
        ('summary = "A test"', 'summary = "A test"\nupdate = "w = w - g"', "beside 'stepper'"),
    ],
)
def test_a_file_that_does_not_fit_its_stepper_is_refused(tmp_path, old, new, reason):
    file = tmp_path / "mine.toml"
    file.write_text(RULE)
    assert read_rule(file).stepper == "damped_newton"
    assert old in RULE
    file.write_text(RULE.replace(old, new))
    with pytest.raises(DataError, match=reason):
        read_rule(file)


@pytest.mark.parametrize("rule", ["newton", "bfgs", "lbfgs"])
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_steps_that_repeat_themselves_are_those_that_would_be_taken(
    rule: str, schedule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"schedule": parse_schedule(schedule), "steps": 120}
    spec = RunSpec(load_problem("himmelblau"), load_rule(rule), **given)  # type: ignore[arg-type]
    short = run(spec)
    monkeypatch.setattr(array_kernel, "_same", lambda before, after: False)
    np.testing.assert_array_equal(short.data, run(spec).data)
