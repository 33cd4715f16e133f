"""The gradient of a surface as formulas to read."""

from __future__ import annotations

from optlab.core.formula.latex import latex_symbol, to_latex
from optlab.core.formula.plain import display_text, plain_symbol
from optlab.core.formula.tidy import tidy
from optlab.core.problems import Problem

LIMIT = 48
"""Symbols and numbers of a derivative that are shown."""


def gradient_lines(problem: Problem, limit: int = LIMIT) -> list[tuple[str, str]]:
    """``∂E/∂w₁ = ...`` for each weight, as Unicode and as LaTeX; long ones end in dots."""
    lines = []
    for name, tree in zip(problem.variables, problem.gradient_trees, strict=True):
        shown = tidy(tree)
        text = f"∂E/∂{plain_symbol(name)} = {display_text(shown, limit=limit)}"
        left = f"\\frac{{\\partial E}}{{\\partial {latex_symbol(name)}}}"
        lines.append((text, f"{left} = {to_latex(shown, limit=limit)}"))
    return lines
