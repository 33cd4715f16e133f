"""The formula language: text, tree, exact derivative, generated code.

A formula is parsed against a whitelist into a tree of frozen nodes; everything else (derivatives,
Python and Numba source, numexpr expressions, typesetting) is made from the tree alone.
"""

from optlab.core.formula.derive import derivative, gradient, hessian
from optlab.core.formula.dialects.numexpr_dialect import GridFunction
from optlab.core.formula.emit import scalar_function
from optlab.core.formula.nodes import (
    Apply,
    Node,
    Number,
    Symbol,
    number,
    number_text,
    substitute,
    symbols,
    to_text,
)
from optlab.core.formula.operations import evaluate
from optlab.core.formula.parse import SURFACE_NAMES, parse, parse_condition, reading_hint
from optlab.core.formula.tokens import FormulaError

__all__ = [
    "SURFACE_NAMES",
    "Apply",
    "FormulaError",
    "GridFunction",
    "Node",
    "Number",
    "Symbol",
    "derivative",
    "evaluate",
    "gradient",
    "hessian",
    "number",
    "number_text",
    "parse",
    "parse_condition",
    "reading_hint",
    "scalar_function",
    "substitute",
    "symbols",
    "to_text",
]
