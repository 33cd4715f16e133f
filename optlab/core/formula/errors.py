"""The one error that a text of the formula language can cause."""

from __future__ import annotations


class FormulaError(ValueError):
    """What is wrong in a formula, and where.

    ``message`` is a sentence without the place, ``column`` counts characters from 1, ``length``
    is how many characters are meant (at least 1), ``text`` is the formula as it was given.
    """

    def __init__(self, message: str, text: str, column: int = 1, length: int = 1) -> None:
        super().__init__(f"{message} (column {column})")
        self.message = message
        self.text = text
        self.column = column
        self.length = max(1, length)
