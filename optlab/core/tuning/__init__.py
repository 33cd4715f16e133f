"""Search spaces, samplers, and the statistics of a fair comparison."""

from optlab.core.tuning.samplers import SAMPLERS, halton_points, points
from optlab.core.tuning.space import SearchAxis, Space, space_of
from optlab.core.tuning.statistics import (
    ConfidenceInterval,
    bootstrap,
    expected_best,
    interquartile_mean,
    performance_profile,
    separates,
)

__all__ = [
    "SAMPLERS",
    "ConfidenceInterval",
    "SearchAxis",
    "Space",
    "bootstrap",
    "expected_best",
    "halton_points",
    "interquartile_mean",
    "performance_profile",
    "points",
    "separates",
    "space_of",
]
