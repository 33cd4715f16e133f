"""Numbers of an experiment as files."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
    """Writes one CSV per run that has numbers; the paths. Raises FileProblemError."""
    written = []
    for run_id, file_path in run_paths(document, path).items():
        trajectory = trajectories.get(run_id)
        if trajectory is None:
            continue

        def write(file: BinaryIO, trajectory: Trajectory = trajectory) -> None:
            for block in csv_blocks(trajectory):
                file.write(block)

        write_whole(file_path, write)
        written.append(file_path)
        if control is not None:
            control.progress(len(written), len(document.runs))
    return written


def csv_text(trajectory: Trajectory, last: int) -> str:
    """The rows 0 ... ``last`` as CSV, as the file of the whole run begins."""
    lines: list[bytes] = []
    for block in csv_blocks(trajectory):
        lines += block.splitlines(keepends=True)
        if len(lines) >= last + 2:
            break
    return b"".join(lines[: last + 2]).decode()
