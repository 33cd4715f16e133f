"""One formula, five ways to compute it, one value: to the bit, nan and infinities included.

The ways: node by node (the reference), as a function of floats, over arrays, and as the plain
and the compiled kernel of a run.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from optlab.core.formula import (
    GridFunction,
    Node,
    evaluate,
    gradient,
    parse,
    scalar_function,
    to_text,
)
from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import Number, Symbol, substitute
from optlab.core.formula.operations import FUNCTIONS
from optlab.core.run import compiled_kernel, plain_kernel
from optlab.core.run.columns import Columns, scalar
from optlab.core.run.kernels.block_kernel import BlockKernel
from optlab.core.run.kernels.scalar_program import StepProgram

Array = npt.NDArray[np.float64]

ONE_ARGUMENT = (
    "sin cos tan asin acos atan sinh cosh tanh exp log log10 log2 sqrt cbrt abs sign floor"
)
TEXTS = [
    *(f"{name}(w1)" for name in ONE_ARGUMENT.split()),
    *(f"{name}(w1, w2)" for name in ("atan2", "mod", "min", "max")),
    *(f"w1 {mark} w2" for mark in "+-*/^"),
    *(f"where(w1 {mark} w2, w1, 2)" for mark in ("<", "<=", ">", ">=", "==", "!=")),
    "-w1",
    "where(w1 > 0 and w2 > 0, 1, 2)",
    "where(w1 > 0 or w2 > 0, 1, 2)",
    "where(not w1 > 0, 1, 2)",
    "where(w1 > 0, log(w1), sqrt(-w1))",
    # divisions by, and powers of and with, constants: what libraries like to rewrite
    *("w1/3", "w1/10 + w2/0.1", "1/w1", "2/(w1*w2)"),
    *(f"w1^{power}" for power in (2, 3, 7, 16, 17, 20, 50, 51, 100)),
    *(f"w1^({power})" for power in (-1, -2, -3, -16, -17, 0.5, -0.5, 1.5, 2.5, 49.5, "1/3", 0, 1)),
    *(f"{base}^w1" for base in (2, 4, 10, 0.5, "e", "pi", 1, 0, 3)),
    "abs(w1)^0.5",
    "cbrt(cbrt(w1)*w2) + cbrt(w1)",
    "cbrt(w1)^w2 + sin(cbrt(w1))",
    "max(w1, w2, 0)*min(w1, w2, 1, -1)",
    "sin(w1)^2 + cos(w1)^2 - tanh(w1*w2)*exp(-w1^2)",
    "sign(w1)*floor(w2) - mod(w1, 2)",
    # tips and other kinks, whose gradient is settled
    *("sqrt(w1^2 + w2^2)", "cbrt(w1^2 + w2^2)", "(w1^2 + w2^2)^0.5", "exp(-sqrt(w1^4 + w2^2)/3)"),
    *("asin(cos(w1))*w2", "acos(1 - w1^2)", "sqrt(abs(w1*w2))", "abs(w1*w2)^w2", "tanh(w1)*w2"),
    # what is decided beside what is not, and constants that are not finite behind a decision
    *("where(1 < 2 and w1 > 0, w1, w2)", "where(not (1 < 2) or w1 > 0, w1, w2)"),
    *("where(w1 > 0 and not (2 < 1), w1, w2)", "where(e < pi or w2 < 1, w1, w2)"),
    *("where(where(1 < 2, 1, w1) < 2 and w1 > w2, w1, 3)", "where(not not w1 > 0, w1, w2)"),
    *("w1/where(1 < 2, 0, w2)", "w1 + 1/where(1 < 2, 0, w2)", "w2*log(where(e < pi, 0, w1))"),
    *("w1 + where(1 < 2, -1, w2)^0.5", "where(1/where(1 < 2, 0, w1) > w2, w1, w2)"),
    "3*w1*1 + 0*w2 + pi*e*w1",
]
NASTY = [
    *(0.0, -0.0, math.inf, -math.inf, math.nan, 1e308, -1e308, 5e-324, -5e-324, 1e-300),
    *(1.0, -1.0, 2.0, 0.5, -0.5, 3.0, -2.7, 710.0, -746.0, 1e22, 1e154, 0.9999999, math.pi),
]


def points() -> Array:
    random = np.random.default_rng(7)
    plain = random.normal(0.0, 3.0, (1500, 2))
    wide = np.exp(random.normal(0.0, 5.0, (500, 2)))
    return np.vstack([np.array(list(itertools.product(NASTY, NASTY))), plain, wide])


POINTS = points()


def same_bits(a: Array, b: Array) -> npt.NDArray[np.bool_]:
    """Where values are equal to the bit; any nan equals any other."""
    equal = np.ascontiguousarray(a).view(np.int64) == np.ascontiguousarray(b).view(np.int64)
    return equal | (np.isnan(a) & np.isnan(b))


def kernel_program(trees: list[Node]) -> StepProgram:
    """A program that leaves the weights as they are and records the values of the trees."""
    weights = {"w1": Symbol("in_w_1"), "w2": Symbol("in_w_2")}
    values = [(f"v_{i}", substitute(lower(tree), weights)) for i, tree in enumerate(trees)]
    recorded = [f"q{i}" for i in range(len(trees))]
    return StepProgram(
        inputs=("in_w_1", "in_w_2"),
        starts=(Symbol("in_w_1"), Symbol("in_w_2")),
        values=(),
        assignments=(*values, ("v_loss", Number(0.0))),
        carry=("in_w_1", "in_w_2"),
        columns=(
            *(("w1", "in_w_1"), ("w2", "in_w_2"), ("loss", "v_loss")),
            *((name, value) for name, (value, _) in zip(recorded, values, strict=True)),
        ),
        vectors=Columns([scalar(name) for name in ("w1", "w2", "loss", *recorded)]),
        state=(),
        noise=(),
        watches_gradient=False,
        dimension=2,
    )


def kernel_values(make: Callable[[StepProgram], BlockKernel], trees: list[Node]) -> Array:
    kernel = make(kernel_program(trees))
    rows = np.empty((len(POINTS), len(trees) + 3))
    for index, point in enumerate(POINTS):
        kernel(1, 0, point, np.empty(0), np.empty((0, 0)), rows[index : index + 1])
    return rows[:, 3:]


def float_values(trees: list[Node]) -> Array:
    function = scalar_function(trees, ("w1", "w2"))
    return np.array([function(*map(float, point)) for point in POINTS])


def grid_values(trees: list[Node]) -> Array:
    w1, w2 = (np.ascontiguousarray(column) for column in POINTS.T)
    columns = [GridFunction(tree, ("w1", "w2"))(w1, w2) for tree in trees]
    return np.array(columns).T


def node_values(trees: list[Node]) -> Array:
    lowered = [lower(tree) for tree in trees]
    return np.array(
        [
            [float(evaluate(tree, {"w1": float(a), "w2": float(b)})) for tree in lowered]
            for a, b in POINTS
        ]
    )


TIERS: dict[str, Callable[[list[Node]], Array]] = {
    "floats": float_values,
    "arrays": grid_values,
    "plain kernel": lambda trees: kernel_values(plain_kernel, trees),
    "compiled kernel": lambda trees: kernel_values(compiled_kernel, trees),
}


@pytest.fixture(scope="module")
def trees() -> list[Node]:
    formulas = [parse(text) for text in TEXTS]
    slopes = [slope for tree in formulas for slope in gradient(tree, ("w1", "w2"))]
    return [*formulas, *dict.fromkeys(slopes)]


@pytest.fixture(scope="module")
def reference(trees: list[Node]) -> Array:
    return node_values(trees)


def test_every_function_of_the_language_is_compared_below() -> None:
    assert all(any(f"{name}(" in text for text in TEXTS) for name in FUNCTIONS)


@pytest.mark.parametrize("tier", TIERS)
def test_all_ways_to_compute_a_formula_agree_to_the_bit(
    tier: str, trees: list[Node], reference: Array
) -> None:
    equal = same_bits(TIERS[tier](trees), reference)
    places = [
        f"{to_text(trees[column])} at {POINTS[row]}" for row, column in np.argwhere(~equal)[:5]
    ]
    assert equal.all(), places


def test_lowering_changes_no_value_but_that_of_whole_powers() -> None:
    plain = [parse(text) for text in TEXTS if "^" not in text]
    direct = np.array(
        [[float(evaluate(t, {"w1": float(a), "w2": float(b)})) for t in plain] for a, b in POINTS]
    )
    assert same_bits(direct, node_values(plain)).all()


def test_a_whole_power_as_a_product_is_exact_to_a_few_roundings() -> None:
    tree = parse("w1^13")
    assert evaluate(lower(tree), {"w1": 1.1, "w2": 0.0}) == pytest.approx(1.1**13, rel=1e-15)


# -- over arrays --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["5", "w1", "w2", "w1 + w2", "cbrt(2)", "cbrt(w2)"])
def test_values_have_the_shape_that_the_arrays_broadcast_to(text: str) -> None:
    function = GridFunction(parse(text), ("w1", "w2"))
    w1, w2 = np.meshgrid(np.linspace(-1, 1, 4), np.linspace(0, 2, 3))
    for first, second in ((w1, w2), (w1[:1], w2[:, :1])):
        values = function(first, second)
        assert values.shape == (3, 4)
        assert values.dtype == np.float64
        assert values.flags.writeable


def test_values_are_not_the_memory_of_the_arguments() -> None:
    w1 = np.ones((2, 2))
    GridFunction(parse("w1"), ("w1", "w2"))(w1, w1)[:] = 5.0
    assert (w1 == 1.0).all()


def balanced(depth: int, leaf: Callable[[int], str], counter: itertools.count[int]) -> str:
    if depth == 0:
        return leaf(next(counter))
    parts = [balanced(depth - 1, leaf, counter) for _ in range(2)]
    return f"({parts[0]} + {parts[1]})"


def shared_leaf(index: int) -> str:
    return f"(sin((w1+{index})^16) + cos((w1+{index})^16))"


LARGE = {
    "more than 63 constants": "+".join(f"{i}.5*w1" for i in range(1, 400)),
    "200 sines and cosines": "+".join(f"sin({i}*w1)*cos({i}*w2)" for i in range(1, 201)),
    "1000 factors": "*".join(["(w1/9+1)"] * 1000),
    "a thousand terms": "+".join(["w1*w2"] * 1000),
    "a balanced sum": balanced(8, lambda i: f"(w1+{i}.25)", itertools.count()),
    "128 shared parts": balanced(7, shared_leaf, itertools.count()),
    "800 conditions": "where(" + " and ".join(f"w1<{i}" for i in range(9, 809)) + ", w1, w2)",
    "nested choices": "where(w1 > 0, " * 45 + "w2" + ", w1)" * 45,
    "nested signs": "-(1 + " * 30 + "w1" + ")" * 30,
    "nested functions": "sin(" * 45 + "w1" + ")" * 45,
    "many roots": "+".join(f"cbrt(w1 + {i})" for i in range(70)),
    "long extreme": "max(" + ", ".join(f"{i} - w1^2" for i in range(32)) + ")",
}


@pytest.mark.parametrize("name", LARGE)
def test_large_formulas_run_as_code_too(name: str) -> None:
    tree = parse(LARGE[name])
    points = [(0.3, 1.0), (-1.7, 0.2), (2.5, -3.0)]
    w1, w2 = np.array(points).T.copy()
    expected = [evaluate(lower(tree), {"w1": a, "w2": b}) for a, b in points]
    assert GridFunction(tree, ("w1", "w2"))(w1, w2).tolist() == expected
    function = scalar_function([tree], ("w1", "w2"))
    assert [function(a, b)[0] for a, b in points] == expected


def test_code_of_a_large_gradient_stays_linear() -> None:
    tree = parse("*".join(f"sin({i}*w1 + w2)" for i in range(1, 61)))
    slopes = scalar_function(gradient(tree, ("w1", "w2")), ("w1", "w2"))(0.3, 0.4)
    step = 1e-6
    high, low = (evaluate(tree, {"w1": 0.3 + d, "w2": 0.4}) for d in (step, -step))
    assert slopes[0] == pytest.approx((high - low) / (2 * step), rel=1e-4)
