"""Texts of a picture: numbers as people write them, settings in symbols."""

from __future__ import annotations

import math

from optlab.core.display import display_symbol, typeset_number
from optlab.core.rules import choice_text
from optlab.core.run import RunSpec, Trajectory

MOST_WEIGHTS = 6
"""Weights of a point that are written down."""


def point(weights: tuple[float, ...]) -> str:
    """The components in brackets, of many the first ones and how many there are."""
    shown = ", ".join(typeset_number(value) for value in weights[:MOST_WEIGHTS])
    if len(weights) > MOST_WEIGHTS:
        shown += f", … {len(weights)} weights"
    return f"({shown})"


def settings(spec: RunSpec | None) -> str:
    """The parameters that a run uses, and what else differs from the default; of each of its
    rules, one after the other."""
    if spec is None:
        return "recorded"
    first, *others = spec.legs
    parts = [_settings(first.spec)]
    for leg in others:
        parts.append(f"from step {leg.first + 1} {leg.spec.rule.name}   {_settings(leg.spec)}")
    return "   ".join(parts)


def _settings(spec: RunSpec) -> str:
    rule = spec.rule
    used = rule.variant(spec.options).parameters
    parts = [f"{rule.parameters[n].symbol} {typeset_number(spec.parameters[n])}" for n in used]
    for name, choice in spec.options.items():
        if choice != rule.options[name].default:
            word = choice_text(choice)
            shown = {"true": display_symbol(name), "false": f"no {display_symbol(name)}"}
            parts.append(shown.get(word, f"{display_symbol(name)} {word}"))
    if not spec.schedule.is_constant:
        parts.append(spec.schedule.text)
    parts += [
        f"{n.replace('_', ' ')} {typeset_number(v)}" for n, v in spec.treatment.active().items()
    ]
    parts += spec.sampling.words.values()
    return "   ".join(parts)


def outcome(trajectory: Trajectory) -> str:
    """How a run ended, in a few words."""
    ended = trajectory.outcome
    if ended.kind == "left_domain":
        return f"left the domain at step {ended.step}"
    if ended.kind == "diverged":
        return f"diverged at step {ended.step}"
    text = f"E {typeset_number(trajectory.final_loss)}"
    return text if ended.kind == "finished" else f"{text}, {ended.kind} at step {ended.step}"


def loss(trajectory: Trajectory, step: int) -> str:
    """The loss at a step; nothing where it was not recorded."""
    value = float(trajectory.loss[step])
    return "" if math.isnan(value) else f"E {typeset_number(value)}"
