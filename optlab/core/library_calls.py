"""Where a library has a rule or a schedule built in: its call, with the settings translated.

A file declares it as data, ``[[builtin]]``; nothing of it is run.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from optlab.core.formula import FormulaError, Node, number_text, parse, parse_condition
from optlab.core.formula.operations import evaluate
from optlab.core.resources import DataError

_CALL = re.compile(r"(torch\.optim|optax)(\.[A-Za-z_][A-Za-z0-9_]*){1,3}")
Value = float | bool | tuple[float, ...]


class CallData(msgspec.Struct, forbid_unknown_fields=True):
    """The call of a library that takes the same steps, where the settings are as ``when`` says.

    Arguments are numbers, yes or no, and formulas of the parameters, alone or in a list.
    """

    call: str
    arguments: dict[str, str | bool | float | tuple[str | float, ...]] = {}
    when: str = ""


@dataclass(frozen=True)
class BuiltIn:
    """A call of a library with its settings: what it is, and its arguments by name."""

    function: str
    arguments: Mapping[str, Value]

    def text(self, first: str = "") -> str:
        """The call as one types it; ``first`` is its first argument."""
        given = [first] if first else []
        given += [f"{name}={_shown(value)}" for name, value in self.arguments.items()]
        return f"{self.function}({', '.join(given)})"


@dataclass(frozen=True, eq=False)
class LibraryCall:
    """A function of a library that does the same ``when`` the settings are so; None: always.

    ``arguments`` are formulas of the parameters, one or several, or yes or no.
    """

    library: str
    function: str
    arguments: Mapping[str, Node | bool | tuple[Node, ...]]
    when: Node | None


def _shown(value: Value) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_shown, value))})"
    return str(value) if isinstance(value, bool) else number_text(value)


def built_in(
    calls: Sequence[LibraryCall], library: str, values: Mapping[str, float]
) -> BuiltIn | None:
    """The first call of a library that does the same with these values, or None."""
    for call in calls:
        if call.library == library and (call.when is None or evaluate(call.when, values)):
            arguments = {name: _value(item, values) for name, item in call.arguments.items()}
            return BuiltIn(call.function, arguments)
    return None


def _value(item: Node | bool | tuple[Node, ...], values: Mapping[str, float]) -> Value:
    if isinstance(item, bool):
        return item
    if isinstance(item, tuple):
        return tuple(evaluate(part, values) for part in item)
    return evaluate(item, values)


def read_calls(
    file: str,
    data: Sequence[CallData],
    parameters: Sequence[str],
    words: Collection[str] = (),
    switches: Collection[str] = (),
) -> tuple[LibraryCall, ...]:
    """The declared calls; ``words`` and ``switches`` (yes or no) stand in conditions alone.

    Raises :class:`DataError` naming file, key and reason.
    """
    calls = []
    for index, item in enumerate(data):
        key = f"builtin[{index}]"
        if not _CALL.fullmatch(item.call):
            raise DataError(file, f"{key}.call", "must be a name in torch.optim or in optax")
        try:
            when = None
            if item.when:
                key = f"builtin[{index}].when"
                when = parse_condition(item.when, [*words, *parameters], switches)
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
        calls.append(LibraryCall(library, item.call, arguments, when))
    return tuple(calls)


def _parsed(value: str | float, parameters: Sequence[str]) -> Node:
    if isinstance(value, str):
        return parse(value, parameters, aliases={})
    if not math.isfinite(value):
        raise FormulaError("must be a finite number", str(value), 0)
    return parse(number_text(value), (), aliases={})
