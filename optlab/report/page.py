"""The report of an experiment: one HTML page that needs nothing but itself.

The same experiment gives the same bytes, with the same versions of the libraries that it names.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import optlab
from optlab.core.run import Trajectory
from optlab.figures import draw_experiment, svg_element
from optlab.figures.layout import View
from optlab.report import sections
from optlab.report.marking import paragraphs, text, value
from optlab.report.sections import Reported
from optlab.report.style import STYLE
from optlab.session.carriers import script_with
from optlab.session.encoding import experiment_line
from optlab.session.experiment import Experiment
from optlab.session.files import write_whole
from optlab.session.resolve import Resolved

Progress = Callable[[int, int], None]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_LIBRARIES = ("numpy", "numba", "matplotlib")


def report_bytes(
    resolved: Resolved,
    experiment: Experiment,
    trajectories: Mapping[str, Trajectory],
    progress: Progress | None = None,
) -> bytes:
    """The page (UTF-8). ``progress`` hears the sections done and in all, and may raise to stop."""
    reported = Reported(experiment, resolved, trajectories)
    makers: tuple[Callable[[Reported], str], ...] = (
        _head,
        _contour,
        sections.claims,
        sections.comparison,
        _loss,
        sections.surface,
        sections.runs,
        sections.reproduction,
        _foot,
    )
    parts = []
    for number, make in enumerate(makers, 1):
        parts.append(make(reported))
        if progress is not None:
            progress(number, len(makers))
    return "".join(parts).encode("utf-8", "xmlcharrefreplace")


def save_report(
    resolved: Resolved,
    experiment: Experiment,
    trajectories: Mapping[str, Trajectory],
    path: Path,
    progress: Progress | None = None,
) -> None:
    """Writes the page, whole or not at all. Raises FileProblemError."""
    content = report_bytes(resolved, experiment, trajectories, progress)
    write_whole(path, lambda file: file.write(content))


def _head(reported: Reported) -> str:
    experiment = reported.experiment
    story = paragraphs(experiment.story)
    lead = f'<div class="lead">\n{story}</div>\n' if story else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{value(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="OptLab {value(optlab.__version__)}">\n'
        f"<title>{text(reported.title)}</title>\n"
        f"{script_with(experiment_line(experiment))}\n"
        f"<style>{STYLE}</style>\n</head>\n<body>\n<h1>{text(reported.title)}</h1>\n{lead}"
    )


def _contour(reported: Reported) -> str:
    return _figure(reported, "contour", "The paths of all runs on the surface")


def _loss(reported: Reported) -> str:
    return _figure(reported, "loss", "The loss over the steps")


def _figure(reported: Reported, view: View, what: str) -> str:
    parts = reported.resolved, reported.experiment, reported.trajectories
    svg = svg_element(draw_experiment(*parts, view, "page"), view)
    svg = svg.replace("<svg", f'<svg role="img" aria-label="{value(what)}"', 1)
    return f"<figure>\n{svg}</figure>\n"


def _foot(_: Reported) -> str:
    libraries = [f"{name} {_version(name)}" for name in _LIBRARIES]
    made = ", ".join((f"Python {platform.python_version()}", *libraries))
    return (
        f"<footer>Made by OptLab {text(optlab.__version__)} ({text(made)}).</footer>\n"
        "</body>\n</html>\n"
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
