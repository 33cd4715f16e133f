"""Known answers that rule files state."""

import math

import pytest

from optlab.core.analysis.check_known_answers import check_known_answers
from optlab.core.rules import load_rule, read_rule, rule_names

RULE = """
name = "Descent"
summary = ""
update = "w = w - eta*g"
[parameters.eta]
default = 0.1
range = "(0, inf)"
[[tests]]
formula = "w1^2 + 2 w2^2"
start = [1.0, -1.0]
step = 2
weights = [0.64, -0.36]
[[tests]]
formula = "w1^2 + 2 w2^2"
start = [1.0, -1.0]
settings = { eta = 0.25 }
step = 1
weights = [0.5, 0.25]
tolerance = 0.125
source = "a mistake"
[[tests]]
formula = "log(w1) + w2"
start = [0.1, 1.0]
settings = { eta = 1.0 }
step = 5
weights = [0.0, 0.0]
"""


def test_right_wrong_and_ended_answers_are_values() -> None:
    right, wrong, ended = check_known_answers(read_rule(RULE, "descent"))
    assert right.passed and right.error <= 1e-15
    assert right.weights == pytest.approx((0.64, -0.36), rel=1e-15)
    assert not wrong.passed and wrong.error == 0.25 and wrong.weights == (0.5, 0.0)
    assert wrong.answer.source == "a mistake" and "not within 0.125" in wrong.sentence
    assert not ended.passed and math.isnan(ended.error) and "domain at step 1" in ended.sentence


def test_the_shipped_rules_that_documents_give_numbers_for_state_them() -> None:
    stated = {name for name in rule_names() if load_rule(name).tests}
    assert stated >= {"gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"}
