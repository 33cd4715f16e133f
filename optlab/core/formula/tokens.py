"""From text to tokens, each with its column, and the error of a text that is no formula."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal


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


MAX_LENGTH = 10_000
"""Characters a formula may have."""
_SHOWN = 40
"""Characters of a number that a message repeats."""

Kind = Literal["number", "name", "mark", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text. ``column`` counts from 1; ``value`` is set for numbers only."""

    kind: Kind
    text: str
    column: int
    value: float = 0.0

    @property
    def length(self) -> int:
        """How many characters of the text it covers (at least 1, also at the end)."""
        return max(1, len(self.text))


_PATTERN = re.compile(
    r"(?P<space>[ \t\r\n\u00a0\u2009]+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<mark>\*\*|<=|>=|==|!=|[-+*/^(),<>²³])"
)

# As people type and paste: one character for one, so that columns stay true.
_SAME = str.maketrans(
    {"−": "-", "·": "*", "×": "*", "÷": "/", "₁": "1", "₂": "2", "₃": "3", "₄": "4", "₅": "5"}
    | {"≤": "\x01", "≥": "\x02", "≠": "\x03", "π": "\x04"}
)
_WIDE = {
    "\x01": ("mark", "<="),
    "\x02": ("mark", ">="),
    "\x03": ("mark", "!="),
    "\x04": ("name", "pi"),
}
_HINTS = {
    ".": "a point can only stand inside a number; there are no attributes",
    "=": "'=' can only stand in a comparison, as '=='",
    "&": "'&' is not known; conditions are joined with 'and'",
    "|": "'|' is not known; the absolute value is abs(...), conditions are joined with 'or'",
    "[": "square brackets are not known; use round brackets",
    "{": "curly brackets are not known; use round brackets",
    '"': "quotes are not known; a formula has no texts in it",
    "'": "quotes are not known; a formula has no texts in it",
    "%": "'%' is not known; use mod(a, b)",
}


def tokenize(text: str) -> list[Token]:
    """All tokens of ``text`` and an end token.

    Raises :class:`FormulaError` for a text that is too long, for a character that the language
    does not have, and for a number beyond the range of a double.
    """
    if len(text) > MAX_LENGTH:
        message = f"the formula has {len(text)} characters; at most {MAX_LENGTH} are read"
        raise FormulaError(message, text[:MAX_LENGTH], MAX_LENGTH + 1)
    source = text.translate(_SAME) if not text.isascii() else text
    tokens: list[Token] = []
    position = 0
    while position < len(source):
        match = _PATTERN.match(source, position)
        if match is None:
            token = _wide_token(text, source, position)
            tokens.append(token)
            position += 1
            continue
        kind, piece = match.lastgroup, match.group()
        if kind == "number":
            tokens.append(_number(text, piece, position))
        elif kind == "name":
            tokens.append(Token("name", piece, position + 1))
        elif kind == "mark":
            tokens.append(Token("mark", piece, position + 1))
        position = match.end()
    tokens.append(Token("end", "", len(text.rstrip()) + 1))
    return tokens


def _wide_token(text: str, source: str, position: int) -> Token:
    character = text[position]
    if source[position] != character and source[position] in _WIDE:
        kind, piece = _WIDE[source[position]]
        return Token("mark" if kind == "mark" else "name", piece, position + 1)
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    message = _HINTS.get(character, f"the character '{shown}' is not part of the language")
    raise FormulaError(message, text, position + 1)


def _number(text: str, piece: str, position: int) -> Token:
    value = float(piece)
    if math.isinf(value):
        shown = piece if len(piece) <= _SHOWN else piece[:_SHOWN] + "…"
        message = f"the number {shown} is too large for double precision"
        raise FormulaError(message, text, position + 1, len(piece))
    return Token("number", piece, position + 1, value)
