"""Printing and reading are exact inverses, for trees that nobody typed as well."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optlab.core.formula import FormulaError, Node, Number, Symbol, number_text, parse, to_text
from optlab.core.formula.nodes import Apply, number
from optlab.core.formula.operations import FUNCTIONS, OPERATIONS, constant_values

VALUES = tuple(
    op for op in OPERATIONS.values() if not op.is_condition and (op.name in FUNCTIONS | {"neg"})
) + tuple(OPERATIONS[name] for name in ("add", "sub", "mul", "div", "pow"))

COMPARISONS = [op.name for op in OPERATIONS.values() if op.is_condition and not op.condition_args]
APPLIED = [op for op in VALUES if op.name != "where"]

LEAVES = st.one_of(
    # -0.0 counts as not below 0.0
    st.floats(min_value=0.0, allow_nan=False, allow_infinity=False).map(lambda v: Number(abs(v))),
    st.sampled_from([Number(0.0), Number(1.0), Number(2.0), Symbol("pi"), Symbol("e")]),
    st.sampled_from([Symbol("w1"), Symbol("w2")]),
)


@st.composite
def trees(draw: st.DrawFn, depth: int = 4) -> Node:
    kind = draw(st.integers(0, 9))
    if depth == 0 or kind < 2:
        return draw(LEAVES)
    if kind == 2:
        args = (draw(conditions(depth - 1)), draw(trees(depth - 1)), draw(trees(depth - 1)))
        return Apply("where", args)
    operation = draw(st.sampled_from(APPLIED))
    return Apply(operation.name, tuple(draw(trees(depth - 1)) for _ in range(operation.arity)))


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3) -> Node:
    name = draw(st.sampled_from([*COMPARISONS, "and", "or", "not"] if depth > 0 else COMPARISONS))
    inner = conditions if name in ("and", "or", "not") else trees
    arity = OPERATIONS[name].arity
    return Apply(name, tuple(draw(inner(max(0, depth - 1))) for _ in range(arity)))


@given(trees())
@settings(max_examples=400)
def test_printed_tree_reads_back_as_the_same_tree(tree: Node) -> None:
    text = to_text(tree)
    if all(math.isfinite(value) for value in constant_values(tree).values()):
        assert parse(text) == tree
    else:  # such a tree has no text that is allowed
        with pytest.raises(FormulaError, match="the constant"):
            parse(text)


@given(conditions())
def test_printed_condition_reads_back_as_the_same_condition(condition: Node) -> None:
    tree = Apply("where", (condition, Number(1.0), Symbol("w1")))
    if all(math.isfinite(value) for value in constant_values(tree).values()):
        assert parse(to_text(tree)) == tree


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_text_reads_back_to_the_bit(value: float) -> None:
    text = number_text(value)
    assert float(text) == value
    assert to_text(number(value)) == number_text(value or 0.0)


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (0.1, "0.1"), (1e14, "100000000000000"), (1e15, "1e15"), (1e-7, "1e-07")],
)
def test_number_text_is_short(value: float, text: str) -> None:
    assert number_text(value) in (text, repr(value))


@given(trees(2), trees(2))
def test_trees_are_equal_exactly_when_their_texts_are(a: Node, b: Node) -> None:
    assert (a == b) == (to_text(a) == to_text(b))
    assert a != b or hash(a) == hash(b)


def test_a_number_is_finite_and_without_a_sign() -> None:
    for value in (-1.0, -0.0, math.inf, math.nan):
        with pytest.raises(ValueError, match="finite and not negative"):
            Number(value)
