"""Sides of pictures: shares, values and ticks, linear and logarithmic."""

import math

import pytest

from optlab.ui.plots.axes import PlotAxis

AXES = [
    PlotAxis("w₁", -5.0, 5.0),
    PlotAxis("η", 1e-5, 10.0, log=True),
    PlotAxis("η", 0.02, 0.3, log=True),
    PlotAxis("ε", 1e-12, 1.0, log=True),
    PlotAxis("β₁", 0.0, 0.9999),
    PlotAxis("x", 1e-300, 1e300, log=True),
    PlotAxis("x", 5.0, 5.0 + 1e-9),
]


@pytest.mark.parametrize("axis", AXES)
def test_shares_and_values_belong_together(axis: PlotAxis) -> None:
    assert axis.share(axis.low) == pytest.approx(0.0) and axis.share(axis.high) == pytest.approx(
        1.0
    )
    for share in (0.0, 0.25, 0.5, 1.0):
        assert axis.share(axis.value(share)) == pytest.approx(share, abs=1e-6)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("wanted", [2, 5, 9])
def test_ticks_lie_on_the_axis_and_rise(axis: PlotAxis, wanted: int) -> None:
    ticks = axis.ticks(wanted)
    shares = [share for share, _ in ticks]
    assert 1 <= len(ticks) <= 20 and shares == sorted(shares)
    assert all(-1e-6 <= share <= 1 + 1e-6 for share in shares)
    assert all(label for _, label in ticks) and len({label for _, label in ticks}) == len(ticks)
    assert all(-1e-6 <= share <= 1 + 1e-6 for share in axis.between())


def test_decades_are_powers_of_ten_and_less_are_numbers() -> None:
    assert [label for _, label in AXES[1].ticks(9)] == [
        *("10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹")
    ]
    assert [label for _, label in AXES[2].ticks(9)] == ["0.02", "0.05", "0.1", "0.2"]
    assert PlotAxis("x", 1e-5, 10.0, True).share(-1.0) == -math.inf
