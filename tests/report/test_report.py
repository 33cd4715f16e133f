"""The report: one page that stands alone, says what was run, and leads back to its numbers."""

import re
import shlex
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

import optlab
from optlab.cli import main
from optlab.core.export import csv_blocks
from optlab.files.experiment_files import experiment_names, load_experiment
from optlab.files.run_files import run_paths
from optlab.report import report_bytes, save_report
from optlab.report.blocks import Equations, Formula, TableBlock
from optlab.report.command_lines import can_be_typed, run_command
from optlab.report.sections import runs
from optlab.session.experiment import Experiment, Run, Surface, Treatment

VOID = {"meta", "br", "line", "path", "rect", "use", "image"}
HOSTILE = "<script>alert(1)</script> & \"quoted\" 'x' $\\alpha$ \x07 日本"


class Page(HTMLParser):
    """Reads a page strictly: every element is closed in order, no name stands twice."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.feed(content.decode("utf-8"))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name == "id":
                self.names.append(str(value))
            if name in ("href", "src", "xlink:href"):
                self.links.append(str(value))
            assert not name.startswith("on"), "no page of ours runs anything"

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def report(lab: optlab.Lab) -> bytes:
    result = lab.run()
    return report_bytes(result.study)


@pytest.fixture(scope="module")
def shipped() -> bytes:
    return report(optlab.load("three_ways_down"))


def test_the_page_stands_alone_and_is_well_formed(shipped: bytes) -> None:
    page = Page(shipped)
    assert page.tags.count("figure") == 2 and page.tags.count("h1") == 1
    assert len(set(page.names)) == len(page.names)
    assert all(link.startswith(("#", "data:")) for link in page.links)
    outside = set(re.findall(rb"https?://[^\"'<> ]+", shipped))
    assert {link for link in outside if b"w3.org" not in link} == set()
    assert len(shipped) < 2_000_000


def test_it_says_what_was_run(shipped: bytes) -> None:
    words = " ".join(" ".join(Page(shipped).text).split())
    document = optlab.load("three_ways_down").document
    for expected in (document.title, document.story, "Comparison", "Surface", "Runs", "Again"):
        assert expected in words
    for run in document.runs:
        assert run.name in words
    assert f"OptLab {optlab.__version__}" in words and "numpy" in words
    assert shipped.count(b'class="held"') == 3 and b'class="broken"' not in shipped
    assert "(w1^2 + w2 - 11)^2 + (w1 + w2^2 - 7)^2" in words
    labels = re.findall(r'aria-label="([^"]*)"', shipped.decode())
    assert "g = ∇E(w)" in labels and any(label.startswith("∂E/∂w₁ = ") for label in labels)


def test_the_same_experiment_gives_the_same_bytes(shipped: bytes) -> None:
    assert report(optlab.load("three_ways_down")) == shipped


def test_it_opens_as_its_experiment_and_gives_the_same_numbers(tmp_path: Path) -> None:
    lab = optlab.load("three_ways_down").change(steps=20)
    result = lab.run()
    result.save_report(tmp_path / "a.html")
    assert optlab.load(tmp_path / "a.html") == lab
    assert main(["run", str(tmp_path / "a.html"), "--csv", str(tmp_path / "r.csv"), "--quiet"]) == 0
    for run in result.values():
        written = tmp_path / f"r-{run.name.lower()}.csv"
        assert written.read_bytes() == b"".join(csv_blocks(run.trajectory))


@pytest.mark.parametrize("name", [n for i, n in enumerate(experiment_names()) if i % 6 == 0])
def test_the_commands_it_prints_give_the_same_numbers(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lab = optlab.load(name).change(steps=25)
    if not can_be_typed(lab.document):
        return
    paths = run_paths(lab.document, Path("run.csv"))
    for run in lab.run().values():
        command = shlex.split(run_command(lab.document, run.run, run.spec))
        assert main([*command[1:], "--quiet"]) == 0
        assert paths[run.run.id].read_bytes() == b"".join(csv_blocks(run.trajectory))
    assert len(set(paths.values())) == len(lab.document.runs)


def test_every_setting_is_in_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lab = optlab.experiment(
        loss="3 w1^2 + sin(w2)", start=(-1e-3, 1 / 3), steps=30, seed=9, stop_gradient=1e-9
    ).add(
        "adam", eta=0.1 + 0.2, epsilon_placement="outside", bias_correction=False, noise=0.1,
        noise_relative=0.2, l2=1e-3, clip_value=5, clip_norm=1.5,
        schedule="warmup:steps=3+cosine:T_max=20",
    )  # fmt: skip
    (run,) = lab.run().values()
    command = shlex.split(run_command(lab.document, run.run, run.spec))
    assert main([*command[1:], "--quiet"]) == 0
    assert Path("run.csv").read_bytes() == b"".join(csv_blocks(run.trajectory))


def test_texts_from_outside_stay_texts() -> None:
    run = Run(id="1", optimizer="gd", name=HOSTILE)
    surface = Surface(formula="w1^2 + where(w2 < 1 and w1 > -1, w2, 1)")
    document = Experiment(title=HOSTILE, story=HOSTILE, surface=surface, runs=(run,), steps=3)
    content = report(optlab.Lab(document))
    page = Page(content)
    assert page.tags.count("script") == 1
    assert "<script>alert(1)</script>" in " ".join(page.text)


@pytest.mark.parametrize(
    "document",
    [
        Experiment(surface=Surface(formula="log(w1)"), runs=(Run(id="1", optimizer="gd"),),
                   start=(-1.0, 0.0), steps=5),
        Experiment(surface=Surface(formula="w1^2"), runs=(), steps=5),
        Experiment(
            surface=Surface(problem="rastrigin", rotation=30.0, scale=(2.0, 1.0)),
            runs=(
                Run(id="1", optimizer="lbfgs"),
                Run(id="2", optimizer="nadam", visible=False),
                Run(id="3", optimizer="sam", treatment=Treatment(noise=0.1, clip_norm=1.0),
                    schedule="step:drop=0.5,every=10", start=(1.0, 1.0)),
            ),
            steps=20,
        ),
        Experiment(surface=Surface(formula=" + ".join(f"sin({k} w1 w2)" for k in range(1, 120))),
                   runs=(Run(id="1", optimizer="gd"),), steps=2, start=(0.1, 0.1)),
    ],
    ids=["left the domain", "no runs", "everything", "long formula"],
)  # fmt: skip
def test_whatever_an_experiment_is_can_be_reported(document: Experiment, tmp_path: Path) -> None:
    result = optlab.Lab(document).run()
    save_report(replace(result.study, experiment=document), tmp_path / "a.html")
    Page((tmp_path / "a.html").read_bytes())
    assert load_experiment(tmp_path / "a.html") == document


def test_the_command_line_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--steps", "5", "--report", str(tmp_path / "a.html")]) == 0
    Page((tmp_path / "a.html").read_bytes())
    assert main(["run", "--report", str(tmp_path / "a.doc")]) == 2
    assert (
        "--report: the type '.doc' is not known; known are .html, .pdf" in capsys.readouterr().err
    )


@pytest.mark.parametrize("rule", ["adamw", "rprop", "polyak", "adam"])
def test_a_setting_has_the_symbol_that_its_equation_has(rule: str) -> None:
    made = optlab.experiment("booth", steps=3).add(rule).run()
    blocks = list(runs(made.study))
    (settings,) = (block for block in blocks if isinstance(block, TableBlock))
    (equations,) = (block for block in blocks if isinstance(block, Equations))
    written = " ".join(line.latex for line in equations.lines)
    symbols = [row[0].shown for row in settings.rows if isinstance(row[0].shown, Formula)]
    assert len(symbols) >= 2
    assert [symbol.latex for symbol in symbols if symbol.latex not in written] == []
