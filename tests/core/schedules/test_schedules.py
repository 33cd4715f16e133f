"""The learning rate over the steps: its text, its values, its mistakes."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optlab.core.analysis.worksheet import worksheet
from optlab.core.data import Table
from optlab.core.formula import Symbol, evaluate
from optlab.core.parameters import SettingError
from optlab.core.problems import data_problem, formula_problem
from optlab.core.resources import DataError
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, Segment, run
from optlab.core.run.sampling import Sampling
from optlab.core.schedules import (
    load_schedule_kind,
    parse_schedule,
    read_schedule_kind,
    schedule_names,
    with_unit,
)

ETA = 0.5
STEPS = 60


def rates(text: str, steps: int = STEPS) -> list[float]:
    """η of k = 0, 1, ... as a run records it, after comparing it with the formula's value."""
    spec = RunSpec(
        formula_problem("0*w1"),
        load_rule("gd"),
        {"eta": ETA},
        schedule=parse_schedule(text),
        steps=steps,
    )
    recorded = [float(eta) for eta in run(spec).data[1:, list(run(spec).names).index("eta")]]
    tree = spec.schedule.expression(Symbol("k"), Symbol("T"))
    constants = spec.schedule.constants(steps) | {"eta": ETA, "T": float(steps)}
    direct = [evaluate(tree, {**constants, "k": float(k)}) for k in range(steps)]
    assert recorded == pytest.approx(direct, rel=1e-14)
    return recorded


def cosine(k: float, t_max: float, eta: float = ETA, low: float = 0.0) -> float:
    return low + (eta - low) * (1 + math.cos(math.pi * k / t_max)) / 2


