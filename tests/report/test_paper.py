"""The report on paper: the words of the page, on A4, inside the margins."""

import io
import itertools
import re
import subprocess
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optlab
from optlab.cli import main
from optlab.core.export import csv_blocks
from optlab.figures.formulas import broken, shapes_of, terms_of
from optlab.figures.setting import drawing
from optlab.files.experiment_files import load_experiment
from optlab.report import report_bytes, sections
from optlab.report.command_lines import quoted
from optlab.report.paper.blocks import pieces_of
from optlab.report.paper.flow import PageItem, flow
from optlab.report.paper.listing import shell_lines
from optlab.report.paper.sheet import BOTTOM, LEFT, RIGHT, TOP, Sheet
from optlab.report.paper.wrapping import TextSpan, width_of, wrapped
from optlab.session.experiment import Experiment, Run, Surface, Treatment
from optlab.session.study import Study

A4 = (210 / 25.4 * 72, 297 / 25.4 * 72)


def report(lab: optlab.Lab, kind: str = ".pdf") -> bytes:
    result = lab.run()
    return report_bytes(result.study, kind)


def words(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture(scope="module")
def shipped() -> bytes:
    return report(optlab.load("three_ways_down"))


def test_it_says_what_the_page_says(shipped: bytes) -> None:
    said = words(shipped)
    lab = optlab.load("three_ways_down")
    (story,) = lab.document.story.split("\n\n")
    for expected in (lab.document.title, story, "COMPARISON", "CLAIMS", "RUNS", "AGAIN"):
        assert expected in said
    for run in lab.document.runs:
        assert run.name in said
    assert f"OptLab {optlab.__version__}" in said and "numpy" in said
    assert "g = ∇E(w)" in said, "a formula is found and copied as text"
    assert "(w1^2 + w2 - 11)^2 + (w1 + w2^2 - 7)^2" in said
    assert "optlab run --problem himmelblau" in said and "seed 0" in said


def test_pages_are_numbered_a4_with_fonts_inside_and_no_date(shipped: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(shipped))
    for number, page in enumerate(reader.pages, 1):
        assert (page.mediabox.width, page.mediabox.height) == pytest.approx(A4, abs=0.01)
        assert f"page {number} of {len(reader.pages)}" in page.extract_text()
        fonts = page["/Resources"]["/Font"].values()
        assert {font.get_object()["/Subtype"] for font in fonts} == {"/Type0"}
    assert b"/FontFile2" in shipped and b"/Type3" not in shipped
    assert b"CreationDate" not in shipped and b"ModDate" not in shipped
    assert reader.metadata is not None and reader.metadata.title == "Himmelblau, three ways down"


def test_the_same_experiment_gives_the_same_bytes(shipped: bytes) -> None:
    assert report(optlab.load("three_ways_down")) == shipped


def test_it_opens_as_its_experiment(shipped: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(shipped)
    lab = optlab.load("three_ways_down")
    assert optlab.load(file) == lab
    attached = pypdf.PdfReader(file).attachments
    (content,) = attached["experiment.optlab"]
    (tmp_path / "b.optlab").write_bytes(content)
    assert load_experiment(tmp_path / "b.optlab") == lab.document
    assert (
        main(["run", str(file), "--steps", "9", "--csv", str(tmp_path / "r.csv"), "--quiet"]) == 0
    )
    for run in lab.change(steps=9).run().values():
        written = tmp_path / f"r-{run.name.lower()}.csv"
        assert written.read_bytes() == b"".join(csv_blocks(run.trajectory))


def test_the_command_line_writes_it(tmp_path: Path) -> None:
    assert main(["run", "--steps", "5", "--quiet", "--report", str(tmp_path / "A.PDF")]) == 0
    assert len(pypdf.PdfReader(tmp_path / "A.PDF").pages) >= 3


HOSTILE = "<b>&amp; $\\alpha$ \x07 日本 ½ 🎉 " + "x" * 200
RUN = Run(id="1", optimizer="gd", name=HOSTILE)
DOCUMENTS = {
    "texts": Experiment(title=HOSTILE, story=f"{HOSTILE}\n\n{HOSTILE * 30}", runs=(RUN,),
                        surface=Surface(formula="where(w1 < 1 and w2 > 0, w2, 1)"), steps=3),
    "left the domain": Experiment(surface=Surface(formula="log(w1)"), start=(-1.0, 0.0), steps=5,
                                  runs=(Run(id="1", optimizer="gd"),)),
    "diverged": Experiment(surface=Surface(formula="w1^2"), steps=900, start=(1.0, 1.0),
                           runs=(Run(id="1", optimizer="gd", parameters={"eta": 3.0}),)),
    "no runs": Experiment(surface=Surface(formula="w1^2"), runs=(), steps=5),
    "everything": Experiment(
        surface=Surface(problem="rastrigin", rotation=30.0, scale=(2.0, 1.0)), steps=20,
        runs=(Run(id="1", optimizer="lbfgs"), Run(id="2", optimizer="nadam", visible=False),
              Run(id="3", optimizer="sam", treatment=Treatment(noise=0.1, clip_norm=1.0),
                  schedule="step:drop=0.5,every=10", start=(1.0, 1.0))),
    ),
    "long formula": Experiment(
        surface=Surface(formula=" + ".join(f"sin({k} w1 w2)" for k in range(1, 120))),
        runs=(Run(id="1", optimizer="gd"),), steps=2, start=(0.1, 0.1)),
    "many runs": Experiment(
        surface=Surface(problem="beale"), steps=4,
        runs=tuple(Run(id=str(i), optimizer="adam", name=f"{i} a name " * (i % 5 + 1))
                   for i in range(40))),
}  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_whatever_an_experiment_is_stays_inside_the_margins(document: Experiment) -> None:
    result = optlab.Lab(document).run()
    reported = Study(document, result.study.resolved, result.study.trajectories)
    with drawing():
        pieces = [
            piece
            for make in sections.makers("report.pdf")
            for block in make(reported)
            for piece in pieces_of(reported, block)
        ]
        pages = flow(pieces)
        assert sum(map(len, pages)) >= len(pieces)
        for placed in pages:
            for (piece, top), (_, below) in itertools.pairwise(placed):
                assert below <= top - piece.height + 1e-9, "pieces do not overlap"
            for piece, top in placed:
                assert top <= TOP and top - piece.height >= BOTTOM - 1e-9
                sheet = Sheet()
                piece.draw(sheet, top)
                for text in sheet.figure.texts:
                    font, shown = text.get_fontproperties(), text.get_text()
                    width = width_of(shown, font)
                    x = text.get_position()[0] - (width if text.get_ha() == "right" else 0.0)
                    if text.get_color()[-2:] != "00" or len(text.get_color()) != 9:
                        assert x >= LEFT - 1e-6 and x + width <= RIGHT + 0.03, shown


def test_a_table_goes_on_with_its_head() -> None:
    result = optlab.Lab(DOCUMENTS["many runs"]).run()
    reported = result.study
    with drawing():
        (_, table, *_) = sections.comparison(reported)
        pages = flow(list(pieces_of(reported, table)))
    assert len(pages) > 1
    assert pages[1][0][0].height == pages[0][0][0].height, "the head again"
    assert all(len(page) > 2 for page in pages)


def test_groups_go_to_the_next_page_together() -> None:
    def piece(height: float, keeps: bool = False) -> PageItem:
        return PageItem(height, lambda sheet, top: None, 0.5, keeps)

    room = TOP - BOTTOM
    pages = flow([piece(room - 1), piece(0.2, True), piece(0.2, True), piece(0.9)])
    assert [len(page) for page in pages] == [1, 3]
    assert pages[1][0][1] == TOP, "no gap at the top of a page"
    longer = flow([piece(room / 3, True) for _ in range(8)])
    assert sum(map(len, longer)) == 8 and len(longer) == 4


def test_no_last_page_has_a_line_or_two() -> None:
    def piece(height: float) -> PageItem:
        return PageItem(height, lambda sheet, top: None, 0.1)

    room = TOP - BOTTOM
    lines = [piece(0.3) for _ in range(int(room / 0.4))]
    (squeezed,) = flow([*lines, piece(0.3), piece(0.3)])
    assert len(squeezed) == len(lines) + 2
    high = [piece(room / 4 - 0.1) for _ in range(4)]
    pages = flow([*high, piece(0.7), piece(0.7)])
    assert [len(page) for page in pages] == [3, 3]


WORD = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=150)


@settings(max_examples=30)
@given(st.lists(WORD, min_size=1, max_size=6), st.integers(24, 100))
def test_commands_in_lines_are_the_same_commands(words: list[str], room: int) -> None:
    lines = shell_lines(["printf", "'%s\\0'", *map(quoted, words)], room)
    assert all(len(line) <= room for line in lines)
    done = subprocess.run(["sh", "-c", "\n".join(lines)], capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == words


@settings(max_examples=40)
@given(st.text(max_size=300), st.floats(0.4, 5.0))
def test_no_letter_is_lost_and_no_line_too_wide(text: str, room: float) -> None:
    from optlab.figures import setting

    with drawing():
        font = setting.font(setting.TEXT, 9)
        lines = wrapped([TextSpan(text, font, "#000000")], room)
        widths = [w.x + width_of(w.span.text, font) for line in lines for w in line]
    kept = "".join(word.span.text for line in lines for word in line).replace(" ", "")
    expected = "".join(c for c in text if c.isprintable() and not c.isspace())
    assert kept == expected
    assert all(width <= room + 0.15 for width in widths)


def test_long_formulas_are_cut_before_signs() -> None:
    terms = terms_of("E = a - (b + c) + \\frac{1 + 2}{3} + d")
    assert terms == ["E = a ", "- (b + c) ", "+ \\frac{1 + 2}{3} ", "+ d"]
    rows = broken(" + ".join(f"\\sin({k})" for k in range(30)), 4.0, 10 / 72, 0.3)
    assert rows is not None and len(rows) > 2
    assert all(x + shapes.width * scale * 10 / 72 <= 4.0 + 1e-9 for shapes, x, scale in rows)
    assert shapes_of("\\frac{") is None and broken("\\frac{", 1.0, 0.1, 0.0) is None
    assert re.match(r"0\.\d+|[1-9]", str(shapes_of("x").width))  # type: ignore[union-attr]
