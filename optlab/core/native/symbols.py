"""Names that object code refers to, made known to LLVM."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

LIBRARY_FUNCTIONS: Mapping[str, int] = MappingProxyType({"pow": 2, "cbrt": 1})
"""Functions of the C library that are called under a name of our own, and their arity."""

_UNUSED = (
    *("NRT_MemInfo_call_dtor", "NRT_Free", "numba_do_raise", "numba_unpickle"),
    *("numba_gil_ensure", "numba_gil_release", "numba_runtime_build_excinfo_struct"),
)
"""What code mentions for arrays that own memory and for exceptions; ours have neither."""


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
    for name in _UNUSED:
        if binding.address_of_symbol(name) is None:
            binding.add_symbol(name, _address(library, "abort"))


def _address(library: ctypes.CDLL, name: str) -> int:
    address = ctypes.cast(getattr(library, name), ctypes.c_void_p).value
    if address is None:
        raise OSError(f"the C library has no function {name}")
    return address
