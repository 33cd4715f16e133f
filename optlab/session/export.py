"""Numbers of an experiment as files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO

from optlab.core.export.csv import csv_blocks
from optlab.core.run import Trajectory
from optlab.session.experiment import Experiment
from optlab.session.files import write_whole
from optlab.session.jobs import Control


def run_paths(document: Experiment, path: Path) -> dict[str, Path]:
    """The file of each run: ``path`` itself for one run, else with the run's name added."""
    if len(document.runs) == 1:
        return {document.runs[0].id: path}
    paths: dict[str, Path] = {}
    for run in document.runs:
        stem = f"{path.stem}-{_plain(run.name or run.optimizer)}"
        if path.with_name(stem + path.suffix) in paths.values():
            stem = f"{stem}-{_plain(run.id)}"
        paths[run.id] = path.with_name(stem + path.suffix)
    return paths


def _plain(name: str) -> str:
    """A name as part of a file name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower() or "run"


def export_csv(
    document: Experiment,
    trajectories: Mapping[str, Trajectory],
    path: Path,
    control: Control | None = None,
) -> list[Path]:
    """Writes one CSV per run that has numbers; the paths.

    ``control`` hears of the rows written in all files together.  Raises FileProblemError, and
    ExportCancelledError once it is asked to stop: the files that are complete by then stay.
    """
    control = control or Control()
    files = {i: p for i, p in run_paths(document, path).items() if i in trajectories}
    total = sum(trajectories[run_id].rows for run_id in files)
    before = 0
    for run_id, file_path in files.items():
        trajectory = trajectories[run_id]
        progress = _Share(control, before, total)
        blocks = csv_blocks(trajectory, progress=progress, cancelled=control.cancelled)
        write_whole(file_path, partial(_write_blocks, blocks))
        before += trajectory.rows
    return list(files.values())


def _write_blocks(blocks: Iterable[bytes], file: BinaryIO) -> None:
    file.writelines(blocks)


class _Share:
    """The progress of a part as that of the whole."""

    def __init__(self, control: Control, before: int, total: int) -> None:
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
