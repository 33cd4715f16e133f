"""Bounds of a formula hold for whatever it is computed for."""

from __future__ import annotations

import math

import numpy as np
import pytest

from optlab.core.formula import parse, scalar_function
from optlab.core.formula.lower import lower
from optlab.core.formula.parse import SURFACE_NAMES
from optlab.core.maps.value_bounds import bounds

TEXTS = [
    *("(1 - w1)^2 + 100 (w2 - w1^2)^2", "w1^2 - w2", "-abs(w1) + floor(w2)", "sqrt(w1^2 + 1)"),
    *("sin(w1) cos(w2) + tanh(w1) - atan(w2)", "exp(-w1^2) + exp(-(w2 - 3)^2)", "1/(1 + w1^2)"),
    *("where(w1 < w2, w1^3, -2)", "max(w1, w2) - min(w1, w2) + sign(w1)", "w1 w2 / 3 - pi"),
]
UNKNOWN = ["log(w1)", "sqrt(w1)", "1/w1", "exp(w1)", "w1^2.5", "w1^12", "where(log(w1) > 0, 1, 2)"]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("reach", [0.0, 0.7, 30.0, 1e30])
def test_values_lie_within(text: str, reach: float) -> None:
    tree = lower(parse(text, SURFACE_NAMES))
    found = bounds(tree, {"w1": (-reach, reach), "w2": (-reach, reach)})
    assert found is not None
    low, high = found
    assert math.isfinite(low) and math.isfinite(high)
    value = scalar_function([tree], ["w1", "w2"])
    points = np.random.default_rng(1).uniform(-reach, reach, (200, 2)).tolist()
    points += [(a, b) for a in (-reach, 0.0, reach) for b in (-reach, -0.0, reach)]
    assert all(low <= value(*point)[0] <= high for point in points)


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_may_have_no_finite_value(text: str) -> None:
    tree = lower(parse(text, SURFACE_NAMES))
    assert bounds(tree, {"w1": (-1e30, 1e30), "w2": (-1e30, 1e30)}) is None


def test_an_unknown_symbol() -> None:
    assert bounds(lower(parse("w1 + w2", SURFACE_NAMES)), {"w1": (0.0, 1.0)}) is None
