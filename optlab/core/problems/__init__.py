"""What is minimised: formulas, networks on data, and functions of Python."""

from optlab.core.problems.catalogue import (
    load_problem,
    problem_names,
    problem_titles,
    read_problem,
    surface_names,
)
from optlab.core.problems.data_formula import DataProblem, data_problem
from optlab.core.problems.formula import FormulaProblem, formula_problem
from optlab.core.problems.function import FunctionProblem, function_problem
from optlab.core.problems.network import (
    Network,
    NetworkProblem,
    network_problem,
    network_sizes,
    usual_loss,
)
from optlab.core.problems.problem import (
    MapWindow,
    Minimum,
    Objective,
    Problem,
    Range,
    Window,
    map_window,
    pair,
)
from optlab.core.problems.recorded import RecordedProblem, recorded_problem
from optlab.core.problems.transform import IDENTITY, Transform, transformed

__all__ = [
    "IDENTITY",
    "DataProblem",
    "FormulaProblem",
    "FunctionProblem",
    "MapWindow",
    "Minimum",
    "Network",
    "NetworkProblem",
    "Objective",
    "Problem",
    "Range",
    "RecordedProblem",
    "Transform",
    "Window",
    "data_problem",
    "formula_problem",
    "function_problem",
    "load_problem",
    "map_window",
    "network_problem",
    "network_sizes",
    "pair",
    "problem_names",
    "problem_titles",
    "read_problem",
    "recorded_problem",
    "surface_names",
    "transformed",
    "usual_loss",
]
