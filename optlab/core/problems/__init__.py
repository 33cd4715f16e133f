"""What is minimised: loss surfaces as data."""

from optlab.core.problems.catalogue import load_problem, problem_names
from optlab.core.problems.problem import Minimum, Problem, Window, formula_problem

__all__ = [
    "Minimum",
    "Problem",
    "Window",
    "formula_problem",
    "load_problem",
    "problem_names",
]
