"""Trying Qt and Numba in a child process, which may die of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import optlab

PATIENCE = 60.0
"""Seconds that a child may take; a cold start from a slow disk takes a few."""


def ask_child(probe: str, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a probe (``window``, ``opengl``, ``kernels``) answers; ``problem`` where it fails."""
    program, path = _program(), [str(Path(optlab.__file__).parents[1])]
    path += filter(None, [environment.get("PYTHONPATH")])
    try:
        done = subprocess.run(
            [*program, "doctor", "--probe", probe],
            env={**environment, "PYTHONPATH": os.pathsep.join(path)},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"problem": f"no answer within {PATIENCE:g} seconds"}
    except OSError as error:
        return {"problem": f"cannot be started: {error.strerror}"}
    try:
        answer = json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        answer = None
    if done.returncode == 0 and isinstance(answer, dict):
        return {str(key): str(value) for key, value in answer.items()}
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return {"problem": lines[-1] if lines else f"ended with status {done.returncode}"}


def _program() -> list[str]:
    """What starts OptLab again: this very one, wherever it is and whether or not it is installed.

    In a bundle the program is its own interpreter. Without -P a file of the folder that one
    happens to be in could take the place of a library.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-P", "-m", "optlab"]


def answer(probe: str) -> int:
    """The child's part: tries, and prints what it found as one line of JSON."""
    print(json.dumps(_PROBES[probe]()))
    return 0


def _window() -> dict[str, str]:
    from PySide6.QtCore import QSettings, QStandardPaths, qVersion
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication(["optlab"])
    # As the window does it: the names decide where settings are.
    application.setApplicationName("OptLab")
    application.setOrganizationName("OptLab")
    from optlab.ui.style.fonts import load_fonts

    screen = application.primaryScreen()
    size = screen.size()
    home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
    return {
        "qt": qVersion(),
        "platform": application.platformName(),
        "screen": f"{size.width()} x {size.height()}, scale {screen.devicePixelRatio():g}",
        "fonts": ", ".join(load_fonts()),
        "settings": QSettings().fileName(),
        "home": home,
    }


def _opengl() -> dict[str, str]:
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication(["optlab"])
    from optlab.ui.views.surface3d.driver import driver

    found = driver()
    del application
    if found.problem:
        return {"problem": found.problem}
    return {"renderer": found.renderer, "hardware": str(found.hardware)}


def _kernels() -> dict[str, str]:
    import time

    from optlab.core.native import KernelStore

    began = time.perf_counter()
    source = "def twice(count, number):\n    return count + int(number * 2.0)\n"
    function = KernelStore(None).function(source, "twice", ("integer", "number"))
    found = function(1, 20.5)
    if found != 42:
        raise SystemExit(f"a compiled loop computed {found} where 42 is right")
    return {"seconds": f"{time.perf_counter() - began:.1f}"}


_PROBES: Mapping[str, Callable[[], dict[str, str]]] = MappingProxyType(
    {"window": _window, "opengl": _opengl, "kernels": _kernels}
)
