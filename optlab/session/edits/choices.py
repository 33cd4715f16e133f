"""What lists offer: rules with their presets, surfaces and schedules; own ones first."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Final

import msgspec
import platformdirs

from optlab.core.display import display_symbol, short
from optlab.core.problems import problem_titles
from optlab.core.resources import (
    CatalogueEntry,
    DataError,
    UnknownNameError,
    data_folder,
    read_toml,
)
from optlab.core.rules import Preset, Rule, load_rule, rule_titles
from optlab.core.schedules import ScheduleKind, load_schedule_kind, schedule_names
from optlab.session.embedded.own_texts import Kind, rule_of
from optlab.session.experiment import Experiment, Run, change_part

EDITOR_ENTRIES: Final[Mapping[Kind, tuple[tuple[str, str, str], ...]]] = {
    "rules": (
        ("new_rule", "New rule…", "An update rule of your own"),
        ("edit_rule", "Edit a copy…", "The rule of the selected run, to change"),
    ),
    "surfaces": (
        ("new_surface", "New surface…", "A surface of your own"),
        ("edit_surface", "Edit a copy…", "The surface that is shown, to change"),
    ),
    "schedules": (
        ("new_schedule", "New schedule…", "A schedule of your own"),
        ("edit_schedule", "Edit a copy…", "The schedule of the selected run, to change"),
    ),
}
"""What lists offer beside what they list: the action, its title and what it does."""
EDITOR_ACTIONS: Final = frozenset(one[0] for entries in EDITOR_ENTRIES.values() for one in entries)
RUN_COLORS: Final = 8
"""How many run colours a theme has."""


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    usual: tuple[str, ...]
    colors: dict[str, int]


def usual_rules() -> tuple[str, ...]:
    """The keys of the rules that lists begin with.

    Raises :class:`~optlab.core.resources.DataError` where the file that says so cannot be used.
    """
    return _rules().usual


def rule_color(key: str) -> int:
    """The default run colour 0 … 7 of a rule, the same in all experiments.

    Raises :class:`~optlab.core.resources.DataError` as :func:`usual_rules` does.
    """
    return _rules().colors.get(key, zlib.crc32(key.encode())) % RUN_COLORS


@cache
def _rules() -> _Rules:
    return read_toml(data_folder("topics") / "optimizers.toml", _Rules)


def rule_choices(experiment: Experiment) -> tuple[CatalogueEntry, ...]:
    """Every rule that a run can have, and those that runs name but cannot have, with the reason.

    The experiment's own come first, then the usual ones, then the others by name.
    """
    known = sorted(map(_marked, rule_titles(own=experiment.rules)), key=_place)
    keys = {title.key for title in known}
    lost: dict[str, CatalogueEntry] = {}
    for optimizer in optimizers_of(experiment):
        if optimizer not in keys:
            try:
                rule = load_rule(optimizer, own=experiment.rules)
                lost[optimizer] = CatalogueEntry(optimizer, rule.name, rule.summary)
            except (UnknownNameError, DataError) as error:
                name = PurePath(optimizer).stem
                lost[optimizer] = CatalogueEntry(optimizer, f"{name} (cannot be used)", str(error))
    return (*lost.values(), *known, *kept("rules"))


def kept(kind: Kind) -> tuple[CatalogueEntry, ...]:
    """What a person keeps for all experiments, by the files."""
    entries = []
    for path in sorted(own_folder(kind).glob("*.toml")):
        try:
            data = read_toml(path, dict[str, object])
        except DataError:
            continue  # taking the file in says what is wrong
        sentence = data.get("story" if kind == "surfaces" else "summary", "")
        entries.append(CatalogueEntry(str(path), f"{data.get('name')} (my {kind})", str(sentence)))
    return tuple(entries)


def own_folder(kind: Kind) -> Path:
    """Where rules, surfaces or schedules are kept for all experiments of a person."""
    return platformdirs.user_data_path("OptLab", appauthor=False) / kind


def optimizers_of(experiment: Experiment) -> tuple[str, ...]:
    """The optimizers of all runs, and those that they go on with, each once."""
    named = [
        name
        for run in experiment.runs
        for name in (run.optimizer, *(switch.optimizer for switch in run.then))
        if name
    ]
    return tuple(dict.fromkeys(named))


def first_rules(titles: Iterable[CatalogueEntry]) -> int:
    """How many of them are the experiment's own or usual; they stand first."""
    return sum(_place(title) < len(usual_rules()) for title in titles)


def _place(title: CatalogueEntry) -> int:
    usual = usual_rules()
    if title.own:
        return -1
    return usual.index(title.key) if title.key in usual else len(usual)


def surface_choices(experiment: Experiment) -> tuple[CatalogueEntry, ...]:
    """Every surface by name."""
    titles = problem_titles(own=experiment.surfaces)
    return (*map(_marked, titles), *kept("surfaces"))


def schedule_choices(experiment: Experiment) -> tuple[ScheduleKind, ...]:
    """Every kind of schedule that can be read."""
    own, kinds = experiment.schedules, []
    for name in (*own, *(name for name in schedule_names() if name not in own)):
        try:
            kinds.append(load_schedule_kind(name, own=own))
        except DataError:
            continue  # naming it in a schedule tells why
    return tuple(kinds)


def _marked(title: CatalogueEntry) -> CatalogueEntry:
    if not title.own:
        return title
    mark = "Of this experiment"
    if title.hides:
        mark += f", in place of the shipped '{title.key}'"
    sentence = f"{mark}: {title.sentence}" if title.sentence else mark
    return replace(title, name=f"{title.name} (own)", sentence=sentence)


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


def apply_preset(
    document: Experiment, run_id: str, key: str, after: int | None = None
) -> Experiment:
    """The experiment in which a run follows a preset; settings that it leaves open stay.

    Raises :class:`~optlab.core.parameters.SettingError` for a preset that the rule has not.
    """
    run = document.run(run_id)
    if run is None:
        return document
    run = run.part(after)
    parameters, options = rule_of(document, run).preset(key)
    return change_part(
        document,
        run_id,
        after,
        parameters={**run.parameters, **parameters},
        options={**run.options, **options},
    )
