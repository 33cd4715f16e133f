"""What happens to a gradient before the rule sees it.

In this order: multiplicative and additive noise, the gradient of the L2 term, clipping by value,
clipping by norm.  Each is a formula of the language; ``g`` is the gradient, ``w`` the point where
it was taken, ``n1`` and ``n2`` standard normal numbers, one per weight, that depend on seed and
step only: runs with one seed see the same noise at the same step, whatever their rule.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from types import MappingProxyType

import numpy as np

from optlab.core.formula import Node, parse
from optlab.core.formula.emit import Array
from optlab.core.formula.operations import FUNCTIONS, VECTOR_FUNCTIONS
from optlab.core.parameters import SettingError

NOISE_CHUNK = 4096
"""Steps whose noise is drawn together; any chunk can be drawn without those before it."""

STAGES: Mapping[str, str] = MappingProxyType(
    {
        "noise_relative": "g*(1 + noise_relative*n2)",
        "noise": "g + noise*n1",
        "l2": "g + l2*w",
        "clip_value": "max(-clip_value, min(clip_value, g))",
        "clip_norm": "g*where(norm(g) > clip_norm, clip_norm/norm(g), 1)",
    }
)
"""The formula of each treatment, in the order in which they are applied."""

NOISE_STAGES = ("noise_relative", "noise")
CLIP_STAGES = ("clip_value", "clip_norm")
CLIP = "clip"
"""The recorded quantity that tells what clipping left of the gradient's norm: 1 where it did not
bite, 0.1 where it took nine tenths away."""


@dataclass(frozen=True)
class GradientTransforms:
    """The strengths; None leaves a treatment out. Noise and L2 of strength 0 change nothing.

    ``noise``: standard deviation added to each component; ``noise_relative``: standard deviation
    of a random factor around 1; ``l2``: λ of the term λ‖w‖²/2, whose gradient is λw;
    ``clip_value``: largest size of a component; ``clip_norm``: largest Euclidean norm.
    """

    noise_relative: float | None = None
    noise: float | None = None
    l2: float | None = None
    clip_value: float | None = None
    clip_norm: float | None = None

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if value is None:
                continue
            positive = item.name in CLIP_STAGES
            if not math.isfinite(value) or value < 0 or (positive and value == 0):
                least = "above 0" if positive else "at least 0"
                raise SettingError(item.name, f"must be a finite number {least}, not {value:g}")

    def active(self) -> dict[str, float]:
        """The treatments that were asked for, in their order, with their strength.

        A strength of 0 counts: runs that differ in numbers only have the same program.
        """
        strengths = {name: getattr(self, name) for name in STAGES}
        return {name: float(value) for name, value in strengths.items() if value is not None}


@cache
def stage_tree(name: str) -> Node:
    """The parsed formula of a treatment."""
    names = ["g", "w", "n1", "n2", name]
    return parse(STAGES[name], names, aliases={}, functions=FUNCTIONS | VECTOR_FUNCTIONS)


def noise_block(seed: int, first: int, count: int, dimension: int) -> Array:
    """Standard normal numbers for ``count`` steps from step ``first`` (counted from 0).

    Shape (count, 2 * dimension): additive noise of each weight, then relative noise of each.
    The numbers of a step depend on the seed and the step alone.
    """
    chunks = range(first // NOISE_CHUNK, (first + max(count, 1) - 1) // NOISE_CHUNK + 1)
    drawn = [_chunk(seed, chunk, dimension) for chunk in chunks]
    offset = first - chunks.start * NOISE_CHUNK
    return np.concatenate(drawn)[offset : offset + count]


def _chunk(seed: int, chunk: int, dimension: int) -> Array:
    source = np.random.Generator(np.random.Philox(np.random.SeedSequence((seed, chunk))))
    return source.standard_normal((NOISE_CHUNK, 2 * dimension))
