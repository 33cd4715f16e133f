"""A rule as two functions of NumPy: ``init`` and ``step``."""

from __future__ import annotations

from optlab.core.export.code.expressions import Expressions, listed
from optlab.core.export.code.listing import Listing
from optlab.core.export.code.numbers import expected
from optlab.core.export.code.text import (
    block,
    defaults,
    header,
    main,
    schedule_lines,
    settings_line,
)
from optlab.core.problems import FormulaProblem, load_problem
from optlab.core.rules import LEARNING_RATE

_ASKED = {
    "grad": "grad(point): the gradient at a point.",
    "loss": "loss(point): the loss at a point.",
    "curvature": "curvature(point): the diagonal of the Hessian at a point.",
    "hessian_product": "hessian_product(v): the Hessian at w times a vector.",
}
_ROSENBROCK = """
def rosenbrock(w):
    \"\"\"The loss that the code is checked on.\"\"\"
    return {loss}


def gradient(w):
    \"\"\"Its gradient.\"\"\"
    return np.array([{slopes}])
"""
_HESSIAN = """

def hessian(w):
    \"\"\"Its second derivatives.\"\"\"
    return np.array([{rows}])
"""
_ANSWERS = {
    "grad": "grad=gradient",
    "loss": "loss=rosenbrock",
    "curvature": "curvature=lambda w: np.diag(hessian(w))",
    "hessian_product": "hessian_product=lambda v, w=w: hessian(w) @ v",
}


def numpy_code(listing: Listing) -> str:
    """The file."""
    lines = header(listing, "NumPy")
    lines += ["import numpy as np", "", "", *_init(listing), "", "", *_step(listing)]
    lines += schedule_lines(listing, Expressions, listing.parameters[LEARNING_RATE])
    return "\n".join([*lines, *_check(listing), ""])


def _init(listing: Listing) -> list[str]:
    state = listing.variant.state
    given = [
        f"{listing.name(n)}={defaults(listing)[listing.name(n)]}" for n in listing.start_settings
    ]
    settings = ", ".join(["*", *given, "**_"] if given else ["**_"])
    lines = [f"def init(w, {settings}):", '    """The memory before the first step at w."""']
    writer = Expressions({"w"}, listing.names)
    entries = [f'"{one.name}": {writer.start(one, "w.copy()")}' for one in state]
    return [*lines, f"    return {{{', '.join(entries)}}}"]


def _step(listing: Listing) -> list[str]:
    arguments = [*(f"{name}={value}" for name, value in defaults(listing).items()), *listing.asked]
    lines = ['@np.errstate(all="ignore")'] if listing.divides_in_choices else []
    lines += listed("def step(", ["w", "g", "state", "t", "*", *arguments], "):")
    about = ["Step t, counted from 1, with the gradient g at w: the new weights and memory.", ""]
    about += [*listing.arguments(), *(_ASKED[name] for name in listing.asked)]
    lines += block('"""', about, '"""')
    names = [variable.name for variable in listing.variant.state]
    if names:
        targets = ", ".join(map(listing.name, names))
        values = ", ".join(f'state["{name}"]' for name in names)
        lines.append(f"    {targets} = {values}")
    writer = Expressions(listing.vector_state(), listing.names)
    for equation in listing.equations:
        vector = listing.is_vector(equation.target, equation.tree, writer.vectors)
        lines += [f"    {line}" for line in writer.lines(equation.target, equation.tree, vector)]
    memory = ", ".join(f'"{name}": {listing.name(name)}' for name in names)
    return [*lines, f"    return w, {{{memory}}}"]


def _check(listing: Listing) -> list[str]:
    found = expected(listing)
    asks = ", ".join(["", *(_ANSWERS[name] for name in listing.asked)])
    eta = "" if listing.schedule.is_constant else ', "eta": schedule(t - 1)'
    settings = f"**SETTINGS{asks}" if not eta else f"**{{**SETTINGS{eta}}}{asks}"
    body = [
        f"w = np.array({list(found.start)})",
        "state = init(w, **SETTINGS)",
        "worst = 0.0",
        "for t in range(1, max(EXPECTED) + 1):",
        f"    w, state = step(w, gradient(w), state, t, {settings})",
        "    if t in EXPECTED:",
        "        difference = np.max(np.abs(w - EXPECTED[t])) / np.max(np.abs(EXPECTED[t]))",
        "        worst = difference if not difference <= worst else worst",
        "return worst",
    ]
    problem = _problem(second=bool({"curvature", "hessian_product"} & set(listing.asked)))
    return ["", *problem.splitlines(), "", "", *settings_line(listing, found), *main(body, found)]


def _problem(*, second: bool) -> str:
    """Rosenbrock with the derivatives that our runs take, so that the numbers are the same."""
    problem = load_problem("rosenbrock")
    assert isinstance(problem, FormulaProblem)
    writer = Expressions(set(), {"w1": "w[0]", "w2": "w[1]"})
    slopes = ", ".join(writer.write(tree).text for tree in problem.gradient_trees)
    text = _ROSENBROCK.format(loss=writer.write(problem.tree).text, slopes=slopes)
    if second:
        rows = (", ".join(writer.write(tree).text for tree in row) for row in problem.hessian_trees)
        text += _HESSIAN.format(rows=", ".join(f"[{row}]" for row in rows))
    return text
