"""The shipped surfaces: one TOML file each under ``resources/problems``."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import msgspec

from optlab.core.data_files import (
    DataError,
    Title,
    data_folder,
    data_names,
    data_titles,
    find_data_file,
    last_change,
    read_toml,
)
from optlab.core.formula import FormulaError, parse
from optlab.core.problems.problem import Minimum, Problem

_KIND = "problems"


class _MinimumData(msgspec.Struct, forbid_unknown_fields=True):
    at: tuple[float, float]
    value: float


class _ProblemData(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    formula: str
    story: str
    window: tuple[tuple[float, float], tuple[float, float]]
    start: tuple[float, float]
    source: str = ""
    smooth: bool = True
    minima: tuple[_MinimumData, ...] = ()


def problem_names(folder: Path | None = None) -> tuple[str, ...]:
    """The catalogue names of the surfaces, sorted."""
    return data_names(folder or data_folder(_KIND))


def problem_titles(folder: Path | None = None) -> tuple[Title, ...]:
    """Key, name and story of every surface, by name; no surface is loaded for it."""
    return data_titles(folder or data_folder(_KIND), "story")


def load_problem(name: str, folder: Path | None = None) -> Problem:
    """The surface of a catalogue name, or of a path to a ``.toml`` file.

    Raises UnknownNameError for a name that is not there, DataError for a file that cannot be used.
    """
    path = find_data_file(folder or data_folder(_KIND), name, "problem")
    return _read(path, last_change(path))


@cache
def _read(path: Path, _changed: int) -> Problem:
    data = read_toml(path, _ProblemData)
    try:
        tree = parse(data.formula)
    except FormulaError as error:
        raise DataError(path.name, "formula", str(error)) from None
    for axis, (low, high) in enumerate(data.window, 1):
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise DataError(path.name, "window", f"w{axis} needs a low end below its high end")
    if not all(math.isfinite(value) for value in data.start):
        raise DataError(path.name, "start", "must be two finite numbers")
    return Problem(
        formula=data.formula,
        tree=tree,
        key=path.stem,
        name=data.name,
        story=data.story,
        source=data.source,
        window=data.window,
        start=data.start,
        minima=tuple(Minimum(item.at, item.value) for item in data.minima),
        smooth=data.smooth,
    )
