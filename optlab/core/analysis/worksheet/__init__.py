"""One update of a run taken apart: formulas, the numbers put in, the results."""

from optlab.core.analysis.worksheet.gradient_lines import gradient_lines
from optlab.core.analysis.worksheet.lines import Line
from optlab.core.analysis.worksheet.numbers import plain_number, plain_value
from optlab.core.analysis.worksheet.plan import parameter_equations
from optlab.core.analysis.worksheet.points import gradient_points
from optlab.core.analysis.worksheet.sheet import Row, Worksheet, worksheet
from optlab.core.analysis.worksheet.text import worksheet_latex, worksheet_text

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
