"""Writing machine code for trees and loops through LLVM, without a compiler of Python between.

Numba's way from source text to machine code spends most of its time in Python; where a kernel is
made of trees and a few loops, writing it for LLVM at once takes a fraction of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

from optlab.core.formula.nodes import Apply, Node, Number, Symbol, postorder
from optlab.core.formula.operations import CONSTANTS
from optlab.core.native.object_code import Argument
from optlab.core.native.symbols import WRITTEN_FUNCTIONS, library_symbol

DOUBLE, WHOLE, BYTE, BIT = ir.DoubleType(), ir.IntType(64), ir.IntType(8), ir.IntType(1)

Value = Any
"""A value of LLVM: a double, an int64 or a yes or no."""

_KINDS: Mapping[Argument, Any] = {
    "integer": WHOLE,
    "number": DOUBLE,
    "numbers": DOUBLE.as_pointer(),
    "indices": WHOLE.as_pointer(),
    "codes": BYTE.as_pointer(),
}
_ARITHMETIC = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv", "neg": "fneg"}
_COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=="}
_LOGIC = {"and": "and_", "or": "or_", "not": "not_"}
_INTRINSIC = {"abs": "fabs"} | {
    name: name for name in ("sqrt", "floor", "sin", "cos", "exp", "log", "log2", "log10")
}
"""What LLVM knows; all but the first two it calls in the C library."""


class Writer:
    """A function under construction, that takes ``arguments`` and returns an int64.

    Arithmetic is IEEE as in Python: nothing is fused or reordered unless it is asked for.
    """

    def __init__(self, name: str, arguments: Sequence[tuple[str, Argument]]) -> None:
        self.module: Any = ir.Module(name=name)
        # As the callers of Numba's functions expect it: a status, room for result and exception.
        kinds = [_KINDS[kind] for _, kind in arguments]
        places = [WHOLE.as_pointer(), BYTE.as_pointer().as_pointer()]
        kind = ir.FunctionType(ir.IntType(32), [*places, *kinds])
        function = ir.Function(self.module, kind, name)
        self.given: dict[str, Value] = {}
        for value, (title, _) in zip(function.args[2:], arguments, strict=True):
            self.given[title] = value
            if isinstance(value.type, ir.PointerType):
                value.add_attribute("noalias")
        self._result = function.args[0]
        self.builder: Any = ir.IRBuilder(function.append_basic_block("entry"))

    def text(self, result: Value) -> str:
        """The whole module, once everything is written."""
        self.builder.store(result, self._result)
        self.builder.ret(ir.IntType(32)(0))
        return str(self.module)

    # -- numbers --------------------------------------------------------------------------

    def number(self, value: float) -> Value:
        """A double."""
        return DOUBLE(value)

    def whole(self, value: int) -> Value:
        """An int64."""
        return WHOLE(value)

    def as_number(self, value: Value) -> Value:
        """An int64 as a double."""
        return self.builder.sitofp(value, DOUBLE)

    def intrinsic(self, name: str, *args: Value) -> Value:
        """A function that LLVM knows."""
        function = self.module.declare_intrinsic(f"llvm.{name}", [DOUBLE])
        return self.builder.call(function, args)

    def library(self, name: str, *args: Value) -> Value:
        """A function of the C library, under our name for it."""
        symbol = library_symbol(name)
        function = self.module.globals.get(symbol)
        if function is None:
            kind = ir.FunctionType(DOUBLE, [DOUBLE] * len(args))
            function = ir.Function(self.module, kind, symbol)
            function.attributes.add("nounwind")
            function.attributes.add("readnone")
        return self.builder.call(function, args)

    def quotient(self, a: Value, b: Value, reciprocal: Value) -> Value:
        """a/b, given 1/b: see :mod:`optlab.core.native.quotient`."""
        q = self.builder.fmul(a, reciprocal)
        r = self.builder.fma(q, b, self.builder.fneg(a))
        return self.builder.fma(self.builder.fneg(r), reciprocal, q)

    def total(self, values: Iterable[Value]) -> Value:
        """The sum of some doubles."""
        return self._reduced(self.builder.fadd, values)

    def all(self, values: Iterable[Value]) -> Value:
        """Whether all of some yes or no are yes."""
        return self._reduced(self.builder.and_, values)

    def any(self, values: Iterable[Value]) -> Value:
        """Whether any of some yes or no is yes."""
        return self._reduced(self.builder.or_, values)

    def _reduced(self, combine: Callable[[Value, Value], Value], values: Iterable[Value]) -> Value:
        first, *rest = values
        for value in rest:
            first = combine(first, value)
        return first

    def less(self, a: Value, b: Value, sign: str = "<") -> Value:
        """Whether a < b, or as ``sign`` says; no for nan, but for ``!=``."""
        if isinstance(a.type, ir.IntType):
            return self.builder.icmp_signed(sign, a, b)
        compare = self.builder.fcmp_unordered if sign == "!=" else self.builder.fcmp_ordered
        return compare(sign, a, b)

    # -- trees ----------------------------------------------------------------------------

    def assigned(
        self, assignments: Iterable[tuple[str, Node]], known: Mapping[str, Value]
    ) -> dict[str, Value]:
        """``known`` with the values of lowered trees; what occurs twice is computed once."""
        names = dict(known)
        done: dict[Node, Value] = {}
        for target, tree in assignments:
            for part in postorder(tree):
                if part not in done:
                    done[part] = self._value(part, done, names)
            names[target] = done[tree]
        return names

    def _value(self, part: Node, done: Mapping[Node, Value], names: Mapping[str, Value]) -> Value:
        if isinstance(part, Number):
            return DOUBLE(part.value)
        if isinstance(part, Symbol):
            constant = CONSTANTS.get(part.name)
            return names[part.name] if constant is None else DOUBLE(constant)
        return self._applied(part, [done[arg] for arg in part.args])

    def _applied(self, part: Apply, args: list[Value]) -> Value:
        name = part.operation
        if name in _ARITHMETIC or name in _LOGIC:
            return getattr(self.builder, _ARITHMETIC.get(name) or _LOGIC[name])(*args)
        if name in _COMPARISONS:
            return self.builder.fcmp_ordered(_COMPARISONS[name], *args)
        if name == "ne":
            return self.builder.fcmp_unordered("!=", *args)
        if name == "where":
            return self.builder.select(*args)
        if name == "quotient":
            return self.quotient(*args)
        if name in _INTRINSIC:
            return self.intrinsic(_INTRINSIC[name], *args)
        if name in WRITTEN_FUNCTIONS:
            return self.library(name, *args)
        raise ValueError(f"no code is known for {name}")

    # -- memory and flow ------------------------------------------------------------------

    def at(self, array: Value, index: Value) -> Value:
        """The place of an element."""
        return self.builder.gep(array, [index], inbounds=True)

    def load(self, array: Value, index: Value) -> Value:
        """An element."""
        return self.builder.load(self.at(array, index))

    def store(self, value: Value, array: Value, index: Value) -> None:
        """Writes an element."""
        self.builder.store(value, self.at(array, index))

    def variable(self, value: Value) -> Variable:
        """A value that changes."""
        with self.builder.goto_entry_block():
            place = self.builder.alloca(value.type)
        variable = Variable(self.builder, place)
        variable.set(value)
        return variable

    @contextmanager
    def loop(self, first: Value, last: Value, step: int = 1) -> Iterator[Value]:
        """From ``first`` while below ``last``."""
        builder = self.builder
        index = self.variable(first)
        test, body, after = (builder.append_basic_block(name) for name in ("test", "body", "after"))
        builder.branch(test)
        builder.position_at_end(test)
        builder.cbranch(self.less(index.get(), last), body, after)
        builder.position_at_end(body)
        value = index.get()
        yield value
        index.set(builder.add(value, WHOLE(step), flags=["nsw"]))
        builder.branch(test)
        builder.position_at_end(after)

    @contextmanager
    def endless(self) -> Iterator[Callable[[Value], None]]:
        """A loop that ends where what it gives is called with yes."""
        builder = self.builder
        body, after = builder.append_basic_block("again"), builder.append_basic_block("over")
        builder.branch(body)
        builder.position_at_end(body)

        def leave(condition: Value) -> None:
            rest = builder.append_basic_block("on")
            builder.cbranch(condition, after, rest)
            builder.position_at_end(rest)

        yield leave
        builder.branch(body)
        builder.position_at_end(after)


class Variable:
    """A place for a value; LLVM makes registers of them."""

    def __init__(self, builder: Any, place: Value) -> None:
        self._builder = builder
        self._place = place

    def get(self) -> Value:
        """The value."""
        return self._builder.load(self._place)

    def set(self, value: Value) -> None:
        """Changes the value."""
        self._builder.store(value, self._place)

    def add(self, value: Value) -> None:
        """Adds an int64."""
        self.set(self._builder.add(self.get(), value))
