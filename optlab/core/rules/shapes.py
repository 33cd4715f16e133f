"""Which formulas of a rule are vectors (one value per weight) and which are one number in all."""

from __future__ import annotations

from collections.abc import Collection

from optlab.core.formula import Node, Symbol
from optlab.core.formula.nodes import Apply, postorder

_GIVES_NUMBER = frozenset({"dot", "norm", "loss"})
_GIVES_VECTOR = frozenset({"grad", "curvature", "hessian_product"})


def is_vector(tree: Node, vectors: Collection[str]) -> bool:
    """Whether a formula has one value per weight, where the names ``vectors`` have."""
    done: dict[Node, bool] = {}
    for part in postorder(tree):
        if isinstance(part, Symbol):
            done[part] = part.name in vectors
        elif isinstance(part, Apply):
            inner = any(done[arg] for arg in part.args) or part.operation in _GIVES_VECTOR
            done[part] = inner and part.operation not in _GIVES_NUMBER
        else:
            done[part] = False
    return done[tree]
