"""What a rule file may hold, and the names that it cannot declare."""

from __future__ import annotations

from typing import Literal

import msgspec

from optlab.core.formula.operations import CONSTANTS, OPERATIONS, REDUCTIONS
from optlab.core.gradient_transforms import CLIP, STAGES
from optlab.core.library_calls import CallData
from optlab.core.parameters import ParameterData


class OptionData(msgspec.Struct, forbid_unknown_fields=True):
    """A choice that changes the equations; without ``choices`` it is yes or no."""

    choices: tuple[str, ...] = ()
    default: str | bool | None = None
    help: str = ""


class StateData(msgspec.Struct, forbid_unknown_fields=True):
    """Memory with a start, or of one number, or of ``rows``; most is declared by its help alone."""

    help: str
    scalar: bool = False
    start: str = "0"
    rows: int | Literal["n"] | None = None


class TestData(msgspec.Struct, forbid_unknown_fields=True):
    """A known answer: where a run with some settings is after ``step`` updates."""

    __test__ = False  # not a test of pytest's

    start: tuple[float, ...]
    step: int
    weights: tuple[float, ...]
    problem: str = ""
    formula: str = ""
    settings: dict[str, str | bool | float] = {}
    tolerance: float = 1e-9
    source: str = ""


class RuleData(msgspec.Struct, forbid_unknown_fields=True):
    """The whole file."""

    name: str
    summary: str
    update: str = ""
    stepper: str = ""
    reference: str = ""
    convention: str = ""
    aliases: tuple[str, ...] = ()
    moves_at_rest: str = ""
    parameters: dict[str, ParameterData] = {}
    options: dict[str, OptionData] = {}
    presets: dict[str, dict[str, str | bool | float]] = {}
    state: dict[str, str | StateData] = {}
    builtin: tuple[CallData, ...] = ()
    tests: tuple[TestData, ...] = ()


RECORDED = frozenset(
    {"epoch", "batch_loss", "test_loss", "accuracy", "test_accuracy", "gradient_age"}
)
"""What a run records beside its rule."""

LANGUAGE = frozenset({"w", "g", "t", "loss", "dw", CLIP, "if", "and", "or"}).union(
    RECORDED, CONSTANTS, OPERATIONS.keys() - REDUCTIONS
)
"""What the equations and the recorded columns mean by themselves; rules know no rows of data."""

SETTINGS = frozenset(
    {"preset", "optimizer", "name", "start", "steps", "seed", "schedule", "self"}
).union(STAGES)
"""What a run has beside its rule.

Where a setting is given by its name (``--set``, an axis of a map, an argument in Python) these
come first, so a parameter or an option of such a name could never be set.
"""
