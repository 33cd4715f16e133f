"""Where a library has a rule built in: its call, with the settings translated.

A rule file declares it as data, ``[[builtin]]``; nothing of it is run.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optlab.core.formula import FormulaError, Node, number_text, parse, parse_condition
from optlab.core.formula.operations import evaluate
from optlab.core.resources import DataError
from optlab.core.rules.data import BuiltinData
from optlab.core.rules.rule import BuiltinCall, Choice, Option, Rule

_CALL = re.compile(r"(torch\.optim|optax)(\.[A-Za-z_][A-Za-z0-9_]*){1,3}")
Value = float | bool | tuple[float, ...]


@dataclass(frozen=True)
class Builtin:
    """A call of a library: what it is, and its arguments by name."""

    function: str
    arguments: Mapping[str, Value]

    def text(self, first: str = "") -> str:
        """The call as one types it; ``first`` is its first argument."""
        given = [first] if first else []
        given += [f"{name}={_shown(value)}" for name, value in self.arguments.items()]
        return f"{self.function}({', '.join(given)})"


def _shown(value: Value) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_shown, value))})"
    return str(value) if isinstance(value, bool) else number_text(value)


def builtin_call(
    rule: Rule, library: str, parameters: Mapping[str, float], options: Mapping[str, Choice]
) -> Builtin | None:
    """The call that takes the same steps with these settings, all of them, or None."""
    values: dict[str, float] = {**rule.words, **parameters}
    for name, choice in options.items():
        values[name] = float(rule.words[choice] if isinstance(choice, str) else choice)
    for call in rule.builtins:
        if call.library == library and (call.when is None or evaluate(call.when, values)):
            arguments = {name: _value(item, values) for name, item in call.arguments.items()}
            return Builtin(call.function, arguments)
    return None


def _value(item: Node | bool | tuple[Node, ...], values: Mapping[str, float]) -> Value:
    if isinstance(item, bool):
        return item
    if isinstance(item, tuple):
        return tuple(evaluate(part, values) for part in item)
    return evaluate(item, values)


def read_builtins(
    file: str,
    data: Sequence[BuiltinData],
    parameters: Sequence[str],
    options: Mapping[str, Option],
    words: Mapping[str, int],
) -> tuple[BuiltinCall, ...]:
    """The declared calls. Raises :class:`DataError` naming file, key and reason."""
    switches = [name for name, option in options.items() if True in option.choices]
    calls = []
    for index, item in enumerate(data):
        key = f"builtin[{index}]"
        if not _CALL.fullmatch(item.call):
            raise DataError(file, f"{key}.call", "must be a name in torch.optim or in optax")
        try:
            when = None
            if item.when:
                key = f"builtin[{index}].when"
                when = parse_condition(item.when, [*options, *words, *parameters], switches)
            arguments: dict[str, Node | bool | tuple[Node, ...]] = {}
            for name, value in item.arguments.items():
                key = f"builtin[{index}].arguments.{name}"
                if not name.isidentifier():
                    raise DataError(file, key, "is not the name of an argument")
                if isinstance(value, tuple):
                    arguments[name] = tuple(_parsed(part, parameters) for part in value)
                elif isinstance(value, bool):
                    arguments[name] = value
                else:
                    arguments[name] = _parsed(value, parameters)
        except FormulaError as error:
            raise DataError(file, key, str(error)) from None
        library = item.call.partition(".")[0]
        calls.append(BuiltinCall(library, item.call, arguments, when))
    return tuple(calls)


def _parsed(value: str | float, parameters: Sequence[str]) -> Node:
    if isinstance(value, str):
        return parse(value, parameters, aliases={})
    if not math.isfinite(value):
        raise FormulaError("must be a finite number", str(value), 0)
    return parse(number_text(value), (), aliases={})
