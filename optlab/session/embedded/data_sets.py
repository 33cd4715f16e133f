"""The data of an experiment: tables by their source, split, and taken in from files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec

from optlab.core.data import Split, Table, TableError, load_table
from optlab.core.data.catalogue import SUFFIX, table_file_text
from optlab.core.parameters import SettingError
from optlab.core.problems import DataProblem, Problem
from optlab.session.experiment import DataSet, Experiment, changed

MOST_EMBEDDED = 256 * 1024
"""Bytes up to which a file is taken into the experiment."""
_LONGEST_NAME = 50


def whole_table(data: DataSet, own: Mapping[str, str]) -> Table:
    """All rows, the target last; ``own`` are the tables of the experiment.

    Raises TableError for a source without a table, and for a file that is not the one that the
    experiment was made with.
    """
    table = load_table(data.source, own)
    if data.digest and data.digest != _digest(table_file_text(Path(data.source))):
        raise TableError(f"{data.source}: is not the file that the experiment was made with")
    return table.with_target(data.target) if data.target else table


def split_tables(data: DataSet, own: Mapping[str, str]) -> tuple[Table, Table | None]:
    """The rows to train on, and those of the test. Raises SettingError ``data``."""
    try:
        table = whole_table(data, own)
        return Split(data.test, data.split_seed, data.standardize).of(table)
    except TableError as error:
        raise SettingError("data", str(error)) from None


def data_of(problem: Problem) -> DataSet | None:
    """The data that a catalogue problem brought along, None for all others."""
    if not isinstance(problem, DataProblem) or problem.origin is None:
        return None
    source, split = problem.origin
    return DataSet(
        source=source, test=split.test, split_seed=split.seed, standardize=split.standardize
    )


def is_table(path: Path) -> bool:
    """Whether a CSV file is a table of data: one that records a run has a column ``loss``."""
    if path.suffix.lower() != SUFFIX:
        return False
    try:
        header = table_file_text(path).partition("\n")[0]
    except TableError:
        return False  # reading it as a recording says why
    return "loss" not in [name.strip(' "\r\ufeff').lower() for name in header.split(",")]


def with_data(experiment: Experiment, source: str) -> tuple[Experiment, str, str]:
    """The experiment with the content of a CSV file where it is small; the source that stands for
    it there, and the digest of one that stays a path. Raises :class:`TableError`."""
    load_table(source, experiment.tables)
    if source in experiment.tables or not source.lower().endswith(SUFFIX):
        return experiment, source, ""
    path = Path(source)
    text = table_file_text(path)
    if len(text.encode()) > MOST_EMBEDDED:
        return experiment, str(path.absolute()), _digest(text)
    wanted = re.sub(r"[^A-Za-z0-9_-]+", "_", path.stem)[:_LONGEST_NAME].strip("_-")
    wanted = wanted if wanted[:1].isalpha() else f"table_{wanted}".rstrip("_")
    number, name = 2, wanted
    while experiment.tables.get(name, text) != text:
        name = f"{wanted}_{number}"
        number += 1
    return changed(experiment, tables={**experiment.tables, name: text}), name, ""


def with_data_file(experiment: Experiment) -> Experiment:
    """The experiment with the content of the CSV file that its surface names by a path, if small.

    A file that cannot be read stays a path; resolving the experiment says why.
    """
    data = experiment.surface.data
    if data is None or data.digest:
        return experiment
    try:
        experiment, source, digest = with_data(experiment, data.source)
    except TableError:
        return experiment
    data = msgspec.structs.replace(data, source=source, digest=digest)
    surface = msgspec.structs.replace(experiment.surface, data=data)
    return experiment if surface == experiment.surface else changed(experiment, surface=surface)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
