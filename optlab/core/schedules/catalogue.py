"""The shipped schedules (``resources/schedules``) and their text form.

The text form is ``name:key=value,key=value``, pieces joined with ``+``, for example
``warmup:steps=20+cosine:T_max=680``; a typed formula is ``formula(eta*0.99^k)``.
"""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from optlab.core.data_files import (
    DataError,
    UnknownNameError,
    data_folder,
    data_names,
    find_data_file,
    read_toml,
)
from optlab.core.formula import FormulaError, number_text, parse
from optlab.core.interval import parse_interval
from optlab.core.parameters import SettingError
from optlab.core.schedules.schedule import (
    FORMULA_NAMES,
    LENGTH,
    TYPED,
    Piece,
    Schedule,
    ScheduleKind,
    ScheduleParameter,
    check_pieces,
)

_KIND = "schedules"
_WHOLE = "T"
_MOST_PIECES = 20


class _ParameterData(msgspec.Struct, forbid_unknown_fields=True):
    default: float | str
    range: str = "(-inf, inf)"
    help: str = ""


class _ScheduleData(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    summary: str
    formula: str
    reference: str = ""
    length: str = ""
    opening: bool = False
    parameters: dict[str, _ParameterData] = {}


def schedule_names(folder: Path | None = None) -> tuple[str, ...]:
    """The catalogue names of the schedules, sorted."""
    return data_names(folder or data_folder(_KIND))


def load_schedule_kind(name: str, folder: Path | None = None) -> ScheduleKind:
    """One kind of schedule. Raises UnknownNameError or DataError."""
    return _read(find_data_file(folder or data_folder(_KIND), name, "schedule"))


@cache
def _read(path: Path) -> ScheduleKind:
    data = read_toml(path, _ScheduleData)
    parameters = {}
    for name, item in data.parameters.items():
        try:
            interval = parse_interval(item.range)
        except ValueError as error:
            raise DataError(path.name, f"parameters.{name}.range", str(error)) from None
        default = item.default if isinstance(item.default, float) else None
        bad_text = default is None and item.default != _WHOLE
        if bad_text or (default is not None and not interval.contains(default)):
            reason = f"{item.default} is neither a number in {interval} nor '{_WHOLE}'"
            raise DataError(path.name, f"parameters.{name}.default", reason)
        parameters[name] = ScheduleParameter(name, default, interval, item.help)
    try:
        tree = parse(data.formula, [*FORMULA_NAMES, *parameters], aliases={})
    except FormulaError as error:
        raise DataError(path.name, "formula", str(error)) from None
    if data.length and data.length not in parameters:
        raise DataError(path.name, "length", f"'{data.length}' is not a parameter")
    return ScheduleKind(
        path.stem,
        data.name,
        data.summary,
        data.reference,
        data.formula,
        tree,
        MappingProxyType(parameters),
        data.length,
        data.opening,
    )


def parse_schedule(text: str) -> Schedule:
    """The schedule of a text. Raises :class:`SettingError` with what would be right."""
    parts = _split(text, "+")
    if not text.strip() or len(parts) > _MOST_PIECES:
        raise SettingError("schedule", f"needs 1 to {_MOST_PIECES} pieces joined with +")
    pieces = tuple(_piece(part.strip()) for part in parts)
    check_pieces(pieces)
    return Schedule(pieces, "+".join(piece_text(piece) for piece in pieces))


CONSTANT = "constant"
"""The text form of the schedule that changes nothing."""


def piece_text(piece: Piece) -> str:
    """The text form of one piece; reads back as the same piece."""
    head = piece.kind.key
    if head == TYPED:
        head = f"{TYPED}({piece.kind.formula})"
    values = ",".join(f"{name}={number_text(value)}" for name, value in piece.values)
    return f"{head}:{values}" if values else head


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


def _piece(text: str) -> Piece:
    typed = re.fullmatch(rf"{TYPED}\((.*)\)\s*(?::(.*))?", text, re.DOTALL)
    if typed:
        kind, settings = _typed_kind(typed[1]), typed[2]
    else:
        head, colon, after = text.partition(":")
        settings = after if colon else None
        try:
            kind = load_schedule_kind(head.strip())
        except (UnknownNameError, DataError) as error:
            raise SettingError("schedule", str(error)) from None
    values: dict[str, float] = {}
    for item in (part.strip() for part in (() if settings is None else settings.split(","))):
        if not item:
            known = ", ".join(dict.fromkeys((*kind.parameters, LENGTH)))
            reason = f"a setting is missing beside ':' or ','; known are {known}"
            raise SettingError(kind.key, reason)
        name, equals, value = (part.strip() for part in item.partition("="))
        if not equals:
            raise SettingError(f"{kind.key}:{item}", "needs the form key=value")
        if name in values:
            raise SettingError(f"{kind.key}:{name}", "is given twice")
        values[name] = _number(f"{kind.key}:{name}", value)
    return Piece(kind, tuple(values.items()))


def _typed_kind(formula: str) -> ScheduleKind:
    try:
        tree = parse(formula, FORMULA_NAMES, aliases={})
    except FormulaError as error:
        raise SettingError(f"schedule {TYPED}({formula})", str(error)) from None
    summary = "η as a typed formula of k, t, T and eta"
    return _TypedKind(TYPED, "Formula", summary, "", formula, tree, MappingProxyType({}))


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
