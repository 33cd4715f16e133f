"""Rules as code: NumPy always, PyTorch and optax where they are installed."""

from __future__ import annotations

import ast
import importlib.util
import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optlab.core.export.code import TARGETS, rule_code
from optlab.core.export.code.numbers import START
from optlab.core.parameters import SettingError
from optlab.core.problems import load_problem
from optlab.core.rules import Choice, Rule, load_rule, read_rule, rule_names
from optlab.core.run import RunSpec, run
from optlab.core.schedules import load_schedule_kind, parse_schedule, schedule_names

RULES = [name for name in rule_names() if not load_rule(name).stepper]
LIBRARIES = ("torch", "optax")
INSTALLED = [name for name in LIBRARIES if importlib.util.find_spec(name)]
TOLERANCE = 1e-12


def loaded(text: str) -> dict[str, Any]:
    """What a file of code defines."""
    names: dict[str, Any] = {"__name__": "emitted"}
    exec(compile(text, "<emitted>", "exec"), names)  # noqa: S102 - what a person would run
    return names


def choices(rule: Rule) -> list[dict[str, Choice]]:
    """The options of a rule with each of them away from its default, one at a time."""
    found: list[dict[str, Choice]] = [{}]
    for name, option in rule.options.items():
        found += [{name: choice} for choice in option.choices if choice != option.default]
    return found


@pytest.mark.parametrize("name", RULES)
def test_numpy_code_takes_our_steps_with_every_option(name: str) -> None:
    rule = load_rule(name)
    code = loaded(rule_code(rule, "numpy", {}, {}))
    assert code["check"]() <= TOLERANCE
    assert len(code["EXPECTED"]) >= 3
    for options in choices(rule)[1:]:
        assert loaded(rule_code(rule, "numpy", {}, options))["check"]() <= TOLERANCE, options


def test_stored_numbers_are_those_of_a_run() -> None:
    rule = load_rule("adam")
    code = loaded(rule_code(rule, "numpy", {"eta": 0.02}, {"epsilon_placement": "outside"}))
    settings = code["SETTINGS"]
    options = {"epsilon_placement": "outside"}
    problem = load_problem("rosenbrock")
    path = run(RunSpec(problem, rule, settings, options, start=START, steps=1000))
    assert settings["eta"] == 0.02
    assert {step: path.weights[step].tolist() for step in code["EXPECTED"]} == {
        step: list(map(float, w)) for step, w in code["EXPECTED"].items()
    }


def test_code_of_a_wrong_rule_is_found_out() -> None:
    text = rule_code(load_rule("momentum"), "numpy", {}, {})
    assert not loaded(text.replace("m = alpha * m", "m = alpha * alpha * m"))["check"]() < 1e-3


@pytest.mark.parametrize("name", schedule_names())
def test_schedules_go_along(name: str) -> None:
    kind = load_schedule_kind(name)
    text = "warmup:steps=20+cosine" if kind.opening else f"{name}"
    code = loaded(rule_code(load_rule("gd"), "numpy", {}, {}, parse_schedule(text)))
    assert code["check"]() <= TOLERANCE


@pytest.mark.parametrize("target", TARGETS)
def test_every_rule_can_be_written(target: str) -> None:
    schedule = parse_schedule("warmup:steps=20+step:drop=0.5,every=100")
    for name in RULES:
        text = rule_code(load_rule(name), target, {}, {}, schedule)
        assert text.isprintable() or "\n" in text
        if TARGETS[target][1] == ".py":
            compile(text, name, "exec")
            assert max(map(len, text.splitlines())) <= 130
    for name in set(rule_names()) - set(RULES):
        with pytest.raises(SettingError, match="no code to write out"):
            rule_code(load_rule(name), target, {}, {})


HOSTILE = '''
name = 'x"""\\nimport os; os.system("touch HERE")\\n"""'
summary = "ends \\\\"
reference = 'r"""\\u2028 \\r evil()'
convention = "\\u0000"
update = """
lambda = 2*state - g    # names that Python and the code around need for themselves
state = lambda
w = w + params*lambda
"""
[state]
state = 'help """'
[parameters.eta]
default = 0.1
help = '\\n"""\\nraise SystemExit(3)\\n'
[parameters.params]
default = 0.001
'''


