"""The tour through the experiments about rules that measure the gradients."""

import pytest

NAMES = (
    "adam_across_the_axes",
    "adam_along_the_axes",
    "adaptive_eight_directions",
    "adaptive_first_steps",
    "adaptive_step_lengths",
    "bias_correction",
    "first_moment_escapes",
    "first_moment_over_time",
    "weight_decay_two_ways",
)


@pytest.mark.parametrize("name", NAMES)
def test_tour(traveller, name):
    traveller.travel(name)
