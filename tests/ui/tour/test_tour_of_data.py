"""The tour through the experiments on data, and on losses of sums."""

import pytest

NAMES = (
    "adam_fails_reddi",
    "adam_then_sgd_at_an_epoch",
    "batches_and_noise",
    "challenger",
    "huber_and_the_stray_point",
    "kepler_third_law",
    "partial_writes",
    "quantile_regression",
    "sparse_features_adagrad",
    "stale_gradients",
    "test_loss",
    "two_weight_network",
    "workers_are_larger_batches",
)


@pytest.mark.parametrize("name", NAMES)
def test_tour(traveller, name):
    traveller.travel(name)
