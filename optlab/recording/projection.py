"""Many weights as few numbers: a random projection that keeps distances, and a sample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Part = npt.NDArray[Any]
"""The values of one tensor, flat."""

_SKETCHES, _PERIOD = 8, 4096
_BUCKETS = 8
_TOGETHER = 8
"""Rows in one product: few enough that it stays in one thread, beside those of a training."""
DIMENSIONS = _SKETCHES * _BUCKETS
"""The numbers that a projection yields."""


class Projection:
    """A linear map of n weights to 64 numbers, the same for the same seed and sizes.

    Each tensor is folded into rows of 4096 values; the rows are added with random signs, in
    eight ways, and each sum is added with random signs into eight buckets.  The expected square
    of a distance is kept; its relative error is about 1/√32.  Costs one product of a matrix with
    8 rows, and no memory beyond 8 signs for each 4096 weights.
    """

    def __init__(self, sizes: Sequence[int], seed: int) -> None:
        random = np.random.default_rng([seed, 1])
        self._rows = [self._signs(random, -(-size // _PERIOD)) for size in sizes]
        self._columns = self._signs(random, _PERIOD)

    @staticmethod
    def _signs(random: np.random.Generator, count: int) -> npt.NDArray[np.float32]:
        return random.choice(np.array([-1, 1], dtype=np.float32), size=(_SKETCHES, count))

    def __call__(self, parts: Sequence[Part]) -> npt.NDArray[np.float64]:
        """The projection of all tensors together, shape (64,)."""
        total = np.zeros((_SKETCHES, _PERIOD))
        for values, signs in zip(parts, self._rows, strict=True):
            whole = values.size // _PERIOD
            folded = values[: whole * _PERIOD].reshape(whole, _PERIOD)
            signs = signs.astype(values.dtype, copy=False)
            for row in range(0, whole, _TOGETHER):
                block = folded[row : row + _TOGETHER]
                total += signs[:, row : row + len(block)] @ block
            rest = values[whole * _PERIOD :]
            if rest.size:
                total[:, : rest.size] += signs[:, whole:] * rest
        total *= self._columns
        buckets: npt.NDArray[np.float64] = total.reshape(DIMENSIONS, -1).sum(axis=1)
        return buckets / math.sqrt(_SKETCHES)


def squares(values: Part) -> float:
    """The sum of squares of a flat array, in one thread; to 1e-4 for float32."""
    whole = values.size // _PERIOD * _PERIOD
    if not whole:
        return float(np.einsum("i,i->", values, values))
    folded = values[:whole].reshape(-1, _PERIOD)
    rest = values[whole:]
    rows = np.einsum("ij,ij->i", folded, folded).sum(dtype=np.float64)
    return float(rows) + float(np.einsum("i,i->", rest, rest))


def sample_indices(sizes: Sequence[int], count: int, seed: int) -> list[npt.NDArray[np.intp]]:
    """Which weights of each tensor to keep as they are: ``count`` in all, at least one of each."""
    random = np.random.default_rng([seed, 2])
    share = count / max(sum(sizes), 1)
    chosen = []
    for size in sizes:
        wanted = min(size, max(1, round(share * size)))
        chosen.append(np.sort(random.choice(size, wanted, replace=False, shuffle=False)))
    return chosen
