"""What a page computes in a browser is what the program computes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optlab
from optlab.core.analysis.worksheet import worksheet
from optlab.core.formula import evaluate, parse
from optlab.core.formula.dialects.javascript_dialect import HELPERS, javascript_function
from optlab.core.formula.operations import FUNCTIONS, OPERATIONS
from optlab.core.problems import DataProblem, FormulaProblem, load_problem
from optlab.core.rules import load_rule, rule_names
from optlab.lecture import lecture_bytes
from optlab.lecture.functions import problem_functions
from tests.lecture.browser import Browser

CLOSE = 1e-12


def columns_of(browser: Browser, run: int) -> tuple[np.ndarray, dict[str, int], dict[str, Any]]:
    """The rows of a run in the page, where its columns begin, and its outcome."""
    script = (
        "(({result: {rows, done, outcome}, width, columns}) => ({width, outcome,"
        " rows: Array.from(rows.subarray(0, (done + 1) * width),"
        " x => Number.isFinite(x) ? x : String(x)),"
        " at: Object.fromEntries(columns.map(each => [each.name, each.at]))}))"
        f"(lecture.lesson.runs[{run}])"
    )
    found = browser.evaluate(script)
    rows = np.array([float(value) for value in found["rows"]]).reshape(-1, found["width"])
    return rows, found["at"], found["outcome"]


def check(browser: Browser, result: optlab.Result, page: Path, tolerance: float = CLOSE) -> float:
    """Opens the page of a result and compares all numbers of all runs; the largest difference."""
    page.write_bytes(lecture_bytes(result.study))
    browser.open(page)
    assert browser.errors == []
    largest = 0.0
    for index, one in enumerate(result.study.runs):
        rows, at, outcome = columns_of(browser, index)
        ours = one.trajectory
        assert (outcome["kind"], outcome["step"]) == (ours.outcome.kind, ours.outcome.step), (
            one.name
        )
        assert set(at) == set(ours.vectors)
        expected = ours.data
        assert rows.shape == expected.shape, one.name
        with np.errstate(all="ignore"):
            near = np.abs(rows - expected) / np.maximum(1.0, np.abs(expected))
        same = (rows == expected) | (np.isnan(rows) & np.isnan(expected))
        near[same] = 0.0
        assert np.all(near <= tolerance), (one.name, float(np.nanmax(near)))
        largest = max(largest, float(near.max(initial=0.0)))
    return largest


def variants() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every rule with equations, with each choice of each of its options."""
    for name in rule_names():
        rule = load_rule(name)
        if rule.stepper:
            continue
        yield name, {}
        for option in rule.options.values():
            for choice in option.choices:
                if choice != option.default:
                    yield name, {option.name: choice}


QUADRATIC = "3 w1^2 + 10 w2^2 - w1*w2 + sqrt(1 + w1^2)"
"""Sums, products and roots only, which are exact in every browser."""


def test_every_rule_gives_the_same_numbers(browser: Browser, tmp_path: Path) -> None:
    lab = optlab.experiment(loss=QUADRATIC, start=(-1.5, 2.0), steps=60)
    for name, options in variants():
        lab = lab.add(name, **options)
    result = lab.run()
    assert check(browser, result, tmp_path / "rules.html") == 0.0
    check_worksheets(browser, result)


def test_every_schedule_and_treatment_gives_the_same_numbers(
    browser: Browser, tmp_path: Path
) -> None:
    lab = optlab.experiment(loss=QUADRATIC, start=(-1.5, 2.0), steps=80, seed=3)
    for schedule in (
        *optlab.schedules(),
        "warmup:steps=9 + cosine",
        "cosine:steps=30 + step:every=9",
    ):
        lab = lab.add("adam", schedule=schedule)
    for treatment in (
        {"noise": 0.3},
        {"noise_relative": 0.2, "clip_norm": 1.0},
        {"l2": 0.1, "clip_value": 0.5},
        {"l2": 0.2, "noise": 0.1, "clip_norm": 2.0},
    ):
        for rule in ("gd", "conjugate_gradient", "polyak", "sophia"):
            lab = lab.add(rule, **treatment)
    lab = lab.add("adam").then(20, "momentum").then(50, "adam", eta=0.01)
    lab = lab.add("nadam", schedule="cosine").then(33, "nadam", beta1=0.5)
    result = lab.run()
    assert check(browser, result, tmp_path / "schedules.html") <= CLOSE
    check_worksheets(browser, result)


def test_every_surface_has_the_same_loss_and_derivatives(browser: Browser) -> None:
    """Within a few units of the last place, in which browsers' functions may differ."""
    questions = frozenset({"gradient", "curvature", "hessian_product"})
    for name in optlab.problems():
        problem = load_problem(name)
        assert isinstance(problem, FormulaProblem)
        w = np.array(problem.start) * 0.9 + 0.05
        v = np.arange(1.0, len(w) + 1)
        given = {"w": w.tolist(), "v": v.tolist()}
        table = problem.table.by_column.tolist() if isinstance(problem, DataProblem) else []
        found = browser.evaluate(
            f"{{{HELPERS} const {{w, v}} = {json.dumps(given)}, D = {json.dumps(table)};"
            f"const E = {problem_functions(problem, questions)};"
            "[[E.loss(...w)], E.gradient(...w), E.curvature(...w), E.hessian_product(...w, ...v)]}"
        )
        ours = [
            np.array([problem.loss(w)]),
            problem.loss_and_gradient(w)[1],
            problem.hessian_diagonal(w),
            problem.hessian_product(w, v),
        ]
        for one, other in zip(found, ours, strict=True):
            size = max(1.0, float(np.abs(other).max()))
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-13 * size, err_msg=name)


