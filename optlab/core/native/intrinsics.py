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

``add_weighted(out, w, stride, a, pitch, count, groups)``: adds w[0] a[0] + w[1] a[1] + ... to the
8 ``groups`` doubles at ``out``, one after the other; the ``count`` numbers w are ``stride`` bytes
apart, the rows a ``pitch`` bytes.
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

    def add_weighted(
        _context: Any, out: Any, w: Any, stride: Any, a: Any, pitch: Any, count: Any, groups: Any
    ) -> Any:
        return made((types.int64,) * 7, _add_weighted)

    functions: tuple[Callable[..., Any], ...] = (
        *(select, quotient, least_bits, power_of_two, sum_of_products, add_weighted),
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


def _add_weighted(
    builder: Any, out: Any, w: Any, stride: Any, a: Any, pitch: Any, count: Any, groups: Any
) -> Any:
    """Four groups at a time, then one: sums stay in registers while the rows pass by."""
    end = builder.add(out, builder.shl(groups, _BITS(6)))
    for width in (4, 1):
        out, a = _add_weighted_blocks(builder, width, out, end, w, stride, a, pitch, count)
    return ir.DoubleType()(0.0)


def _add_weighted_blocks(
    builder: Any,
    width: int,
    out: Any,
    end: Any,
    w: Any,
    stride: Any,
    a: Any,
    pitch: Any,
    count: Any,
) -> tuple[Any, Any]:
    """All whole blocks of ``width`` groups from ``out`` on; where the next would begin."""
    size, entered = _BITS(64 * width), builder.block
    names = ("blocks", "block", "rows", "row", "stored", "rest")
    blocks, block, rows, row, stored, rest = map(builder.append_basic_block, names)

    def vectors(address: Any) -> list[Any]:
        places = [builder.add(address, _BITS(64 * part)) for part in range(width)]
        return [builder.inttoptr(place, _LANES.as_pointer()) for place in places]

    builder.branch(blocks)
    builder.position_at_end(blocks)
    place, left = builder.phi(_BITS), builder.phi(_BITS)
    following = builder.add(place, size)
    builder.cbranch(builder.icmp_signed("<=", following, end), block, rest)

    builder.position_at_end(block)
    begun = [builder.load(pointer, align=8) for pointer in vectors(place)]
    builder.branch(rows)
    builder.position_at_end(rows)
    index, weight, at = (builder.phi(_BITS) for _ in range(3))
    sums = [builder.phi(_LANES) for _ in range(width)]
    builder.cbranch(builder.icmp_signed("<", index, count), row, stored)

    builder.position_at_end(row)
    number = builder.load(builder.inttoptr(weight, ir.DoubleType().as_pointer()), align=8)
    lanes = builder.insert_element(_LANES(ir.Undefined), number, ir.IntType(32)(0))
    mask = ir.VectorType(ir.IntType(32), 8)(None)
    lanes = builder.shuffle_vector(lanes, _LANES(ir.Undefined), mask)
    loaded = [builder.load(pointer, align=8) for pointer in vectors(at)]
    added = [builder.fadd(s, builder.fmul(lanes, x)) for s, x in zip(sums, loaded, strict=True)]
    later = (
        builder.add(index, _BITS(1)),
        builder.add(weight, stride),
        builder.add(at, pitch),
        *added,
    )
    builder.branch(rows)
    first = (_BITS(0), w, left, *begun)
    for phi, one, other in zip((index, weight, at, *sums), first, later, strict=True):
        phi.add_incoming(one, block)
        phi.add_incoming(other, row)

    builder.position_at_end(stored)
    for pointer, value in zip(vectors(place), sums, strict=True):
        builder.store(value, pointer, align=8)
    onward = builder.add(left, size)
    builder.branch(blocks)
    for phi, one, other in ((place, out, following), (left, a, onward)):
        phi.add_incoming(one, entered)
        phi.add_incoming(other, stored)
    builder.position_at_end(rest)
    return place, left
