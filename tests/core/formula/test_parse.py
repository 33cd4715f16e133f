"""What a text means: operators, implicit multiplication, names, numbers."""

from __future__ import annotations

import pytest

from optlab.core.formula import parse, parse_condition, reading_hint, to_text

MEANING = {
    # signs and powers
    "-w1^2": "-w1^2",
    "(-w1)^2": "(-w1)^2",
    "2^-w1": "2^(-w1)",
    "2^-w1^2": "2^(-w1^2)",
    "w1^w2^2": "w1^w2^2",
    "(w1^w2)^2": "(w1^w2)^2",
    "w1**2": "w1^2",
    "w1** -2": "w1^(-2)",
    "--w1": "-(-w1)",
    "+w1": "w1",
    "w1 - -w2": "w1 - (-w2)",
    "-w1*w2": "(-w1)*w2",
    "-(w1*w2)": "-(w1*w2)",
    "w1²": "w1^2",
    "-w1³": "-w1^3",
    "w1²^2": "(w1^2)^2",
    # sums and products bind to the left
    "w1 - w2 - 1": "w1 - w2 - 1",
    "w1 - (w2 - 1)": "w1 - (w2 - 1)",
    "w1/w2/2": "w1/w2/2",
    "w1/(w2/2)": "w1/(w2/2)",
    "w1*(w2*2)": "w1*(w2*2)",
    "w1 + w2*3^2": "w1 + w2*3^2",
    # implicit multiplication
    "3w1^2": "3*w1^2",
    "2(w1+1)": "2*(w1 + 1)",
    "(w1+1)(w2-1)": "(w1 + 1)*(w2 - 1)",
    "(w1+1)2": "(w1 + 1)*2",
    "2 pi w1": "2*pi*w1",
    "2πw1": "2*pi*w1",
    "w1 w2": "w1*w2",
    "w1(w2)": "w1*w2",
    "2sin(w1)cos(w2)": "2*sin(w1)*cos(w2)",
    "w1 sin(w2)^2": "w1*sin(w2)^2",
    "-2w1": "(-2)*w1",
    "2 e": "2*e",
    "2e": "2*e",
    "2e3w1": "2000*w1",
    "w1²w2³": "w1^2*w2^3",
    # it is the product with a sign: with a division it is read from left to right
    "1/2w1": "1/2*w1",
    "(1)/2w1": "1/2*w1",
    "1/2*w1": "1/2*w1",
    "1/w1 w2": "1/w1*w2",
    "w1/2 w2": "w1/2*w2",
    "1/2(w1+1)": "1/2*(w1 + 1)",
    "(w1)/(2)(w2)": "w1/2*w2",
    "1/2 w1^2": "1/2*w1^2",
    "-1/2 w1": "(-1)/2*w1",
    "3*1/2 w1": "3*1/2*w1",
    "w1 2/3 w2 e": "w1*2/3*w2*e",
    "w2 - 1/2 w1": "w2 - 1/2*w1",
    "1/2 w1/3 w2": "1/2*w1/3*w2",
    "1/2^2 w1": "1/2^2*w1",
    "1/(2w1)": "1/(2*w1)",
    "2^1/2 w1": "2^1/2*w1",
    "2w1^2w2": "2*w1^2*w2",
    "sin(w1)/2w2 + 1": "sin(w1)/2*w2 + 1",
    # names
    "x + y": "w1 + w2",
    "w₁·w₂": "w1*w2",
    "x × y ÷ 2": "w1*w2/2",
    "w1 − w2": "w1 - w2",
    "pi + e": "pi + e",
    # numbers
    ".5 + 5. + 0.50": "0.5 + 5 + 0.5",
    "1e3 + 1E+3 + 1e-3": "1000 + 1000 + 0.001",
    "007": "7",
    "1e16": "1e+16",
    # functions
    "max(w1, w2, 1)": "max(max(w1, w2), 1)",
    "min(w1, w2)": "min(w1, w2)",
    "atan2(w2, w1)": "atan2(w2, w1)",
    "mod(w1, 2)": "mod(w1, 2)",
    "where(w1 > 0, 1, 2)": "where(w1 > 0, 1, 2)",
    "where(w1 ≤ 0, 1, 2)": "where(w1 <= 0, 1, 2)",
    "where(w1≥0 and w2≠0, 1, 2)": "where(w1 >= 0 and w2 != 0, 1, 2)",
    "where(not w1 == 0 or w2 < 1 and w1 > 2, 1, 2)": (
        "where(not w1 == 0 or w2 < 1 and w1 > 2, 1, 2)"
    ),
    "where(not (w1 > 0 or w2 > 0), 1, 2)": "where(not (w1 > 0 or w2 > 0), 1, 2)",
    "where((w1 > 0 or w2 > 0) and w1 < 9, 1, 2)": "where((w1 > 0 or w2 > 0) and w1 < 9, 1, 2)",
    "where(w1 + 1 > 2 w2, 1, 2)": "where(w1 + 1 > 2*w2, 1, 2)",
    # white space
    "\t w1\n+\r\n1\u00a0": "w1 + 1",
}


