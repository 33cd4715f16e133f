"""The gradient of a surface as formulas, and the points at which a rule takes its gradients."""

from __future__ import annotations

from optlab.core.analysis.worksheet.part_values import components
from optlab.core.analysis.worksheet.plan import AT_WEIGHTS, plan_of
from optlab.core.analysis.worksheet.sheet import worksheet
from optlab.core.formula.dialects.latex import latex_symbol, to_latex
from optlab.core.formula.dialects.unicode import display_text, plain_symbol
from optlab.core.formula.nodes import Apply, Node, Number, postorder
from optlab.core.formula.simplify import tidy
from optlab.core.problems import FormulaProblem, Problem
from optlab.core.run import RunSpec, Trajectory

LIMIT = 48
"""Symbols and numbers of a derivative that are shown."""
MOST = 8
"""Weights whose derivatives are shown."""


def gradient_lines(problem: Problem, limit: int = LIMIT) -> list[tuple[str, str]]:
    """``∂E/∂w₁ = ...`` for each weight, as Unicode and as LaTeX; long ones end in dots, and so do
    more than :data:`MOST`.  Empty for a problem without a formula.

    Long numbers are rounded, and then it says ``≈``.
    """
    lines: list[tuple[str, str]] = []
    if not isinstance(problem, FormulaProblem):
        return lines
    shown_weights = problem.weights[:MOST]
    for name, tree in zip(shown_weights, problem.gradient_trees, strict=False):
        exact = tidy(tree)
        shown = _rounded(exact)
        same = shown == exact
        relation, relation_latex = ("=", "=") if same else ("≈", "\\approx")
        text = f"∂E/∂{plain_symbol(name)} {relation} {display_text(shown, limit=limit)}"
        left = f"\\frac{{\\partial E}}{{\\partial {latex_symbol(name)}}}"
        lines.append((text, f"{left} {relation_latex} {to_latex(shown, limit=limit)}"))
    return lines if problem.dimension <= MOST else [*lines, ("…", "\\ldots")]


def _rounded(tree: Node) -> Node:
    """The formula with four digits of each number that has more than six."""
    done: dict[Node, Node] = {}
    for part in postorder(tree):
        if isinstance(part, Apply):
            done[part] = Apply(part.operation, tuple(done[arg] for arg in part.args))
        elif isinstance(part, Number) and float(f"{part.value:.6g}") != part.value:
            done[part] = Number(float(f"{part.value:.4g}"))
        else:
            done[part] = part
    return done[tree]


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
