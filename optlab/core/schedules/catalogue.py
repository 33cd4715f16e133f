"""The shipped schedules (``resources/schedules``) and their text form.

The text form is ``name:key=value,key=value``, pieces joined with ``+``, for example
``warmup:steps=20+cosine:T_max=680``; a typed formula is ``formula(eta*0.99^k)``.  With
``unit=epochs`` a piece counts epochs: ``step:drop=0.5,every=10,unit=epochs``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from optlab.core.formula import FormulaError, number_text, parse
from optlab.core.library_calls import CallData, read_calls
from optlab.core.parameters import SettingError, parse_interval
from optlab.core.resources import (
    NO_TEXTS,
    DataError,
    UnknownNameError,
    data_folder,
    data_names,
    decode_toml,
    find_data_file,
    last_change,
    read_toml,
)
from optlab.core.schedules.schedule import (
    CALL_NAMES,
    FORMULA_NAMES,
    LENGTH,
    TYPED,
    UNIT,
    UNITS,
    Schedule,
    ScheduleKind,
    ScheduleParameter,
    SchedulePiece,
    check_pieces,
)

_KIND = "schedules"
_WHOLE = "T"
_MOST_PIECES = 20


class _ParameterData(msgspec.Struct, forbid_unknown_fields=True):
    default: float | str
    range: str = "(-inf, inf)"
    help: str = ""


class ScheduleData(msgspec.Struct, forbid_unknown_fields=True):
    """What a schedule file may hold."""

    name: str
    summary: str
    formula: str
    reference: str = ""
    length: str = ""
    opening: bool = False
    parameters: dict[str, _ParameterData] = {}
    builtin: tuple[CallData, ...] = ()


def schedule_names(folder: Path | None = None) -> tuple[str, ...]:
    """The catalogue names of the schedules, sorted."""
    return data_names(folder or data_folder(_KIND))


def load_schedule_kind(
    name: str, folder: Path | None = None, own: Mapping[str, str] = NO_TEXTS
) -> ScheduleKind:
    """One kind of schedule, by name or by a path to a ``.toml`` file.

    ``own`` has the texts of kinds by name; they come before the catalogue's.  Raises
    UnknownNameError or DataError.
    """
    if name in own:
        return _read_own(own[name], name)
    path = find_data_file(folder or data_folder(_KIND), name, "schedule", own)
    return _read(path, last_change(path))


@cache
def _read(path: Path, _changed: int) -> ScheduleKind:
    return read_schedule_kind(path)


@lru_cache(maxsize=64)
def _read_own(text: str, name: str) -> ScheduleKind:
    return read_schedule_kind(text, name)


def read_schedule_kind(source: Path | str, name: str = "schedule") -> ScheduleKind:
    """The kind of schedule of a file, or of the text of one, which is then called ``name``.

    Raises :class:`DataError` naming file, key and reason.
    """
    if isinstance(source, Path):
        return _kind(read_toml(source, ScheduleData), source.stem, source.name)
    file = f"schedule '{name}'"
    return _kind(decode_toml(source, file, ScheduleData), name, file)


def _kind(data: ScheduleData, key: str, file: str) -> ScheduleKind:
    parameters = {}
    for name, item in data.parameters.items():
        if name == LENGTH and data.length != LENGTH:
            reason = f"'{LENGTH}' says how long any schedule lasts; it needs length = \"{LENGTH}\""
            raise DataError(file, f"parameters.{name}", reason)
        if name in (*FORMULA_NAMES, UNIT) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
            reserved = name in (*FORMULA_NAMES, UNIT)
            reason = "has a meaning of its own" if reserved else "is no name"
            raise DataError(file, f"parameters.{name}", f"'{name}' {reason}")
        try:
            interval = parse_interval(item.range)
        except ValueError as error:
            raise DataError(file, f"parameters.{name}.range", str(error)) from None
        default = item.default if isinstance(item.default, float) else None
        bad_text = default is None and item.default != _WHOLE
        if bad_text or (default is not None and not interval.contains(default)):
            reason = f"{item.default} is neither a number in {interval} nor '{_WHOLE}'"
            raise DataError(file, f"parameters.{name}.default", reason)
        parameters[name] = ScheduleParameter(name, default, interval, item.help)
    try:
        tree = parse(data.formula, [*FORMULA_NAMES, *parameters], aliases={})
    except FormulaError as error:
        raise DataError(file, "formula", str(error)) from error
    if data.length and data.length not in parameters:
        raise DataError(file, "length", f"'{data.length}' is not a parameter")
    return ScheduleKind(
        key,
        data.name,
        data.summary,
        data.reference,
        data.formula,
        tree,
        MappingProxyType(parameters),
        data.length,
        data.opening,
        read_calls(file, data.builtin, [*CALL_NAMES, *parameters]),
    )


def parse_schedule(text: str, own: Mapping[str, str] = NO_TEXTS) -> Schedule:
    """The schedule of a text; ``own`` has the texts of kinds that come before the catalogue's.

    Raises :class:`SettingError` with what would be right.
    """
    parts = _split(text, "+")
    if not text.strip() or len(parts) > _MOST_PIECES:
        raise SettingError("schedule", f"needs 1 to {_MOST_PIECES} pieces joined with +")
    pieces = tuple(_piece(part.strip(), own) for part in parts)
    check_pieces(pieces)
    return Schedule(pieces, "+".join(piece_text(piece) for piece in pieces))


CONSTANT = "constant"
"""The text form of the schedule that changes nothing."""


def piece_text(piece: SchedulePiece) -> str:
    """The text form of one piece; reads back as the same piece."""
    head = piece.kind.key
    if head == TYPED:
        head = f"{TYPED}({piece.kind.formula})"
    settings = [f"{name}={number_text(value)}" for name, value in piece.values]
    settings += [f"{UNIT}=epochs"] * piece.epochs
    return f"{head}:{','.join(settings)}" if settings else head


def with_unit(text: str, *, epochs: bool, own: Mapping[str, str] = NO_TEXTS) -> str:
    """The text of a schedule whose pieces all count epochs, or all steps, with their numbers.

    Raises :class:`SettingError` for a text that is no schedule.
    """
    pieces = parse_schedule(text, own).pieces
    return "+".join(piece_text(replace(piece, epochs=epochs)) for piece in pieces)


def schedule_kind_names(text: str) -> tuple[str, ...]:
    """The names and paths of kinds in a text, in order, whether or not they are known."""
    heads = [part.partition(":")[0].strip() for part in _split(text, "+")]
    return tuple(head for head in heads if not head.startswith(f"{TYPED}("))


def with_kind_names(text: str, names: Mapping[str, str]) -> str:
    """The text of a schedule with other names for its kinds, by the names that it has."""
    parts = []
    for part in _split(text, "+"):
        head, colon, settings = part.partition(":")
        name = names.get(head.strip())
        parts.append(part if name is None else f"{name}{colon}{settings}")
    return "+".join(parts)


def _split(text: str, mark: str) -> list[str]:
    """The parts between marks that stand outside brackets and outside a number's exponent."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        exponent = mark == "+" and re.search(r"[0-9.][eE]$", text[start:index]) is not None
        if character == mark and depth == 0 and not exponent:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return parts


