"""``python -m benchmarks [NAME ...]``: tables with medians and ratios, and a JSON file."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import platform
from pathlib import Path

from benchmarks.measure import Table, as_text

NAMES = ("single_path", "csv_export")


def main() -> None:
    """Runs the benchmarks that are named, or all."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each candidate")
    parser.add_argument("--output", type=Path, help="folder for benchmarks.md and benchmarks.json")
    chosen = parser.parse_args()
    tables: list[Table] = []
    for name in chosen.names or NAMES:
        table = importlib.import_module(f"benchmarks.{name}").table(chosen.rounds)
        print(as_text([table]), flush=True)
        tables.append(table)
    if chosen.output is not None:
        chosen.output.mkdir(parents=True, exist_ok=True)
        text = f"# Benchmarks\n\n{platform.machine()}, Python {platform.python_version()}.\n\n"
        (chosen.output / "benchmarks.md").write_text(text + as_text(tables), "utf-8")
        data = [dataclasses.asdict(table) for table in tables]
        (chosen.output / "benchmarks.json").write_text(json.dumps(data, indent=1), "utf-8")


if __name__ == "__main__":
    main()
