"""What principal components would show of a path that is nothing but chance."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

MOST_POINTS = 400
"""Points of walks that start together, beyond which every k-th one counts."""


def random_walk_shares(lengths: Sequence[int], count: int = 2) -> tuple[float, ...]:
    """The shares of the variance in the first ``count`` principal components of random walks.

    ``lengths`` are the points of each walk; all begin at one point, in a space of many more
    dimensions than points.  For one walk of n points, component k has 1/(2 − 2 cos(πk/n)) of
    (n² − 1)/6 in all, which goes to 6/(π²k²): 61 % and 15 % (Antognini & Sohl-Dickstein 2018).
    """
    total = sum(lengths)
    if len(lengths) == 1:
        n = lengths[0]
        parts = [3 / ((1 - math.cos(math.pi * k / n)) * (n * n - 1)) for k in range(1, n)[:count]]
        return (*parts, *((0.0,) * (count - len(parts))))
    every = max(1, -(-total // MOST_POINTS))
    walks = [np.arange(0, length, every, dtype=np.float64) for length in lengths]
    size = sum(map(len, walks))
    products, at = np.zeros((size, size)), 0
    for walk in walks:
        here = slice(at, at + len(walk))
        products[here, here] = np.minimum.outer(walk, walk)
        at += len(walk)
    products -= products.mean(axis=0)
    products -= products.mean(axis=1, keepdims=True)
    values = np.linalg.eigvalsh(products)[::-1][:count]
    whole = float(np.trace(products))
    return tuple((values / whole).tolist()) if whole > 0 else (0.0,) * count
