"""Reports as files: the suffix says which kind.

The same experiment gives the same bytes, with the same versions of the libraries that it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from optlab.core.run import Trajectory
from optlab.files.temp_files import write_whole
from optlab.report.blocks import Progress
from optlab.report.html import html_bytes
from optlab.report.paper import pdf_bytes
from optlab.session.experiment import Experiment
from optlab.session.resolve import Resolved

KINDS = (".html", ".pdf")
"""The kinds of reports, by suffix."""


def report_bytes(
    resolved: Resolved,
    experiment: Experiment,
    trajectories: Mapping[str, Trajectory],
    kind: str = ".html",
    progress: Progress | None = None,
) -> bytes:
    """The content of a report.

    ``progress`` gets the sections done and the total, and may raise to stop.  Raises ValueError
    for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"'{kind}' is not a kind of report; known are {', '.join(KINDS)}")
    make = pdf_bytes if kind == ".pdf" else html_bytes
    return make(resolved, experiment, trajectories, progress)


def save_report(
    resolved: Resolved,
    experiment: Experiment,
    trajectories: Mapping[str, Trajectory],
    path: Path,
    progress: Progress | None = None,
) -> None:
    """Writes the report, whole or not at all, as the kind that the suffix of ``path`` names.

    Raises ValueError for another kind, FileProblemError where it cannot be written.
    """
    content = report_bytes(resolved, experiment, trajectories, path.suffix.lower(), progress)
    write_whole(path, lambda file: file.write(content))
