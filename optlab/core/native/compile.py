"""From generated Python source to object code, through Numba.

Arithmetic is IEEE as in Python: no fused multiply-add, no reordering.  Functions that Python's
``math`` takes from the C library are called there under names of our own, because LLVM rewrites
a ``pow`` that it recognises (``x^0.5`` as a root, ``2^x`` as ``exp2``) and Numba brings another
cube root; both differ in the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from optlab.core.formula.compiled import MATH_NAMES, define
from optlab.core.native.object_code import Argument, ObjectCode
from optlab.core.native.symbols import LIBRARY_FUNCTIONS, library_symbol, register_symbols


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


def compile_module(text: str, name: str, arguments: Sequence[Argument]) -> ObjectCode:
    """Compiles the function ``name`` of a module that a writer wrote for LLVM.

    Takes some hundredths of a second up to some tenths.
    """
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    machine = binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name(),
        features=binding.get_host_cpu_features().flatten(),
        opt=3,
        reloc="pic",
        codemodel="default",
    )
    module = binding.parse_assembly(text)
    module.triple = binding.get_default_triple()
    module.data_layout = str(machine.target_data)
    module.verify()
    options = binding.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = True
    builder = binding.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    return ObjectCode(name, tuple(arguments), machine.emit_object(module))


def compile_answer(source: str) -> Any:
    """The function ``answer`` of a source text as a C function; it has an ``address``.

    Raises nothing; see :mod:`optlab.core.problems.pointer` for its arguments.
    """
    import numba

    register_symbols()
    types: Any = numba.types
    numbers, whole = types.CPointer(types.float64), types.int64
    signature = types.float64(whole, whole, whole, numbers, numbers, numbers)
    array: Any = vars(numba)["carray"]
    function = define(source, "answer", _namespace(numba) | {"array": array})
    return numba.cfunc(signature, error_model="numpy")(function)


def _namespace(numba: Any) -> dict[str, Any]:
    import numpy as np

    names: dict[str, Any] = {name: getattr(math, name) for name in MATH_NAMES}
    names |= {"floor": np.floor, "abs": abs, "min": min, "max": max}
    names |= {"inf": math.inf, "nan": math.nan}
    for name, arity in LIBRARY_FUNCTIONS.items():
        signature = numba.float64(*[numba.float64] * arity)
        names[name] = numba.types.ExternalFunction(library_symbol(name), signature)
    return names | {"int": int, "ask": _caller(numba)}


def _caller(numba: Any) -> Any:
    """``ask(address, context, question, step, w, v, out)``: calls a C function by its address."""
    from llvmlite import ir
    from numba.extending import intrinsic

    whole, number = numba.types.int64, numba.types.float64

    @intrinsic
    def ask(
        typing: Any, address: Any, data: Any, question: Any, step: Any, w: Any, v: Any, out: Any
    ) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            word, double = ir.IntType(64), ir.DoubleType()
            kind = ir.FunctionType(double, [word] * 6)
            return builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), arguments[1:])

        return number(*[whole] * 7), code

    return ask
