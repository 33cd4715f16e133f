"""Pictures as files: the same experiment gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

import optlab
from optlab.core.run import Trajectory
from optlab.figures.experiment_figure import ExperimentFigure
from optlab.figures.setting import drawing
from optlab.session.encoding import experiment_line
from optlab.session.experiment import Experiment
from optlab.session.files import write_whole
from optlab.session.resolve import Resolved

EXPERIMENT_KEY = "OptLab experiment"
"""The text chunk of a PNG that holds the experiment as JSON."""
PNG_DPI = 150
"""Dots an inch: 1920 x 1080."""


def draw_experiment(
    resolved: Resolved, experiment: Experiment, trajectories: Mapping[str, Trajectory]
) -> Figure:
    """The picture of an experiment: map with all paths, loss, table of runs.

    ``trajectories`` by run id; runs without one and hidden runs are left out.
    """
    with drawing():
        return ExperimentFigure(resolved, experiment, trajectories).figure


def picture_bytes(figure: Figure, kind: str, experiment: Experiment, dpi: int = PNG_DPI) -> bytes:
    """The content of a ``png``, ``svg`` or ``pdf`` file. Raises ValueError for another kind."""
    title = experiment.title or experiment.surface.problem or experiment.surface.formula
    maker = f"OptLab {optlab.__version__}"
    metadata: dict[str, str | None]
    if kind == "png":
        metadata = {"Software": maker, "Title": title, EXPERIMENT_KEY: experiment_line(experiment)}
    elif kind == "svg":
        metadata = {"Date": None, "Creator": maker, "Title": title}
    elif kind == "pdf":
        metadata = {"CreationDate": None, "Creator": maker, "Title": title}
    else:
        raise ValueError(f"'{kind}' is not a kind of picture; known are png, svg, pdf")
    buffer = io.BytesIO()
    with drawing():
        figure.savefig(buffer, format=kind, dpi=dpi, metadata=metadata)
    return buffer.getvalue()


def save_experiment_figure(
    resolved: Resolved,
    experiment: Experiment,
    trajectories: Mapping[str, Trajectory],
    path: Path,
    dpi: int = PNG_DPI,
) -> None:
    """Writes the picture as the kind of file that the suffix of ``path`` names.

    Raises ValueError for another kind, FileProblemError where it cannot be written.
    """
    figure = draw_experiment(resolved, experiment, trajectories)
    content = picture_bytes(figure, path.suffix.lower().lstrip("."), experiment, dpi)
    write_whole(path, lambda file: file.write(content))
