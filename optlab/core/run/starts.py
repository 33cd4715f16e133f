"""The memory of a rule before its first step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from optlab.core.formula.arrays import ARRAY_NAMES, ARRAYS
from optlab.core.formula.compiled import Array, define
from optlab.core.formula.emit import straight_lines
from optlab.core.run.building import step_equations
from optlab.core.run.equations import StepEquations
from optlab.core.run.layout import value_count
from optlab.core.run.spec import Leg


def starting_memory(
    equations: StepEquations, values: Mapping[str, float], weights: Array
) -> dict[str, Array]:
    """What each memory of a rule starts from, at these weights (n,); flat arrays by name."""
    numbers = tuple(values[name] for name in equations.values)
    with np.errstate(all="ignore"):
        found = _function(equations)(weights, numbers)
    states = [record.state for record in equations.records if record.state is not None]
    return {
        state.name: np.array(np.broadcast_to(value, (value_count(state, len(weights)),)))
        for state, value in zip(states, found, strict=True)
    }


def equations_of(leg: Leg) -> StepEquations:
    """The statements of a leg's steps; the same object for legs that differ in numbers only."""
    spec = leg.spec
    return step_equations(
        spec.variant,
        tuple(spec.parameters),
        spec.schedule,
        tuple(spec.treatment.active()),
        spec.stop_gradient is not None,
        leg.shift != 0,
    )


@lru_cache(maxsize=256)
def _function(equations: StepEquations) -> Callable[..., Any]:
    names = [f"start_{index}" for index in range(len(equations.starts))]
    pairs = straight_lines(list(zip(names, equations.starts, strict=True)), ARRAYS)
    lines = [f"{', '.join(equations.values)}, = values"] if equations.values else []
    lines += [f"{target} = {text}" for target, text in pairs]
    lines.append(f"return ({''.join(f'{name}, ' for name in names)})")
    body = "".join(f"    {line}\n" for line in lines)
    return define(f"def starts(in_w, values):\n{body}", "starts", ARRAY_NAMES)
