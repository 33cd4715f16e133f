"""Reports and pictures of long texts: the work grows with their length, not faster.

Work is counted, in characters measured and formulas typeset; no time is taken.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from matplotlib.font_manager import FontProperties

from optlab.core.run import run
from optlab.figures import formulas
from optlab.figures.experiment_figure import ExperimentFigure
from optlab.figures.formulas import broken, shapes_of
from optlab.figures.options import PictureOptions
from optlab.figures.setting import drawing
from optlab.figures.texts import Ruler
from optlab.pictures.formula_drawing import Drawing
from optlab.report import report_bytes, sections
from optlab.report.blocks import Picture
from optlab.report.paper.blocks import pieces_of
from optlab.report.paper.wrapping import width_of
from optlab.session.experiment import Experiment, Run, Surface
from optlab.session.resolve import resolve
from optlab.session.study import Study

SIZES = (1000, 2000, 4000, 8000)


@dataclass
class Work:
    measured: int = 0
    typeset: int = 0


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Characters whose width was measured, and characters of LaTeX that were typeset."""
    done = Work()
    measure, draw = Ruler.width, formulas.draw_formula

    def width(ruler: Ruler, text: str, font: FontProperties) -> float:
        done.measured += len(text)
        return measure(ruler, text, font)

    def draw_formula(latex: str, size: float) -> Drawing | None:
        done.typeset += len(latex)
        return draw(latex, size)

    monkeypatch.setattr(Ruler, "width", width)
    monkeypatch.setattr(formulas, "draw_formula", draw_formula)
    yield done
    shapes_of.cache_clear()


def experiment(
    *, formula: str = "w1^2 + w2^2", name: str = "", title: str = "", story: str = ""
) -> Experiment:
    rows = tuple(Run(id=f"{i}", name=name, optimizer="adam", color=i) for i in range(2))
    return Experiment(
        surface=Surface(formula=formula), runs=rows, steps=3, start=(1.0, 2.0),
        title=title, story=story,
    )  # fmt: skip


def numbers(document: Experiment) -> Study:
    resolved = resolve(document)
    return Study(document, resolved, {key: run(spec) for key, spec in resolved.specs.items()})


def paper(study: Study) -> None:
    """All pieces of the sheets but the pictures, which are measured alone."""
    with drawing():
        for make in sections.makers("report.pdf"):
            for block in make(study):
                if not isinstance(block, Picture):
                    list(pieces_of(study, block))


def picture(study: Study) -> None:
    with drawing():
        ExperimentFigure(study, PictureOptions())


TEXTS: dict[str, Callable[[int], Experiment]] = {
    "a name of many words": lambda n: experiment(name="word " * (n // 5)),
    "a name of one word": lambda n: experiment(name="x" * n),
    "a title": lambda n: experiment(title="x" * n),
    "a story of many words": lambda n: experiment(story="word " * (n // 5)),
    "a story of one word": lambda n: experiment(story="x" * n),
}


@pytest.mark.parametrize("made", [paper, picture])
@pytest.mark.parametrize("text", TEXTS)
def test_long_texts(text: str, made: Callable[[Study], None], work: Work) -> None:
    counts = []
    for size in SIZES:
        width_of.cache_clear()
        work.measured = 0
        made(numbers(TEXTS[text](size)))
        counts.append(work.measured)
    assert_linear(counts)


def test_sums_of_many_terms(work: Work) -> None:
    counts = []
    for terms in (40, 80, 160, 320):
        width_of.cache_clear()
        shapes_of.cache_clear()
        work.measured = work.typeset = 0
        paper(numbers(experiment(formula="+".join(f"(w1-{i})^2*w2" for i in range(terms)))))
        counts.append(work.measured + work.typeset)
    assert_linear(counts)


def test_a_formula_in_rows_is_typeset_a_few_times(work: Work) -> None:
    for terms in (25, 50, 100, 200):
        shapes_of.cache_clear()
        work.typeset = 0
        latex = " + ".join(f"x_{{{i}}}^2" for i in range(terms))
        rows = broken(latex, room=6.0, letters=0.15, indent=0.3)
        assert rows is not None and len(rows) > 1
        assert work.typeset < 4 * len(latex)


def test_what_nests_too_deeply_stands_in_a_report_as_text() -> None:
    study = numbers(experiment(formula="^".join(["(1+0.01w1)"] * 12)))
    page = report_bytes(study, ".html").decode()
    assert '<code class="formula">E = (1 + 0.01w₁)^(' in page
    paper(study)


def assert_linear(counts: list[int]) -> None:
    """Twice the size takes at most twice more than what the size before took."""
    growth = [after - before for before, after in itertools.pairwise(counts)]
    for before, after in itertools.pairwise(growth):
        assert after <= 2.5 * max(before, 2000), counts