VALUES: dict[str, Callable[[int], float]] = {
    "constant": lambda k: ETA,
    "cosine": lambda k: cosine(k, STEPS),
    "cosine:T_max=30": lambda k: cosine(k, 30),
    "cosine:T_max=45,eta_min=0.1": lambda k: cosine(k, 45, low=0.1),
    "step": lambda k: ETA * 0.5 ** (k // 10),
    "step:drop=0.1,every=7": lambda k: ETA * 0.1 ** (k // 7),
    "warmup": lambda k: ETA * min(1, (k + 1) / 10),
    "warmup:steps=20+cosine:T_max=40": lambda k: (
        ETA * (k + 1) / 20 if k < 20 else cosine(k - 20, 40)
    ),
    "warmup:steps=5+constant:steps=10+step:drop=0.5,every=3": lambda k: (
        ETA * (k + 1) / 5 if k < 5 else ETA if k < 15 else ETA * 0.5 ** ((k - 15) // 3)
    ),
    "formula(eta*0.99^k)": lambda k: ETA * 0.99**k,
    "formula(eta/t)": lambda k: ETA / (k + 1),
    "formula(eta*(1 - k/T))": lambda k: ETA * (1 - k / STEPS),
    "formula(0.25)": lambda k: 0.25,
    "formula(where(k < 3, 0.1, eta)):steps=6+formula(eta/t)": lambda k: (
        0.1 if k < 3 else ETA if k < 6 else ETA / (k - 5)
    ),
}


@pytest.mark.parametrize("text", VALUES)
def test_rate_at_every_step_is_the_one_of_the_formula(text: str) -> None:
    assert rates(text) == pytest.approx([VALUES[text](k) for k in range(STEPS)], rel=1e-13)


def test_default_length_is_that_of_the_run() -> None:
    assert rates("cosine", 10) == pytest.approx([cosine(k, 10) for k in range(10)])
    assert rates("cosine", 1) == [ETA]


def test_constant_is_known_as_constant() -> None:
    assert parse_schedule("constant").is_constant
    assert parse_schedule("constant:steps=5+constant").is_constant
    assert parse_schedule("formula(eta)").is_constant
    assert not parse_schedule("warmup+constant").is_constant


@pytest.mark.parametrize("name", schedule_names())
def test_every_shipped_schedule_gives_usable_rates(name: str) -> None:
    kind = load_schedule_kind(name)
    assert kind.summary
    assert all(parameter.help for parameter in kind.parameters.values())
    for steps in (1, 2, 7, 300):
        for eta in rates(name, steps):
            assert math.isfinite(eta)
            assert 0 <= eta <= ETA * (1 + 1e-12)


# -- text ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "short"),
    [
        (" cosine : T_max = 700 ", "cosine:T_max=700"),
        ("step:every=10, drop=.5", "step:every=10,drop=0.5"),
        ("warmup:steps=2e1 + cosine:T_max=6.8e+2", "warmup:steps=20+cosine:T_max=680"),
        ("cosine:eta_min=1e-5", "cosine:eta_min=1e-05"),
        ("cosine:T_max=1e+20+step", None),
        ("formula( eta*(1 + k) )", "formula( eta*(1 + k) )"),
        ("formula(eta + k):steps=3+formula(eta*(k+1))", None),
    ],
)
def test_text_is_read_as_people_type_it(text: str, short: str | None) -> None:
    schedule = parse_schedule(text)
    assert short is None or schedule.text == short
    assert parse_schedule(schedule.text) == schedule
    assert parse_schedule(schedule.text).text == schedule.text


@st.composite
def pieces(draw: st.DrawFn) -> str:
    kind = load_schedule_kind(draw(st.sampled_from(schedule_names())))
    settings = []
    for parameter in kind.parameters.values():
        if draw(st.booleans()):
            low = max(parameter.range.low, -1e6)
            high = min(parameter.range.high, 1e300)
            inside = st.floats(low, high).filter(parameter.range.contains)
            settings.append(f"{parameter.name}={draw(inside)!r}")
    given = {setting.partition("=")[0] for setting in settings}
    if not given & {"steps", kind.length}:
        settings.append(f"steps={draw(st.integers(1, 1000))}")
    return f"{kind.key}:{','.join(settings)}"


typed = st.sampled_from(["eta", "eta*0.5^k", "eta/(1 + k)", "max(0, eta - 1e-3*k)", "T"])


@given(
    st.lists(st.one_of(pieces(), typed.map("formula({}):steps=4".format)), min_size=1, max_size=4)
)
def test_text_form_reads_back_as_the_same_schedule(parts: list[str]) -> None:
    assume(not any(a.startswith("warmup") and b.startswith("warmup") for a, b in pairwise(parts)))
    schedule = parse_schedule("+".join(parts))
    assert len(schedule.pieces) == len(parts)
    again = parse_schedule(schedule.text)
    assert again == schedule
    assert hash(again) == hash(schedule)
    assert again.constants(100) == schedule.constants(100)


@given(st.text(max_size=40))
def test_any_text_is_a_schedule_or_a_wrong_setting(text: str) -> None:
    try:
        parse_schedule(text)
    except SettingError as error:
        assert error.reason


@given(
    st.lists(
        st.sampled_from([*schedule_names(), "formula(", ")", ":", "+", ",", "=", "1e", "5", "eta"]),
        max_size=12,
    )
)
def test_any_mixture_is_a_schedule_or_a_wrong_setting(parts: list[str]) -> None:
    test = "".join(parts)
    try:
        parse_schedule(test)
    except SettingError as error:
        assert error.reason


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("", "schedule", "needs 1 to 20 pieces"),
        ("  ", "schedule", "needs 1 to 20 pieces"),
        ("+".join(["constant:steps=1"] * 21), "schedule", "needs 1 to 20 pieces"),
        ("cosin", "schedule", "did you mean cosine"),
        ("qqqq", "schedule", "known are"),
        ("missing.toml", "schedule", "cannot be read"),
        ("step:steps=2+", "schedule", "unknown schedule ''"),
        ("constant:", "constant", "a setting is missing beside ':' or ','; known are steps"),
        (
            "cosine: ",
            "cosine",
            "known are T_max, eta_min, steps",
        ),
        ("step:drop=0.5,", "step", "a setting is missing"),
        ("step:,drop=0.5", "step", "a setting is missing"),
        ("formula(eta):", "formula", "a setting is missing"),
        ("warmup:steps=5+warmup:steps=5", "warmup", "cannot follow warmup"),
        ("constant:steps=2+warmup+warmup+cosine", "warmup", "cannot follow warmup"),
        ("step:drop", "step:drop", "needs the form key=value"),
        ("step:drop=a", "step:drop", "'a' is not a number"),
        ("step:drop=", "step:drop", "'' is not a number"),
        ("step:drop=inf", "step:drop", "must be a finite number"),
        ("step:drop=nan", "step:drop", "must be a finite number"),
        ("step:drop=0", "step:drop", "must be above 0, not 0"),
        ("step:every=0.5", "step:every", "must be at least 1, not 0.5"),
        ("step:drop=1,drop=2", "step:drop", "is given twice"),
        ("step:gamma=1", "step:gamma", "is not a constant of step; known are drop, every"),
        ("constant:gamma=1", "constant:gamma", "known are none"),
        ("constant:steps=0", "constant:steps", "must be at least 1"),
        ("step+constant", "step", "needs steps=N, because another schedule follows"),
        ("formula(eta+k)+constant", "formula", "needs steps=N"),
        ("formula()", "schedule formula()", "the formula is empty"),
        ("formula(eta*)", "schedule formula(eta*)", "ends too early (column 5)"),
        ("formula(w1)", "schedule formula(w1)", "unknown name 'w1'"),
        ("formula(eta))", "schedule formula(eta))", "closes nothing (column 4)"),
        ("formula(eta < 1)", "schedule formula(eta < 1)", "yes or no"),
        ("formula(eta):gamma=1", "formula:gamma", "is not a constant of formula"),
    ],
)
def test_mistake_is_named(text: str, name: str, reason: str) -> None:
    with pytest.raises(SettingError) as caught:
        parse_schedule(text)
    assert caught.value.name == name
    assert reason in caught.value.reason


