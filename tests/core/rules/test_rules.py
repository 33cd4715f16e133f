"""A rule is data: a file in a folder runs, with every means of the rule language."""

from __future__ import annotations

import keyword
import math
from pathlib import Path

import numpy as np
import pytest

from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.parameters import SettingError
from optlab.core.problems import Problem, formula_problem
from optlab.core.rules import Rule, load_rule, rule_names
from optlab.core.run import RunSpec, Trajectory, compiled_kernel, run

BOWL = formula_problem("3w1^2 + 10w2^2 + w1*w2")
START = (1.5, -2.0)


def loss(w: np.ndarray) -> float:
    return float(3 * w[0] ** 2 + 10 * w[1] ** 2 + w[0] * w[1])


def grad(w: np.ndarray) -> np.ndarray:
    return np.array([6 * w[0] + w[1], 20 * w[1] + w[0]])


def make(folder: Path, update: str, extra: str = "") -> Rule:
    path = folder / "tried.toml"
    text = (
        f'name = "T"\nsummary = "S"\nupdate = """\n{update}\n"""\nparameters.eta.default = 0.01\n'
    )
    path.write_text(text + extra)
    return load_rule(str(path))


def walk(rule: Rule, steps: int = 6, problem: Problem = BOWL, **settings: object) -> Trajectory:
    return run(RunSpec(problem, rule, start=START, steps=steps, **settings))  # type: ignore[arg-type]


EVERYTHING = """
k = k + 1
total = total + dot(g, g)
ahead = w - 0.5*eta*g
g2nd = grad(ahead)
e_ahead = loss(ahead)
far = norm(w - origin)
m = where(heavy, beta*m, 0) + g2nd
rate = rate*where(g*m > 0, 1.1, 0.9)
w = w - rate*m/sqrt(1 + total)*(1 + min(e_ahead, 1) + far)
"""
EVERYTHING_STATE = """
parameters.beta.default = 0.5
options.heavy.default = true
state.k = {help = "own count", scalar = true, start = "10*eta"}
state.total = {help = "sum", scalar = true}
state.origin = {help = "start", start = "w"}
state.m = "momentum"
state.rate = {help = "rates", start = "eta + beta"}
"""


def test_rule_from_a_folder_has_every_means_of_the_language(tmp_path: Path) -> None:
    update = EVERYTHING.replace("g2nd", "g_ahead") + "origin = origin"
    rule = make(tmp_path, update, EVERYTHING_STATE)
    path = walk(rule)

    w, m, total, rate, origin = np.array(START), np.zeros(2), 0.0, np.full(2, 0.51), np.array(START)
    for t in range(1, 7):
        g = grad(w)
        total += g @ g
        ahead = w - 0.5 * 0.01 * g
        far = math.hypot(*(w - origin))
        m = 0.5 * m + grad(ahead)
        rate = rate * np.where(g * m > 0, 1.1, 0.9)
        w = w - rate * m / math.sqrt(1 + total) * (1 + min(loss(ahead), 1) + far)
        row = path.row(t)
        expected = {
            "w1": w[0],
            "w2": w[1],
            "loss": loss(w),
            "g1": g[0],
            "g2": g[1],
            "eta": 0.01,
            "k": 0.1 + t,
            "total": total,
            "m1": m[0],
            "m2": m[1],
            "far": far,
            "rate1": rate[0],
            "rate2": rate[1],
            "ahead1": ahead[0],
            "e_ahead": loss(ahead),
            "origin1": START[0],
            "origin2": START[1],
        }
        assert {name: row[name] for name in expected} == pytest.approx(expected, rel=1e-12)

    assert path.state == ("k", "total", "origin", "m", "rate")
    start = path.row(0)
    assert (start["k"], start["total"], start["m1"]) == (0.1, 0.0, 0.0)
    assert (start["rate1"], start["origin2"]) == (0.51, -2.0)
    assert all(math.isnan(start[name]) for name in ("g1", "eta", "ahead1", "e_ahead", "far"))


