"""The work that the session asks for: pure functions that run in a worker."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from optlab.core.contours import LevelScale, SurfacePicture, surface_picture
from optlab.core.native import KernelStore
from optlab.core.planes import PlaneProblem
from optlab.core.problems import DataProblem, MapWindow, Problem
from optlab.core.run import RunSpec, Trajectory, run
from optlab.core.run.kernels.block_kernel import BlockKernel, Program
from optlab.session.experiment import Experiment
from optlab.session.jobs import JobControl
from optlab.session.kernel_cache import Kernels, kernel_store
from optlab.session.maps.planes import Flat, flat
from optlab.session.resolve import Resolved
from optlab.session.view import View

_CORES = os.cpu_count() or 1
RESOLUTION = 240
"""Points along each axis of the map."""
PLANE_RESOLUTION = 128
"""Points along each axis of a plane, at most."""
_COARSE = 24
"""Points along each axis of the first picture of a plane."""


@dataclass(frozen=True)
class PictureStyle:
    """How a surface is shown: level ``scale``, number of levels, points along each axis, and the
    loss above which it is cut off."""

    scale: LevelScale = "log"
    levels: int = 20
    resolution: int = RESOLUTION
    limit: float | None = None


def compute_runs(
    specs: Mapping[str, RunSpec],
    control: JobControl,
    kernels: Kernels | None = None,
    beside: bool = False,
) -> dict[str, Trajectory]:
    """The trajectories of some runs, in order. A run that was not reached is left out.

    ``kernels`` are the compiled loops for long runs, by default this person's kept ones.  With
    ``beside`` no run waits for a compilation, and compiled loops run in as many threads as there
    are processors.
    """
    kernels = kernels or Kernels(kernel_store())
    total = sum(spec.steps for spec in specs.values())
    done = dict.fromkeys(specs, 0)
    results: dict[str, Trajectory] = {}

    def compute(run_id: str) -> None:
        if control.cancelled() and results:
            return
        spec = specs[run_id]

        def progress(steps: int, _steps: int) -> None:
            done[run_id] = steps
            control.progress(sum(done.values()), total)

        def choice(program: Program) -> BlockKernel:
            return kernels.choice(program, spec.steps, waits=not beside)

        results[run_id] = run(spec, progress=progress, cancelled=control.cancelled, kernels=choice)

    ready = [run_id for run_id, spec in specs.items() if beside and kernels.is_ready(spec)]
    if len(ready) > 1:
        with ThreadPoolExecutor(min(len(ready), _CORES)) as pool:
            list(pool.map(compute, ready))
    for run_id in specs:
        if run_id not in results:
            compute(run_id)
    return {run_id: results[run_id] for run_id in specs if run_id in results}


def picture_style(view: View, resolution: int = RESOLUTION) -> PictureStyle:
    """How the surface of a view is drawn, with so many points along each axis."""
    return PictureStyle(view.scale, view.levels, resolution, view.height_limit)


def finer_points(problem: Problem, picture: SurfacePicture, style: PictureStyle) -> int | None:
    """Points along each axis of the picture of a plane after ``picture``; None for the last."""
    points = len(picture.w1)
    last = min(style.resolution, PLANE_RESOLUTION)
    if points >= last or not isinstance(problem, PlaneProblem):
        return None
    return last if points > _COARSE else min(last, (last + 2 * _COARSE) // 3)


def compute_picture(
    problem: Problem,
    window: MapWindow,
    style: PictureStyle,
    finer: int = 1,
    cancelled: Callable[[], bool] = lambda: False,
) -> SurfacePicture:
    """The grid, the shading and the contour lines of a surface on a window.

    A picture that is ``finer`` has so many cells for each, and the same levels; over many rows it
    has fewer.  Of a plane or of data that was ``cancelled`` a part is missing.
    """
    lowest = problem.lowest_value
    resolution = style.resolution
    grid = problem.grid
    if isinstance(problem, PlaneProblem):
        # Each of its points costs a sum over data, or a call of Python.
        resolution, finer = min(resolution, PLANE_RESOLUTION), 1
        grid = partial(problem.losses, cancelled=cancelled)
    elif isinstance(problem, DataProblem):
        affordable = math.sqrt(MOST_GRID_TERMS / problem.rows)
        finer = max(1, min(finer, int(affordable / resolution)))
        resolution = max(16, min(resolution, int(affordable)))
        grid = partial(problem.grid, cancelled=cancelled)
    return surface_picture(
        grid,
        window,
        resolution,
        style.scale,
        style.levels,
        lowest if lowest is not None and math.isfinite(lowest) else None,
        finer,
        style.limit,
    )


MOST_GRID_TERMS = 50_000_000
"""Points of a map times rows of the data that a picture is computed from: about half a second."""

FlatPicture = tuple[Flat, SurfacePicture | None]
"""What a map shows, and a coarse picture of it, or None."""


def compute_flat(
    experiment: Experiment,
    resolved: Resolved,
    trajectories: Mapping[str, Trajectory],
    style: PictureStyle,
    store: KernelStore,
    beside: bool,
    held: Flat | None = None,
) -> FlatPicture:
    """The plane of an experiment with the paths on it, and a first coarse picture of its loss;
    none where the plane is the one that is ``held``.

    ``beside`` has the losses computed in as many threads as there are processors.
    """
    spread = _in_threads if beside else map
    found = flat(experiment, resolved, trajectories, store, spread, held)
    window, problem = found.resolved.map_window, found.resolved.problem
    if found.why_not or window is None or held is not None:
        return found, None
    if isinstance(problem, PlaneProblem):
        problem = replace(problem, compiled=False)  # what must be compiled takes seconds
    coarse = replace(style, resolution=_COARSE)
    return found, compute_picture(problem, window, coarse)


def _in_threads(work: Callable[[slice], None], parts: Iterable[slice]) -> Iterator[None]:
    with ThreadPoolExecutor(_CORES) as pool:
        yield from pool.map(work, parts)
