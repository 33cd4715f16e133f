"""A rule as an editor has it: fields and tables of text, and the file that they make."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from optlab.core.formula import FormulaError
from optlab.core.formula.operations import FUNCTIONS, VECTOR_FUNCTIONS
from optlab.core.resources import DataError, data_folder, decode_toml
from optlab.core.rules import Rule, read_rule, rule_names
from optlab.core.rules.data import RuleData, StateData
from optlab.session.experiment import Experiment, Run, Switch, changed

Row = tuple[str, ...]
Part = TypeVar("Part", Run, Switch)

PARAMETER_COLUMNS = ("name", "default", "range", "scale", "slider from", "slider to", "help")
OPTION_COLUMNS = ("name", "choices", "default", "help")
STATE_COLUMNS = ("name", "start", "one number", "help")
_YES = ("yes", "true", "1")


@dataclass(frozen=True)
class RuleDraft:
    """What is typed.  Rows have a text for each column; empty cells are left to the defaults."""

    name: str
    summary: str = ""
    reference: str = ""
    update: str = "w = w - eta*g\n"
    parameters: tuple[Row, ...] = (("eta", "0.1", "(0, inf)", "log", "", "", "learning rate"),)
    options: tuple[Row, ...] = ()
    state: tuple[Row, ...] = ()

    def text(self) -> str:
        """The rule file."""
        lines = [f"name = {_string(self.name)}", f"summary = {_string(self.summary)}"]
        if self.reference:
            lines.append(f"reference = {_string(self.reference)}")
        lines.append(f"update = {_lines(self.update)}")
        for name, default, range_, scale, low, high, help_ in self.parameters:
            lines += ["", f"[parameters.{_key(name)}]", f"default = {_number(default)}"]
            lines += [f"range = {_string(range_)}"] if range_ else []
            lines += [f"scale = {_string(scale)}"] if scale else []
            lines += [f"slider = [{_number(low)}, {_number(high)}]"] if low or high else []
            lines += [f"help = {_string(help_)}"] if help_ else []
        for name, choices, default, help_ in self.options:
            lines += ["", f"[options.{_key(name)}]"]
            words = [word for word in re.split(r"[,\s]+", choices) if word]
            lines += [f"choices = [{', '.join(map(_string, words))}]"] if words else []
            if not words:
                lines.append(f"default = {str(default.lower() in _YES).lower()}")
            elif default:
                lines.append(f"default = {_string(default)}")
            lines += [f"help = {_string(help_)}"] if help_ else []
        for name, start, single, help_ in self.state:
            lines += ["", f"[state.{_key(name)}]", f"help = {_string(help_)}"]
            lines += [f"start = {_string(start)}"] if start else []
            lines += ["scalar = true"] if single.lower() in _YES else []
        return "\n".join([*lines, ""])


def words_of(draft: RuleDraft) -> tuple[tuple[str, str], ...]:
    """What equations of a draft can say, and what each word means; functions end in ``(``."""
    words = {
        "w": "weights",
        "g": "gradient at w",
        "t": "number of the step, from 1",
        **{row[0]: row[-1] for row in (*draft.parameters, *draft.state, *draft.options)},
    }
    for line in draft.update.splitlines():
        target, equals, _ = line.partition("=")
        if equals and target.strip().isidentifier():
            words.setdefault(target.strip(), "assigned above or below")
    functions = dict.fromkeys(sorted(FUNCTIONS), "of numbers, component by component")
    functions |= dict.fromkeys(sorted(VECTOR_FUNCTIONS), "of all components, or of the loss")
    named = [(f"{name}(", meaning) for name, meaning in functions.items()]
    return (*((name, meaning) for name, meaning in words.items() if name), *named)


@dataclass(frozen=True)
class Mistake:
    """What is wrong: a sentence, and where in the equations; column 0 is somewhere else."""

    message: str
    column: int = 0
    length: int = 1


def draft_of(text: str) -> RuleDraft:
    """The draft of a rule file; raises DataError for one that is none.

    What a file claims of itself (presets, tests, calls of libraries) is left out: it is about the
    rule as it was.
    """
    data = decode_toml(text, "rule", RuleData)
    if data.stepper:
        raise DataError("rule", "stepper", "has no equations that could be edited")
    parameters = []
    for name, item in data.parameters.items():
        low, high = ("", "") if item.slider is None else map(_shown, item.slider)
        scale = "" if item.scale == "linear" else item.scale
        row = (name, _shown(item.default), item.range, scale, low, high, item.help)
        parameters.append(row)
    options = []
    for name, option in data.options.items():
        default = option.default
        shown = "yes" if default is True else "no" if default is False else default or ""
        options.append((name, ", ".join(option.choices), shown, option.help))
    state = []
    for name, kept in data.state.items():
        entry = StateData(kept) if isinstance(kept, str) else kept
        start = "" if entry.start == "0" else entry.start
        state.append((name, start, "yes" if entry.scalar else "", entry.help))
    return RuleDraft(
        data.name,
        data.summary,
        data.reference,
        re.sub(r" {3,}if ", "  if ", data.update.strip("\n")) + "\n",
        tuple(parameters),
        tuple(options),
        tuple(state),
    )


def checked(draft: RuleDraft, key: str) -> Rule | Mistake:
    """The rule of a draft, or what is wrong with it."""
    try:
        return read_rule(draft.text(), key)
    except DataError as error:
        return _mistake(draft, error)


def _mistake(draft: RuleDraft, error: DataError) -> Mistake:
    message = f"{error.key}: {error.reason}" if error.key else error.reason
    found = re.fullmatch(r"update, line (\d+)", error.key)
    if found is None:
        return Mistake(message)
    lines = draft.update.split("\n")
    number = min(int(found[1]), len(lines))
    first = sum(len(line) + 1 for line in lines[: number - 1])
    line = lines[number - 1]
    cause = error.__cause__
    if isinstance(cause, FormulaError) and cause.text in line:
        column = first + line.index(cause.text) + cause.column
        return Mistake(f"line {number}: {cause.message}", column, cause.length)
    return Mistake(f"line {number}: {error.reason}", first + 1, max(1, len(line)))


def with_rule(document: Experiment, key: str, draft: RuleDraft) -> Experiment:
    """The experiment with a rule of its own; runs keep those settings that it still has."""
    rule = read_rule(draft.text(), key)
    runs = tuple(_fitted(run, rule) for run in document.runs)
    return changed(document, rules={**document.rules, key: draft.text()}, runs=runs)


def _fitted(run: Run, rule: Rule) -> Run:
    then = tuple(_kept(switch, rule) for switch in run.then)
    return msgspec.structs.replace(_kept(run, rule), then=then)


def _kept(part: Part, rule: Rule) -> Part:
    if part.optimizer != rule.key:
        return part
    parameters = {
        name: value
        for name, value in part.parameters.items()
        if name in rule.parameters and rule.parameters[name].range.contains(value)
    }
    options = {
        name: value
        for name, value in part.options.items()
        if name in rule.options and value in rule.options[name].choices
    }
    return msgspec.structs.replace(part, parameters=parameters, options=options)


def fresh_key(document: Experiment, name: str) -> str:
    """A key that no rule has yet, from a name."""
    base = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "rule"
    base = base if base[0].isalpha() else f"rule_{base}"
    taken = {*document.rules, *rule_names()}
    key, number = base[:50], 2
    while key in taken:
        key = f"{base[:50]}_{number}"
        number += 1
    return key


def rule_text(document: Experiment, key: str) -> str:
    """The text of a rule of the experiment, of the catalogue, or of a file."""
    if key in document.rules:
        return document.rules[key]
    path = Path(key) if key.endswith(".toml") else data_folder("optimizers") / f"{key}.toml"
    return path.read_text("utf-8")


# -- TOML ---------------------------------------------------------------------------------------


def _string(text: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _lines(text: str) -> str:
    inside = "\n".join(_string(line)[1:-1] for line in text.strip("\n").split("\n"))
    return f'"""\n{inside}\n"""'


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _string(name)


def _number(text: str) -> str:
    """A number as TOML has it; what is none stays a text, which is then refused."""
    try:
        return repr(float(text.replace("\N{MINUS SIGN}", "-")))
    except ValueError:
        return _string(text)


def _shown(value: float) -> str:
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)
