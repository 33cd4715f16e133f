"""Measure the code: files, lines, folders, short files, names that occur twice.

``python packaging/house.py [CHECKOUT ...]`` prints one table, a column for each checkout.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from statistics import median

LONGEST, SHORT = 500, 40
"""Lines that no file exceeds, and lines below which a file needs a reason."""


def python_files(folder: Path) -> list[Path]:
    """The Python files of a folder and of all folders in it."""
    return sorted(p for p in folder.rglob("*.py") if "__pycache__" not in p.parts)


def line_count(file: Path) -> int:
    """The lines of a file."""
    return file.read_text("utf-8").count("\n")


def class_names(file: Path) -> list[str]:
    """The public classes that a file defines."""
    body = ast.parse(file.read_text("utf-8")).body
    return [node.name for node in body if isinstance(node, ast.ClassDef) and node.name[0] != "_"]


def repeated(names: Iterable[str]) -> int:
    """How many names occur more than once."""
    return sum(count > 1 for count in Counter(names).values())


def measures(checkout: Path) -> dict[str, str]:
    """The figures of a checkout, by title."""
    files = python_files(checkout / "optlab")
    lines = [line_count(file) for file in files]
    modules = [file for file in files if not file.name.startswith("__")]
    folders = Counter(file.parent.relative_to(checkout).as_posix() for file in modules)
    fullest = max(folders, key=lambda name: folders[name])
    tests = sum(map(line_count, python_files(checkout / "tests")))
    core = sum(map(line_count, python_files(checkout / "optlab" / "core")))
    return {
        "files": f"{len(files)}",
        "lines": f"{sum(lines):,}",
        "lines of core": f"{core:,}",
        "median lines of a file": f"{median(lines):.0f}",
        "longest file": f"{max(lines)}",
        f"files under {SHORT} lines, without __init__": str(
            sum(line_count(file) < SHORT for file in modules)
        ),
        "most files in a folder": f"{folders[fullest]} ({fullest})",
        "folders with more than 15 files": str(sum(count > 15 for count in folders.values())),
        "file names that occur twice": str(repeated(file.name for file in modules)),
        "public classes that occur twice": str(
            repeated(name for file in files for name in class_names(file))
        ),
        "lines of tests / lines of code": f"{tests / sum(lines):.2f}",
    }


def main() -> None:
    """Print the table."""
    checkouts = [Path(name) for name in sys.argv[1:]] or [Path(__file__).resolve().parents[1]]
    columns = [measures(checkout) for checkout in checkouts]
    print("| | " + " | ".join(checkout.resolve().name for checkout in checkouts) + " |")
    print("|---|" + "---:|" * len(columns))
    for title in columns[0]:
        print(f"| {title} | " + " | ".join(column[title] for column in columns) + " |")


if __name__ == "__main__":
    main()
