"""The shipped surfaces: one TOML file each under ``resources/problems``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import msgspec

from optlab.core.formula import SURFACE_NAMES, FormulaError, parse
from optlab.core.parameters import SettingError
from optlab.core.problems.formula import FormulaProblem, check_weight_names, numbered_weights
from optlab.core.problems.problem import Minimum
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

_KIND = "problems"


class _MinimumData(msgspec.Struct, forbid_unknown_fields=True):
    at: tuple[float, ...]
    value: float


class _ProblemData(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    formula: str
    story: str
    window: tuple[tuple[float, float], ...]
    start: tuple[float, ...]
    weights: tuple[str, ...] = ()
    source: str = ""
    smooth: bool = True
    minima: tuple[_MinimumData, ...] = ()


def problem_names(folder: Path | None = None) -> tuple[str, ...]:
    """The catalogue names of the surfaces, sorted."""
    return data_names(folder or data_folder(_KIND))


def problem_titles(
    folder: Path | None = None, own: Mapping[str, str] = NO_TEXTS
) -> tuple[CatalogueEntry, ...]:
    """Key, name and story of every surface, by name, ``own`` ones first; none is loaded for it."""
    return data_titles(folder or data_folder(_KIND), "story", own)


def load_problem(
    name: str, folder: Path | None = None, own: Mapping[str, str] = NO_TEXTS
) -> FormulaProblem:
    """The surface of a name, or of a path to a ``.toml`` file.

    ``own`` has the texts of surfaces by name; they come before the catalogue's.  Raises
    UnknownNameError for a name that is not there, DataError for a text that cannot be used.
    """
    if name in own:
        return _read_own(own[name], name)
    path = find_data_file(folder or data_folder(_KIND), name, "problem", own)
    return _read(path, last_change(path))


@cache
def _read(path: Path, _changed: int) -> FormulaProblem:
    return read_problem(path)


def read_problem(source: Path | str, name: str = "surface") -> FormulaProblem:
    """The surface of a file, or of the text of one, which is then called ``name``.

    Raises :class:`DataError` naming file, key and reason.
    """
    if isinstance(source, Path):
        return _problem(read_toml(source, _ProblemData), source.stem, source.name)
    file = f"surface '{name}'"
    return _problem(decode_toml(source, file, _ProblemData), name, file)


@lru_cache(maxsize=64)
def _read_own(text: str, name: str) -> FormulaProblem:
    return read_problem(text, name)


def _problem(data: _ProblemData, key: str, file: str) -> FormulaProblem:
    try:
        weights = data.weights and check_weight_names(data.weights)
        weights = weights or numbered_weights(data.formula)
        tree = parse(data.formula, weights, aliases=None if weights == SURFACE_NAMES else {})
    except FormulaError as error:
        raise DataError(file, "formula", str(error)) from None
    except SettingError as error:
        raise DataError(file, error.name, error.reason) from None
    for entry, given in (("window", data.window), ("start", data.start)):
        if len(given) != len(weights):
            reason = f"needs an entry for each of the {len(weights)} weights"
            raise DataError(file, entry, reason)
    for item in data.minima:
        if len(item.at) != len(weights):
            raise DataError(file, "minima.at", f"must be {len(weights)} numbers")
        if not all(math.isfinite(value) for value in item.at):
            raise DataError(file, "minima.at", "must be finite numbers")
        if not math.isfinite(item.value):
            raise DataError(file, "minima.value", f"must be a finite number, not {item.value:g}")
    for axis, (low, high) in enumerate(data.window, 1):
        if not low < high:
            raise DataError(file, "window", f"w{axis} needs a low end below its high end")
        if not math.isfinite(high - low):
            reason = f"w{axis} must reach over a finite width, not from {low:g} to {high:g}"
            raise DataError(file, "window", reason)
    if not all(math.isfinite(value) for value in data.start):
        raise DataError(file, "start", "must be finite numbers")
    return FormulaProblem(
        text=data.formula,
        weights=weights,
        tree=tree,
        key=key,
        name=data.name,
        story=data.story,
        source=data.source,
        window=data.window,
        start=data.start,
        minima=tuple(Minimum(item.at, item.value) for item in data.minima),
        smooth=data.smooth,
    )
