"""One update of a run taken apart: formulas, the numbers put in, the results."""

from optlab.core.worksheet.gradient_lines import gradient_lines
from optlab.core.worksheet.lines import Line
from optlab.core.worksheet.numbers import plain_number, plain_value
from optlab.core.worksheet.plan import parameter_equations
from optlab.core.worksheet.points import gradient_points
from optlab.core.worksheet.sheet import Row, Worksheet, worksheet
from optlab.core.worksheet.text import worksheet_latex, worksheet_text

__all__ = [
    "Line",
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