GOOD = """
name = "Tried"
summary = "S"
formula = "eta/(1 + rate*k)"

[parameters.rate]
default = 0.5
range = "[0, 1]"
"""


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ("rate*k", "speed*k", "formula", "unknown name 'speed'"),
        ("rate*k", "rate*", "formula", "column 15"),
        ("0.5", "2.0", "parameters.rate.default", "neither a number in [0, 1] nor 'T'"),
        ("0.5", '"S"', "parameters.rate.default", "S is neither a number"),
        ("[0, 1]", "[1, 0]", "parameters.rate.range", "wrong order"),
        ('summary = "S"\n', "", "top level", "missing required field"),
        ("[parameters.rate]", "[parameters.rate]\nx = 1", "parameters.rate", "unknown field"),
    ],
)
def test_broken_schedule_file_is_refused(
    tmp_path: Path, old: str, new: str, key: str, reason: str
) -> None:
    path = tmp_path / "tried.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(DataError) as caught:
        load_schedule_kind("tried", tmp_path)
    assert (caught.value.file, caught.value.key) == ("tried.toml", key)
    assert reason in caught.value.reason


def test_schedule_of_a_folder_is_data_enough(tmp_path: Path) -> None:
    (tmp_path / "tried.toml").write_text(GOOD)
    kind = load_schedule_kind("tried", tmp_path)
    assert evaluate(kind.tree, {"eta": 1.0, "rate": 0.5, "k": 2.0}) == 0.5


@pytest.mark.parametrize("name", ["k", "T", "eta", "steps", '"a-b"'])
def test_a_constant_of_a_schedule_needs_a_name_of_its_own(name: str) -> None:
    text = f'name = "N"\nsummary = ""\nformula = "eta"\n[parameters.{name}]\ndefault = 1.0\n'
    with pytest.raises(DataError, match=r"schedule 'mine': parameters\."):
        read_schedule_kind(text, "mine")


# -- epochs ----------------------------------------------------------------------------------

EACH = 4  # steps of an epoch: 10 rows in batches of 3
DATA = data_problem("mean((w1*x - x)^2)", Table({"x": np.arange(10.0)}))


def epoch_spec(text: str, steps: int = 30, batch: int | None = 3, **more: Any) -> RunSpec:
    return RunSpec(
        DATA,
        load_rule("gd"),
        {"eta": ETA / 1000},
        schedule=parse_schedule(text),
        steps=steps,
        sampling=Sampling(batch=batch),
        **more,
    )


