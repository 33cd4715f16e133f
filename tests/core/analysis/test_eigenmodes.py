"""The modes of quadratic losses, and the rates that late gradients tolerate."""

from __future__ import annotations

import numpy as np
import pytest

from optlab.core.analysis.eigenmodes import MOST_MODES, eigenmodes
from optlab.core.analysis.quantities import available
from optlab.core.analysis.stability_map import DELAY, DELAYED, stability_map, varied_parameter
from optlab.core.data import load_table
from optlab.core.parameters import SettingError
from optlab.core.problems import data_problem, formula_problem, load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run
from optlab.core.run.sampling import Sampling


def test_each_mode_shrinks_by_its_own_factor() -> None:
    """Plain descent multiplies the amplitude of an eigenvector by |1 − ηλ| in every step."""
    problem = formula_problem("3(w1 - 1)^2 + 2 w1*w2 + 5(w2 + 2)^2")
    found = eigenmodes(problem)
    assert found is not None and found.values[0] > found.values[1] > 0
    assert problem.gradient(found.minimum) == pytest.approx([0, 0], abs=1e-12)
    eta = 0.15
    path = run(RunSpec(problem, load_rule("gd"), {"eta": eta}, start=(4.0, 3.0), steps=12))
    (modes,) = [one for one in available(problem, None, path) if one.key == "modes"]
    for (label, values), curvature in zip(modes.curves(path), found.values, strict=True):
        assert label.startswith("λ = ") and modes.log
        np.testing.assert_allclose(values[1:] / values[:-1], abs(1 - eta * curvature), rtol=1e-4)


def test_other_losses_have_no_modes() -> None:
    assert eigenmodes(load_problem("rosenbrock")) is None
    assert eigenmodes(formula_problem("0*w1 + w2")) is None
    assert "modes" not in {one.key for one in available(load_problem("beale"))}
    ten = eigenmodes(load_problem("quadratic_10d"))
    assert ten is not None and len(ten.shown) == MOST_MODES and ten.shown[-1] == 9
    line = data_problem("mean((w1*x + w2 - y)^2)", load_table("line:n=20"))
    assert eigenmodes(line) is not None


def test_late_gradients_tolerate_what_theory_says() -> None:
    """For plain descent 2 sin(π/(4τ + 2)); runs on either side of the limit agree."""
    bowl = formula_problem("w1^2/2", ("w1",))
    spec = RunSpec(bowl, load_rule("gd"), start=(1.0,))
    x = np.linspace(0.0, 2.5, 101)
    found = stability_map(spec, varied_parameter(spec, "delay"), x, np.linspace(0, 8, 40))
    assert found.y.tolist() == list(range(9)) and found.theory is DELAYED
    assert found.theory_limit is not None
    np.testing.assert_allclose(found.limit, found.theory_limit, atol=1e-6)
    for rule in ("gd", "momentum"):
        spec = RunSpec(bowl, load_rule(rule), start=(1.0,))
        limits = stability_map(spec, DELAY, x, np.array([3.0])).limit
        for share, grows in ((0.97, False), (1.03, True)):
            late = RunSpec(
                bowl,
                load_rule(rule),
                {"eta": float(limits[0]) * share},
                start=(1.0,),
                steps=4000,
                sampling=Sampling(delay="3"),
            )
            sizes = np.abs(run(late).weights[:, 0])
            assert (sizes[-400:].max() > sizes[:400].max()) == grows


def test_delays_that_cannot_be_mapped() -> None:
    bowl = formula_problem("w1^2/2", ("w1",))
    with pytest.raises(SettingError, match="takes its gradients beside the weights"):
        spec = RunSpec(bowl, load_rule("nesterov"), start=(1.0,))
        stability_map(spec, DELAY, np.linspace(0, 2, 5), np.array([0.0, 1.0]))
    with pytest.raises(SettingError, match="delay must be"):
        spec = RunSpec(bowl, load_rule("gd"), start=(1.0,))
        stability_map(spec, DELAY, np.linspace(0, 2, 5), np.array([0.0, 99.0]))
