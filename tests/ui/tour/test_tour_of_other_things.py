"""The tour through all other experiments, and that none was left out."""

import pytest

from optlab.files.experiment_files import (
    experiment_names,
    load_experiment,
    shipped_experiment,
)
from tests.ui.tour import test_tour_of_adaptive_rules, test_tour_of_data, test_tour_of_momentum

NAMES = (
    "clipping_prevents_a_blow_up",
    "learning_rate_schedules",
    "noise_and_the_learning_rate",
    "rosenbrock_adam_arrives",
    "rosenbrock_momentum_and_nesterov",
    "rosenbrock_three_rules",
    "sine_cosine_playground",
    "three_ways_down",
)


@pytest.mark.parametrize("name", NAMES)
def test_tour(traveller, name):
    traveller.travel(name)


def test_no_experiment_is_left_out():
    others = (
        *test_tour_of_adaptive_rules.NAMES,
        *test_tour_of_data.NAMES,
        *test_tour_of_momentum.NAMES,
    )
    assert sorted((*NAMES, *others)) == sorted(filter(is_flat, experiment_names()))


def is_flat(name):
    """Whether the loss of an experiment has a map of its own; that of a network is on a plane."""
    return load_experiment(shipped_experiment(name)).surface.network is None
