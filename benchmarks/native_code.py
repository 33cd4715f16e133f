"""C compiled on the spot, to compare with."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path


def compile_c(source: str, *flags: str) -> ctypes.CDLL:
    """The library of a C source. Raises ImportError where there is no compiler or it refuses."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise ImportError("no C compiler")
    with tempfile.TemporaryDirectory(prefix="optlab-benchmark-") as name:
        code, library = Path(name, "code.c"), Path(name, "code.so")
        code.write_text(source, "utf-8")
        command = [
            compiler,
            "-O3",
            "-shared",
            "-fPIC",
            *flags,
            str(code),
            "-o",
            str(library),
            "-lm",
        ]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            raise ImportError(f"the C compiler refuses: {done.stderr.strip().splitlines()[0]}")
        return ctypes.CDLL(str(library))
