"""Names that object code refers to, made known to LLVM."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

LIBRARY_FUNCTIONS: Mapping[str, int] = MappingProxyType({"pow": 2, "cbrt": 1})
"""Functions of the C library that are called under a name of our own, and their arity."""

_FREED_ARRAY = "NRT_MemInfo_call_dtor"
# Code for arrays mentions it, but only an array that owns memory calls it; ours never do.


def library_symbol(name: str) -> str:
    """The name under which object code calls a function of the C library."""
    return f"optlab_{name}"


@cache
def register_symbols() -> None:
    """Tells LLVM where the names are; once per process."""
    from llvmlite import binding

    library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
    for name in LIBRARY_FUNCTIONS:
        binding.add_symbol(library_symbol(name), _address(library, name))
    if binding.address_of_symbol(_FREED_ARRAY) is None:
        binding.add_symbol(_FREED_ARRAY, _address(library, "abort"))


def _address(library: ctypes.CDLL, name: str) -> int:
    address = ctypes.cast(getattr(library, name), ctypes.c_void_p).value
    if address is None:
        raise OSError(f"the C library has no function {name}")
    return address
