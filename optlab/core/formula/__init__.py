"""The formula language: text, tree, exact derivative, generated code.

A formula is parsed against a whitelist into a tree of frozen nodes; everything else (derivatives,
Python and Numba source, numexpr expressions, typesetting) is made from the tree alone.
"""

from optlab.core.formula.compiled import scalar_function
from optlab.core.formula.derive import derivative, gradient, hessian
from optlab.core.formula.errors import FormulaError
from optlab.core.formula.evaluate import evaluate
from optlab.core.formula.grid import GridFunction
from optlab.core.formula.nodes import Apply, Node, Number, Symbol, number, substitute, symbols
from optlab.core.formula.parse import SURFACE_NAMES, parse, parse_condition, reading_hint
from optlab.core.formula.printing import number_text, to_text

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
