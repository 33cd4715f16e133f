"""Names that a rule file cannot give to what it declares, and why."""

from __future__ import annotations

from optlab.core.formula.operations import CONSTANTS, OPERATIONS, REDUCTIONS
from optlab.core.gradient import CLIP, STAGES

LANGUAGE = frozenset({"w", "g", "t", "loss", "dw", CLIP, "if", "and", "or"}).union(
    CONSTANTS, OPERATIONS.keys() - REDUCTIONS
)
"""What the equations and the recorded columns mean by themselves; rules know no rows of data."""

SETTINGS = frozenset(
    {"preset", "optimizer", "name", "start", "steps", "seed", "schedule", "self"}
).union(STAGES)
"""What a run has beside its rule.

Where a setting is given by its name (``--set``, an axis of a map, an argument in Python) these
come first, so a parameter or an option of such a name could never be set.
"""
