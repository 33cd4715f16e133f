"""Derivatives of the functions keep their digits, also where a textbook formula cancels.

The references are computed here with 60 decimal digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal, localcontext

import numpy as np
import pytest

from optlab.core.formula import derivative, evaluate, parse

DIGITS = 60
ULPS = 8 * 2.0**-53


def sine(x: Decimal) -> Decimal:
    """The Taylor series of the sine, for arguments up to about 30."""
    term, total, k = x, x, 1
    while abs(term) > Decimal(10) ** -(DIGITS + 5):
        term *= -x * x / ((2 * k) * (2 * k + 1))
        total += term
        k += 1
    return total


def cosine(x: Decimal) -> Decimal:
    """The Taylor series of the cosine, for arguments up to about 30."""
    term, total, k = Decimal(1), Decimal(1), 1
    while abs(term) > Decimal(10) ** -(DIGITS + 5):
        term *= -x * x / ((2 * k - 1) * (2 * k))
        total += term
        k += 1
    return total


def hyperbolic(sign: int) -> Callable[[Decimal], Decimal]:
    return lambda x: (x.exp() + sign * (-x).exp()) / 2


def spread(low: float, high: float) -> list[float]:
    """200 numbers of both signs whose sizes are spread evenly over the orders of magnitude."""
    random = np.random.default_rng(11)
    sizes = np.exp(random.uniform(math.log(low), math.log(high), 200))
    return list(sizes * random.choice([-1.0, 1.0], 200))


def above(low: float, high: float) -> list[float]:
    return [abs(x) for x in spread(low, high)]


NEAR_ONE = [s * (1 - d) for s in (-1, 1) for d in (2.0**-53, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3)]
EXACT: dict[str, tuple[Callable[[Decimal], Decimal], list[float]]] = {
    "sin(w1)": (cosine, [x for x in spread(1e-9, 30) if abs(math.cos(x)) > 0.01]),
    "cos(w1)": (lambda x: -sine(x), [x for x in spread(1e-9, 30) if abs(math.sin(x)) > 1e-9]),
    "tan(w1)": (lambda x: 1 / cosine(x) ** 2, spread(1e-9, 1.5)),
    "asin(w1)": (lambda x: 1 / (1 - x * x).sqrt(), spread(1e-9, 1) + NEAR_ONE),
    "acos(w1)": (lambda x: -1 / (1 - x * x).sqrt(), spread(1e-9, 1) + NEAR_ONE),
    "atan(w1)": (lambda x: 1 / (1 + x * x), spread(1e-9, 1e100)),
    "sinh(w1)": (hyperbolic(1), spread(1e-9, 700)),
    "cosh(w1)": (hyperbolic(-1), spread(1e-9, 700)),
    "tanh(w1)": (lambda x: 1 / hyperbolic(1)(x) ** 2, [*spread(1e-9, 350), 18.0, -18.5, 40.0]),
    "exp(w1)": (lambda x: x.exp(), spread(1e-9, 700)),
    "log(w1)": (lambda x: 1 / x, above(1e-100, 1e100)),
    "log10(w1)": (lambda x: 1 / (x * Decimal(10).ln()), above(1e-100, 1e100)),
    "log2(w1)": (lambda x: 1 / (x * Decimal(2).ln()), above(1e-100, 1e100)),
    "sqrt(w1)": (lambda x: 1 / (2 * x.sqrt()), above(1e-100, 1e100)),
    "cbrt(w1)": (lambda x: abs(x) ** (Decimal(-2) / 3) / 3, spread(1e-100, 1e100)),
    "w1^2.5": (lambda x: Decimal("2.5") * x ** Decimal("1.5"), above(1e-50, 1e50)),
    "w1^0.5": (lambda x: 1 / (2 * x.sqrt()), above(1e-100, 1e100)),
    "w1^-3": (lambda x: -3 / x**4, spread(1e-50, 1e50)),
    "3^w1": (lambda x: Decimal(3).ln() * Decimal(3) ** x, spread(1e-9, 300)),
    "w1^w1": (lambda x: x**x * (x.ln() + 1), above(0.5, 50)),
    "atan2(w1, 2)": (lambda x: 2 / (4 + x * x), spread(1e-9, 1e100)),
    "atan2(2, w1)": (lambda x: -2 / (4 + x * x), spread(1e-9, 1e100)),
}


@pytest.mark.parametrize("text", EXACT)
def test_slope_of_a_function_has_all_its_digits(text: str) -> None:
    exact, points = EXACT[text]
    tree = derivative(parse(text), "w1")
    for point in points:
        with localcontext() as context:
            context.prec = DIGITS
            expected = float(exact(Decimal(point)))
        # one rounding of the argument moves the slope of a steep power or exponential further
        room = 1 + (abs(point) if text in ("3^w1", "w1^w1") else 0)
        assert evaluate(tree, {"w1": point}) == pytest.approx(expected, rel=room * ULPS, abs=0)


def test_slope_of_tanh_ends_where_it_is_below_the_normal_numbers() -> None:
    first = derivative(parse("tanh(w1)"), "w1")
    second = derivative(first, "w1")
    for far in (356.0, -400.0, 800.0, 1e300, math.inf):
        assert evaluate(first, {"w1": far}) == 0.0
        assert evaluate(second, {"w1": far}) == 0.0
    assert evaluate(first, {"w1": 350.0}) > 0.0
    assert math.isfinite(evaluate(second, {"w1": 354.9}))