def epoch_rates(spec: RunSpec) -> list[float]:
    """η over the steps, after the worksheet has shown the same at some of them."""
    path = run(spec)
    for step in (1, EACH + 1, spec.steps):
        row = worksheet(spec, path, step).rows[0]
        assert row.parts[row.line.tree] == pytest.approx(path["eta"][step], rel=1e-15)
    return [float(eta) * 1000 for eta in path["eta"][1:]]


EPOCH_VALUES: dict[str, Callable[[int], float]] = {
    "step:drop=0.5,every=2,unit=epochs": lambda k: ETA * 0.5 ** (k // EACH // 2),
    "cosine:unit=epochs": lambda k: cosine(k // EACH, 8),  # 30 steps begin eight epochs
    "formula(eta*0.9^k/(T - k)):unit=epochs": lambda k: ETA * 0.9 ** (k // EACH) / (8 - k // EACH),
    "warmup:steps=2,unit=epochs+cosine:unit=epochs": lambda k: (
        ETA * (k // EACH + 1) / 2 if k < 8 else cosine(k // EACH - 2, 6)
    ),
    # An epoch ends where the batches begin anew, also after a part that counts steps ...
    "warmup:steps=6+step:drop=0.5,every=1,unit=epochs": lambda k: (
        ETA * (k + 1) / 6 if k < 6 else ETA * 0.5 ** (k // EACH - 1)
    ),
    # ... and steps are counted from the end of the last epoch of a part.
    "constant:steps=2,unit=epochs+formula(eta/t)": lambda k: ETA if k < 8 else ETA / (k - 7),
}


@pytest.mark.parametrize("text", EPOCH_VALUES)
def test_a_part_may_count_epochs(text: str) -> None:
    expected = [EPOCH_VALUES[text](k) for k in range(30)]
    assert epoch_rates(epoch_spec(text)) == pytest.approx(expected, rel=1e-13)
    assert parse_schedule(parse_schedule(text).text) == parse_schedule(text)


def test_without_batches_an_epoch_is_a_step() -> None:
    text = "step:drop=0.5,every=3"
    whole = run(epoch_spec(f"{text},unit=epochs", batch=None))
    np.testing.assert_array_equal(whole.data, run(epoch_spec(text, batch=None)).data)
    assert with_unit(text, epochs=True) == f"{text},unit=epochs"
    joined = "warmup:steps=2,unit=epochs+cosine"
    assert with_unit(joined, epochs=False) == "warmup:steps=2+cosine"


def test_epochs_go_on_over_a_change_of_rule_and_of_batches() -> None:
    """From the sixth step, in the second epoch, batches hold five rows: two steps an epoch."""
    text = "formula(eta/t):unit=epochs"
    other = {"eta": ETA / 1000}
    same = Segment(6, load_rule("momentum"), other, sampling=Sampling(batch=3))
    assert epoch_rates(epoch_spec(text, then=(same,))) == epoch_rates(epoch_spec(text))
    larger = Segment(6, load_rule("gd"), other, sampling=Sampling(batch=5))
    path = run(epoch_spec(text, 12, then=(larger,)))
    epochs = [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert (path["eta"][1:] * 1000).tolist() == pytest.approx([ETA / k for k in epochs])
    own = Segment(6, load_rule("gd"), other, {}, parse_schedule(text), sampling=Sampling(batch=3))
    rates_ = (run(epoch_spec("constant", 12, then=(own,)))["eta"][7:] * 1000).tolist()
    assert rates_ == pytest.approx([ETA, ETA, *[ETA / 2] * 4])


def test_epochs_need_data() -> None:
    schedule = parse_schedule("cosine:unit=epochs")
    with pytest.raises(SettingError, match="schedule counts epochs, and this loss has no data"):
        RunSpec(formula_problem("w1^2"), load_rule("gd"), schedule=schedule)
    for text, reason in (
        ("cosine:unit=weeks", "cosine:unit must be steps or epochs, not 'weeks'"),
        ("cosine:unit=epochs,unit=steps", "cosine:unit is given twice"),
    ):
        with pytest.raises(SettingError, match=reason):
            parse_schedule(text)
