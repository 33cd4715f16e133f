"""Read a rule, from the catalogue or a file; a broken one is refused with file, key and reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from optlab.core.formula import FormulaError, Node, parse, parse_condition, symbols
from optlab.core.formula.operations import FUNCTIONS, VECTOR_FUNCTIONS
from optlab.core.library_calls import read_calls
from optlab.core.parameters import Parameter, SettingError, read_parameters
from optlab.core.resources import (
    NO_TEXTS,
    CatalogueEntry,
    DataError,
    data_folder,
    data_names,
    data_titles,
    decode_toml,
    find_data_file,
    last_change,
    read_toml,
)
from optlab.core.rules.check import check_rule
from optlab.core.rules.data import LANGUAGE, SETTINGS, OptionData, RuleData, StateData
from optlab.core.rules.known_answers import read_known_answers
from optlab.core.rules.rule import Choice, Equation, Option, Preset, Rule, StateVariable

_KIND = "optimizers"
_SHOWN = 200
"""Characters of an equation that a message repeats."""
LEARNING_RATE = "eta"
"""The parameter that a schedule changes from step to step; every rule declares it."""

_COMPONENT = re.compile(r"w[0-9]+")
_ASSIGNMENT = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*=(?!=)(.*)")
_GUARD = re.compile(r"\sif\s")


def rules_folder() -> Path:
    """Where the shipped rules are."""
    return data_folder(_KIND)


def rule_names(folder: Path | None = None) -> tuple[str, ...]:
    """The catalogue names of the rules, sorted."""
    return data_names(folder or rules_folder())


def read_rule(source: Path | str, name: str = "rule") -> Rule:
    """The rule of a file, or of the text of one, which is then called ``name``.

    Raises :class:`DataError` naming file, key and reason, for anything that would not run: a
    name that no one assigns, memory that is never written, a default out of its range.
    """
    if isinstance(source, Path):
        key, file = source.stem, source.name
        data = read_toml(source, RuleData)
    else:
        key, file = name, f"rule '{name}'"
        data = decode_toml(source, file, RuleData)
    try:
        parameters = read_parameters(data.parameters)
    except SettingError as error:
        raise DataError(file, f"parameters.{error.name}", error.reason) from None
    builder = _Builder(file, data)
    options = builder.options()
    words = builder.words(options)
    state = builder.state()
    roles: list[str] = [parameter.role for parameter in parameters.values() if parameter.role]
    for name, parameter in parameters.items():
        if roles.count(parameter.role) > 1:
            reason = f"another parameter is the {parameter.role.replace('_', ' ')} as well"
            raise DataError(file, f"parameters.{name}.role", reason)
    switches = [name for name, option in options.items() if True in option.choices]
    rule = Rule(
        key=key,
        name=data.name,
        summary=data.summary,
        reference=data.reference,
        convention=data.convention,
        parameters=MappingProxyType(parameters),
        options=MappingProxyType(options),
        presets=MappingProxyType(builder.presets(parameters, options)),
        state=state,
        equations=builder.equations(options, words),
        words=MappingProxyType(words),
        stepper=data.stepper,
        aliases=data.aliases,
        moves_at_rest=builder.moves_at_rest(),
        builtins=read_calls(file, data.builtin, list(parameters), [*options, *words], switches),
    )
    check_rule(file, rule)
    return replace(rule, tests=read_known_answers(file, data.tests, rule))


class _Builder:
    """The parts of one rule file, checked one after the other."""

    def __init__(self, file: str, data: RuleData) -> None:
        self.file = file
        self.data = data
        self.declared = [*data.parameters, *data.options, *data.state]
        if LEARNING_RATE not in data.parameters:
            raise DataError(file, "parameters", f"'{LEARNING_RATE}' (learning rate) is missing")
        for kind, names in (
            ("parameters", data.parameters),
            ("options", data.options),
            ("state", data.state),
        ):
            for name in names:
                self.check_name(f"{kind}.{name}", name)
                if kind != "state" and (name in SETTINGS or _COMPONENT.fullmatch(name)):
                    reason = f"'{name}' is a setting of every run, so this could not be set"
                    raise DataError(file, f"{kind}.{name}", reason)
        for name in data.state:
            self.check_column_name(name, f"state.{name}")

    def check_name(self, key: str, name: str) -> None:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
            raise DataError(self.file, key, "a name has letters, digits and _ only")
        if name in LANGUAGE:
            raise DataError(self.file, key, "this name has a meaning of its own")
        if self.declared.count(name) > 1 and not key.startswith("parameters."):
            raise DataError(self.file, key, "declared twice")

    def check_column_name(self, name: str, key: str) -> None:
        if name[-1].isdigit():
            reason = f"'{name}' ends in a digit, which its columns ({name}1, ...) need"
            raise DataError(self.file, key, reason)

    def options(self) -> dict[str, Option]:
        return {name: self.option(name, item) for name, item in self.data.options.items()}

    def moves_at_rest(self) -> Node | None:
        """The condition of the parameters under which it moves where there is no slope."""
        if not self.data.moves_at_rest:
            return None
        try:
            return parse_condition(self.data.moves_at_rest, list(self.data.parameters))
        except FormulaError as error:
            raise DataError(self.file, "moves_at_rest", str(error)) from None

    def option(self, name: str, item: OptionData) -> Option:
        key = f"options.{name}"
        choices: tuple[Choice, ...] = item.choices or (True, False)
        default: Choice | None = item.default
        if default is None:
            if not item.choices:
                raise DataError(self.file, key, "'default' is missing")
            default = item.choices[0]
        if default not in choices:
            raise DataError(self.file, f"{key}.default", f"'{default}' is not one of the choices")
        return Option(name, choices, default, item.help)

    def words(self, options: Mapping[str, Option]) -> dict[str, int]:
        found = {c for option in options.values() for c in option.choices if isinstance(c, str)}
        for word in found:
            if word in self.declared or word in LANGUAGE or not word.isidentifier():
                raise DataError(self.file, "options", f"'{word}' cannot be the name of a choice")
        return {word: number for number, word in enumerate(sorted(found))}

    def presets(
        self, parameters: Mapping[str, Parameter], options: Mapping[str, Option]
    ) -> dict[str, Preset]:
        checked: dict[str, Preset] = {}
        for preset, settings in self.data.presets.items():
            numbers: dict[str, float] = {}
            choices: dict[str, Choice] = {}
            for name, value in settings.items():
                key = f"presets.{preset}.{name}"
                try:
                    if name in options:
                        choices[name] = options[name].check(value)
                    elif name in parameters and isinstance(value, float) and name != LEARNING_RATE:
                        numbers[name] = parameters[name].check(value)
                    else:
                        raise DataError(self.file, key, "no option or parameter that it can set")
                except SettingError as error:
                    raise DataError(self.file, key, error.reason) from None
            checked[preset] = Preset(MappingProxyType(numbers), MappingProxyType(choices))
        names = {frozenset(settings) for settings in self.data.presets.values()}
        if len(names) > 1:
            raise DataError(self.file, "presets", "all must set the same parameters and options")
        return checked

    def state(self) -> tuple[StateVariable, ...]:
        variables = []
        for name, item in self.data.state.items():
            entry = StateData(item) if isinstance(item, str) else item
            try:
                start = parse(entry.start, [*self.data.parameters, "w"], aliases={})
            except FormulaError as error:
                raise DataError(self.file, f"state.{name}.start", str(error)) from None
            if entry.scalar and "w" in symbols(start):
                raise DataError(self.file, f"state.{name}.start", "a scalar cannot start from w")
            if entry.rows is not None and not self.data.stepper:
                raise DataError(self.file, f"state.{name}.rows", "is for the memory of a stepper")
            variables.append(StateVariable(name, entry.help, entry.scalar, start, entry.rows))
        return tuple(variables)

    def equations(
        self, options: Mapping[str, Option], words: Mapping[str, int]
    ) -> tuple[Equation, ...]:
        lines = []
        for line, text in enumerate(self.data.update.splitlines(), 1):
            code = text.partition("#")[0]
            if code.strip():
                match = _ASSIGNMENT.fullmatch(code)
                if match is None:
                    raise DataError(self.file, f"update, line {line}", "expected 'name = formula'")
                lines.append((line, match[1], match[2]))
        if bool(lines) == bool(self.data.stepper):
            problem = "stands beside 'stepper'" if lines else "has no equation"
            raise DataError(self.file, "update", problem)
        names = {*self.declared, *words, "w", "g", "t", *(target for _, target, _ in lines)}
        return tuple(self.equation(*line, names, options, words) for line in lines)

    def equation(
        self,
        line: int,
        target: str,
        text: str,
        names: set[str],
        options: Mapping[str, Option],
        words: Mapping[str, int],
    ) -> Equation:
        key = f"update, line {line}"
        self.check_target(target, key, words)
        switches = [name for name, option in options.items() if True in option.choices]
        formula, *guards = _GUARD.split(text)
        try:
            functions = FUNCTIONS | VECTOR_FUNCTIONS
            tree = parse(formula, names, aliases={}, functions=functions, switches=switches)
            guard = None
            if guards:
                choices = [*options, *words]
                guard = parse_condition(" and ".join(guards), choices, switches)
        except FormulaError as error:
            shown = error.text.strip()
            shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
            raise DataError(self.file, key, f"{error} in '{shown}'") from error
        return Equation(target, tree, guard, line)

    def check_target(self, target: str, key: str, words: Mapping[str, int]) -> None:
        if target in ("w", "g"):
            return
        fixed = target in self.data.parameters or target in self.data.options or target in words
        if fixed or target in LANGUAGE:
            raise DataError(self.file, key, f"'{target}' cannot be assigned")
        self.check_column_name(target, key)


def rule_titles(
    folder: Path | None = None, own: Mapping[str, str] = NO_TEXTS
) -> tuple[CatalogueEntry, ...]:
    """Key, name and summary of every rule, by name, ``own`` ones first; none is loaded for it."""
    return data_titles(folder or rules_folder(), "summary", own)


def load_rule(name: str, folder: Path | None = None, own: Mapping[str, str] = NO_TEXTS) -> Rule:
    """The rule of a name, or of a path to a ``.toml`` file.

    ``own`` has the texts of rules by name; they come before the catalogue's.  Raises
    UnknownNameError for a name that is not there, DataError for a text that cannot be used.
    """
    if name in own:
        return _read_own(own[name], name)
    path = find_data_file(folder or rules_folder(), name, "optimizer", own)
    return _read(path, last_change(path))


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int) -> Rule:
    return read_rule(path)


@lru_cache(maxsize=256)
def _read_own(text: str, name: str) -> Rule:
    return read_rule(text, name)