@pytest.mark.parametrize("name", ["kepler", "reddi", "quadratic_10d", "rosenbrock"])
def test_runs_on_data_and_many_weights_give_the_same_numbers(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    lab = optlab.experiment(problem=name, steps=30).add("adam", eta=0.01).add("sophia", eta=0.01)
    check(browser, lab.run(), tmp_path / "page.html", 1e-11)


def test_batches_and_what_is_read_off_data_give_the_same_numbers(
    browser: Browser, tmp_path: Path
) -> None:
    result = (
        optlab.experiment(
            loss="mean(log(1 + exp(-(2 y - 1)*(w1*x1 + w2*x2))))",
            data="moons",
            test=0.25,
            start=(0.5, -0.5),
            steps=40,
            seed=4,
            batch=16,
        )
        .add("adam")
        .add("gd", shuffle=False)
        .add("momentum", workers=2, noise=0.1)
        .add("gd")
        .then(17, "adam", batch=30)
        .add("adam", delay=3, l2=0.1)
        .add("momentum", delay="uniform:5", noise=0.1)
        .add("nesterov", workers=4, mode="asynchronous", share=0.5, clip_norm=0.2)
        .run()
    )
    assert check(browser, result, tmp_path / "page.html") <= CLOSE
    assert {"test_loss", "test_accuracy", "epoch"} <= set(columns_of(browser, 0)[1])
    check_worksheets(browser, result)


def test_ends_and_stops_are_the_same(browser: Browser, tmp_path: Path) -> None:
    lab = optlab.experiment(
        loss="w1^2 + 10 w2^2",
        start=(1.0, 1.0),
        steps=400,
    )
    lab = lab.add("gd", eta=1.0).add("gd", eta=0.101).add("gd", eta=0.05)
    check(browser, lab.run(), tmp_path / "far.html")
    lab = lab.change(stop_gradient=1e-6)
    check(browser, lab.run(), tmp_path / "stop.html")
    lab = optlab.experiment(loss="sqrt(w1) + w2^2", start=(1.0, 1.0), steps=50).add("gd", eta=0.5)
    check(browser, lab.run(), tmp_path / "domain.html")


SHEETS = (1, 2, 7, 12, 60)
"""Updates whose worksheets are compared."""


def check_worksheets(browser: Browser, result: optlab.Result) -> None:
    """The worksheets of all runs in the page read as they do in the program."""
    found = browser.evaluate(
        f"lecture.lesson.runs.map((run, i) => {json.dumps(SHEETS)}.map(step =>"
        " step > run.result.done ? [] : lecture.worksheet(i, step).map("
        "line => [line.text, line.numbers, line.result])))"
    )
    for one, sheets in zip(result.study.runs, found, strict=True):
        assert one.spec is not None
        for step, theirs in zip(SHEETS, sheets, strict=True):
            if step > one.trajectory.steps:
                continue
            rows = worksheet(one.spec, one.trajectory, step).rows
            ours = [[row.line.text, row.numbers(), row.result_text()] for row in rows]
            assert theirs == ours, (one.name, step)


def test_every_function_of_the_language_is_there(browser: Browser) -> None:
    values = (-2.5, -1.0, -0.3, 0.0, 0.4, 1.0, 2.0, 7.5)
    names = ("a", "b", "c")
    for name in sorted(FUNCTIONS):
        known = OPERATIONS[name]
        arguments = ["a > b", *names[1:]] if name == "where" else list(names[: known.arity])
        tree = parse(f"{name}({', '.join(arguments)})", names, aliases={})
        function = javascript_function((tree,), names)
        rows = [(a, b, 0.25) for a in values for b in values]
        found = browser.evaluate(
            f"{{{HELPERS} {json.dumps(rows)}.map(row => String(({function})(...row)))}}"
        )
        for row, text in zip(rows, found, strict=True):
            expected = evaluate(tree, dict(zip(names, row, strict=True)))
            value = float(text.replace("Infinity", "inf"))
            assert value == pytest.approx(expected, rel=1e-14, abs=1e-15, nan_ok=True), (name, row)


def test_whole_powers_are_exactly_rounded(browser: Browser) -> None:
    bases = (0.9, 0.999, 0.9999, 1.1, 0.5, 0.123456789, 1.0, 0.0)
    exponents = (0, 1, 2, 3, 17, 63, 64, 100, 640, 4096)
    found = browser.evaluate(
        f"{{{HELPERS} {json.dumps(bases)}.map(a => {json.dumps(exponents)}.map(b => pow(a, b)))}}"
    )
    expected = [
        [float(np.float64(a) ** b) if a else float(b == 0) for b in exponents] for a in bases
    ]
    np.testing.assert_allclose(found, expected, rtol=3e-16, atol=0)
