"""Which rows belong to a step."""

import numpy as np
import pytest

from optlab.core.data import Batches

SIZES = [(10, 3, 1), (10, 5, 1), (7, 7, 1), (7, 20, 1), (24, 2, 3), (5, 1, 1)]


@pytest.mark.parametrize(("rows", "size", "workers"), SIZES)
@pytest.mark.parametrize("shuffle", [False, True])
def test_an_epoch_takes_every_row_once(rows, size, workers, shuffle):
    batches = Batches(rows, size, shuffle, workers, seed=4)
    for epoch in range(3):
        steps = range(epoch * batches.steps_per_epoch, (epoch + 1) * batches.steps_per_epoch)
        parts = [batches.rows_of(step + 1) for step in steps]
        assert sorted(np.concatenate(parts)) == list(range(rows))
        assert all((np.diff(part) > 0).all() for part in parts)
        assert [batches.epoch(step + 1) for step in steps] == [epoch + 1] * len(parts)
        assert {len(part) for part in parts[:-1]} <= {min(rows, size * workers)}
    assert batches.epoch(0) == 0


def test_a_block_is_its_steps_wherever_it_begins():
    batches = Batches(23, 4, seed=9)
    for first, count in [(1, 1), (1, 30), (6, 1), (7, 12), (19, 3)]:
        block = batches.block(first, count, numbered=100)
        assert block.count == count
        for step in range(count):
            assert np.array_equal(block.rows(100 + step), batches.rows_of(first + step))


def test_batches_depend_on_seed_and_epoch_only():
    drawn = [Batches(40, 8, seed=seed).block(1, 10).indices for seed in (1, 1, 2)]
    assert np.array_equal(drawn[0], drawn[1]) and not np.array_equal(drawn[0], drawn[2])
    assert not np.array_equal(drawn[0][:40], drawn[0][40:])


def test_rows_in_order_and_all_rows():
    assert Batches(5, 2, shuffle=False).block(1, 4).indices.tolist() == [0, 1, 2, 3, 4, 0, 1]
    assert Batches(5, 9).rows_of(3).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_take_what_one_with_larger_batches_takes(workers):
    several = Batches(26, 4, workers=workers, seed=3).block(1, 20)
    one = Batches(26, 4 * workers, seed=3).block(1, 20)
    assert np.array_equal(several.indices, one.indices)
    assert np.array_equal(several.offsets, one.offsets)
