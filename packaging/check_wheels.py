"""Asks pip whether every dependency has a wheel for systems that nobody here has.

``python packaging/check_wheels.py [PYTHON ...]`` resolves the dependencies of pyproject.toml for
Windows, macOS and Linux on x86 and ARM, by their metadata: nothing is installed.  The exit status
is 1 where a system lacks one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_LINUX = (
    "manylinux_2_17",
    "manylinux2014",
    "manylinux_2_27",
    "manylinux_2_28",
    "manylinux_2_34",
    "manylinux_2_39",
)
SYSTEMS = {
    "Windows x86-64": ("win_amd64",),
    "Windows ARM": ("win_arm64",),
    "macOS x86-64": ("macosx_13_0_x86_64",),
    "macOS ARM": ("macosx_14_0_arm64",),
    "Linux x86-64": tuple(f"{tag}_x86_64" for tag in _LINUX),
    "Linux ARM": tuple(f"{tag}_aarch64" for tag in _LINUX),
}
"""The tags of wheels for each system; pip adds those of older versions of macOS itself."""
SHOWN = ("PySide6_Essentials", "numba", "llvmlite", "numpy", "numexpr", "contourpy")


def resolved(platforms: tuple[str, ...], python: str) -> dict[str, str] | str:
    """The versions that pip chooses, by package; else the line that says why it cannot."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed"]
        command += ["--quiet", "--report", "-", "--target", folder, "--only-binary=:all:"]
        command += ["--python-version", python, "--implementation", "cp"]
        command += [word for tag in platforms for word in ("--platform", tag)]
        done = subprocess.run(
            [*command, *project["dependencies"]], capture_output=True, text=True, check=False
        )
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
        return (errors or ["ERROR: pip failed"])[-1].removeprefix("ERROR: ")
    chosen = [item["metadata"] for item in json.loads(done.stdout)["install"]]
    return {one["name"].replace("-", "_"): one["version"] for one in chosen}


def main(pythons: list[str]) -> int:
    """Prints a line for each system and Python."""
    status = 0
    for python in pythons or ["3.11", "3.13"]:
        for system, platforms in SYSTEMS.items():
            found = resolved(platforms, python)
            if isinstance(found, str):
                status = 1
                shown = found
            else:
                shown = ", ".join(f"{name} {found[name]}" for name in SHOWN if name in found)
            print(f"{system}, Python {python}: {shown}", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
