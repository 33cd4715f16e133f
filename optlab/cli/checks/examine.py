"""All findings, in the order in which they are shown."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import optlab
from optlab.cli.checks.findings import (
    CheckSection,
    Finding,
    display_name,
    display_problem,
    folder_finding,
    library_findings,
)
from optlab.cli.checks.probe import ask_child

_PACKAGES = (
    *("PySide6-Essentials", "numpy", "numexpr", "numba", "llvmlite", "contourpy", "msgspec"),
    *("pyqtgraph", "PyOpenGL", "psygnal", "matplotlib", "ziamath", "Pillow", "platformdirs"),
    "filelock",
)
_ABORTS = ("6.12.0", (3, 11))
"""A PySide6 that ends the process within a second, and the Python it does so on."""


def examine() -> Iterator[CheckSection]:
    """Looks at one part after the other."""
    yield CheckSection("Program", tuple(_program()))
    yield CheckSection("Window", tuple(_window()))
    yield CheckSection("Compiled loops", (_kernels(),))
    yield CheckSection("Folders", tuple(_folders()))
    yield CheckSection("Films", (_ffmpeg(),))


def _program() -> Iterator[Finding]:
    yield Finding("OptLab", f"{optlab.__version__} in {Path(optlab.__file__).parent}")
    yield Finding("Python", f"{platform.python_version()} ({sys.executable})")
    yield Finding("system", platform.platform())
    found, absent = {}, []
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            absent.append(name)
    yield Finding("packages", ", ".join(f"{name} {version}" for name, version in found.items()))
    # A bundle carries the code without these notes; the probes below try the code itself.
    if absent and not getattr(sys, "frozen", False):
        names = " ".join(absent)
        line = f"{sys.executable} -m pip install {names}"
        yield Finding("packages", f"not installed: {names}", "missing", line)
    yield from _bad_versions(found)


def _bad_versions(found: Mapping[str, str]) -> Iterator[Finding]:
    version, python = _ABORTS
    if found.get("PySide6-Essentials") == version and sys.version_info[:2] == python:
        line = f"{sys.executable} -m pip install 'PySide6-Essentials~=6.10.3'"
        yield Finding("PySide6", f"{version} ends itself on Python 3.11", "missing", line)


def _window() -> Iterator[Finding]:
    libraries = library_findings()
    yield from libraries
    problem = display_problem()
    if problem:
        line = "start it on a desktop, with ssh -X, or as: xvfb-run optlab"
        yield Finding("display", f"{problem}; optlab run works without", "missing", line)
    environment = dict(os.environ)
    if problem:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    answer = ask_child("window", environment)
    if "problem" in answer:
        # A missing library has said what mends it already.
        broken = all(finding.state == "fine" for finding in libraries)
        line = f"{sys.executable} -m pip install --force-reinstall PySide6-Essentials"
        yield Finding("Qt", answer["problem"], "missing", line if broken else "")
        return
    yield Finding("Qt", f"{answer['qt']}, drawing through '{answer['platform']}'")
    if not problem:
        yield Finding("display", f"{display_name()}, {answer['screen']}")
    yield Finding("fonts", f"{answer['fonts']} (bundled)")
    yield _opengl(environment)
    yield folder_finding(
        "settings", Path(answer["settings"]).parent, "layout and recent files are forgotten"
    )


def _opengl(environment: Mapping[str, str]) -> Finding:
    """What draws the surface in 3D; none of it is missing, the processor can always do it."""
    answer = ask_child("opengl", environment)
    if "problem" in answer:
        return Finding("OpenGL", f"{answer['problem']}; the processor draws the surface in 3D")
    name = answer["renderer"]
    if answer["hardware"] != "True":
        return Finding("OpenGL", f"{name}, without a graphics card; the processor draws in 3D")
    return Finding("OpenGL", f"{name} draws the surface in 3D")


def _kernels() -> Finding:
    answer = ask_child("kernels")
    if "problem" in answer:
        line = f"{sys.executable} -m pip install --force-reinstall numba llvmlite"
        found = f"{answer['problem']} (runs use plain Python, 20 times slower)"
        return Finding("Numba", found, "missing", line)
    return Finding("Numba", f"compiled and ran a loop in {answer['seconds']} s")


def _folders() -> Iterator[Finding]:
    import platformdirs

    from optlab.files.recovery import recovery_folder
    from optlab.session.kernel_cache import kernel_folder

    yield folder_finding("kernels", kernel_folder(), "loops are compiled again at each start")
    yield folder_finding("recovery", recovery_folder(), "a crash loses what is not saved")
    log = platformdirs.user_log_path("OptLab", appauthor=False)
    yield folder_finding("log", log, "errors leave no trace")


def _ffmpeg() -> Finding:
    from optlab.figures.films.video import VideoError, find_ffmpeg

    line = (
        "sudo apt-get install ffmpeg"
        if shutil.which("apt-get")
        else f"{sys.executable} -m pip install imageio-ffmpeg"
    )
    try:
        program = find_ffmpeg()
    except VideoError:
        return Finding("ffmpeg", "none: films as gif, webp or png, not as mp4", "without", line)
    try:
        done = subprocess.run(
            [program, "-version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("ffmpeg", f"{program} does not answer: {error}", "without", line)
    first = done.stdout.partition("\n")[0].partition(" Copyright")[0]
    return Finding("ffmpeg", f"{first or 'of unknown version'} ({program})")
