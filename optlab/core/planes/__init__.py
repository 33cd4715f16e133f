"""Planes: looking at a loss of many weights in two directions."""

from optlab.core.planes.lanczos import leading_eigenpairs
from optlab.core.planes.plane import (
    Plane,
    PlaneError,
    hessian_plane,
    principal_plane,
    random_plane,
    random_walk_shares,
    three_point_plane,
    weight_plane,
)
from optlab.core.planes.problem import PlaneProblem, plane_problem
from optlab.core.planes.stored import StoredPlane, stored_plane

__all__ = [
    "Plane",
    "PlaneError",
    "PlaneProblem",
    "StoredPlane",
    "hessian_plane",
    "leading_eigenpairs",
    "plane_problem",
    "principal_plane",
    "random_plane",
    "random_walk_shares",
    "stored_plane",
    "three_point_plane",
    "weight_plane",
]
