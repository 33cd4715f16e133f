"""The user guide: it builds, and what it shows works as shown."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest

from optlab.cli import main
from optlab.cli.parser import _VALUED
from optlab.core.formula.operations import CONSTANTS, FUNCTIONS, VECTOR_FUNCTIONS
from optlab.core.maps import MEASURES
from optlab.core.problems import load_problem, problem_names
from optlab.core.rules import rule_names
from optlab.core.rules.load import read_rule
from optlab.core.schedules import schedule_names
from optlab.files.encoding import decode_experiment
from optlab.files.experiment_files import experiment_names
from optlab.session.actions import ACTIONS
from optlab.session.resolve import resolve_strictly

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in _BLOCK.findall(page.read_text("utf-8")) if kind == language]


def commands(page: Path) -> Iterator[tuple[str, list[str]]]:
    """Each command of a page with the lines that are shown below it."""
    for block in blocks(page, "console"):
        command, shown = "", []
        for line in block.splitlines():
            if line.startswith("$ "):
                if command:
                    yield command, shown
                command, shown = line[2:], []
            else:
                shown.append(line)
        yield command, shown


def spaced(line: str) -> str:
    """The line without what only aligns its columns."""
    return " ".join(line.split())


def fits(shown: list[str], written: list[str]) -> bool:
    """Whether the lines are what was written; ``...`` stands for any lines."""
    if not shown or not written:
        return shown in ([], ["..."]) and not written
    if shown[0] == "...":
        return any(fits(shown[1:], written[i:]) for i in range(len(written) + 1)) or (
            len(shown) == 1
        )
    return shown[0] == written[0] and (
        fits(shown[1:], written[1:]) if len(shown) > 1 else len(written) == 1
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_do_what_is_shown(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in saved_files(page):
        (tmp_path / name).write_text(text, "utf-8")
    for command, shown in commands(page):
        program, *arguments = shlex.split(command)
        assert program == "optlab"
        status = main(arguments)
        written = capsys.readouterr()
        lines = [*map(spaced, (written.out + written.err).splitlines())]
        assert fits([*map(spaced, shown)], lines), (command, lines[:30])
        assert status == (2 if written.err else 0)


def saved_files(page: Path) -> list[tuple[str, str]]:
    """Blocks that are followed by ``Saved as `NAME```."""
    pattern = r"^```\w+\n((?:(?!^```).)*?)^```\n\nSaved as `([\w.]+)`"
    found = re.findall(pattern, page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [(name, text) for text, name in found]


def test_exported_numbers_are_read_as_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = DOCS / "exports.md"
    command = next(command for command, _ in commands(page) if "--npz" in command)
    assert main(shlex.split(command)[1:]) == 0
    (code,) = blocks(page, "python")
    exec(compile(code, str(page), "exec"), {})  # noqa: S102  (our own text)


def test_the_files_it_shows_can_be_used(tmp_path: Path) -> None:
    (problem,) = blocks(DOCS / "surfaces.md", "toml")
    (tmp_path / "valley.toml").write_text(problem, "utf-8")
    assert load_problem(str(tmp_path / "valley.toml")).name == "Long valley"
    (rule,) = blocks(DOCS / "rule-files.md", "toml")
    (tmp_path / "ball.toml").write_text(rule, "utf-8")
    assert read_rule(tmp_path / "ball.toml").name == "Heavy ball"
    (experiment,) = blocks(DOCS / "experiments.md", "json")
    json.loads(experiment)
    assert len(resolve_strictly(decode_experiment(experiment.encode())).specs) == 2


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("surfaces", sorted(FUNCTIONS | set(CONSTANTS))),
        ("rule-files", sorted(VECTOR_FUNCTIONS)),
        ("rules", schedule_names()),
        ("maps", [f"`{measure}" for measure in MEASURES]),
        ("command-line", sorted(_VALUED)),
        ("architecture", [f"optlab/{path.parent.name}" for path in ROOT.glob("optlab/*/*.py")]),
    ],
)
def test_nothing_is_left_out(page: str, names: list[str]) -> None:
    text = (DOCS / f"{page}.md").read_text("utf-8")
    assert [name for name in names if not re.search(rf"{re.escape(name)}\b", text)] == []


def test_the_guide_builds(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    site = tmp_path / "site"
    assert {path.stem for path in site.glob("*.html")} >= {page.stem for page in PAGES}
    kinds = {"optimizers": rule_names(), "surfaces": problem_names(), "schedules": schedule_names()}
    for kind, names in kinds.items():
        pages = {path.stem for path in (site / "reference" / kind).glob("*.html")}
        assert pages == {*names, "index"}
    adam = (site / "reference/optimizers/adam.html").read_text("utf-8")
    for said in (
        "<math",
        "arXiv:1412.6980",
        "decay of the first moment",
        "uncorrected",
        ">PyTorch</label>",
        ">optax</label>",
        "weakest on",
    ):
        assert said in adam, said
    gallery = (site / "reference/gallery.html").read_text("utf-8")
    for name in experiment_names():
        assert f"optlab open {name}" in gallery
    assert len(list((site / "reference/gallery").glob("*.webp"))) > 20
    keys = (site / "reference/keys.html").read_text("utf-8")
    assert [action.id for action in ACTIONS if escape(action.title, quote=False) not in keys] == []
