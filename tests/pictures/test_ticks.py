"""Ticks are round, told apart, and written as people write numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optlab.core.display import power_of_ten
from optlab.pictures.ticks import (
    figures,
    linear_labels,
    linear_ticks,
    log_ticks,
)


def test_powers_and_indices_are_raised_and_lowered():
    assert power_of_ten(-12) == "10⁻¹²"


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (-5.0, 5.0, ["−4", "−2", "0", "2", "4"]),
        (0.0, 0.12, ["0.000", "0.025", "0.050", "0.075", "0.100"]),
        (0.0, 1.0, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (-30.0, 20.0, ["−30", "−20", "−10", "0", "10", "20"]),
        (0.0, 2e6, ["0", "0.5·10⁶", "1.0·10⁶", "1.5·10⁶", "2.0·10⁶"]),
        (0.0, 3e-7, ["0", "1·10⁻⁷", "2·10⁻⁷", "3·10⁻⁷"]),
    ],
)
def test_labels_have_the_decimals_they_need(low, high, labels):
    wanted = 5 if high != 3e-7 else 3
    assert linear_labels(linear_ticks(low, high, wanted)) == labels


def test_steps_are_whole_where_things_are_counted():
    assert linear_ticks(0, 3, 8, whole=True) == [0, 1, 2, 3]


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(1, 12))
def test_ticks_lie_in_the_range_and_their_labels_differ(low, span, wanted):
    high = low + span
    if high - low < 1e-9 * max(abs(low), abs(high)):
        return
    ticks = linear_ticks(low, high, wanted)
    room = 1e-5 * span
    assert all(low - room <= tick <= high + room for tick in ticks)
    labels = linear_labels(ticks)
    if span > 1e-7 * max(abs(low), abs(high)):
        assert len(set(labels)) == len(labels)


@given(st.floats(-300, 300), st.floats(1, 600), st.integers(2, 8))
def test_log_ticks_are_whole_and_not_too_many(low, span, wanted):
    ticks = log_ticks(low, low + span, wanted)
    assert ticks
    assert len(ticks) <= wanted + 1
    assert all(low - 1 <= tick <= low + span + 1 for tick in ticks)


def test_a_range_within_one_decade_may_have_no_power_of_ten():
    assert log_ticks(0.2, 0.8, 5) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (11.43123, "11.43"),
        (-0.5, "−0.5000"),
        (0.0, "0"),
        (1234567.0, "1.23·10⁶"),
        (3.6e-9, "3.60·10⁻⁹"),
        (math.nan, "–"),
        (-math.inf, "−∞"),
    ],
)
def test_figures_are_those_that_mean_something(value, text):
    assert figures(value) == text
