"""The processor's record of what went wrong in floating point (x86: the register MXCSR)."""

from __future__ import annotations

from llvmlite import ir

from optlab.core.native.writer import BYTE, Value, Writer

_INVALID, _OVERFLOW, _UNDERFLOW = 1, 8, 16
_FLAGS = 63
_WORD = ir.IntType(32)


def clear_flags(writer: Writer) -> None:
    """Writes code that forgets what was raised before."""
    place, old = _status(writer)
    writer.builder.store(writer.builder.and_(old, _WORD(~_FLAGS & 0xFFFFFFFF)), place)
    _register(writer, "llvm.x86.sse.ldmxcsr", place)


def raised_flags(writer: Writer) -> Value:
    """Writes code that tells whether a quotient since then may be wrong."""
    _, now = _status(writer)
    bad = writer.builder.and_(now, _WORD(_INVALID | _OVERFLOW | _UNDERFLOW))
    return writer.builder.icmp_unsigned("!=", bad, _WORD(0))


def _status(writer: Writer) -> tuple[Value, Value]:
    with writer.builder.goto_entry_block():
        place = writer.builder.alloca(_WORD)
    _register(writer, "llvm.x86.sse.stmxcsr", place)
    return place, writer.builder.load(place)


def _register(writer: Writer, name: str, place: Value) -> None:
    kind = ir.FunctionType(ir.VoidType(), [BYTE.as_pointer()])
    function = writer.module.globals.get(name) or ir.Function(writer.module, kind, name)
    writer.builder.call(function, [writer.builder.bitcast(place, BYTE.as_pointer())])
