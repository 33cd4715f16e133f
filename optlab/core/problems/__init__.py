"""What is minimised: loss surfaces as data."""

from optlab.core.problems.catalogue import (
    load_problem,
    problem_names,
    problem_titles,
    read_problem,
)
from optlab.core.problems.problem import Minimum, Problem, Window, formula_problem
from optlab.core.problems.transform import IDENTITY, Transform, transformed

__all__ = [
    "IDENTITY",
    "Minimum",
    "Problem",
    "Transform",
    "Window",
    "formula_problem",
    "load_problem",
    "problem_names",
    "problem_titles",
    "read_problem",
    "transformed",
]
