"""A problem as a C function, for compiled loops.

The function is ``double answer(int64 context, int64 question, int64 step, const double *w, const
double *v, double *out)``: it returns the loss for :data:`LOSS` and :data:`GRADIENT`, and writes
the gradient, the diagonal of the Hessian or the Hessian times v into ``out``; for
:data:`ACCURACY` it returns the share of rows that are labelled right, and writes the loss into
``out[0]``.  ``step`` is the
update it is asked for, from 1; 0 stands for all rows of the data.  A problem over data finds them
through ``context`` (:mod:`optlab.core.data.row_context`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from optlab.core.data.row_context import RowContext
from optlab.core.formula.emit import PLAIN, straight_lines
from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import Node

LOSS, GRADIENT, CURVATURE, PRODUCT, ACCURACY = range(5)
QUESTIONS = {
    "loss": LOSS,
    "gradient": GRADIENT,
    "curvature": CURVATURE,
    "hessian_product": PRODUCT,
    "accuracy": ACCURACY,
}
"""The number of each question that is put to a problem; a step asks for no accuracy."""


@dataclass(frozen=True, eq=False)
class Pointer:
    """Where a compiled function is; ``keep`` must stay alive.

    ``joint``: the loss comes with the gradient in one computation.  ``rows``: what is copied for
    every kernel and handed to the function as its context; None stands for 0.
    """

    address: int
    joint: bool = False
    rows: RowContext | None = None
    keep: Any = None


Answer = tuple[Node | None, Sequence[Node]]
"""The formula of the loss, or None, and those that are written into ``out``."""


def answer_source(weights: Sequence[str], along: Sequence[str], answers: Sequence[Answer]) -> str:
    """``answer`` for formulas of the weights; ``answers`` to each question, in their order.

    ``along`` are the symbols of the vector that the Hessian is multiplied with.
    """
    size = len(weights)
    lines = [f"w = array(w_, ({size},))", f"out = array(out_, ({size},))"]
    lines += [f"{name} = w[{index}]" for index, name in enumerate(weights)]
    for question, (loss, trees) in enumerate(answers):
        lines.append(f"if question == {question}:")
        if question == PRODUCT:
            lines.append(f"    v = array(v_, ({size},))")
            lines += [f"    {name} = v[{index}]" for index, name in enumerate(along)]
        pairs = [] if loss is None else [("loss", lower(loss))]
        pairs += [(f"o{index}", lower(tree)) for index, tree in enumerate(trees)]
        written = straight_lines(pairs, PLAIN, f"q{question}_")
        lines += [f"    {name} = {text}" for name, text in written]
        lines += [f"    out[{index}] = o{index}" for index in range(len(trees))]
        lines.append(f"    return {'0.0' if loss is None else 'loss'}")
    lines.append("return 0.0")
    body = "".join(f"    {line}\n" for line in lines)
    return f"def answer(context, question, step, w_, v_, out_):\n{body}"