def _piece(text: str, own: Mapping[str, str]) -> SchedulePiece:
    typed = re.fullmatch(rf"{TYPED}\((.*)\)\s*(?::(.*))?", text, re.DOTALL)
    if typed:
        kind, settings = _typed_kind(typed[1]), typed[2]
    else:
        head, colon, after = text.partition(":")
        settings = after if colon else None
        try:
            kind = load_schedule_kind(head.strip(), own=own)
        except (UnknownNameError, DataError) as error:
            raise SettingError("schedule", str(error)) from None
    values: dict[str, float] = {}
    unit = ""
    for item in (part.strip() for part in (() if settings is None else settings.split(","))):
        if not item:
            known = ", ".join(dict.fromkeys((*kind.parameters, LENGTH, UNIT)))
            reason = f"a setting is missing beside ':' or ','; known are {known}"
            raise SettingError(kind.key, reason)
        name, equals, value = (part.strip() for part in item.partition("="))
        if not equals:
            raise SettingError(f"{kind.key}:{item}", "needs the form key=value")
        if name in values or (name == UNIT and unit):
            raise SettingError(f"{kind.key}:{name}", "is given twice")
        if name != UNIT:
            values[name] = _number(f"{kind.key}:{name}", value)
        elif value in UNITS:
            unit = value
        else:
            raise SettingError(f"{kind.key}:{name}", f"must be {' or '.join(UNITS)}, not '{value}'")
    return SchedulePiece(kind, tuple(values.items()), unit == "epochs")


EXAMPLE = f"{TYPED}(eta*0.99^k)"
"""A schedule that is typed as a formula, for lists and hints."""


def typed_summary() -> str:
    """What a typed schedule is, in the words of a list."""
    return f"η as a typed formula of {', '.join(FORMULA_NAMES[1:])} and {FORMULA_NAMES[0]}"


def _typed_kind(formula: str) -> ScheduleKind:
    try:
        tree = parse(formula, FORMULA_NAMES, aliases={})
    except FormulaError as error:
        raise SettingError(f"schedule {TYPED}({formula})", str(error)) from None
    return _TypedKind(TYPED, "Formula", typed_summary(), "", formula, tree, MappingProxyType({}))


class _TypedKind(ScheduleKind):
    """A typed kind: equal to another one with the same formula."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _TypedKind) and self.tree == other.tree

    def __hash__(self) -> int:
        return hash(self.tree)


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise SettingError(name, f"'{text}' is not a number") from None
    if not math.isfinite(value):
        raise SettingError(name, f"must be a finite number, not {text}")
    return value
