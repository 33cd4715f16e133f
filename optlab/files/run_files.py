"""Numbers of an experiment as files."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

import optlab
from optlab.core.display import GREEK
from optlab.core.export import csv_blocks, csv_header, write_npz
from optlab.core.export.code import STEPS, rule_code
from optlab.core.parameters import SettingError
from optlab.core.rules import load_rule
from optlab.core.run import Trajectory
from optlab.core.schedules import parse_schedule
from optlab.files.encoding import encode_experiment
from optlab.files.temp_files import FileProblemError, write_whole
from optlab.session.comparison import csv_line, settings_of
from optlab.session.experiment import Experiment, Run, Surface
from optlab.session.jobs import JobControl
from optlab.session.resolve import resolve_problem, resolve_run
from optlab.session.study import Study


def code_of_run(experiment: Experiment, run: Run, target: str, leg: int = 0) -> str:
    """The rule of a run with its settings and schedule as a file of a target of ``TARGETS``.

    ``leg`` counts the rules that a run takes one after the other.  Raises SettingError,
    UnknownNameError or DataError for a run that was recorded, or whose rule cannot be written.
    """
    if run.recording:
        raise SettingError("run", f"'{run.title}' was recorded: it has no rule to write out")
    part = run.part(run.then[leg - 1].after) if leg else run
    rule = load_rule(part.optimizer, own=experiment.rules)
    schedule = parse_schedule(part.schedule, experiment.schedules)
    steps, each = experiment.steps or STEPS, 0
    if schedule.counts_epochs:
        problem = None if experiment.surface == Surface() else resolve_problem(experiment)
        if problem is not None and problem.rows:
            legs = resolve_run(experiment, run, problem).legs
            each = legs[min(leg, len(legs) - 1)].spec.epoch_steps
    return rule_code(rule, target, part.parameters, part.options, schedule, steps, each)


def run_keys(document: Experiment) -> dict[str, str]:
    """A short name in plain letters for each run (by id), each one different."""
    keys: dict[str, str] = {}
    for run in document.runs:
        key = file_stem(run.title)
        number = 2
        while key in keys.values():
            key = f"{file_stem(run.title)}-{number}"
            number += 1
        keys[run.id] = key
    return keys


def run_paths(document: Experiment, path: Path) -> dict[str, Path]:
    """The file of each run: ``path`` itself for one run, else with the run's key added."""
    if len(document.runs) == 1:
        return {document.runs[0].id: path}
    keys = run_keys(document)
    return {i: path.with_name(f"{path.stem}-{key}{path.suffix}") for i, key in keys.items()}


def file_stem(name: str) -> str:
    """A name or title as part of a file name, of some 60 plain letters at most."""
    letters = unicodedata.normalize("NFKD", _spelled(name)).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9.]+", "-", letters).strip("-.").lower()[:60].strip("-.") or "run"


def _spelled(name: str) -> str:
    """Greek letters by their names."""
    letters = {letter: word for word, letter in GREEK.items()}
    return "".join(letters.get(letter, letter) for letter in name)


def export_csv(
    document: Experiment,
    trajectories: Mapping[str, Trajectory],
    path: Path,
    control: JobControl | None = None,
    chosen: Collection[str] = (),
) -> list[Path]:
    """Writes one CSV per run that has numbers, of ``chosen`` columns or of all; the paths.

    ``control`` gets the rows written in all files together.  Raises FileProblemError, and
    ExportCancelledError once it is asked to stop: the files that are complete by then stay.
    """
    control = control or JobControl()
    if os.path.isdir(path):
        raise FileProblemError(path, "is a folder; give the name of a file")
    files = {i: p for i, p in run_paths(document, path).items() if i in trajectories}
    total = sum(trajectories[run_id].rows for run_id in files)
    before = 0
    for run_id, file_path in files.items():
        trajectory = trajectories[run_id]
        progress = _Share(control, before, total)
        blocks = csv_blocks(
            trajectory, chosen=chosen, progress=progress, cancelled=control.cancelled
        )
        write_whole(file_path, partial(_write_blocks, blocks))
        before += trajectory.rows
    return list(files.values())


