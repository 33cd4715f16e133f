"""Conventions of a rule: what papers and libraries set, and which one a run follows now."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from optlab.core.display import display_symbol, short
from optlab.core.rules import Preset, Rule
from optlab.session.experiment import Experiment, Run, change_run
from optlab.session.own_texts import rule_of

_NAMES = MappingProxyType(
    {"pytorch": "PyTorch", "keras": "Keras", "optax": "Optax", "graves": "Graves"}
    | {"authors": "the authors' code"}
)
"""How sources write themselves; all others are written as in the rule's file."""


@dataclass(frozen=True)
class PresetChoice:
    """Settings to choose: ``key`` is a preset of the rule, ``title`` names all presets that mean
    the same, ``help`` says what they set."""

    key: str
    title: str
    help: str


def preset_choices(rule: Rule) -> tuple[PresetChoice, ...]:
    """The presets of a rule; those that set the same are one choice."""
    together: dict[str, list[str]] = {}
    for key, preset in rule.presets.items():
        same = (first for first in together if rule.presets[first] == preset)
        together.setdefault(next(same, key), []).append(key)
    return tuple(
        PresetChoice(first, ", ".join(_NAMES.get(k, k) for k in keys), _help(rule.presets[first]))
        for first, keys in together.items()
    )


def _help(preset: Preset) -> str:
    numbers = [f"{display_symbol(name)} = {short(v)}" for name, v in preset.parameters.items()]
    options = [f"{_words(name)}: {_choice(value)}" for name, value in preset.options.items()]
    return ", ".join((*options, *numbers))


def _words(name: str) -> str:
    return " ".join(display_symbol(word) for word in name.split("_"))


def _choice(value: str | bool) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return value


def preset_of(document: Experiment, run: Run) -> str:
    """The key of the choice that a run follows, or nothing for settings of its own."""
    rule = rule_of(document, run)
    for choice in preset_choices(rule):
        if _follows(rule, run, rule.presets[choice.key]):
            return choice.key
    return ""


def _follows(rule: Rule, run: Run, preset: Preset) -> bool:
    numbers = {p.name: p.default for p in rule.parameters.values()} | run.parameters
    options = {o.name: o.default for o in rule.options.values()} | run.options
    return all(numbers.get(name) == value for name, value in preset.parameters.items()) and all(
        options.get(name) == value for name, value in preset.options.items()
    )


def apply_preset(document: Experiment, run_id: str, key: str) -> Experiment:
    """The experiment in which a run follows a preset; settings that it leaves open stay.

    Raises :class:`~optlab.core.parameters.SettingError` for a preset that the rule has not.
    """
    run = document.run(run_id)
    if run is None:
        return document
    parameters, options = rule_of(document, run).preset(key)
    return change_run(
        document,
        run_id,
        parameters={**run.parameters, **parameters},
        options={**run.options, **options},
    )
