"""A rule as an editor has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self, TypeVar

import msgspec

from optlab.core.formula import Node
from optlab.core.formula.operations import VECTOR_FUNCTIONS
from optlab.core.resources import DataError, decode_toml
from optlab.core.rules import Rule, read_rule
from optlab.core.rules.data import RuleData, StateData
from optlab.session.edits import run_edits
from optlab.session.edits.drafts import (
    YES,
    Draft,
    Row,
    Words,
    fresh_key,
    function_words,
    number_cell,
    text_of,
    toml_key,
    toml_lines,
    toml_number,
    toml_string,
    with_text,
)
from optlab.session.embedded.own_texts import Kind
from optlab.session.experiment import Experiment, Run, Switch, change_part, change_run, changed

Part = TypeVar("Part", Run, Switch)
_ETA: Row = ("eta", "0.1", "(0, inf)", "log", "", "", "learning rate")


@dataclass(frozen=True)
class RuleDraft(Draft):
    """An update rule: equations, parameters, options and memory."""

    KIND: ClassVar[Kind] = "rules"
    FIELDS: ClassVar[Mapping[str, str]] = {
        "name": "Name",
        "summary": "Summary",
        "reference": "Reference",
    }
    FORMULA: ClassVar[str] = "update"
    LINES: ClassVar[bool] = True
    TABLES: ClassVar[Mapping[str, tuple[str, tuple[str, ...]]]] = {
        "parameters": (
            "Parameters",
            ("name", "default", "range", "scale", "slider from", "slider to", "help"),
        ),
        "options": ("Options", ("name", "choices", "default", "help")),
        "state": ("Memory", ("name", "start", "one number", "help")),
    }
    HINT: ClassVar[str] = (
        "In order: g gradient, w weights, t step from 1. A line may end in: if OPTION"
    )

    name: str
    summary: str = ""
    reference: str = ""
    update: str = "w = w - eta*g\n"
    parameters: tuple[Row, ...] = (_ETA,)
    options: tuple[Row, ...] = ()
    state: tuple[Row, ...] = ()

    @classmethod
    def new(cls) -> Self:
        """Momentum."""
        eta = ("eta", "0.01", "(0, inf)", "log", "1e-05", "10", "learning rate")
        alpha = ("alpha", "0.9", "[0, 1]", "", "0", "1", "share of the movement that is kept")
        return cls(
            "My rule",
            "Momentum, to begin with",
            "",
            "m = alpha*m + g\nw = w - eta*m\n",
            (eta, alpha),
            (),
            (("m", "", "", "decaying sum of the gradients"),),
        )

    @classmethod
    def of(cls, text: str) -> Self:
        """The draft of a rule file.

        What a file claims of itself (presets, tests, calls of libraries) is left out: it is about
        the rule as it was.
        """
        data = decode_toml(text, "rule", RuleData)
        if data.stepper:
            raise DataError("rule", "stepper", "has no equations that could be edited")
        parameters = []
        for name, item in data.parameters.items():
            low, high = ("", "") if item.slider is None else map(number_cell, item.slider)
            scale = "" if item.scale == "linear" else item.scale
            row = (name, number_cell(item.default), item.range, scale, low, high, item.help)
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
        return cls(
            data.name,
            data.summary,
            data.reference,
            re.sub(r" {3,}if ", "  if ", data.update.strip("\n")) + "\n",
            tuple(parameters),
            tuple(options),
            tuple(state),
        )

    @classmethod
    def used(cls, document: Experiment, run_id: str, after: int | None) -> Self | str:
        """The rule of a stretch of the run; of a recording, which has none, a new one."""
        run = document.run(run_id)
        if run is None or run.recording:
            return cls.new()
        key = run.part(after).optimizer
        if key in document.rules:
            return key
        draft = cls.of(text_of(document, cls.KIND, key))
        return replace(draft, name=f"My {draft.name}")

    def added(
        self, document: Experiment, run_id: str, after: int | None, *, copied: bool
    ) -> tuple[Experiment, str]:
        """It runs in a run of its own; the copy of a later stretch in a copy of the run."""
        key = fresh_key(document, self.KIND, self.name)
        run = document.run(run_id)
        document = self.placed(document, key)
        if run is None or run.recording or not copied:
            return run_edits.add_run(document, key), key
        if after:
            document = run_edits.duplicate_run(document, run_id)
            place = [one.id for one in document.runs].index(run_id) + 1
            made = document.runs[place].id
            return change_part(document, made, after, optimizer=key), key
        own = run.own
        document = run_edits.add_run(document, key)
        made = document.runs[-1].id
        kept = {name: getattr(own, name) for name in ("parameters", "options", "schedule")}
        return change_run(document, made, treatment=own.treatment, **kept), key

    def text(self) -> str:
        """The rule file."""
        lines = [f"name = {toml_string(self.name)}", f"summary = {toml_string(self.summary)}"]
        if self.reference:
            lines.append(f"reference = {toml_string(self.reference)}")
        lines.append(f"update = {toml_lines(self.update)}")
        for name, default, range_, scale, low, high, help_ in self.parameters:
            lines += ["", f"[parameters.{toml_key(name)}]", f"default = {toml_number(default)}"]
            lines += [f"range = {toml_string(range_)}"] if range_ else []
            lines += [f"scale = {toml_string(scale)}"] if scale else []
            lines += [f"slider = [{toml_number(low)}, {toml_number(high)}]"] if low or high else []
            lines += [f"help = {toml_string(help_)}"] if help_ else []
        for name, choices, default, help_ in self.options:
            lines += ["", f"[options.{toml_key(name)}]"]
            words = [word for word in re.split(r"[,\s]+", choices) if word]
            lines += [f"choices = [{', '.join(map(toml_string, words))}]"] if words else []
            if not words:
                lines.append(f"default = {str(default.lower() in YES).lower()}")
            elif default:
                lines.append(f"default = {toml_string(default)}")
            lines += [f"help = {toml_string(help_)}"] if help_ else []
        for name, start, single, help_ in self.state:
            lines += ["", f"[state.{toml_key(name)}]", f"help = {toml_string(help_)}"]
            lines += [f"start = {toml_string(start)}"] if start else []
            lines += ["scalar = true"] if single.lower() in YES else []
        return "\n".join([*lines, ""])

    def words(self) -> Words:
        """Weights, gradient, step, parameters, memory, options, and what equations assign."""
        words = {
            "w": "weights",
            "g": "gradient at w",
            "t": "number of the step, from 1",
            **{row[0]: row[-1] for row in (*self.parameters, *self.state, *self.options)},
        }
        for line in self.update.splitlines():
            target, equals, _ = line.partition("=")
            if equals and target.strip().isidentifier():
                words.setdefault(target.strip(), "assigned above or below")
        vectors = [(f"{name}(", "of all components, or of the loss") for name in VECTOR_FUNCTIONS]
        known = ((name, meaning) for name, meaning in words.items() if name)
        return (*known, *function_words(), *vectors)

    def read(self, key: str, document: Experiment) -> Rule:
        """The rule."""
        return read_rule(self.text(), key)

    def placed(self, document: Experiment, key: str) -> Experiment:
        """The experiment with the rule; runs keep those settings that it still has."""
        rule = self.read(key, document)
        runs = tuple(_fitted(run, rule) for run in document.runs)
        return changed(with_text(document, self.KIND, key, self.text()), runs=runs)

    def formulas(self, made: object) -> list[tuple[str, Node]]:
        """The equations, with the options at their defaults."""
        assert isinstance(made, Rule)
        equations = made.variant(made.complete_options({})).equations
        return [(equation.target, equation.tree) for equation in equations]


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