def export_rows(
    study: Study, path: Path, control: JobControl | None = None, chosen: Collection[str] = ()
) -> None:
    """Writes one CSV with a row for each step of each run: the run, its settings, its numbers.

    A column that a run lacks is empty in its rows.  Raises as :func:`export_csv` does.
    """
    control = control or JobControl()
    columns: dict[str, None] = {}
    for run in study.runs:
        columns.update(dict.fromkeys(csv_header(run.trajectory, chosen)))
    settings = settings_of(study.runs)
    names = list(dict.fromkeys(name for each in settings.values() for name in each))
    total = sum(run.trajectory.rows for run in study.runs)

    def blocks() -> Iterator[bytes]:
        yield csv_line(("run", "optimizer", *names, *columns))
        before = 0
        for run in study.runs:
            own = settings[run.run.id]
            given = csv_line((run.name, run.run.optimizers, *(own.get(name, "") for name in names)))
            had = csv_header(run.trajectory, chosen)
            places = [had.index(name) if name in had else None for name in columns]
            share = _Share(control, before, total)
            made = csv_blocks(
                run.trajectory, chosen=chosen, progress=share, cancelled=control.cancelled
            )
            yield from _joined(made, given.rstrip(b"\n"), places)
            before += run.trajectory.rows

    write_whole(path, partial(_write_blocks, blocks()))


def _joined(blocks: Iterable[bytes], given: bytes, places: Sequence[int | None]) -> Iterator[bytes]:
    """The rows of a run without their header, behind what is the same in all of them."""
    is_header = True
    for block in blocks:
        lines = []
        for line in block.splitlines()[is_header:]:
            cells = line.split(b",")
            lines.append(b",".join((given, *(b"" if i is None else cells[i] for i in places))))
        is_header = False
        yield b"".join(line + b"\n" for line in lines)


def export_npz(
    document: Experiment,
    trajectories: Mapping[str, Trajectory],
    path: Path,
    control: JobControl | None = None,
    chosen: Collection[str] = (),
) -> list[Path]:
    """Writes all runs that have numbers into one NumPy archive, with the experiment.

    Raises as :func:`export_csv` does.
    """
    control = control or JobControl()
    keys = {i: key for i, key in run_keys(document).items() if i in trajectories}
    runs = [
        {
            "key": keys[run.id],
            "id": run.id,
            "name": run.name,
            "optimizer": run.optimizers or None,
            "outcome": trajectories[run.id].outcome.kind,
            "sentence": trajectories[run.id].outcome.sentence,
            "columns": csv_header(trajectories[run.id], chosen),
        }
        for run in document.runs
        if run.id in keys
    ]
    metadata = {
        "program": f"OptLab {optlab.__version__}",
        "experiment": json.loads(encode_experiment(document)),
        "runs": runs,
    }

    def write(file: BinaryIO) -> None:
        named = {keys[run_id]: trajectories[run_id] for run_id in keys}
        write_npz(
            file,
            named,
            metadata,
            chosen=chosen,
            progress=control.progress,
            cancelled=control.cancelled,
        )

    write_whole(path, write)
    return [path]


def _write_blocks(blocks: Iterable[bytes], file: BinaryIO) -> None:
    file.writelines(blocks)


class _Share:
    """The progress of a part as that of the whole."""

    def __init__(self, control: JobControl, before: int, total: int) -> None:
        self._control, self._before, self._total = control, before, total

    def __call__(self, done: int, _rows: int) -> None:
        self._control.progress(self._before + done, self._total)


def csv_text(trajectory: Trajectory, last: int) -> str:
    """The rows 0 ... ``last`` as CSV, as the file of the whole run begins."""
    lines: list[bytes] = []
    for block in csv_blocks(trajectory):
        lines += block.splitlines(keepends=True)
        if len(lines) >= last + 2:
            break
    return b"".join(lines[: last + 2]).decode()
