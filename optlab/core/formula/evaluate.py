"""The value of a tree, computed node by node: the reference for all generated code."""

from __future__ import annotations

from collections.abc import Mapping

from optlab.core.formula.nodes import Apply, Node, Number, Symbol, postorder
from optlab.core.formula.operations import CONSTANTS, OPERATIONS


def evaluate(node: Node, values: Mapping[str, float]) -> float:
    """The value of a formula. IEEE arithmetic: inf and nan are results, nothing is raised.

    Raises KeyError where ``values`` lacks a symbol of the tree.
    """
    known = {**CONSTANTS, **values}
    results: dict[Node, float] = {}
    for part in postorder(node):
        if isinstance(part, Number):
            results[part] = part.value
        elif isinstance(part, Symbol):
            results[part] = known[part.name]
        else:
            results[part] = _apply(part, results)
    return results[node]


def constant_values(node: Node) -> dict[Node, float]:
    """The values of all sub-trees that contain no symbol but the constants pi and e."""
    results: dict[Node, float] = {}
    for part in postorder(node):
        if isinstance(part, Number):
            results[part] = part.value
        elif isinstance(part, Symbol):
            if part.name in CONSTANTS:
                results[part] = CONSTANTS[part.name]
        elif OPERATIONS[part.operation].compute and all(arg in results for arg in part.args):
            results[part] = _apply(part, results)
    return results


def _apply(node: Apply, results: Mapping[Node, float]) -> float:
    compute = OPERATIONS[node.operation].compute
    if compute is None:
        raise ValueError(f"{node.operation} has no value by itself")
    return compute(*(results[arg] for arg in node.args))
