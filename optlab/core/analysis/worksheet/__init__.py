"""One update of a run taken apart: formulas, the numbers put in, the results."""

from optlab.core.analysis.worksheet.formula_lines import FormulaLine
from optlab.core.analysis.worksheet.gradient_lines import gradient_lines, gradient_points
from optlab.core.analysis.worksheet.number_text import plain_number, plain_value
from optlab.core.analysis.worksheet.plan import parameter_equations
from optlab.core.analysis.worksheet.sheet import (
    Row,
    Worksheet,
    worksheet,
    worksheet_latex,
    worksheet_text,
)

__all__ = [
    "FormulaLine",
    "Row",
    "Worksheet",
    "gradient_lines",
    "gradient_points",
    "parameter_equations",
    "plain_number",
    "plain_value",
    "worksheet",
    "worksheet_latex",
    "worksheet_text",
]
