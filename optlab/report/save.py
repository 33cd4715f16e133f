"""Reports as files: the suffix says which kind.

The same experiment gives the same bytes, with the same versions of the libraries that it names.
"""

from __future__ import annotations

from pathlib import Path

from optlab.files.temp_files import write_whole
from optlab.report.blocks import Progress
from optlab.report.html import html_bytes
from optlab.report.paper import pdf_bytes
from optlab.session.study import Study

KINDS = (".html", ".pdf")
"""The kinds of reports, by suffix."""


def report_bytes(study: Study, kind: str = ".html", progress: Progress | None = None) -> bytes:
    """The content of a report.

    ``progress`` gets the sections done and the total, and may raise to stop.  Raises ValueError
    for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"'{kind}' is not a kind of report; known are {', '.join(KINDS)}")
    make = pdf_bytes if kind == ".pdf" else html_bytes
    return make(study, progress)


def save_report(study: Study, path: Path, progress: Progress | None = None) -> None:
    """Writes the report, whole or not at all, as the kind that the suffix of ``path`` names.

    Raises ValueError for another kind, FileProblemError where it cannot be written.
    """
    content = report_bytes(study, path.suffix.lower(), progress)
    write_whole(path, lambda file: file.write(content))
