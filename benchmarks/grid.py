"""The loss over a grid, and the picture of it: grid, shading and 20 contour levels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.measure import Candidate, Table, compare
from optlab.core.contours import surface_picture
from optlab.core.problems import load_problem

_WINDOW = ((-5.0, 5.0), (-5.0, 5.0))
_LEVELS = 20
_NUMPY_ROSENBROCK, _NUMPY_RASTRIGIN = "NumPy, Rosenbrock", "NumPy, Rastrigin"


def _mesh(points: int) -> tuple[np.ndarray, np.ndarray]:
    axis = np.linspace(-5.0, 5.0, points)
    w1, w2 = np.meshgrid(axis, axis)
    return w1, w2


def optlab_grid(key: str, points: int) -> Callable[[], object]:
    """The grid as the program computes it."""
    problem, mesh = load_problem(key), _mesh(points)
    return lambda: problem.grid(*mesh)


def numpy_rosenbrock(points: int) -> Callable[[], object]:
    """As it stands in a textbook."""
    w1, w2 = _mesh(points)
    return lambda: (1 - w1) ** 2 + 100 * (w2 - w1**2) ** 2


def numpy_rastrigin(points: int) -> Callable[[], object]:
    """As it stands in a textbook."""
    w1, w2 = _mesh(points)

    def work() -> object:
        waves = np.cos(2 * np.pi * w1) + np.cos(2 * np.pi * w2)
        return 20 + w1**2 + w2**2 - 10 * waves

    return work


def optlab_picture(points: int) -> Callable[[], object]:
    """Grid, shading and contour lines, all that the map draws."""
    problem = load_problem("himmelblau")
    return lambda: surface_picture(problem.grid, _WINDOW, points, "log", _LEVELS)


def _heights(points: int) -> np.ndarray:
    values = load_problem("himmelblau").grid(*_mesh(points))
    return np.asarray(np.log1p(values))


def matplotlib_contour(points: int) -> Callable[[], object]:
    """Axes.contour, without drawing it."""
    from matplotlib.figure import Figure

    mesh, heights = _mesh(points), _heights(points)

    def work() -> object:
        return Figure().subplots().contour(*mesh, heights, levels=_LEVELS).get_paths()

    return work


def pyqtgraph_isocurve(points: int) -> Callable[[], object]:
    """pyqtgraph.functions.isocurve for every level."""
    import pyqtgraph

    heights = _heights(points)
    levels = np.linspace(heights.min(), heights.max(), _LEVELS + 2)[1:-1]

    def work() -> object:
        return [pyqtgraph.functions.isocurve(heights, level, True) for level in levels]

    return work


def tables(rounds: int = 5, scale: float = 1.0) -> list[Table]:
    """Grids of 512 points along each axis, and pictures of as many."""
    points = max(16, round(512 * scale**0.5))
    grids: list[Candidate] = [
        ("OptLab, Rosenbrock", partial(optlab_grid, "rosenbrock", points), points**2),
        (_NUMPY_ROSENBROCK, partial(numpy_rosenbrock, points), points**2),
        ("OptLab, Rastrigin", partial(optlab_grid, "rastrigin", points), points**2),
        (_NUMPY_RASTRIGIN, partial(numpy_rastrigin, points), points**2),
    ]
    pictures: list[Candidate] = [
        ("OptLab, grid, shading and lines", partial(optlab_picture, points), 1.0),
        ("Matplotlib contour, lines only", partial(matplotlib_contour, points), 1.0),
        ("pyqtgraph isocurve, lines only", partial(pyqtgraph_isocurve, points), 1.0),
    ]
    title = f"A grid of {points} × {points}"
    return [
        compare(title, "points/s", _NUMPY_ROSENBROCK, grids, rounds),
        compare(
            f"{_LEVELS} contour levels of Himmelblau on {points} × {points}",
            "pictures/s",
            "Matplotlib contour, lines only",
            pictures,
            rounds,
        ),
    ]
