"""From a tree back to text: ``parse(to_text(tree)) == tree``.

A derivative is written with ``where`` at the kinks that it settles, which means the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from optlab.core.formula.nodes import Node, Number, Symbol, postorder

_ATOM = 100
_INFIX: Mapping[str, tuple[str, int, int, int]] = MappingProxyType(
    # operation: (written as, own binding, least binding left, least binding right)
    {
        "or": (" or ", 1, 1, 2),
        "and": (" and ", 2, 2, 3),
        "lt": (" < ", 4, 5, 5),
        "le": (" <= ", 4, 5, 5),
        "gt": (" > ", 4, 5, 5),
        "ge": (" >= ", 4, 5, 5),
        "eq": (" == ", 4, 5, 5),
        "ne": (" != ", 4, 5, 5),
        "add": (" + ", 5, 5, 6),
        "sub": (" - ", 5, 5, 6),
        "mul": ("*", 6, 6, 7),
        "div": ("/", 6, 6, 7),
        "pow": ("^", 9, 10, 9),
    }
)
_SIGN, _SIGN_OPERAND = 8, 8


def number_text(value: float) -> str:
    """The shortest text that reads back exactly; whole numbers without a point."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def to_text(node: Node) -> str:
    """A formula in the notation of the language, with as few brackets as needed."""
    done: dict[Node, tuple[str, int]] = {}
    for part in postorder(node):
        done[part] = _text(part, done)
    return done[node][0]


def _text(node: Node, done: Mapping[Node, tuple[str, int]]) -> tuple[str, int]:
    if isinstance(node, Number):
        return number_text(node.value), _ATOM
    if isinstance(node, Symbol):
        return node.name, _ATOM
    if node.operation == "neg":
        return "-" + _bracketed(done[node.args[0]], _SIGN_OPERAND), _SIGN
    if node.operation == "not":
        return "not " + _bracketed(done[node.args[0]], 3), 3
    if node.operation in _INFIX:
        mark, binding, left, right = _INFIX[node.operation]
        first = _bracketed(done[node.args[0]], left)
        second = _bracketed(done[node.args[1]], right)
        return first + mark + second, binding
    if node.operation == "kink":
        condition, slope = (done[arg][0] for arg in node.args)
        return f"where({condition}, 0, {slope})", _ATOM
    args = ", ".join(done[arg][0] for arg in node.args)
    return f"{node.operation}({args})", _ATOM


def _bracketed(part: tuple[str, int], least: int) -> str:
    text, binding = part
    if text.startswith("-") and least > 5:
        return f"({text})"  # a*(-b) and (-a)^2 read better, and a sign never meets an operator
    return text if binding >= least else f"({text})"
