"""Every mistake is named, at its column; no text does anything but parse or be refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optlab.core.formula import FormulaError, Node, parse, parse_condition
from optlab.core.formula.nodes import postorder
from optlab.core.formula.operations import OPERATIONS
from optlab.core.formula.parse import MAX_DEPTH, MAX_OPERATIONS
from optlab.core.formula.tokens import MAX_LENGTH

MISTAKES = [
    # text, a part of the message, column, length
    ("", "empty", 1, 1),
    ("   ", "empty", 1, 1),
    ("w1 +", "ends too early", 5, 1),
    ("w1 +   ", "ends too early", 5, 1),
    ("w1^", "ends too early", 4, 1),
    ("(", "ends too early", 2, 1),
    ("()", "')' is not expected", 2, 1),
    ("(w1", "never closed", 1, 1),
    ("sin(w1", "never closed", 4, 1),
    ("2*((w1)", "never closed", 3, 1),
    ("w1)", "closes nothing", 3, 1),
    (")", "')' is not expected", 1, 1),
    ("w1, w2", "',' is not expected", 3, 1),
    ("(w1, w2)", "',' is not expected here; ')' is", 4, 1),
    ("w1 * * w2", "'*' is not expected", 6, 1),
    ("w1***2", "'*' is not expected", 5, 1),
    ("* w1", "'*' is not expected", 1, 1),
    ("w1 2 3", "missing between two numbers", 6, 1),
    ("2 1/2", "missing between two numbers", 3, 1),
    ("w1^2 3", "missing between two numbers", 6, 1),
    ("foo + 1", "unknown name 'foo'", 1, 3),
    ("1 + bar2", "unknown name 'bar2'", 5, 4),
    ("w3", "known are w1, w2", 1, 2),
    ("w1 + ln(w2)", "the natural logarithm is log(...)", 6, 2),
    ("w1 + log(0)", "the constant log(0) is not finite", 6, 6),
    ("SIN(w1)", "did you mean sin", 1, 3),
    ("w1w2", "did you mean w1*w2", 1, 4),
    ("3 + xy", "did you mean x*y", 5, 2),
    ("piw1", "did you mean pi*w1", 1, 4),
    ("sin w1", "write sin(...)", 1, 3),
    ("sin^2(w1)", "write sin(...)", 1, 3),
    ("1 + sin", "write sin(...)", 5, 3),
    ("sin()", "takes 1 argument, not 0", 1, 3),
    ("sin(w1, w2)", "takes 1 argument, not 2", 1, 3),
    ("atan2(w1)", "takes 2 arguments, not 1", 1, 5),
    ("where(w1 > 0, 1)", "takes 3 arguments, not 2", 1, 5),
    ("max(w1)", "takes 2 to 32 arguments, not 1", 1, 3),
    ("1 + max(" + ",".join("1" * 33) + ")", "takes 2 to 32 arguments, not 33", 5, 3),
    ("w1 < 1", "yes or no", 1, 2),
    ("w1 < w2 + where(w1 < 1, 1, 2)", "yes or no", 1, 2),
    ("1 + (w1 < 1)", "yes or no", 3, 1),
    ("sin(w1 < 1)", "yes or no", 1, 3),
    ("where(w1, 1, 2)", "needs a comparison", 1, 5),
    ("where(w1 > 0, w1 > 1, 2)", "yes or no", 1, 5),
    ("where(not w1, 1, 2)", "'not' needs a comparison", 7, 3),
    ("where(w1 > 0 and w2, 1, 2)", "'and' needs a comparison", 14, 3),
    ("where(0 < w1 < 1, 1, 2)", "cannot be chained", 14, 1),
    ("where(and w1, 1, 2)", "'and' joins two conditions", 7, 3),
    ("1 or 2", "'or' needs a comparison", 3, 2),
    ("w1 = 2", "'=='", 4, 1),
    ("w1.real", "no attributes", 3, 1),
    ("w1[0]", "square brackets", 3, 1),
    ("{w1}", "curly brackets", 1, 1),
    ("'a'", "quotes", 1, 1),
    ("w1 % 2", "mod(a, b)", 4, 1),
    ("|w1|", "abs(...)", 1, 1),
    ("where(w1>0 & w2>0, 1, 2)", "'and'", 12, 1),
    ("w1!", "'!' is not part of the language", 3, 1),
    ("w1; w2", "';' is not part of the language", 3, 1),
    ("w1 \\ w2", "is not part of the language", 4, 1),
    ("lambda w1: w1", "':' is not part", 10, 1),
    ("lambda", "unknown name 'lambda'", 1, 6),
    ("__import__('os')", "quotes", 12, 1),
    ("__import__", "unknown name '__import__'", 1, 10),
    ("w1 if w2 else 1", "unknown name 'if'", 4, 2),
    ("dot(w1, w2)", "only known in update rules", 1, 3),
    ("1 + norm(w1)", "only known in update rules", 5, 4),
    ("ｗ1", "is not part of the language", 1, 1),
    ("w1 + α", "is not part of the language", 6, 1),
    ("w1\x00", "U+0000", 3, 1),
    ("w1 + \x01", "U+0001", 6, 1),
    ("π + \x01", "U+0001", 5, 1),
    ("\ud800", "U+D800", 1, 1),
    ("w1 + ٣", "is not part of the language", 6, 1),
    ("1e400", "too large for double precision", 1, 5),
    ("w1 + 1e999", "too large for double precision", 6, 5),
    ("9^9^9", "9^9^9 is too large (not finite)", 1, 5),
    ("9^9^9^9", "9^9^9 is too large", 3, 5),
    ("w1 + exp(exp(exp(10)))", "too large", 10, 12),
    ("w1 + 1/0", "1/0 is too large", 6, 3),
    ("0/0 w1", "0/0 is not a number", 1, 3),
    ("w1*log(-1)", "log(-1) is not a number", 4, 7),
    ("sqrt(-2) + w1", "is not a number", 1, 8),
    ("0x10", "unknown name 'x10'", 2, 3),
    ("1_000", "unknown name '_000'", 2, 4),
]


@pytest.mark.parametrize(("text", "fragment", "column", "length"), MISTAKES)
def test_mistake_is_named_at_its_column(text: str, fragment: str, column: int, length: int) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    error = caught.value
    assert fragment in error.message
    assert (error.column, error.length) == (column, length)
    assert error.text == text
    assert str(error) == f"{error.message} (column {column})"


def test_condition_is_asked_for_where_one_is_needed() -> None:
    with pytest.raises(FormulaError, match=r"a condition is expected \(column 1\)"):
        parse_condition("form", ["form"])
    with pytest.raises(FormulaError, match="yes or no"):
        parse("nesterov", ["nesterov"], switches=["nesterov"])


# -- limits -------------------------------------------------------------------------------------


def test_text_may_have_as_many_characters_as_the_limit_says() -> None:
    text = "w1" + " " * (MAX_LENGTH - 2)
    parse(text)
    with pytest.raises(FormulaError, match="at most") as caught:
        parse(text + " ")
    assert caught.value.column == MAX_LENGTH + 1


def test_number_of_operations_is_limited() -> None:
    parse("1" + "+1" * MAX_OPERATIONS)
    with pytest.raises(FormulaError, match=f"more than {MAX_OPERATIONS} operations"):
        parse("1" + "+1" * (MAX_OPERATIONS + 1))


@pytest.mark.parametrize(("left", "right"), [("(", ")"), ("-", ""), ("sin(", ")"), ("1^", "")])
def test_nesting_is_limited(left: str, right: str) -> None:
    deepest = MAX_DEPTH - 1
    parse(left * (deepest // 2) + "0" + right * (deepest // 2))
    with pytest.raises(FormulaError, match="nested more than") as caught:
        parse(left * 1000 + "0" + right * 1000)
    assert caught.value.column <= len(left) * (MAX_DEPTH + 1)


HOSTILE = [
    "9^" * 49 + "9",
    "(" * MAX_LENGTH,
    "-" * MAX_LENGTH,
    "not " * 2500,
    "where(" * 1600,
    "w1 " * 3333,
    "1/" * 4999 + "1",
    "max(1," * 1600 + "1" + ")" * 1600,
    "a" * MAX_LENGTH,
    "9" * MAX_LENGTH,
    "." * MAX_LENGTH,
    "1e" * 5000,
    "x" * 20_000,
    "sin(" * 90 + "9.0**9.0**9.0" + ")" * 90,
    "exp(" * 90 + "10" + ")" * 90,
    "().__class__.__bases__[0].__subclasses__()",
    "open('/etc/passwd').read()",
    "w1:=2",
    "[w1 for w1 in w2]",
    "f(w1)",
    "w1\N{COMBINING ACUTE ACCENT}",
    "\N{RIGHT-TO-LEFT OVERRIDE}w1",
    "\U0001f600",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        parse(text)


def test_product_of_many_factors_stays_as_large_as_its_text() -> None:
    tree = parse("*".join(["(w1+1)"] * 1000))
    assert len(list(postorder(tree))) <= 2000


PIECES = [
    *("w1", "x", "pi", "e", "1", "2.5", ".", "1e9", "(", ")", ",", " ", "²", "π", "·", "≤"),
    *("+", "-", "*", "/", "^", "**", "<", "==", "!=", "=", "and", "or", "not", "if"),
    *(name for name, operation in OPERATIONS.items() if operation.written),
]


def outcome(text: str) -> Node | FormulaError:
    try:
        return parse(text)
    except FormulaError as error:
        assert 1 <= error.column <= max(1, len(text) + 1)
        assert error.message
        return error


@given(st.text())
def test_any_text_parses_or_is_a_formula_error(text: str) -> None:
    outcome(text)


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_mixture_of_the_language_parses_or_is_a_formula_error(pieces: list[str]) -> None:
    outcome("".join(pieces))
    outcome(" ".join(pieces))
