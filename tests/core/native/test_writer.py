"""Code written for LLVM at once has the values of the formula, to the bit."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optlab.core.formula import parse, scalar_function
from optlab.core.formula.lower import lower
from optlab.core.formula.parse import SURFACE_NAMES
from optlab.core.native import Argument, NativeFunction, compile_module

ARGUMENTS: tuple[tuple[str, Argument], ...] = (
    ("count", "integer"),
    *((name, "numbers") for name in ("w1", "w2", "out")),
)
VALUES = [0.0, 5e-324, 1e-300, 0.3, 0.5, 1.0, 1.5, 2.0, 3.7, 40.0, 800.0, 1e200, np.inf, np.nan]
VALUES += [-value for value in VALUES]
TEXTS = [
    *("w1 + w2", "w1 - w2", "w1 * w2", "w1 / w2", "-w1", "w1^w2", "w1^3", "w1^-2", "w1^0.5"),
    *("sin(w1)", "cos(w1)", "tan(w1)", "asin(w1)", "acos(w1)", "atan(w1)", "atan2(w1, w2)"),
    *("sinh(w1)", "cosh(w1)", "tanh(w1)", "exp(w1)", "log(w1)", "log10(w1)", "log2(w1)"),
    *("sqrt(w1)", "cbrt(w1)", "abs(w1)", "sign(w1)", "floor(w1)", "mod(w1, w2)"),
    *("min(w1, w2)", "max(w1, w2)", "where(w1 < w2, 1, 2)", "where(w1 != w2, w1, 3)"),
    "where(w1 <= 1 and not w2 > 1 or w1 == 2, exp(w1), pi * w2)",
]


@pytest.mark.parametrize("text", TEXTS)
def test_values(text: str) -> None:
    from optlab.core.native.writer import Writer

    tree = parse(text, SURFACE_NAMES)
    w = Writer("values", ARGUMENTS)
    with w.loop(w.whole(0), w.given["count"]) as i:
        known = {name: w.load(w.given[name], i) for name in ("w1", "w2")}
        w.store(w.assigned([("value", lower(tree))], known)["value"], w.given["out"], i)
    kinds = tuple(kind for _, kind in ARGUMENTS)
    function = NativeFunction(compile_module(w.text(w.given["count"]), "values", kinds))
    w1, w2 = (np.array(values) for values in zip(*itertools.product(VALUES, VALUES), strict=True))
    out = np.empty_like(w1)
    assert function(len(w1), w1, w2, out) == len(w1)
    plain = scalar_function([tree], ["w1", "w2"])
    expected = np.array([plain(a, b)[0] for a, b in zip(w1.tolist(), w2.tolist(), strict=True)])
    same = np.isnan(out) & np.isnan(expected) | (out.view("i8") == expected.view("i8"))
    wrong = np.flatnonzero(~same)[:3]
    assert same.all(), [(w1[i], w2[i], out[i], expected[i]) for i in wrong]