@pytest.mark.parametrize("target", TARGETS)
def test_texts_of_a_received_rule_stay_texts(target: str) -> None:
    rule = read_rule(HOSTILE.replace("\\u0000", "\\u0007"), "for")
    text = rule_code(rule, target, {}, {})
    if TARGETS[target][1] != ".py":
        return
    tree = ast.parse(text)
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not called & {"os.system", "evil"}
    assert all(
        isinstance(alias.name, str) and alias.name != "os"
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    )
    if target == "numpy" or target in INSTALLED:
        assert loaded(text)["check"]() <= TOLERANCE


def test_names_follow_the_rule() -> None:
    code = rule_code(load_rule("adamw"), "torch", {}, {})
    assert "\n\n\nAdamw = AdamW\n" in code
    assert "Adam = " not in rule_code(load_rule("adam"), "torch", {}, {})
    assert "class AdamW(torch.optim.Optimizer)" in rule_code(load_rule("adamw"), "torch", {}, {})
    text = rule_code(load_rule("averaged_sgd"), "torch", {}, {})
    assert "class AveragedSgd(torch.optim.Optimizer)" in text
    assert "def averaged_sgd(eta=" in rule_code(load_rule("averaged_sgd"), "optax", {}, {})
    assert "alpha" not in rule_code(load_rule("rmsprop"), "numpy", {}, {}).partition("import")[2]


def test_the_call_of_a_library_is_named_with_its_settings() -> None:
    outside = {"epsilon_placement": "outside"}
    text = rule_code(load_rule("adam"), "torch", {"eta": 0.01, "beta1": 0.8}, outside)
    assert "torch.optim.Adam(params, lr=0.01, betas=(0.8, 0.999), eps=1e-08)" in text
    assert "built in" not in rule_code(load_rule("adam"), "torch", {}, {})


WRITTEN = (
    *(name for name in schedule_names() if name != "warmup"),
    "warmup:steps=20+cosine:T_max=200,eta_min=0.01",
    "warmup:steps=20+step:drop=0.5,every=10,steps=100+linear:end=0.1",
    "constant:steps=30+polynomial:power=1.5,total=50,steps=60+exponential:gamma=0.9",
    "restarts:T_0=10,T_mult=1,eta_min=0.02",
    "linear:start=0.3,end=0.9,total=40+restarts:T_0=7",
    "onecycle:total=300,pct_start=0.5",
    "cyclic:base=0.01,up=5,down=9",
)


def test_the_schedule_of_a_library_is_named_with_its_settings() -> None:
    schedule = parse_schedule("warmup:steps=20+cosine:T_max=680")
    text = rule_code(load_rule("gd"), "torch", {"eta": 0.2}, {}, schedule, 700)
    assert "LambdaLR(optimizer, lambda k: schedule(k) / 0.2)" in text
    assert "CosineAnnealingLR(optimizer, T_max=680, eta_min=0)" in text
    text = rule_code(load_rule("gd"), "optax", {"eta": 0.2}, {}, schedule, 700)
    assert "gd(schedule=schedule)" in text
    assert "optax.join_schedules(" in text and "boundaries=[20]" in text
    typed = parse_schedule("formula(eta*0.99^k)")
    assert not typed.built_in("torch", 0.1, 100)


def test_every_declared_schedule_is_written() -> None:
    kinds = {call.function for n in schedule_names() for call in load_schedule_kind(n).builtins}
    written = [parse_schedule(t).built_in(lib, 0.1, 300) for t in WRITTEN for lib in LIBRARIES]
    assert all(any(f"{kind}(" in text for text in written) for kind in kinds)


def test_schedules_of_libraries_give_our_rates_in_the_installed_ones() -> None:
    for text, library in itertools.product(WRITTEN, INSTALLED):
        schedule = parse_schedule(text)
        call = schedule.built_in(library, 0.1, 300)
        if call:
            spec = RunSpec(
                load_problem("round_bowl"), load_rule("gd"), {"eta": 0.1}, {}, schedule, steps=300
            )
            ours = run(spec)["eta"][1:]
            theirs = rates_of_library(call, library, 300)
            assert np.allclose(theirs, ours, rtol=1e-6, atol=1e-9), (text, library)


def rates_of_library(call: str, library: str, count: int) -> list[float]:
    """The learning rates of a library's schedule."""
    if library == "optax":
        import jax
        import optax

        jax.config.update("jax_enable_x64", True)
        schedule = eval(call, {"optax": optax})  # noqa: S307 - declared in a shipped file
        return [float(schedule(step)) for step in range(count)]
    import torch

    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    scheduler = eval(call, {"torch": torch, "optimizer": optimizer})  # noqa: S307
    rates = []
    for _ in range(count):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


SAMPLE = (
    "adam",
    "nadam",
    "rprop",
    "lookahead",
    "sam",
    "polyak",
    "adahessian",
    "conjugate_gradient",
)


