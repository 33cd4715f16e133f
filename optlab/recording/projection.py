"""Many weights as few numbers: a random projection that keeps distances, and a sample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Part = npt.NDArray[Any]
"""The values of one tensor, flat."""

DIMENSIONS = 64
"""The numbers that a projection yields."""
_LEAST, _OF_ROOT = 2048, 4
_PERIOD = 4096


class Projection:
    """A linear map of n weights to 64 numbers, the same for the same seed and sizes.

    A very sparse random projection (Li, Hastie & Church 2006): 4 √n of the weights, at least 2048,
    evenly spread over every tensor, each with a random sign in one of the 64 sums.  The expected
    square of a distance is kept; its relative error is about 1/√32 where no few weights make up
    most of it.  Costs as much as reading those weights.
    """

    def __init__(self, sizes: Sequence[int], seed: int) -> None:
        random = np.random.default_rng([seed, 1])
        total = sum(sizes)
        self._places = _spread(sizes, max(_LEAST, _OF_ROOT * math.isqrt(total)), random)
        counts = [len(range(*p.indices(n))) for p, n in zip(self._places, sizes, strict=True)]
        self._count = sum(counts)
        rows = -(-self._count // DIMENSIONS)
        self._read = np.zeros(rows * DIMENSIONS)
        self._signs = random.choice(np.array([-1.0, 1.0]), size=(rows, DIMENSIONS))
        of_each = [math.sqrt(n / count) for n, count in zip(sizes, counts, strict=True)]
        self._signs.reshape(-1)[: self._count] *= np.repeat(of_each, counts)

    def __call__(
        self, parts: Sequence[Part], out: npt.NDArray[np.float64] | None = None
    ) -> npt.NDArray[np.float64]:
        """The projection of all tensors together, shape (64,), into ``out`` if given."""
        read = [values[place] for values, place in zip(parts, self._places, strict=True)]
        np.concatenate(read, out=self._read[: self._count])
        found: npt.NDArray[np.float64] = np.einsum(
            "ij,ij->j", self._read.reshape(-1, DIMENSIONS), self._signs, out=out
        )
        return found


def _spread(sizes: Sequence[int], count: int, random: np.random.Generator) -> list[slice]:
    """About ``count`` places in all, at equal distances in each tensor, at least one of each.

    Distances are prime, so that they fall into every column of a matrix.
    """
    share = count / max(sum(sizes), 1)
    places = []
    for size in sizes:
        wanted = min(size, max(1, round(share * size)))
        step = _prime(size // wanted) if wanted else 1
        spare = size - (wanted - 1) * step
        first = int(random.integers(max(spare, 1)))
        places.append(slice(first, first + (wanted - 1) * step + 1, step))
    return places


def _prime(number: int) -> int:
    """The largest prime up to a number; 1 below 2."""
    while number > 2 and any(number % d == 0 for d in range(2, math.isqrt(number) + 1)):
        number -= 1
    return max(number, 1)


def squares(values: Part) -> float:
    """The sum of squares of a flat array, in one thread; to 1e-4 for float32."""
    whole = values.size // _PERIOD * _PERIOD
    if not whole:
        return float(np.einsum("i,i->", values, values))
    folded = values[:whole].reshape(-1, _PERIOD)
    rest = values[whole:]
    rows = np.einsum("ij,ij->i", folded, folded).sum(dtype=np.float64)
    return float(rows) + float(np.einsum("i,i->", rest, rest))


def sample_places(sizes: Sequence[int], count: int, seed: int) -> list[slice]:
    """Which weights of each tensor to keep as they are: about ``count``, at least one of each."""
    return _spread(sizes, count, np.random.default_rng([seed, 2]))
