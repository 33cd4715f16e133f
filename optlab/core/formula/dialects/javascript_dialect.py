"""The formula language as JavaScript, for pages that compute in a browser.

Sums, products, quotients, square roots and choices are IEEE 754 double arithmetic there too, and
give the same bits.  Powers with a whole exponent are multiplied out with twice the digits, since
browsers differ in the last digit of theirs; sin, exp and the like may differ in the last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from optlab.core.formula.emit import LAZY, MATH_NAMES, OPERATORS, Dialect, straight_lines
from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import Node
from optlab.core.formula.operations import STRIDE

JAVASCRIPT = Dialect(
    MappingProxyType(
        {**OPERATORS, **LAZY}
        | {"eq": "({0} === {1})", "ne": "({0} !== {1})"}
        | {"and": "({0} && {1})", "or": "({0} || {1})", "not": "(!{0})"}
        | {"where": "({0} ? {1} : {2})"}
    ),
    MappingProxyType({name: f"Math.{name}" for name in (*MATH_NAMES, "abs", "floor")}),
    40,
)
"""JavaScript on numbers; ``pow`` is that of :data:`HELPERS`."""

HELPERS = f"""
const product = (a, b, c, d) => {{
  const high = a * c, k = 134217729;
  const a1 = k * a - (k * a - a), a2 = a - a1, c1 = k * c - (k * c - c), c2 = c - c1;
  const low = a2 * c2 - (((high - a1 * c1) - a2 * c1) - a1 * c2) + (a * d + b * c);
  const sum = high + low;
  return [sum, low - (sum - high)];
}};
const wholePower = (base, exponent) => {{
  let high = 1, low = 0, b = base, c = 0;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {{
    if (left % 2) [high, low] = product(high, low, b, c);
    if (left > 1) [b, c] = product(b, c, b, c);
  }}
  const size = Math.abs(high);
  return size > 1e-270 && size < 1e290 ? high + low : Math.pow(base, exponent);
}};
const pow = (a, b) => {{
  if (a === 1 || (a === -1 && Math.abs(b) === Infinity)) return 1;
  return b >= 0 && b < 1048576 && b === Math.floor(b) ? wholePower(a, b) : Math.pow(a, b);
}};
const stepPower = (base, step) => pow(base, step - step % {STRIDE}) * pow(base, step % {STRIDE});
"""
"""JavaScript that generated code calls: powers as C has them, and powers of the step."""


def javascript_lines(
    assignments: Sequence[tuple[str, Node]], prefix: str = "_"
) -> list[tuple[str, str]]:
    """Names and the expressions that they get, in order; the trees are lowered first."""
    return straight_lines([(name, lower(tree)) for name, tree in assignments], JAVASCRIPT, prefix)


def javascript_function(trees: Sequence[Node], names: Sequence[str]) -> str:
    """The text of an arrow function of numbers, one for each name: a number for one tree, else
    an array with the value of each."""
    targets = [f"r_{index}" for index in range(len(trees))]
    lines = javascript_lines(list(zip(targets, trees, strict=True)))
    body = "".join(f"const {name}={text};" for name, text in lines)
    returned = targets[0] if len(trees) == 1 else f"[{','.join(targets)}]"
    return f"({','.join(names)})=>{{{body}return {returned}}}"
