"""What the documents say of the code holds, and what they show works as shown."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from optlab.core.problems.catalogue import load_problem
from optlab.core.rules.load import read_rule
from tests.core.rules import test_rules as rules
from tests.laws import test_rest as rest
from tests.laws import test_rules as laws

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "optlab"


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def toml_examples() -> list[str]:
    text = text_of("CONTRIBUTING.md")
    return re.findall(r"^```toml\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The rule of CONTRIBUTING as a file."""
    file = tmp_path / "example.toml"
    file.write_text(toml_examples()[0], "utf-8")
    return file


def test_the_example_optimizer_has_ten_lines() -> None:
    optimizer, _ = toml_examples()
    assert optimizer.count("\n") == 10


def test_the_example_optimizer_loads(example: Path) -> None:
    rule = read_rule(example)
    assert set(rule.parameters) == {"eta", "alpha"}
    assert [state.name for state in rule.state] == ["m"]


def checks_of_any_rule() -> list[Callable[[str], None]]:
    """The tests that every shipped rule has to pass, each a function of its key."""
    found = [
        function
        for module in (rules, laws, rest)
        for name, function in vars(module).items()
        if name.startswith("test_") and list(inspect.signature(function).parameters) in RULE
        if "declares" not in name
    ]
    assert len(found) >= 7
    return found


RULE = (["key"], ["rule"])


@pytest.mark.parametrize("check", checks_of_any_rule(), ids=lambda check: str(check.__name__))
def test_the_example_optimizer_passes_the_tests_of_shipped_rules(
    check: Callable[[str], None], example: Path
) -> None:
    check(str(example))


def test_the_example_surface_loads_and_its_minimum_is_one(tmp_path: Path) -> None:
    (tmp_path / "example.toml").write_text(toml_examples()[1], "utf-8")
    problem = load_problem("example", tmp_path)
    (minimum,) = problem.minima
    assert problem.loss(minimum.at) == minimum.value
    assert tuple(problem.gradient(minimum.at)) == (0.0, 0.0)


def test_the_architecture_has_a_line_for_every_folder() -> None:
    lines = re.findall(r"^(optlab/[\w/]*) +(\S.*)$", text_of("docs/architecture.md"), re.MULTILINE)
    folders = [f"{p.parent.relative_to(ROOT).as_posix()}/" for p in PACKAGE.rglob("__init__.py")]
    named = [name for name, _ in lines]
    assert len(set(named)) == len(named)
    assert set(folders) - set(named) == set(), "these folders lack a line"
    assert set(named) - set(folders) == set(), "these folders are gone"


def test_what_the_documents_name_exists() -> None:
    """Paths of files and folders, in the documents for those who change the code."""
    pattern = r"`((?:optlab|core|resources|tests|docs|packaging|benchmarks)/[\w./-]+)`"
    for name in ("CONTRIBUTING.md", "README.md", "docs/architecture.md", "packaging/README.md"):
        for path in re.findall(pattern, text_of(name)):
            places = (ROOT / path, PACKAGE / path)
            assert "NAME" in path or any(place.exists() for place in places), f"{name}: {path}"


def test_the_layers_are_those_of_the_linter() -> None:
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = [layer for layer in reversed(contracts[0]["layers"]) if layer != "recording"]
    arrow = " <- ".join(layer.replace(" | ", ", ") for layer in layers)
    assert arrow == (
        "core <- session <- files, pictures <- figures <- report, lecture <- api <- ui <- cli"
    )
    for name in ("CONTRIBUTING.md", "docs/architecture.md"):
        assert arrow in " ".join(text_of(name).split()), name


def test_one_statement_on_operating_systems() -> None:
    about = tomllib.loads(text_of("pyproject.toml"))["project"]
    systems = [line for line in about["classifiers"] if line.startswith("Operating System")]
    assert systems == ["Operating System :: POSIX :: Linux"]
    assert about["requires-python"] == ">=3.11" and "Python 3.11 or newer" in text_of("README.md")
    for name in ("README.md", "docs/reliability.md", "packaging/README.md"):
        assert re.search(r"Windows\W+\w*\W*macOS|macOS", text_of(name)), name


def test_no_room_overflows() -> None:
    """Folders outside the window hold about fifteen files, and none is all crumbs."""
    for folder in {file.parent for file in PACKAGE.rglob("*.py")}:
        name = folder.relative_to(PACKAGE).as_posix()
        if not name.startswith(("ui", "figures", "pictures")):
            files = [file for file in folder.glob("*.py") if file.name != "__init__.py"]
            assert len(files) <= MOST_FILES, f"{name} has {len(files)} files"


MOST_FILES = 17


def test_the_measuring_script_runs() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "house.py")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "| longest file |" in done.stdout
