"""Work on a formula grows with its size: counted in nodes and calls, never in time."""

import itertools
import sys
from collections.abc import Callable
from types import FrameType

import pytest

from optlab.core.formula import gradient, hessian, parse, scalar_function
from optlab.core.formula.dialects.latex import to_latex
from optlab.core.formula.nodes import postorder

SHAPES: dict[str, Callable[[int], str]] = {
    "one factor": lambda n: "*".join(["w1"] * n),
    "factors": lambda n: "*".join(f"(w1+{i}*w2)" for i in range(n)),
    "terms": lambda n: "+".join(f"sin({i}*w1*w2)" for i in range(n)),
    "sines": lambda n: "sin(w1+" * n + "w2" + ")" * n,
    "exponentials": lambda n: "exp(w1*" * n + "w2" + ")" * n,
    "towers": lambda n: "^".join(["(1+0.01w1)"] * n),
    "powers": lambda n: "(" * n + "w1+w2" + ")^1.1" * n,
    "roots": lambda n: "sqrt(1+" * n + "w1*w2" + ")" * n,
    "fractions": lambda n: "w1/(2+" * n + "w2^2" + ")" * n,
    "branches": lambda n: "where(w1<w2, w1*" * n + "w2" + ", 2)" * n,
    "extremes": lambda n: "max(w1*w2, " * n + "w2" + ")" * n,
    "angles": lambda n: "atan2(w1, w2+" * n + "w1" + ")" * n,
}
SIZES = (4, 8, 16, 32)


def calls(work: Callable[[], object]) -> int:
    """How many functions of Python are called."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_derivatives_and_their_code_are_linear(shape: str) -> None:
    nodes, done = [], []
    for size in SIZES:
        tree = parse(SHAPES[shape](size))
        slopes = gradient(tree, ("w1", "w2"))
        curvature = sum(hessian(tree, ("w1", "w2")), ())
        nodes.append(sum(1 for _ in postorder(tree, *slopes, *curvature)))

        def compute(text: str = SHAPES[shape](size)) -> None:
            tree = parse(text)
            slopes = gradient(tree, ("w1", "w2"))
            curvature = sum(hessian(tree, ("w1", "w2")), ())
            scalar_function((tree, *slopes, *curvature), ("w1", "w2"))

        done.append(calls(compute))
    linear(nodes)
    linear(done)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_formula_as_text_is_linear(shape: str) -> None:
    linear([calls(lambda size=size: to_latex(parse(SHAPES[shape](size)))) for size in SIZES])


def linear(counts: list[int]) -> None:
    """Twice the size adds at most a little more than twice what the size before added."""
    growth = [after - before for before, after in itertools.pairwise(counts)]
    for before, after in itertools.pairwise(growth):
        assert after <= 2.3 * before + 50, counts
