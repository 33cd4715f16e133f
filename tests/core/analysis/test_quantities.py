"""What can be plotted over the steps, for every rule and for none."""

import numpy as np
import pytest

from optlab.core.analysis.quantities import DEFAULT_KEYS, OF_DATA, available, cosine
from optlab.core.data import load_table
from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.problems import Network, formula_problem, load_problem, network_problem
from optlab.core.rules import load_rule, rule_names
from optlab.core.run import RunSpec, run

QUADRATIC = load_problem("quadratic")


def walked(rule, steps=40, problem=QUADRATIC, **more):
    spec = RunSpec(problem, load_rule(rule), start=(-15.0, 20.0), steps=steps, **more)
    return spec, run(spec)


def by_key(spec, trajectory):
    return {q.key: q for q in available(spec.problem, spec, trajectory)}


@pytest.mark.parametrize("rule", rule_names())
def test_every_quantity_of_every_rule_can_be_drawn(rule):
    spec, trajectory = walked(rule)
    found = available(spec.problem, spec, trajectory)
    assert len({q.key for q in found}) == len(found)
    for quantity in found:
        assert quantity.title and quantity.symbol, quantity.key
        curves = quantity.curves(trajectory)
        assert curves, quantity.key
        for name, values in curves:
            assert name
            assert values.shape == (trajectory.rows,)


def test_memory_goes_by_its_place():
    adam, momentum = by_key(*walked("adam")), by_key(*walked("momentum"))
    assert [adam[f"memory:{k}"].symbol for k in (1, 2)] == ["m", "s"]
    assert momentum["memory:1"].symbol == "m"
    assert "memory:2" not in momentum
    of_data = {quantity.key for quantity in OF_DATA}
    assert set(DEFAULT_KEYS) - of_data <= set(adam)


def test_angles_are_for_directions_only():
    found = by_key(*walked("adam"))
    assert found["cosine:1"].symbol == "cos(g, m)"
    assert "cosine:2" not in found
    assert not [key for key in by_key(*walked("gd")) if key.startswith("cosine")]


def test_the_angle_is_that_of_the_numbers():
    spec, trajectory = walked("momentum", parameters={"eta": 0.001})
    values = by_key(spec, trajectory)["cosine:1"].curves(trajectory)[0][1]
    assert np.isnan(values[0])
    assert values[1] == pytest.approx(1.0)
    g = np.array([trajectory["g1"][20], trajectory["g2"][20]])
    m = np.array([trajectory["m1"][20], trajectory["m2"][20]])
    assert values[20] == pytest.approx(g @ m / np.linalg.norm(g) / np.linalg.norm(m))
    assert np.nanmax(np.abs(values)) <= 1 + 1e-12


def test_a_vector_without_length_has_no_angle():
    _, trajectory = walked("momentum", problem=formula_problem("0 w1 + 0 w2"), steps=3)
    assert np.isnan(cosine(trajectory, "g", "m")).all()


def test_the_effective_step_of_descent_is_its_rate():
    spec, trajectory = walked("gd", parameters={"eta": 0.001})
    for _, values in by_key(spec, trajectory)["effective_step"].curves(trajectory):
        np.testing.assert_allclose(values[1:], 0.001, rtol=1e-9)


def test_the_excess_needs_a_known_minimum():
    typed = formula_problem("w1^2 + w2^2")
    assert "excess" not in {q.key for q in available(typed)}
    assert [q.key for q in available(QUADRATIC)][:2] == ["loss", "excess"]


def test_clipping_can_be_seen_where_it_is_on():
    plain, clipped = (
        by_key(*walked("gd", treatment=GradientTransforms(clip_norm=norm))) for norm in (None, 5.0)
    )
    assert "rule:clip" not in plain
    assert "clipping" in clipped["rule:clip"].title


def test_sharpness_of_a_network_stands_beside_two_over_eta():
    table = load_table("moons:n=40,noise=0.1,seed=1")
    problem = network_problem(Network((2, 4, 1), loss="cross_entropy"), table)
    spec = RunSpec(problem, load_rule("gd"), {"eta": 0.5}, steps=80)
    path = run(spec)
    (quantity,) = (one for one in available(problem) if one.key == "sharpness")
    (_, found), (_, limit) = quantity.curves(path)
    assert len(found) == 81 and limit[1:] == pytest.approx(4.0)
    for step in (0, 80):
        largest = np.linalg.eigvalsh(problem.hessian(path.weights[step]))[-1]
        assert found[step] == pytest.approx(largest, rel=1e-3)
    assert "sharpness" not in [one.key for one in available(formula_problem("w1^2"))]
