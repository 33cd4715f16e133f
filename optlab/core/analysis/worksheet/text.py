"""A worksheet as text to copy: plain, and LaTeX."""

from __future__ import annotations

from optlab.core.analysis.worksheet.numbers import SHOWN, latex_value
from optlab.core.analysis.worksheet.sheet import Row, Worksheet


def worksheet_text(sheet: Worksheet, *, full: bool = False) -> str:
    """The worksheet in Unicode: each equation, its numbers, its result. ``full``: all digits."""
    blocks = [sheet.title]
    for row in sheet.rows:
        steps = [row.numbers(full=full), row.result_text(full=full)]
        lines = [row.line.text, *(f"= {text}" for text in steps if text)]
        blocks.append("\n    ".join(line.replace("= at ", "at ") for line in lines))
    return "\n".join(blocks) + "\n"


def worksheet_latex(sheet: Worksheet, *, full: bool = False) -> str:
    """The worksheet as an ``align*`` environment of the amsmath package."""
    rows = " \\\\\n".join(_latex_row(row, full) for row in sheet.rows)
    return f"% {sheet.title}\n\\begin{{align*}}\n{rows}\n\\end{{align*}}\n"


def _latex_row(row: Row, full: bool) -> str:
    line = row.line
    arrow = "=" if line.is_definition else "\\leftarrow"
    if line.kind == "record":
        return f"{line.symbol_latex} &= {latex_value(row.result, None if full else SHOWN)}"
    lines = [f"{line.symbol_latex} &{arrow} {line.right_latex}"]
    numbers = row.numbers_latex(full=full)
    if numbers:
        lines.append(f"&= {numbers}")
    lines.append(f"&= {latex_value(row.result, None if full else SHOWN)}")
    return " \\\\\n".join(lines)
