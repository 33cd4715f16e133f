"""Quotients by a shared divisor are a/b to the bit, or the range of the dividends tells."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optlab.core.native import (
    LARGEST_DIVIDEND,
    LARGEST_DIVISOR,
    LEAST_DIVIDEND,
    LEAST_DIVISOR,
    Argument,
    NativeFunction,
    compile_source,
    has_quotients,
)

ARGUMENTS: tuple[Argument, ...] = ("integer", *("numbers",) * 5)
SOURCE = """
def quotients(count, a_, b_, y_, out_, range_):
    a = array(a_, (count,))
    b = array(b_, (count,))
    y = array(y_, (count,))
    out = array(out_, (count,))
    range = array(range_, (2,))
    least = range[0]
    most = range[1]
    i = 0
    while i < count:
        out[i] = quotient(a[i], b[i], y[i])
        least = least_bits(least, a[i])
        most = select(abs(a[i]) > most, abs(a[i]), most)
        i += 1
    range[0] = least
    range[1] = most
    return 0
"""
HOSTILE = [0.0, 5e-324, 1e-310, 2.0**-1022, 1e-300, 1e-160, 1.0, 2.0 - 2.0**-52, 3.0, 1e160]
HOSTILE += [1e300, 1.7976931348623157e308, np.inf, np.nan]
HOSTILE += [-value for value in HOSTILE]

needs_quotients = pytest.mark.skipif(not has_quotients(), reason="no fused multiply-add here")


@cache
def kernel() -> NativeFunction:
    return NativeFunction(compile_source(SOURCE, "quotients", ARGUMENTS))


def quotients(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, bool]:
    """The quotients and whether one of them may be wrong."""
    a, b = (np.ascontiguousarray(values, dtype=np.float64) for values in (a, b))
    out, seen = np.empty_like(a), np.array([2**64 - 1, 0], np.uint64).view(np.float64)
    kernel()(len(a), a, b, 1.0 / b, out, seen)
    least = int(np.float64(LEAST_DIVIDEND).view(np.uint64)) - 1
    return out, int(seen.view(np.uint64)[0]) < least or bool(seen[1] > LARGEST_DIVIDEND)


def assert_exact(a: np.ndarray, b: np.ndarray) -> None:
    found, doubtful = quotients(a, b)
    assert not doubtful
    np.testing.assert_array_equal(found.view(np.int64), (a / b).view(np.int64))


def mantissas(seed: int, count: int) -> np.ndarray:
    """Numbers in [1, 2): most of them anything, some with nearly all bits 0 or 1."""
    source = np.random.default_rng(seed)
    bits = source.integers(0, 2**52, count)
    few = source.integers(0, 64, count)
    bits = np.where(source.random(count) < 0.1, few, bits)
    bits = np.where(source.random(count) < 0.1, 2**52 - 1 - few, bits)
    return (bits | 0x3FF0000000000000).view(np.float64)


@pytest.mark.parametrize("digits", range(2, 11))
def test_all_pairs_of_short_mantissas(digits: int) -> None:
    def rounded(values: np.ndarray) -> np.ndarray:
        mantissa, exponent = np.frexp(values)
        return np.ldexp(np.rint(np.ldexp(mantissa, digits)), exponent - digits)

    # Everything here has so few digits that doubles hold it exactly, before it is rounded.
    ones = np.arange(2.0 ** (digits - 1), 2.0**digits)
    a, b = np.meshgrid(ones, ones)
    y = rounded(1.0 / b)
    q = rounded(a * y)
    r = rounded(q * b - a)
    np.testing.assert_array_equal(rounded(q - r * y), rounded(a / b))


@needs_quotients
@pytest.mark.parametrize("beta", [0.9, 0.99, 0.999, 0.9999, 0.5])
def test_divisors_of_averages_that_begin_at_zero(beta: float) -> None:
    divisors = 1.0 - beta ** np.arange(1.0, 2001.0)
    a = mantissas(1, 300_000) * 2.0 ** np.random.default_rng(2).integers(-400, 400, 300_000)
    b = np.random.default_rng(3).choice(divisors, 300_000)
    assert_exact(a, b)
    assert_exact(-a, b)


@needs_quotients
def test_many_pairs() -> None:
    count = 1_000_000
    powers = np.random.default_rng(4).integers(-450, 450, (2, count))
    assert_exact(mantissas(5, count) * 2.0 ** powers[0], mantissas(6, count) * 2.0 ** powers[1])


@needs_quotients
def test_quotients_next_to_the_middle_between_two_doubles() -> None:
    """With mantissas A and B, 2^54 A - M B = k for a small odd k makes A/B such a quotient."""
    a, b = [], []
    divisors = (mantissas(7, 4000) * 2.0**52).astype(np.int64).tolist()
    for divisor in [2**53 - 1, 2**53 - 3, 2**52 + 1, *(value | 1 for value in divisors)]:
        inverse = pow(2**54, -1, divisor)
        for k in (1, -1, 3, -3, 5, -5):
            dividend = k * inverse % divisor
            if dividend >= 2**52:
                a.append(float(dividend))
                b.append(float(divisor))
    assert len(a) > 3000
    assert_exact(np.array(a), np.array(b))


@needs_quotients
@pytest.mark.parametrize("divisor", [1.0, 3.0, 0.1, 1e-3, LEAST_DIVISOR, LARGEST_DIVISOR])
@pytest.mark.parametrize("dividend", HOSTILE)
def test_what_leaves_the_range_is_seen(dividend: float, divisor: float) -> None:
    a = np.full(16, dividend)
    found, doubtful = quotients(a, np.full(16, divisor))
    with np.errstate(all="ignore"):
        expected = a / divisor
    same = np.isnan(expected) & np.isnan(found) | (found.view("i8") == expected.view("i8"))
    assert doubtful or same.all()
    if dividend == 0.0 or (1e-200 < abs(dividend) < 1e200 and 1e-9 < divisor < 1e9):
        assert not doubtful  # what is ordinary needs no second thought


@needs_quotients
@given(
    st.lists(st.floats(), min_size=1, max_size=9),
    st.floats(LEAST_DIVISOR, LARGEST_DIVISOR, exclude_min=True),
)
def test_exact_or_seen(dividends: list[float], divisor: float) -> None:
    a = np.array(dividends)
    found, doubtful = quotients(a, np.full(len(a), divisor))
    with np.errstate(all="ignore"):
        expected = a / divisor
    same = np.isnan(expected) & np.isnan(found) | (found.view("i8") == expected.view("i8"))
    assert doubtful or same.all()
