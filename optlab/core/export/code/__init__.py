"""An update rule as code of other libraries, and as it stands in a paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from optlab.core.export.code.listing import Listing
from optlab.core.export.code.numbers import STEPS
from optlab.core.export.code.numpy_code import numpy_code
from optlab.core.export.code.optax_code import optax_code
from optlab.core.export.code.paper import latex_code, markdown_code
from optlab.core.export.code.torch_code import torch_code
from optlab.core.rules import Choice, Rule
from optlab.core.schedules import CONSTANT, Schedule, parse_schedule

TARGETS: Mapping[str, tuple[str, str, Callable[[Listing], str]]] = MappingProxyType(
    {
        "numpy": ("NumPy", ".py", numpy_code),
        "torch": ("PyTorch", ".py", torch_code),
        "optax": ("optax", ".py", optax_code),
        "latex": ("LaTeX", ".tex", latex_code),
        "markdown": ("Markdown", ".md", markdown_code),
    }
)
"""What code is written for: its title, the ending of its files, and what writes it."""


def rule_code(
    rule: Rule,
    target: str,
    parameters: Mapping[str, float],
    options: Mapping[str, Choice],
    schedule: Schedule | None = None,
    steps: int = STEPS,
    epoch_steps: int = 0,
) -> str:
    """A rule with its settings as a file of a target, one of :data:`TARGETS`.

    Settings that are not given are the rule's defaults; ``steps`` is the length of the run that a
    schedule refers to, ``epoch_steps`` that of its epochs.  Raises
    :class:`~optlab.core.parameters.SettingError` for a setting that cannot be, and for a rule that
    no equations express.
    """
    listing = Listing(
        rule,
        rule.complete_parameters(parameters),
        rule.complete_options(options),
        schedule or parse_schedule(CONSTANT),
        steps,
        epoch_steps,
    )
    return TARGETS[target][2](listing)


__all__ = ["STEPS", "TARGETS", "rule_code"]
