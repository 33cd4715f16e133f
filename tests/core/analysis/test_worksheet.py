"""The worksheet shows the very numbers of the run."""

import itertools
import math
import struct

import pytest

from optlab.core.analysis.worksheet import (
    Row,
    Worksheet,
    gradient_lines,
    plain_number,
    plain_value,
    worksheet,
    worksheet_latex,
    worksheet_text,
)
from optlab.core.analysis.worksheet.number_text import latex_number, latex_value
from optlab.core.data import load_table
from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.parameters import SettingError
from optlab.core.problems import formula_problem, load_problem
from optlab.core.problems.network import Network, network_problem
from optlab.core.problems.weight_names import weight_index, weight_title, weight_titles
from optlab.core.rules import load_rule, rule_names
from optlab.core.run import RunSpec, run
from optlab.core.schedules import parse_schedule

EVERYTHING = GradientTransforms(
    noise=0.3, noise_relative=0.2, l2=0.1, clip_value=4.0, clip_norm=3.0
)
SCHEDULE = "warmup:steps=5+cosine:T_max=40"


def make(rule: str = "adam", problem: str = "himmelblau", step: int = 3, **settings: object):
    settings.setdefault("steps", 12)
    spec = RunSpec(load_problem(problem), load_rule(rule), **settings)  # type: ignore[arg-type]
    return worksheet(spec, run(spec), step)


def bits(row: Row) -> tuple[bytes, bytes]:
    computed = row.computed if isinstance(row.computed, tuple) else (row.computed,)
    pack = [b"".join(struct.pack("d", value) for value in side) for side in (computed, row.values)]
    return pack[0], pack[1]


@pytest.mark.parametrize("name", rule_names())
@pytest.mark.parametrize(
    ("treatment", "schedule"), [(GradientTransforms(), "constant"), (EVERYTHING, SCHEDULE)]
)
def test_every_equation_gives_the_recorded_bits(
    name: str, treatment: GradientTransforms, schedule: str
) -> None:
    rule = load_rule(name)
    choices = [option.choices for option in rule.options.values()]
    for options in itertools.islice(itertools.product(*choices), 6):
        for problem in ("himmelblau", "rosenbrock", "abs_valley"):
            spec = RunSpec(
                load_problem(problem),
                rule,
                options=dict(zip(rule.options, options, strict=True)),
                treatment=treatment,
                schedule=parse_schedule(schedule),
                steps=12,
            )
            walk = run(spec)
            for step in {1, 2, 7, walk.steps} & set(range(1, walk.steps + 1)):
                check_sheet(worksheet(spec, walk, step), walk.row(step))


def check_sheet(sheet: Worksheet, recorded: dict[str, float]) -> None:
    for row in sheet.rows:
        computed, shown = bits(row)
        if all(math.isfinite(value) for value in row.values):
            assert computed == shown, row.line.text
        for form in range(row.forms):
            assert "#" not in row.numbers(form)
    last = {row.line.target: row for row in sheet.rows}
    for target, row in last.items():
        titles = [target] if target in recorded else [f"{target}{i}" for i in (1, 2)]
        if all(title in recorded for title in titles) and len(row.values) == len(titles):
            expected = [recorded[title] for title in titles]
            assert [struct.pack("d", v) for v in row.values] == [
                struct.pack("d", v) for v in expected
            ]
    assert [row.is_last for row in sheet.rows].count(True) == 1


def test_the_rows_of_adam() -> None:
    sheet = make(step=1, problem="quadratic", start=(-15.0, 20.0), parameters={"eta": 0.05})
    assert sheet.title == "Adam, update 1"
    assert [row.line.text for row in sheet.rows] == [
        "g = ∇E(w)",
        "m ← β₁m + (1 − β₁)g",
        "s ← β₂s + (1 − β₂)g²",
        "m̂ ← m/(1 − β₁ᵗ)",
        "ŝ ← s/(1 − β₂ᵗ)",
        "w ← w − ηm̂/√(ŝ + ε)",
    ]
    assert [row.numbers() for row in sheet.rows[:3]] == [
        "at (−15.0000, 20.0000)",
        "0.9·(0, 0) + 0.1·(−90.0000, 400.000)",
        "0.999·(0, 0) + 0.001·(−90.0000, 400.000)²",
    ]
    assert sheet.rows[-1].is_last
    assert sheet.rows[-1].values == pytest.approx((-14.95, 19.95))


def test_less_detail_where_there_is_less_room() -> None:
    row = make(step=2, problem="quadratic", start=(-15.0, 20.0), parameters={"eta": 0.05}).rows[-1]
    forms = [row.numbers(form) for form in range(row.forms)]
    assert forms[1].startswith("(−14.9500, 19.9500) − 0.05·(−89.")
    assert forms[1].count("√") == 0
    assert forms[2].count("(") == 2
    assert all(len(later) < len(forms[0]) for later in forms[1:])
    assert "4.9500" not in forms[-1]


