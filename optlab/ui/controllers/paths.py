"""The paths of the runs as the contour map and the 3D surface draw them."""

from __future__ import annotations

import numpy as np

from optlab.session.session import Session
from optlab.ui import style
from optlab.ui.plots.drawings import PathDrawing

STYLES = ("solid", "dash", "dot", "dashdot")


def paths_shown(session: Session) -> tuple[object, ...]:
    """What :func:`path_drawings` depends on: while it is equal, the paths are the same."""
    theme = style.current()
    return tuple(
        (run.id, theme.run(run.color), run.style, run.id == session.selected, trajectory)
        for run in session.document.runs
        if run.visible and (trajectory := session.trajectories.get(run.id)) is not None
    )


def path_drawings(session: Session) -> list[PathDrawing]:
    """One path for each visible run that has numbers, in its colour and style."""
    theme = style.current()
    paths = []
    for run in session.document.runs:
        trajectory = session.trajectories.get(run.id)
        if trajectory is not None and run.visible:
            weights = np.ascontiguousarray(trajectory.weights[:, :2])
            look = STYLES[run.style % len(STYLES)]
            selected = run.id == session.selected
            paths.append(PathDrawing(run.id, theme.run(run.color), weights, look, True, selected))
    return paths
