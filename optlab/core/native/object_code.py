"""Object code: what a compilation leaves, loaded by LLVM alone and called."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

_POINTER = ctypes.c_void_p
_PLAIN: dict[str, Any] = {"integer": ctypes.c_int64, "number": ctypes.c_double}
_ELEMENTS: dict[str, type[np.generic]] = {
    "numbers": np.float64,
    "indices": np.int64,
    "codes": np.int8,
}


class NativeCode:
    """Object code in memory; its function stands at ``address`` as long as this lives.

    Raises OSError for object code that LLVM cannot load.
    """

    def __init__(self, code: ObjectCode) -> None:
        from llvmlite import binding

        register_symbols()
        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        target = binding.Target.from_default_triple().create_target_machine(jit=True)
        self._engine: Any = binding.create_mcjit_compiler(binding.parse_assembly(""), target)
        try:
            self._engine.add_object_file(binding.ObjectFileRef.from_data(code.data))
        except RuntimeError as error:
            raise OSError(f"object code cannot be loaded: {error}") from None
        self._engine.finalize_object()
        self.address: int = self._engine.get_function_address(code.symbol)
        if not self.address:
            raise OSError(f"object code has no function {code.symbol}")


class NativeFunction(NativeCode):
    """A kernel that can be called. A call gives Python's lock back while it runs."""

    def __init__(self, code: ObjectCode) -> None:
        super().__init__(code)
        self._arguments = code.arguments
        types = [_PLAIN.get(argument, _POINTER) for argument in code.arguments]
        # Numba's convention: a status, then pointers to the result and to an exception.
        self._call = ctypes.CFUNCTYPE(ctypes.c_int32, _POINTER, _POINTER, *types)(self.address)

    def __call__(self, *arguments: float | npt.NDArray[Any]) -> int:
        """Calls the function; arrays must be C-contiguous, of the right kind and large enough."""
        passed = [
            _address(value, _ELEMENTS[kind]) if kind in _ELEMENTS else value
            for kind, value in zip(self._arguments, arguments, strict=True)
        ]
        result, exception = ctypes.c_int64(), _POINTER()
        status = self._call(ctypes.addressof(result), ctypes.addressof(exception), *passed)
        if status != 0:
            raise RuntimeError(f"generated code ended with status {status}")
        return result.value


def _address(value: float | npt.NDArray[Any], element: type[np.generic]) -> int:
    if not isinstance(value, np.ndarray):
        raise TypeError("an array is expected")
    if value.dtype != element or not value.flags.c_contiguous:
        raise TypeError(f"a C-contiguous {element.__name__} array is expected")
    address: int = value.__array_interface__["data"][0]  # ten times as fast as ``ctypes.data``
    return address


Argument = Literal["integer", "number", "numbers", "indices", "codes"]
"""An int64, a double, or a pointer to a C-contiguous array: float64, int64 or int8."""


@dataclass(frozen=True)
class ObjectCode:
    """Object code of one function that returns an int64.

    ``symbol`` is its name in ``data``; ``arguments`` are its parameters in order.
    """

    symbol: str
    arguments: tuple[Argument, ...]
    data: bytes


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
        binding.add_symbol(library_symbol(name), _function_address(library, name))
    for name in _UNUSED:
        if binding.address_of_symbol(name) is None:
            binding.add_symbol(name, _function_address(library, "abort"))


def _function_address(library: ctypes.CDLL, name: str) -> int:
    address = ctypes.cast(getattr(library, name), ctypes.c_void_p).value
    if address is None:
        raise OSError(f"the C library has no function {name}")
    return address
