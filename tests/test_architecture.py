"""Rules about the code itself that no linter checks."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from optlab.core.parameters import Role
from optlab.core.resources import resources_folder

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "optlab"
LONGEST_FILE = 500  # lines

IMPORT_ALL = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
"""

NO_QT = """
qt = {"PySide6", "shiboken6", "pyqtgraph"}
found = sorted(qt & {name.partition(".")[0] for name in sys.modules})
assert not found, f"imported: {found}"
"""


def run_python(code: str, *arguments: str) -> None:
    """Run code in a fresh interpreter; fail with what it wrote when it fails."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def packages_below_the_window() -> list[str]:
    names = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert "core" in names
    return [f"optlab.{name}" for name in sorted(names - {"ui", "cli"})]


def python_files(*folders: str) -> list[Path]:
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert files
    return files


@pytest.mark.parametrize("package", packages_below_the_window())
def test_no_qt_below_the_window(package: str) -> None:
    run_python(IMPORT_ALL + NO_QT, package)


def test_no_file_is_longer_than_five_hundred_lines() -> None:
    lines = {path: path.read_text("utf-8").count("\n") for path in python_files("optlab", "tests")}
    assert {path: n for path, n in lines.items() if n > LONGEST_FILE} == {}


def string_constants(path: Path) -> Iterator[tuple[str, str]]:
    """Yield ("file:line", text) for every string in the code of a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


def test_code_knows_no_optimizer_by_name() -> None:
    names = {path.stem for path in (resources_folder() / "optimizers").glob("*.toml")}
    # A rule declares the role of its parameters; one role is called like a rule.
    names -= set(get_args(Role))
    assert names
    known = [
        f"{place} names {text!r}"
        for path in python_files("optlab")
        for place, text in string_constants(path)
        if text.lower() in names
    ]
    assert known == []