def test_equations_use_old_values_until_they_assign_new_ones(tmp_path: Path) -> None:
    path = walk(make(tmp_path, "before = w\nw = w - eta*g\nafter = w\nslope = grad(w)"), 2)
    assert path["before1"][1:].tolist() == path["w1"][:-1].tolist()
    assert path["after2"][1:].tolist() == path["w2"][1:].tolist()
    assert path["slope1"][1] == path["g1"][2]


def test_gradient_that_a_rule_takes_elsewhere_is_the_recorded_one(tmp_path: Path) -> None:
    path = walk(make(tmp_path, "g = grad(w + 1)\nw = w - eta*g"), 1)
    assert [path["g1"][1], path["g2"][1]] == pytest.approx(grad(np.array(START) + 1))


def test_number_spreads_over_all_weights(tmp_path: Path) -> None:
    rule = make(tmp_path, "m = norm(g)\ng = grad(1)\nw = w - eta*m - 0*g", 'state.m = "all equal"')
    path = walk(rule, 1)
    assert path["m1"][1] == path["m2"][1] == pytest.approx(np.linalg.norm(grad(np.array(START))))
    assert [path["g1"][1], path["g2"][1]] == pytest.approx(grad(np.ones(2)))


NAMES = [
    *("p", "c", "v", "i", "d", "x", "y", "T", "k", "out", "inputs", "values", "noise", "count"),
    *("append", "inf", "in_w", "s0_x", "v_w", "p_eta", "c_noise", "n1_x", "gradient_norm", "done"),
    *(name for name in keyword.kwlist if name not in {"if", "and", "or", "not"}),
]
MEMORY = {
    "one per weight": ("{0} = 0.5*{0} + g\nw = w - eta*{0}", '[state]\n"{0}" = "x"'),
    "one in all": (
        "{0} = 0.5*{0} + dot(g, g)\nw = w - eta*g/(1 + {0})",
        '[state]\n"{0}" = {{help = "x", scalar = true}}',
    ),
    "intermediate": ("{0} = dot(g, g)\nw = w - eta*g/(1 + {0})", ""),
}


@pytest.mark.parametrize("kind", MEMORY)
@pytest.mark.parametrize("name", NAMES)
def test_no_name_meets_one_of_the_generated_code(tmp_path: Path, name: str, kind: str) -> None:
    settings = {
        "treatment": GradientTransforms(noise=0.1, l2=0.1, clip_norm=9.0),
        "stop_gradient": 1e-9,
        "seed": 3,
    }
    update, state = MEMORY[kind]
    paths = [
        walk(make(tmp_path, update.format(used), state.format(used)), 4, **settings)
        for used in (name, "plain")
    ]
    assert paths[0].steps == 4
    assert np.array_equal(paths[0].data, paths[1].data, equal_nan=True)
    columns = [column.replace(name, "plain", 1) for column in paths[0].vectors[name]]
    assert tuple(columns) == paths[1].vectors["plain"]


@pytest.mark.parametrize("name", ["i", "out", "inf", "noise"])
def test_no_name_meets_one_of_the_compiled_code(tmp_path: Path, name: str) -> None:
    update, state = MEMORY["one in all"]
    spec = RunSpec(BOWL, make(tmp_path, update.format(name), state.format(name)), steps=5)
    compiled = run(spec, kernels=compiled_kernel)
    assert np.array_equal(compiled.data, run(spec).data, equal_nan=True)


# -- options and variants -----------------------------------------------------------------------

CHOICES = """
m = beta*m + g                   if form == heavy
s = s + g^2                      if scaled
step = where(scaled, g/sqrt(s + 1), g)
w = w - eta*(step + m)           if form == heavy
w = w - eta*step                 if form != heavy and not scaled
w = w - 2*eta*step               if form == plain and scaled
"""
CHOICES_DATA = """
parameters.beta = {default = 0.5, range = "[0, 1)"}
options.form = {choices = ["plain", "heavy"]}
options.scaled.default = false
state = {m = "momentum", s = "sum of squares"}
presets.one = {form = "heavy", beta = 0.25}
presets.two = {form = "plain", beta = 0.75}
"""


