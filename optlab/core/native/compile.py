"""From generated Python source to object code, through Numba.

Arithmetic is IEEE as in Python: no fused multiply-add, no reordering.  Functions that Python's
``math`` takes from the C library are called there under names of our own, because LLVM rewrites
a ``pow`` that it recognises (``x^0.5`` as a root, ``2^x`` as ``exp2``) and Numba brings another
cube root; both differ in the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

from optlab.core.formula.emit import MATH_NAMES, define
from optlab.core.native.object_code import (
    LIBRARY_FUNCTIONS,
    Argument,
    ObjectCode,
    library_symbol,
    register_symbols,
)

ANSWER = "answer"
"""What the function of a problem is called in its source text."""
LEAST_DIVISOR, LARGEST_DIVISOR = 2.0**-100, 2.0**100
LEAST_DIVIDEND, LARGEST_DIVIDEND = 2.0**-900, 2.0**900
"""Between these, ``quotient`` in a source text is exact."""


@cache
def has_quotients() -> bool:
    """Whether this processor has the fused multiply-adds that ``quotient`` is made of."""
    from llvmlite import binding

    x86 = binding.get_default_triple().startswith(("x86_64", "amd64"))
    return not x86 or bool(binding.get_host_cpu_features().get("fma"))


def compile_source(source: str, name: str, arguments: Sequence[Argument]) -> ObjectCode:
    """Compiles the function ``name`` of a source text; it returns a whole number.

    In the source a pointer becomes an array by ``array(argument, shape)``.
    Takes some tenths of a second, and another half the first time in a process.
    """
    import numba

    jit: Any = numba.njit
    types: Any = numba.types
    array: Any = vars(numba)["carray"]

    register_symbols()
    function = define(source, name, _namespace(numba) | {"array": array})
    kinds = {
        "integer": types.int64,
        "number": types.float64,
        "numbers": types.CPointer(types.float64),
        "indices": types.CPointer(types.int64),
        "codes": types.CPointer(types.int8),
    }
    signature = types.int64(*[kinds[argument] for argument in arguments])
    compile_ = jit(
        signature,
        error_model="numpy",
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
    )
    (result,) = compile_(function).overloads.values()
    data = result.library._get_compiled_object()
    return ObjectCode(result.fndesc.llvm_func_name, tuple(arguments), bytes(data))


def compile_answer(source: str) -> ObjectCode:
    """Compiles the function ``answer`` of a source text as a C function.

    See :mod:`optlab.core.problems.compiled_calls` for its arguments; functions before it in the
    text that it calls are decorated with ``jit``.
    """
    import numba

    jit: Any = numba.njit
    types: Any = numba.types
    register_symbols()
    numbers, whole = types.CPointer(types.float64), types.int64
    signature = types.float64(whole, whole, whole, numbers, numbers, numbers)
    array: Any = vars(numba)["carray"]
    names = {"array": array, "jit": jit(error_model="numpy", no_cpython_wrapper=True)}
    function = define(source, ANSWER, _namespace(numba) | names)
    compiled: Any = numba.cfunc(signature, error_model="numpy")(function)
    data = compiled._library._get_compiled_object()
    return ObjectCode(compiled.native_name, (), bytes(data))


def _namespace(numba: Any) -> dict[str, Any]:
    import numpy as np

    from optlab.core.native.intrinsics import intrinsics

    names: dict[str, Any] = {name: getattr(math, name) for name in MATH_NAMES}
    names |= {"floor": np.floor, "abs": abs, "min": min, "max": max, "len": len}
    names |= {"inf": math.inf, "nan": math.nan}
    for name, arity in LIBRARY_FUNCTIONS.items():
        signature = numba.float64(*[numba.float64] * arity)
        names[name] = numba.types.ExternalFunction(library_symbol(name), signature)
    return names | {"int": int} | intrinsics()
