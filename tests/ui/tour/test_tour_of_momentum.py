"""The tour through the experiments about rules with a memory of their movement."""

import pytest

NAMES = (
    "first_two_updates",
    "gradient_descent_first_steps",
    "momentum_conventions",
    "momentum_convergence",
    "momentum_first_steps",
    "momentum_overshoots",
    "momentum_speed_up",
    "momentum_speeds_up_and_brakes",
    "nesterov_forms",
)


@pytest.mark.parametrize("name", NAMES)
def test_tour(traveller, name):
    traveller.travel(name)