@pytest.mark.parametrize(
    ("options", "state", "intermediates"),
    [
        ({"form": "plain", "scaled": False}, [], ("step",)),
        ({"form": "plain", "scaled": True}, ["s"], ("step",)),
        ({"form": "heavy", "scaled": False}, ["m"], ("step",)),
        ({"form": "heavy", "scaled": True}, ["m", "s"], ("step",)),
    ],
)
def test_variant_keeps_only_what_its_options_use(
    tmp_path: Path,
    options: dict[str, str | bool],
    state: list[str],
    intermediates: tuple[str, ...],
) -> None:
    variant = make(tmp_path, CHOICES, CHOICES_DATA).variant(options)
    assert [variable.name for variable in variant.state] == state
    assert variant.intermediates == intermediates
    assert ("beta" in variant.parameters) == ("m" in state)
    assert all(equation.guard is None for equation in variant.equations)


def test_options_change_the_path_as_their_equations_say(tmp_path: Path) -> None:
    rule = make(tmp_path, CHOICES, CHOICES_DATA)
    plain, scaled = (walk(rule, 1, options={"scaled": on}) for on in (False, True))
    g = grad(np.array(START))
    assert plain["dw1"][1] == pytest.approx(-0.01 * g[0])
    assert scaled["dw1"][1] == pytest.approx(-0.02 * g[0] / math.sqrt(g[0] ** 2 + 1))
    assert "s1" in scaled
    assert "s1" not in plain


def test_options_are_read_from_text_and_checked(tmp_path: Path) -> None:
    rule = make(tmp_path, CHOICES, CHOICES_DATA)
    assert rule.complete_options({}) == {"form": "plain", "scaled": False}
    assert rule.complete_options({"scaled": "True"}) == {"form": "plain", "scaled": True}
    for given, message in [
        ({"form": "light"}, "form must be one of plain, heavy, not light"),
        ({"scaled": "maybe"}, "scaled must be one of true, false, not maybe"),
        ({"scaled": 1}, "scaled must be one of"),
        ({"style": "x"}, "style is not an option of tried"),
    ]:
        with pytest.raises(SettingError, match=message):
            rule.complete_options(given)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [-0.1, 1.0, math.nan, math.inf])
def test_parameters_are_checked_against_their_range(tmp_path: Path, value: float) -> None:
    rule = make(tmp_path, CHOICES, CHOICES_DATA)
    with pytest.raises(SettingError, match="beta must be at least 0 and below 1") as caught:
        rule.complete_parameters({"beta": value})
    assert caught.value.name == "beta"
    assert rule.complete_parameters({"beta": 0}) == {"eta": 0.01, "beta": 0.0}
    with pytest.raises(SettingError, match="alpha is not a parameter of tried"):
        rule.complete_parameters({"alpha": 0.5})


def test_presets_give_parameters_and_options(tmp_path: Path) -> None:
    rule = make(tmp_path, CHOICES, CHOICES_DATA)
    assert rule.preset("one") == ({"beta": 0.25}, {"form": "heavy"})
    with pytest.raises(SettingError, match="'three' is not known for tried; known are one, two"):
        rule.preset("three")


# -- the catalogue ------------------------------------------------------------------------------

KEYS = rule_names()


def test_names_of_the_catalogue_are_its_own() -> None:
    rules = [load_rule(key) for key in KEYS]
    assert len({rule.name.casefold() for rule in rules}) == len(rules)
    assert {"gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"} <= set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_every_shipped_rule_explains_itself(key: str) -> None:
    rule = load_rule(key)
    assert rule.summary
    assert rule.reference
    for parameter in rule.parameters.values():
        assert parameter.help
        assert parameter.range.contains(parameter.default)
        low, high = parameter.slider
        assert low <= parameter.default <= high
        assert low >= parameter.range.low
        assert high <= parameter.range.high
    assert all(option.help for option in rule.options.values())
    assert all(variable.help for variable in rule.state)


@pytest.mark.parametrize("key", KEYS)
def test_every_preset_of_a_shipped_rule_makes_a_rule_that_runs(key: str) -> None:
    rule = load_rule(key)
    for name in rule.presets:
        parameters, options = rule.preset(name)
        assert walk(rule, 2, parameters=parameters, options=options).steps == 2
