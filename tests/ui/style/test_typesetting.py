"""Formulas as drawings."""

import threading
from collections import OrderedDict

import pytest

from optlab.core.analysis.worksheet import gradient_lines
from optlab.core.analysis.worksheet.plan import plan_of
from optlab.core.problems import load_problem, problem_names
from optlab.core.rules import load_rule, rule_names
from optlab.core.run import RunSpec
from optlab.ui.style import typesetting
from optlab.ui.style.typesetting import is_ready, typeset, warm_up


def test_a_formula_becomes_a_drawing_of_plain_paths() -> None:
    drawing = typeset(r"\hat{m} \leftarrow m / (1 - \beta_1^t)")
    assert drawing is not None
    assert drawing.svg.startswith(b"<svg")
    assert b"<symbol" not in drawing.svg
    assert 60 < drawing.width < 200
    assert 0 < drawing.baseline < drawing.height < 30


def test_a_drawing_is_made_once() -> None:
    first = typeset("x + 1", 20.0)
    assert is_ready("x + 1", 20.0)
    assert typeset("x + 1", 20.0) is first
    assert not is_ready("x + 1", 21.0)


def test_an_accent_is_as_wide_as_its_letter() -> None:
    plain, hat = typeset("m"), typeset(r"\hat{m}")
    assert plain is not None
    assert hat is not None
    assert hat.width == pytest.approx(plain.width, abs=1.0)


def test_what_cannot_be_typeset_is_nothing() -> None:
    assert typeset(r"\frac{") is None


def test_workers_may_typeset_at_once() -> None:
    made: list[int] = []
    formulas = [f"x^{{{i}}} + {i}" for i in range(6)]
    workers = [threading.Thread(target=lambda: made.append(warm_up(formulas))) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert made == [6, 6, 6]


def test_all_equations_and_gradients_can_be_typeset() -> None:
    problem = load_problem("himmelblau")
    formulas = {
        line.inline
        for name in rule_names()
        for line in plan_of(RunSpec(problem, load_rule(name))).lines
    }
    formulas |= {
        latex for name in problem_names() for _, latex in gradient_lines(load_problem(name))
    }
    assert [text for text in sorted(formulas) if typeset(text) is None] == []


def test_until_a_promised_warm_up_is_over_it_is_cold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "_made", OrderedDict())
    assert not typesetting.is_cold()
    typesetting.expect_warm_up()
    assert typesetting.is_cold()
    assert warm_up(["x"]) == 1
    assert not typesetting.is_cold()
    typesetting.expect_warm_up()
    assert not typesetting.is_cold()


def test_nobody_waits_for_ever_for_a_warm_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "_made", OrderedDict())
    monkeypatch.setattr(typesetting, "_LONGEST_WARM_UP", 0.0)
    typesetting.expect_warm_up()
    assert not typesetting.is_cold()
