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
        code, made, library = (Path(name, file) for file in ("code.c", "code.o", "code.so"))
        code.write_text(source, "utf-8")
        # Linked on its own: with -ffast-math the linker adds code that, once loaded, takes numbers
        # near zero for zero in the whole process.
        shared = [flag for flag in flags if flag == "-fopenmp"]
        for command in (
            [compiler, "-O3", "-fPIC", *flags, "-c", str(code), "-o", str(made)],
            [compiler, "-shared", *shared, str(made), "-o", str(library), "-lm"],
        ):
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode:
                reason = (done.stderr.strip().splitlines() or ["no reason given"])[0]
                raise ImportError(f"the C compiler refuses: {reason}")
        return ctypes.CDLL(str(library))
