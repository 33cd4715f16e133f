"""Machine code for kernels: compiled by Numba once, kept as object code, loaded by LLVM alone.

Loading takes some milliseconds and does not need Numba at all.  A compiled function takes plain
numbers and pointers, runs without Python's lock, and computes the same numbers as the Python
source that it was made from.
"""

from optlab.core.native.compile import (
    LARGEST_DIVIDEND,
    LARGEST_DIVISOR,
    LEAST_DIVIDEND,
    LEAST_DIVISOR,
    compile_source,
    has_quotients,
)
from optlab.core.native.object_code import Argument, NativeCode, NativeFunction, ObjectCode
from optlab.core.native.store import NO_STORE, KernelStore, source_key

__all__ = [
    "LARGEST_DIVIDEND",
    "LARGEST_DIVISOR",
    "LEAST_DIVIDEND",
    "LEAST_DIVISOR",
    "NO_STORE",
    "Argument",
    "KernelStore",
    "NativeCode",
    "NativeFunction",
    "ObjectCode",
    "compile_source",
    "has_quotients",
    "source_key",
]
