"""``python -m benchmarks [NAME ...]``: tables with medians and ratios, and a JSON file.

Every benchmark runs in a process of its own, so that no library's threads disturb another's.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import expected
from benchmarks.measure import Row, Table, as_text

NAMES = (
    "single_path",
    "many_weights",
    "network",
    "tuning",
    "cluster",
    "batch",
    "grid",
    "frame",
    "orbit",
    "window",
    "startup",
    "memory",
    "growth",
    "csv_export",
    "exports",
    "recording",
)
_PEERS = (
    "numpy",
    "numexpr",
    "numba",
    "PySide6_Essentials",
    "pyqtgraph",
    "matplotlib",
    "torch",
    "optax",
    "jax",
    "pandas",
)


def measured(name: str, rounds: int, scale: float) -> list[Table]:
    """The tables of one benchmark, from a process of its own; one that says why it failed."""
    command = [sys.executable, "-m", "benchmarks", name, "--child"]
    command += ["--rounds", str(rounds), "--scale", str(scale)]
    with tempfile.TemporaryDirectory(prefix="optlab-benchmark-") as folder:
        places = {f"XDG_{kind}_HOME": folder for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[1],
            env={**os.environ, **places},
        )
    if done.returncode or not done.stdout.strip():
        reason = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        return [Table(name, "", "", (Row(name, missing=f"the benchmark failed: {reason}"),))]
    tables = [from_data(item) for item in json.loads(done.stdout.strip().splitlines()[-1])]
    return [dataclasses.replace(table, load=_load()) for table in tables]


def _load() -> float:
    """How many processes wanted to run in the last minute, our own one included."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else 0.0


def kept(folder: Path) -> dict[str, list[Table]]:
    """The tables that an earlier run left in a folder; none where they cannot be read."""
    try:
        data = json.loads((folder / "benchmarks.json").read_text("utf-8"))["benchmarks"]
        return {name: [from_data(item) for item in group] for name, group in data.items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def from_data(data: dict[str, Any]) -> Table:
    """The table that ``dataclasses.asdict`` was made from."""
    return Table(**{**data, "rows": tuple(Row(**row) for row in data["rows"])})


def in_this_process(name: str, rounds: int, scale: float) -> list[Table]:
    """The tables of one benchmark."""
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    tables: list[Table] = importlib.import_module(f"benchmarks.{name}").tables(rounds, scale)
    return tables


def machine() -> str:
    """A sentence about where it was measured."""
    import importlib.metadata

    versions = []
    for peer in _PEERS:
        try:
            versions.append(f"{peer} {importlib.metadata.version(peer)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"{peer} missing")
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, {', '.join(versions)}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def write(folder: Path, found: dict[str, list[Table]]) -> None:
    """benchmarks.md and benchmarks.json; benchmarks that were not run keep their tables."""
    folder.mkdir(parents=True, exist_ok=True)
    earlier = {name: group for name, group in kept(folder).items() if name in NAMES}
    found = {name: (earlier | found)[name] for name in NAMES if name in (earlier | found)}
    tables = [table for group in found.values() for table in group]
    where = machine()
    text = (
        f"# Benchmarks\n\nMade with `python -m benchmarks --output docs` on: {where}\n\n"
        "Candidates take turns, so that a slow moment of the machine meets all of them; what "
        "counts are the ratios within a table. Columns: the median, the range, and the ratio to "
        "one of the rows. The load says how many processes wanted the cores meanwhile: times on "
        "their own, without a ratio, are those of an idle machine only where it is about 1.\n\n"
    )
    (folder / "benchmarks.md").write_text(
        text + expected.as_text(found) + "\n" + as_text(tables), "utf-8"
    )
    data = {
        "machine": where,
        "benchmarks": {
            name: [dataclasses.asdict(table) for table in group] for name, group in found.items()
        },
    }
    (folder / "benchmarks.json").write_text(json.dumps(data, indent=1) + "\n", "utf-8")


def main() -> None:
    """Runs the benchmarks that are named, or all."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each candidate")
    parser.add_argument("--scale", type=float, default=1.0, help="less than 1 for smaller work")
    parser.add_argument("--output", type=Path, help="folder for benchmarks.md and benchmarks.json")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    for name in chosen.names:
        if name not in NAMES:
            parser.error(f"there is no benchmark {name}; known are {', '.join(NAMES)}")
    if chosen.child:
        tables = in_this_process(chosen.names[0], chosen.rounds, chosen.scale)
        print(json.dumps([dataclasses.asdict(table) for table in tables]), flush=True)
        # Libraries that keep threads must not hold the process up.
        os._exit(0)
    found: dict[str, list[Table]] = {}
    for name in chosen.names or NAMES:
        found[name] = measured(name, chosen.rounds, chosen.scale)
        print(as_text(found[name]), flush=True)
    print(expected.as_text(found), flush=True)
    if chosen.output is not None:
        write(chosen.output, found)


if __name__ == "__main__":
    main()
