"""Where a rule takes its gradients, when that is not at the weights themselves."""

from __future__ import annotations

from optlab.core.analysis.worksheet.plan import AT_WEIGHTS, plan_of
from optlab.core.analysis.worksheet.sheet import worksheet
from optlab.core.analysis.worksheet.values import components
from optlab.core.formula.nodes import Apply
from optlab.core.run import RunSpec, Trajectory

Point = tuple[float, ...]


def gradient_points(spec: RunSpec, trajectory: Trajectory, step: int) -> tuple[Point, ...]:
    """The other points than w(step − 1) at which update ``step`` took a gradient, in order.

    Empty for rules that look at the slope where they are.  ``trajectory`` is what running
    ``spec`` gave; raises ValueError where there is no such update.
    """
    taken = [line for line in plan_of(spec.leg_at(step).spec).lines if line.kind == "gradient"]
    if all(line.tree == AT_WEIGHTS for line in taken):
        return ()
    points = []
    for row in worksheet(spec, trajectory, step).rows:
        tree = row.line.tree
        if row.line.kind == "gradient" and tree != AT_WEIGHTS and isinstance(tree, Apply):
            points.append(components(row.parts[tree.args[0]], spec.problem.dimension))
    return tuple(points)
