"""The shipped surfaces: one TOML file each under ``resources/problems``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import msgspec

from optlab.core.data import Split, Table, TableError, load_table
from optlab.core.formula import FormulaError
from optlab.core.parameters import SettingError
from optlab.core.problems.data_formula import data_problem, names_rows
from optlab.core.problems.formula import FormulaProblem, formula_problem
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
Tables = tuple[Table, Table | None]
"""Rows to train on, and those of the test."""


class _MinimumData(msgspec.Struct, forbid_unknown_fields=True):
    at: tuple[float, ...]
    value: float


class ProblemData(msgspec.Struct, forbid_unknown_fields=True):
    """What a surface file may hold; ``data`` is empty where the experiment brings the rows."""

    name: str
    formula: str
    story: str
    window: tuple[tuple[float, float], ...]
    start: tuple[float, ...]
    weights: tuple[str, ...] = ()
    source: str = ""
    data: str = ""
    test: float = 0.0
    split_seed: int = 0
    standardize: bool = False
    smooth: bool = True
    minima: tuple[_MinimumData, ...] = ()


def problem_names(folder: Path | None = None) -> tuple[str, ...]:
    """The catalogue names of the surfaces, sorted."""
    return data_names(folder or data_folder(_KIND))


def surface_names() -> tuple[str, ...]:
    """Those of two weights and without data: a map shows all there is of each."""
    loaded = ((name, load_problem(name)) for name in problem_names())
    return tuple(name for name, problem in loaded if problem.is_surface and problem.rows == 0)


def problem_titles(
    folder: Path | None = None, own: Mapping[str, str] = NO_TEXTS
) -> tuple[CatalogueEntry, ...]:
    """Key, name and story of every surface, by name, ``own`` ones first; none is loaded for it."""
    return data_titles(folder or data_folder(_KIND), "story", own)


def load_problem(
    name: str,
    folder: Path | None = None,
    own: Mapping[str, str] = NO_TEXTS,
    tables: Tables | None = None,
) -> FormulaProblem:
    """The surface of a name, or of a path to a ``.toml`` file.

    ``own`` has the texts of surfaces by name; they come before the catalogue's.  ``tables`` are
    rows for training and for the test in place of the surface's own.  Raises
    UnknownNameError for a name that is not there, DataError for a text that cannot be used, and
    SettingError for ``tables`` without a formula over data.
    """
    if name in own:
        problem = _read_own(own[name], name, tables)
    else:
        path = find_data_file(folder or data_folder(_KIND), name, "problem", own)
        problem = _read(path, last_change(path), tables)
    if tables is not None and problem.rows == 0:
        raise SettingError("data", f"the loss of {name} is not over data")
    return problem


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int, tables: Tables | None) -> FormulaProblem:
    return read_problem(path, tables=tables)


def read_problem(
    source: Path | str, name: str = "surface", tables: Tables | None = None
) -> FormulaProblem:
    """The surface of a file, or of the text of one, which is then called ``name``.

    ``tables`` as for :func:`load_problem`.  Raises :class:`DataError` naming file, key and reason.
    """
    if isinstance(source, Path):
        return _problem(read_toml(source, ProblemData), source.stem, source.name, tables)
    file = f"surface '{name}'"
    return _problem(decode_toml(source, file, ProblemData), name, file, tables)


@lru_cache(maxsize=64)
def _read_own(text: str, name: str, tables: Tables | None) -> FormulaProblem:
    return read_problem(text, name, tables)


def _bare(data: ProblemData, file: str, tables: Tables | None) -> FormulaProblem:
    """The problem of the formula, over its data where it has some."""
    if not data.data and (tables is None or not names_rows(data.formula, tables[0])):
        return formula_problem(data.formula, data.weights)
    try:
        split = Split(data.test, data.split_seed, data.standardize)
        train, test = tables or split.of(load_table(data.data))
    except TableError as error:
        raise DataError(file, "data", str(error)) from None
    problem = data_problem(data.formula, train, data.weights, test)
    return replace(problem, origin=None if tables else (data.data, split))


def _problem(data: ProblemData, key: str, file: str, tables: Tables | None) -> FormulaProblem:
    try:
        bare = _bare(data, file, tables)
    except FormulaError as error:
        raise DataError(file, "formula", str(error)) from error
    except SettingError as error:
        raise DataError(file, error.name, error.reason) from None
    weights = bare.weights
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
    return replace(
        bare,
        key=key,
        name=data.name,
        story=data.story,
        source=data.source,
        window=data.window,
        start=data.start,
        minima=tuple(Minimum(item.at, item.value) for item in data.minima),
        smooth=data.smooth,
    )
