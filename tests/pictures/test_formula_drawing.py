"""Typesetting: what it costs is known before it begins, and what costs too much stays text."""

from collections.abc import Callable, Iterator
from xml.etree import ElementTree

import pytest

from optlab.core.analysis.worksheet import gradient_lines
from optlab.core.analysis.worksheet.plan import plan_of
from optlab.core.formula import parse
from optlab.core.formula.dialects.latex import to_latex
from optlab.core.problems import load_problem, problem_names
from optlab.core.rules import load_rule, rule_names
from optlab.core.run import RunSpec
from optlab.pictures import formula_drawing
from optlab.pictures.formula_drawing import MOST_WORK, draw_formula, layout_work

NESTED: dict[str, Callable[[str], str]] = {
    "power": lambda x: f"\\left(1 + x\\right)^{{{x}}}",
    "powered bracket": lambda x: f"\\left(1 + {x}\\right)^{{2}}",
    "exponent": lambda x: f"x^{{{x}}}",
    "index": lambda x: f"x_{{{x}}}",
    "numerator": lambda x: f"\\frac{{{x}}}{{2}}",
    "denominator": lambda x: f"\\frac{{1}}{{1 + {x}}}",
    "root": lambda x: f"\\sqrt{{1 + {x}}}",
    "cubic root": lambda x: f"\\sqrt[3]{{1 + {x}}}",
    "bracket": lambda x: f"(1 + {x})",
    "tall bracket": lambda x: f"\\left(1 + {x}\\right)",
    "absolute value": lambda x: f"\\left|1 + {x}\\right|",
    "floor": lambda x: f"\\lfloor 1 + {x}\\rfloor",
    "norm": lambda x: f"\\left\\lVert {x}\\right\\rVert",
    "function": lambda x: f"\\sin^{{2}}({x})",
    "cases": lambda x: (
        f"\\begin{{cases}} {x} & \\text{{if }} x<1 \\\\ 2 & \\text{{otherwise}} \\end{{cases}}"
    ),
    "accent": lambda x: f"\\hat{{{x}}}",
}
FORMULAS: dict[str, Callable[[int], str]] = {
    "powers": lambda n: "^".join(["(1+0.01w1)"] * n),
    "roots": lambda n: "sqrt(1+" * n + "w1^2" + ")" * n,
    "fractions": lambda n: "1/(2+" * n + "w1^2" + ")" * n,
    "branches": lambda n: "where(w1<1, " * n + "w2" + ", 2)" * n,
}
DEPTHS = (1, 2, 3, 6, 12, 25)


def nested(kind: str, levels: int) -> str:
    text = "x"
    for _ in range(levels):
        text = NESTED[kind](text)
    return text


@pytest.fixture(scope="module", autouse=True)
def library() -> None:
    """Loaded as the program does it, which knows what it warns of."""
    assert draw_formula("x", 16) is not None


def mathml(latex: str) -> ElementTree.Element:
    from ziamath.tex import tex2mml

    return ElementTree.fromstring(str(tex2mml(latex)))


@pytest.fixture
def boxes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[None]]:
    """Grows by one for each box that the library lays out."""
    from ziamath.nodes.mnode import Mnode

    made: list[None] = []
    make = Mnode.fromelement.__func__  # type: ignore[attr-defined]

    def counted(cls: type, *args: object, **options: object) -> object:
        made.append(None)
        return make(cls, *args, **options)

    monkeypatch.setattr(Mnode, "fromelement", classmethod(counted))
    yield made


@pytest.mark.parametrize("kind", NESTED)
def test_the_work_is_that_of_the_library(kind: str, boxes: list[None]) -> None:
    from ziamath.zmath import Math

    for levels in range(4):
        tree = mathml(nested(kind, levels))
        expected = layout_work(tree)
        boxes.clear()
        Math(tree, size=16)
        assert len(boxes) == expected, levels


@pytest.mark.parametrize("kind", NESTED)
def test_no_nesting_takes_more_than_the_budget(kind: str, boxes: list[None]) -> None:
    assert draw_formula(nested(kind, 1), 16) is not None
    for levels in DEPTHS:
        boxes.clear()
        draw_formula(nested(kind, levels), 16)
        assert len(boxes) <= MOST_WORK, levels


@pytest.mark.parametrize("kind", FORMULAS)
def test_a_typed_formula_that_nests_too_deeply_stands_as_text(kind: str, boxes: list[None]) -> None:
    deepest = draw_formula(to_latex(parse(FORMULAS[kind](25))), 16)
    assert deepest is None and len(boxes) == 0
    assert draw_formula(to_latex(parse(FORMULAS[kind](1))), 16) is not None


def test_a_long_row_is_measured_before_it_is_laid_out(boxes: list[None]) -> None:
    counts = []
    for terms in (50, 100, 200, 400):
        boxes.clear()
        assert draw_formula(" + ".join(["x"] * terms), 16) is not None
        counts.append(len(boxes) / terms)
    assert max(counts) < 1.2 * min(counts)
    boxes.clear()
    assert draw_formula(" + ".join(["x"] * 4000), 16) is None
    assert not boxes


def test_text_without_end_is_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_tree: ElementTree.Element) -> int:
        raise AssertionError

    monkeypatch.setattr(formula_drawing, "layout_work", never)
    assert draw_formula("x" * 100_000, 16) is None


def shipped_formulas() -> Iterator[str]:
    for name in problem_names():
        problem = load_problem(name)
        yield to_latex(problem.tree, limit=160)
        yield from (latex for _, latex in gradient_lines(problem))
    for name in rule_names():
        spec = RunSpec(load_problem("booth"), load_rule(name), steps=1, start=(1.0, 2.0))
        yield from (line.right_latex for line in plan_of(spec).lines)


def test_everything_shipped_is_typeset() -> None:
    for latex in shipped_formulas():
        work = layout_work(mathml(latex))
        assert work < MOST_WORK / 2, latex
