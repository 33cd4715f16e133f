"""The projection of many weights."""

import numpy as np
import pytest

from optlab.recording.projection import DIMENSIONS, Projection, sample_places, squares


@pytest.mark.parametrize("sizes", [(5000,), (4096, 4096, 7), (300, 20_000, 1)])
def test_it_is_linear_repeatable_and_keeps_squared_lengths_on_average(
    sizes: tuple[int, ...],
) -> None:
    random = np.random.default_rng(5)
    a, b = ([random.normal(size=size) for size in sizes] for _ in range(2))
    project = Projection(sizes, seed=1)
    both = [2 * x - y for x, y in zip(a, b, strict=True)]
    np.testing.assert_allclose(project(both), 2 * project(a) - project(b), atol=1e-9)
    assert (Projection(sizes, seed=1)(a) == project(a)).all()
    assert project(a).shape == (DIMENSIONS,)
    true = sum(squares(one) for one in a)
    lengths = [float(np.sum(Projection(sizes, seed)(a) ** 2)) for seed in range(60)]
    assert np.mean(lengths) == pytest.approx(true, rel=0.1)
    assert np.std(lengths) / true < 2 / np.sqrt(32)


def test_squares_of_single_precision_add_up_exactly_enough() -> None:
    values = np.full(100_001, 0.1, dtype=np.float32)
    assert squares(values) == pytest.approx(100_001 * float(np.float32(0.1)) ** 2, rel=1e-4)


def test_a_sample_has_of_every_tensor_and_is_repeatable() -> None:
    sizes = (1000, 3, 1)
    places = sample_places(sizes, 64, seed=0)
    kept = [range(*place.indices(size)) for place, size in zip(places, sizes, strict=True)]
    assert [len(one) for one in kept] == [64, 1, 1]
    assert places == sample_places(sizes, 64, seed=0) != sample_places(sizes, 64, seed=1)
