"""From object code to a function that can be called."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import numpy.typing as npt

from optlab.core.native.object_code import ObjectCode
from optlab.core.native.symbols import register_symbols

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
