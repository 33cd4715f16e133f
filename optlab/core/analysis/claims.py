"""What an experiment says will happen, as data that can be checked.

A claim is a small record; ``sentence`` says it in words and ``verdict.check`` holds it against
the computed numbers.  ``says`` is a remark of the author on what it means.  ``step`` None stands
for the last step of the run; ``within`` is the largest absolute difference that is allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

from optlab.core.display import display_symbol, short
from optlab.core.run.outcome import Kind

Point = tuple[float, ...]
"""A number for each weight."""


class _Claim(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="claim",
    tag=str.lower,
):
    says: str = ""


SHARPNESS = "sharpness"
"""A column of claims alone: the largest eigenvalue of the Hessian, of all rows."""


class Value(_Claim, frozen=True):
    """A column of a run has this value at a step."""

    run: str
    column: str
    value: float
    within: float = 0.0
    step: int | None = None


class Turn(_Claim, frozen=True):
    """A column turns round at a step: both neighbours are lower (maximum) or higher (minimum).

    ``first``: it does so there for the first time.
    """

    run: str
    column: str
    kind: Literal["maximum", "minimum"]
    step: int
    first: bool = False


class Extreme(_Claim, frozen=True):
    """The highest or the lowest value of a column in the whole run."""

    run: str
    column: str
    kind: Literal["highest", "lowest"]
    value: float
    within: float = 0.0


class Reaches(_Claim, frozen=True):
    """The first step at which a column is at or below a value; step None: it never is."""

    run: str
    column: str
    value: float
    step: int | None = None


class Lower(_Claim, frozen=True):
    """A column of one run is lower than that of another, at a step or at the end of both."""

    run: str
    other: str
    column: str = "loss"
    step: int | None = None


class Ratio(_Claim, frozen=True):
    """A column of one run divided by that of another, at a step or at the end of both."""

    run: str
    other: str
    column: str
    value: float
    within: float = 0.0
    step: int | None = None


class Same(_Claim, frozen=True):
    """Two runs have the same path: their columns agree at every step."""

    run: str
    other: str
    columns: tuple[str, ...] = ("w1", "w2")
    within: float = 0.0


class Arrives(_Claim, frozen=True):
    """The run ends at a point, as far from it as ``within`` at most."""

    run: str
    at: Point
    within: float


class Ends(_Claim, frozen=True):
    """How the run ends and, where it is said, after which step."""

    run: str
    outcome: Kind
    step: int | None = None


class Measure(_Claim, frozen=True):
    """A measure of two gradients (a function of ``analysis.update_measures``) has this value."""

    measure: Literal["momentum_measure", "adaptive_measure", "adam_measure", "correction_factor"]
    arguments: dict[str, float | bool]
    value: float
    within: float = 0.0


Claim: TypeAlias = (
    Value | Turn | Extreme | Reaches | Lower | Ratio | Same | Arrives | Ends | Measure
)


def sentence(claim: Claim, name: Callable[[str], str] = str) -> str:
    """What a claim says, without the full stop; ``name`` gives the name of a run from its id."""
    if isinstance(claim, Measure):
        given = ", ".join(
            f"{display_symbol(key)} = {_plain(value)}" for key, value in claim.arguments.items()
        )
        words = claim.measure.replace("_", " ")
        return f"{words} at {given}: {_value(claim.value, claim.within)}"
    return f"{name(claim.run)}: {_about(claim, name)}"


def column_symbol(column: str) -> str:
    """A column as it is shown: ``w1`` as w₁, ``dw1`` as Δw₁."""
    if column == SHARPNESS:
        return column
    if column.startswith("dw") and column[2:].isdigit():
        return f"Δ{display_symbol(column[1:])}"
    return display_symbol(column)


def _about(claim: Claim, name: Callable[[str], str]) -> str:
    match claim:
        case Value():
            text = f"{column_symbol(claim.column)} {_when(claim.step)} is"
            return f"{text} {_value(claim.value, claim.within)}"
        case Turn():
            which = "the first " * claim.first or "a "
            return f"{column_symbol(claim.column)} has {which}{claim.kind} at step {claim.step}"
        case Extreme():
            text = f"the {claim.kind} {column_symbol(claim.column)} is"
            return f"{text} {_value(claim.value, claim.within)}"
        case Reaches():
            text = f"{column_symbol(claim.column)} at or below {_plain(claim.value)}"
            return f"{text} never" if claim.step is None else f"{text} first at step {claim.step}"
        case Lower():
            text = f"{column_symbol(claim.column)} {_when(claim.step)} is lower than with"
            return f"{text} {name(claim.other)}"
        case Ratio():
            text = f"{column_symbol(claim.column)} {_when(claim.step)} is"
            return f"{text} {_value(claim.value, claim.within)} times that of {name(claim.other)}"
        case Same():
            columns = ", ".join(map(column_symbol, claim.columns))
            near = f", within {_plain(claim.within)}" if claim.within else " to the last bit"
            return f"the same {columns} as {name(claim.other)}{near}"
        case Arrives():
            at = ", ".join(map(_plain, claim.at))
            return f"ends at ({at}), within {_plain(claim.within)}"
        case Ends():
            how = claim.outcome.replace("_", " the ")
            return how if claim.step is None else f"{how} at step {claim.step}"
        case _:
            raise TypeError(f"{type(claim).__name__} is not about a run")


def _when(step: int | None) -> str:
    return "at the end" if step is None else f"at step {step}"


def _value(value: float, within: float) -> str:
    return f"{_plain(value)} ± {_plain(within)}" if within else _plain(value)


def _plain(value: float) -> str:
    """A number as it stands in the file, up to ten digits."""
    return str(value).lower() if isinstance(value, bool) else short(value, 10)
