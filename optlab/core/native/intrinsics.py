"""Functions of generated source that LLVM has instructions for and Python has no word for.

``select(condition, a, b)``: a or b without a branch, so that a loop becomes vectors.

``quotient(a, b, y)`` with ``y = 1/b``: a/b, exactly rounded, without a division::

    q = a y        r = q b - a        q - r y  =  a/b rounded to nearest

(Markstein 1990, IBM J. Res. Dev. 34; Brisebarre, Muller, Raina 2004, IEEE Trans. Comput. 53), by
fused multiply-adds.  That ``q`` may be 1.5 units in the last place off, where the classical
theorem allows one, changes nothing: the tests go through all pairs of shorter mantissas, and build
the hardest pairs of long ones.  It holds for b and a between the
bounds in :mod:`optlab.core.native.compile`, and for a = 0.

``least_bits(known, a)``: the smaller of ``known`` and the bits of \\|a\\| less 1, as a double; so
zero counts as the largest number.

``ask(address, context, question, step, w, v, out)``: calls a C function by its address.

``numbers_at(address)`` and ``integers_at(address)``: the pointer to float64 or int64 at an address,
for ``array(pointer, shape)``.

``power_of_two(a)``: 2^k for a = k + 1.5·2^52, where -1023 < k < 1024.

``sum_of_products(x, y, groups)``: x[0] y[0] + x[1] y[1] + ... for 8 ``groups`` doubles at two
addresses: the sum of every eighth product from the first on, then these eight pairwise.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import Any

from llvmlite import ir

_BITS = ir.IntType(64)
_LANES = ir.VectorType(ir.DoubleType(), 8)


@cache
def intrinsics() -> dict[str, Any]:
    """The functions, for the namespace of a source text that Numba compiles."""
    types: Any = importlib.import_module("numba").types
    intrinsic: Any = importlib.import_module("numba.extending").intrinsic
    double, yes_or_no = types.float64, types.boolean

    def made(kinds: tuple[Any, ...], write: Callable[..., Any]) -> tuple[Any, Any]:
        def written(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            return write(builder, *arguments)

        return double(*kinds), written

    def select(_context: Any, condition: Any, a: Any, b: Any) -> Any:
        return made((yes_or_no, double, double), lambda builder, *args: builder.select(*args))

    def quotient(_context: Any, a: Any, b: Any, y: Any) -> Any:
        return made((double, double, double), _quotient)

    def least_bits(_context: Any, known: Any, a: Any) -> Any:
        return made((double, double), _least_bits)

    def ask(
        _context: Any, address: Any, data: Any, question: Any, step: Any, w: Any, v: Any, out: Any
    ) -> Any:
        return made((types.int64,) * 7, _asked)

    def pointer(kind: Any) -> tuple[Any, Any]:
        def written(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(*arguments, context.get_value_type(signature.return_type))

        return types.CPointer(kind)(types.int64), written

    def numbers_at(_context: Any, address: Any) -> Any:
        return pointer(types.float64)

    def integers_at(_context: Any, address: Any) -> Any:
        return pointer(types.int64)

    def power_of_two(_context: Any, a: Any) -> Any:
        return made((double,), _power_of_two)

    def sum_of_products(_context: Any, x: Any, y: Any, groups: Any) -> Any:
        return made((types.int64,) * 3, _sum_of_products)

    functions: tuple[Callable[..., Any], ...] = (
        *(select, quotient, least_bits, power_of_two, sum_of_products),
        *(ask, numbers_at, integers_at),
    )
    return {function.__name__: intrinsic(function) for function in functions}


def _quotient(builder: Any, a: Any, b: Any, y: Any) -> Any:
    q = builder.fmul(a, y)
    r = builder.fma(q, b, builder.fneg(a))
    return builder.fma(builder.fneg(r), y, q)


def _least_bits(builder: Any, known: Any, a: Any) -> Any:
    bits = builder.and_(builder.bitcast(a, _BITS), _BITS(2**63 - 1))
    bits, before = builder.sub(bits, _BITS(1)), builder.bitcast(known, _BITS)
    least = builder.select(builder.icmp_unsigned("<", bits, before), bits, before)
    return builder.bitcast(least, ir.DoubleType())


def _asked(builder: Any, address: Any, *arguments: Any) -> Any:
    kind = ir.FunctionType(ir.DoubleType(), [_BITS] * len(arguments))
    return builder.call(builder.inttoptr(address, kind.as_pointer()), arguments)


def _power_of_two(builder: Any, a: Any) -> Any:
    bits = builder.add(builder.bitcast(a, _BITS), _BITS(1023))
    return builder.bitcast(builder.shl(bits, _BITS(52)), ir.DoubleType())


def _sum_of_products(builder: Any, x: Any, y: Any, groups: Any) -> Any:
    before = builder.block
    loop, after = builder.append_basic_block("lanes"), builder.append_basic_block("sum")
    builder.branch(loop)
    builder.position_at_end(loop)
    index, total = builder.phi(_BITS), builder.phi(_LANES)
    at = builder.shl(index, _BITS(6))
    parts = []
    for address in (x, y):
        place = builder.inttoptr(builder.add(address, at), _LANES.as_pointer())
        parts.append(builder.load(place, align=8))
    added, following = builder.fadd(total, builder.fmul(*parts)), builder.add(index, _BITS(1))
    for phi, first, later in ((index, _BITS(0), following), (total, _LANES(None), added)):
        phi.add_incoming(first, before)
        phi.add_incoming(later, loop)
    builder.cbranch(builder.icmp_signed("<", following, groups), loop, after)
    builder.position_at_end(after)
    lanes = [builder.extract_element(added, ir.IntType(32)(i)) for i in range(8)]
    while len(lanes) > 1:
        half = len(lanes) // 2
        pairs = zip(lanes[:half], lanes[half:], strict=True)
        lanes = [builder.fadd(a, b) for a, b in pairs]
    return lanes[0]