def test_options_and_gradient_points() -> None:
    sheet = make("nesterov")
    assert [row.line.text for row in sheet.rows] == ["g = ∇E(w + αv)", "v ← αv − ηg", "w ← w + v"]
    assert sheet.rows[0].numbers().startswith("at (")
    outside = make(options={"epsilon_placement": "outside"})
    assert outside.rows[-1].line.text == "w ← w − ηm̂/(√ŝ + ε)"


def test_treatments_are_rows_when_they_are_active() -> None:
    sheet = make("gd", treatment=EVERYTHING)
    texts = [row.line.text for row in sheet.rows]
    assert texts[:5] == [
        "g = ∇E(w)",
        "g ← g(1 + σξ)",
        "g ← g + σξ",
        "g ← g + λw",
        "g ← max(−c, min(c, g))",
    ]
    assert texts[5].startswith("g ← g·(c/‖g‖ if ‖g‖ > c")
    assert "0.1·(" in sheet.rows[3].numbers()
    ahead = make("nesterov", treatment=GradientTransforms(l2=0.1))
    assert ahead.rows[1].line.text == "g ← g + λ(w + αv)"


def test_the_schedule_has_a_row() -> None:
    warm = make(schedule=parse_schedule(SCHEDULE), parameters={"eta": 0.1})
    assert warm.rows[0].line.text == "ηₜ = η min(1, (k + 1)/steps)"
    assert warm.rows[0].numbers() == "0.1·min(1, (2 + 1)/5)"
    assert warm.rows[0].values == pytest.approx((0.06,))
    later = make(schedule=parse_schedule(SCHEDULE), step=9)
    assert "cos(πk/T_max)" in later.rows[0].line.text
    assert "cos(π·3/40)" in later.rows[0].numbers()
    assert "ηₜ" in later.rows[-1].line.text
    assert "ηₜ" not in make().rows[-1].line.text


def test_only_the_branch_that_holds_is_shown() -> None:
    sheet = make("rprop", step=4)
    for row in sheet.rows:
        assert "if" not in row.numbers()


def test_rules_without_equations_show_what_was_recorded() -> None:
    steppers = [name for name in rule_names() if not load_rule(name).equations]
    for name in steppers:
        sheet = make(name, step=1)
        assert sheet.rows[0].line.text == "g = ∇E(w)"
        assert sheet.rows[-1].line.target == "w"
        assert worksheet_text(sheet)
        assert worksheet_latex(sheet).isascii()


def test_a_single_weight_has_the_numbers_of_its_component() -> None:
    """Also where reductions over all weights, branches and treatments stand in the equations."""
    network = network_problem(Network((2, 3, 1)), load_table("moons:n=20"))
    for name in ("adam", "lamb", "rprop", "nesterov", "sam"):
        spec = RunSpec(network, load_rule(name), treatment=EVERYTHING, steps=5)
        path = run(spec)
        whole = worksheet(spec, path, 4)
        for index in (0, 4, network.dimension - 1):
            sheet = worksheet(spec, path, 4, weight=index)
            assert sheet.size == 1
            for row, all_weights in zip(sheet.rows, whole.rows, strict=True):
                value = all_weights.result
                part = value[index] if isinstance(value, tuple) else value
                assert row.shown == part
                assert "…" not in row.numbers() and "(…" not in row.result_text()
        norms = {row.line.symbol: row.shown for row in whole.rows if row.line.symbol[0] == "‖"}
        assert {"‖g‖", "‖Δw‖"} <= norms.keys()
        assert norms["‖g‖"] == pytest.approx(math.sqrt((path.vector("g")[4] ** 2).sum()))
        step = path.weights[4] - path.weights[3]
        assert norms["‖Δw‖"] == pytest.approx(math.sqrt((step**2).sum()))


def test_weights_have_names() -> None:
    network = network_problem(Network((2, 3, 1)), load_table("moons:n=20"))
    titles = list(weight_titles(network))
    assert titles[:3] == ["w1 = W1[1,1]", "w2 = W1[1,2]", "w3 = W1[2,1]"]
    assert titles[6] == "w7 = b1[1]" and titles[-1] == "w13 = b2[1]"
    for index, title in enumerate(titles):
        assert weight_title(network, index) == title
        short, _, place = title.partition(" = ")
        assert {weight_index(network, one) for one in (short, place, title)} == {index}
    bowl = formula_problem("a^2 + b^2", ("a", "b"))
    assert list(weight_titles(bowl)) == ["a", "b"] and weight_index(bowl, "b") == 1
    for problem, wrong in ((network, "W1[4,1]"), (network, "b1"), (bowl, "w1"), (network, "w0")):
        with pytest.raises(SettingError, match="there is no"):
            weight_index(problem, wrong)