def test_code_runs_in_the_installed_libraries() -> None:
    schedule = parse_schedule("warmup:steps=20+cosine")
    for target in INSTALLED:
        for name in SAMPLE:
            assert loaded(rule_code(load_rule(name), target, {}, {}))["check"]() <= TOLERANCE, name
        text = rule_code(load_rule("rprop"), target, {}, {}, schedule)
        assert loaded(text)["check"]() <= TOLERANCE


RECORD = Path(__file__).parents[3] / "docs" / "emitted-code.md"


def test_the_record_of_every_rule_and_schedule_in_every_library_is_complete() -> None:
    cells = [line.strip("| ").split(" | ") for line in RECORD.read_text("utf-8").splitlines()]
    rows = {row[0].strip("`"): row[1:] for row in cells if row[0].startswith("`")}
    for name in RULES:
        _, steps, *differences = rows.pop(name)
        assert 0 < int(steps) <= 1000
        assert len(differences) == 3 and max(map(float, differences)) <= TOLERANCE, name
    assert {name.partition(":")[0] for name in rows} == set(schedule_names())
    for text, differences in rows.items():
        for library, difference in zip(LIBRARIES, differences, strict=True):
            declared_there = bool(parse_schedule(text).built_in(library, 0.1, 300))
            assert declared_there == (difference != "–"), text
            assert not declared_there or float(difference) <= 1e-6


# -- what libraries have built in -----------------------------------------------------------------


def declared() -> list[tuple[Rule, str, dict[str, Choice], dict[str, float]]]:
    """Every declared call once, with options under which it is the rule."""
    found: dict[tuple[str, int], tuple[Rule, str, dict[str, Choice], dict[str, float]]] = {}
    for name in rule_names():
        rule = load_rule(name)
        presets = [dict(p.parameters) for p in rule.presets.values()]
        keys = list(rule.options)
        combinations = itertools.product(*(rule.options[key].choices for key in keys))
        for combination, numbers in itertools.product(list(combinations), [{}, *presets]):
            options: dict[str, Choice] = dict(zip(keys, combination, strict=True))
            given = rule.complete_parameters({**numbers, "eta": 1e-3})
            for place, call in enumerate(rule.builtins):
                alone = replace(rule, builtins=(call,))
                if alone.built_in(call.library, given, options) is not None:
                    found.setdefault((name, place), (alone, call.library, options, given))
    return list(found.values())


def test_every_declared_call_can_be_reached() -> None:
    assert len(declared()) == sum(len(load_rule(name).builtins) for name in rule_names())


def steps_of_library(call: Any, library: str, count: int) -> np.ndarray:
    """The weights after so many steps of a library's own optimizer on a bowl."""
    if library == "torch":
        import torch

        w = torch.tensor([-1.5, 2.0], dtype=torch.float64, requires_grad=True)
        optimizer = eval(call.text("[w]"), {"torch": torch, "w": w})  # noqa: S307 - declared in a shipped file
        for _ in range(count):
            optimizer.zero_grad()
            (w[0] ** 2 + 3 * w[1] ** 2 + 1).backward()
            optimizer.step()
        result: np.ndarray = w.detach().numpy()
        return result
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)

    def loss(w: Any) -> Any:
        return w[0] ** 2 + 3 * w[1] ** 2 + 1

    rule = eval(call.text(), {"optax": optax})  # noqa: S307 - declared in a shipped file
    rule = optax.with_extra_args_support(rule)
    w = jax.numpy.array([-1.5, 2.0])
    state = rule.init(w)

    @jax.jit
    def advance(w: Any, state: Any) -> Any:
        updates, state = rule.update(jax.grad(loss)(w), state, w, value=loss(w))
        return optax.apply_updates(w, updates), state

    for _ in range(count):
        w, state = advance(w, state)
    return np.asarray(w)


def test_declared_calls_take_our_steps_in_the_installed_libraries() -> None:
    from optlab.core.problems import formula_problem

    problem = formula_problem("w1^2 + 3*w2^2 + 1")
    for rule, library, options, given in declared():
        if library not in INSTALLED:
            continue
        call = rule.built_in(library, given, options)
        ours = run(RunSpec(problem, rule, given, options, start=(-1.5, 2.0), steps=25))
        theirs = steps_of_library(call, library, 25)
        close = np.allclose(theirs, ours.weights[-1], rtol=1e-9, atol=0)
        assert close, (rule.key, library, options, theirs, ours.weights[-1])