@pytest.mark.parametrize("text", MEANING)
def test_text_is_read_as_meant(text: str) -> None:
    assert to_text(parse(text)) == MEANING[text]


@pytest.mark.parametrize("text", MEANING.values())
def test_printed_text_reads_back_as_itself(text: str) -> None:
    assert to_text(parse(text)) == text


def test_names_decide_what_is_known() -> None:
    assert to_text(parse("eta*0.9^k", ["eta", "k"])) == "eta*0.9^k"
    assert to_text(parse("w1 + w3", ["w1", "w2", "w3"])) == "w1 + w3"


def test_x_and_y_stand_for_the_weights_only_where_nothing_else_has_that_name() -> None:
    assert to_text(parse("x + w1", ["x", "w1"])) == "x + w1"
    assert to_text(parse("x", ["w1"])) == "w1"


def test_aliases_can_be_given() -> None:
    assert to_text(parse("u + v", aliases={"u": "w1", "v": "w2"})) == "w1 + w2"


def test_yes_no_names_stand_as_conditions() -> None:
    tree = parse("where(nesterov and a == 1, 1, 2)", ["nesterov", "a"], switches=["nesterov"])
    assert to_text(tree) == "where(nesterov and a == 1, 1, 2)"
    condition = parse_condition("not nesterov or a == 2", ["nesterov", "a"], ["nesterov"])
    assert to_text(condition) == "not nesterov or a == 2"


HINTS = {
    "1/2w1": "1/2w1 is read as (1/2)*w1, not as 1/(2w1)",
    "w2 + 3 (1)/2w1": "3 (1)/2w1 is read as (3 (1)/2)*w1, not as 3 (1)/(2w1)",
    "1/w1 w2 - 1": "1/w1 w2 is read as (1/w1)*w2, not as 1/(w1 w2)",
    "max(1, 1/(w1+1)(w2+1)w2)": (
        "1/(w1+1)(w2+1)w2 is read as (1/(w1+1))*(w2+1)w2, not as 1/((w1+1)(w2+1)w2)"
    ),
    "w1/" + "(1+w1)" * 10: (
        "A product without a sign behind / is read from left to right, like one with *"
    ),
    **dict.fromkeys(("1/2*w1", "1/(2w1)", "2w1/3", "(1/2)w1", "w1", "1/2", "1/2w", "1/2w1 +"), ""),
}


@pytest.mark.parametrize("text", HINTS)
def test_how_a_product_behind_a_division_is_read_is_told(text: str) -> None:
    assert reading_hint(text) == HINTS[text]


@pytest.mark.parametrize("text", [text for text in HINTS if " is read as " in HINTS[text]])
def test_the_hint_is_true(text: str) -> None:
    read = HINTS[text].split(" is read as ")
    product, (meant, other) = read[0], read[1].split(", not as ")
    assert text.count(product) == 1
    assert to_text(parse(text)) == to_text(parse(text.replace(product, meant)))
    assert to_text(parse(text)) != to_text(parse(text.replace(product, other)))