def test_there_must_be_such_an_update() -> None:
    for step in (0, 13):
        with pytest.raises(ValueError, match="no update"):
            make(step=step)


def test_numbers_that_broke_are_shown() -> None:
    spec = RunSpec(
        formula_problem("log(w1) + w2^2"),
        load_rule("gd"),
        parameters={"eta": 5.0},
        start=(1.0, 1.0),
        steps=5,
    )
    walk = run(spec)
    text = worksheet_text(worksheet(spec, walk, walk.steps))
    assert "∇E(w)" in text


def test_huge_equations_show_their_value() -> None:
    schedule = "formula(" + " + ".join(f"eta*{i}^-k" for i in range(2, 90)) + ")"
    sheet = make("gd", schedule=parse_schedule(schedule))
    assert sheet.rows[0].numbers() == "0.000633761"


def test_text_to_copy() -> None:
    text = worksheet_text(make("momentum", step=2, problem="quadratic", start=(-15.0, 20.0)))
    assert text.startswith("Momentum, update 2\ng = ∇E(w)\n    at (")
    assert "\nm ← αm + g\n    = 0.9·(−90.0000, 400.000) + (" in text
    full = worksheet_text(make(step=2), full=True)
    assert max(len(word) for word in full.split()) > 14


def test_latex_to_copy() -> None:
    for name in ("adam", "nadam", "rprop", "nesterov"):
        text = worksheet_latex(make(name, treatment=EVERYTHING, schedule=parse_schedule(SCHEDULE)))
        assert text.isascii()
        lines = text.splitlines()
        assert lines[1] == r"\begin{align*}"
        assert lines[-1] == r"\end{align*}"
        for line in lines[2:-1]:
            assert line.count("{") == line.count("}")
            assert line.count(r"\left") == line.count(r"\right") + line.count(r"\leftarrow")
            outside = line.replace(r"\begin{cases}", "\x00").replace(r"\end{cases}", "\x01")
            assert outside.split("\x00")[0].count("&") >= 1


@pytest.mark.parametrize(
    ("value", "plain", "latex"),
    [
        (-14.45561, "−14.4556", "-14.4556"),
        (0.0, "0", "0"),
        (-0.0, "0", "0"),
        (1046.58, "1046.58", "1046.58"),
        (0.00967812, "0.00967812", "0.00967812"),
        (-9.67812e-5, "−9.67812e−5", r"-9.67812 \cdot 10^{-5}"),
        (1234567.0, "1.23457e6", r"1.23457 \cdot 10^{6}"),
        (999999.7, "1.00000e6", r"1.00000 \cdot 10^{6}"),
        (math.inf, "∞", r"\infty"),
        (-math.inf, "−∞", r"-\infty"),
        (math.nan, "NaN", r"\text{NaN}"),
    ],
)
def test_numbers(value: float, plain: str, latex: str) -> None:
    assert plain_number(value) == plain
    assert latex_number(value) == latex


def test_numbers_with_all_digits() -> None:
    assert plain_number(0.1 + 0.2, None) == "0.30000000000000004"
    assert plain_number(-15.0, None) == "−15"
    assert plain_number(1e-8, exact=True) == "1e−8"
    assert latex_number(1e-8, exact=True) == "10^{-8}"


def test_long_vectors_are_shortened() -> None:
    value = tuple(float(i) for i in range(1, 9))
    assert plain_value(value) == "(1.00000, 2.00000, 3.00000, …, 8.00000)"
    assert r"\ldots" in latex_value(value)


def test_gradient_lines() -> None:
    lines = gradient_lines(load_problem("himmelblau"))
    assert lines[0][0] == "∂E/∂w₁ = 4w₁(w₁² + w₂ − 11) + 2(w₁ + w₂² − 7)"
    assert lines[1][1] == (
        r"\frac{\partial E}{\partial w_2} = 2 (w_1^2 + w_2 - 11) + 4 w_2 (w_1 + w_2^2 - 7)"
    )
    long = gradient_lines(load_problem("goldstein_price"))
    assert "…" in long[0][0]
    assert len(long[0][0]) < 200


@pytest.mark.parametrize("step", [64, 65, 128, 131])
def test_late_steps_have_the_recorded_bits_too(step: int) -> None:
    for name in ("adam", "nadam", "adan"):
        for row in make(name, step=step, steps=140).rows:
            computed, shown = bits(row)
            assert computed == shown, row.line.text
