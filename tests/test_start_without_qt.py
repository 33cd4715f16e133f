"""Asking for help must be quick: it does not load the window."""

import subprocess
import sys

RUN_HELP = """
import runpy, sys
sys.argv = ["optlab", "--help"]
try:
    runpy.run_module("optlab", run_name="__main__")
except SystemExit as stopped:
    assert not stopped.code, stopped.code
qt = {"PySide6", "shiboken6", "pyqtgraph"}
found = sorted(qt & {name.partition(".")[0] for name in sys.modules})
assert not found, f"imported: {found}"
"""


def test_help_imports_no_qt() -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN_HELP], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
