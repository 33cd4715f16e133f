"""Ways to step that no element-wise equation expresses, by the key that rule files use."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from optlab.core.rules.steppers.newton import Newton
from optlab.core.rules.steppers.quasi_newton import Bfgs, Lbfgs
from optlab.core.rules.steppers.stepper import Step, StepContext, Stepper

_ALL: tuple[Stepper, ...] = (Newton(), Bfgs(), Lbfgs())

STEPPERS: Mapping[str, Stepper] = MappingProxyType({stepper.key: stepper for stepper in _ALL})

__all__ = ["STEPPERS", "Step", "StepContext", "Stepper"]
