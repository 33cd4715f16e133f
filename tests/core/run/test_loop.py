"""The one loop: how long it goes, how it ends, what it keeps, how it goes on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.parameters import SettingError
from optlab.core.problems import Problem, formula_problem, load_problem
from optlab.core.rules import load_rule
from optlab.core.run import MAX_STEPS, Outcome, RunSpec, Trajectory, plain_kernel, program_of, run
from optlab.core.run.columns import Columns
from optlab.core.run.kernels.block_kernel import BlockKernel, Program
from optlab.core.run.kernels.scalar_program import StepProgram
from optlab.core.run.outcome import FARTHEST
from optlab.core.run.sampling import StepFeed
from optlab.core.schedules import parse_schedule

BOWL = formula_problem("w1^2 + 2*w2^2")


def spec(problem: Problem = BOWL, rule: str = "gd", **settings: object) -> RunSpec:
    given = {"start": (1.0, -1.0), "parameters": {"eta": 0.1}, **settings}
    return RunSpec(problem, load_rule(rule), **given)  # type: ignore[arg-type]


def same(a: Trajectory, b: Trajectory) -> bool:
    return (
        a.names == b.names
        and a.outcome == b.outcome
        and np.array_equal(a.data, b.data, equal_nan=True)
    )


class SmallBlocks:
    """A kernel that is asked for few steps at a time."""

    def __init__(self, kernel: BlockKernel, block: int) -> None:
        self.kernel = kernel
        self.store = kernel.store
        self.block = block

    def __call__(
        self,
        count: int,
        done: int,
        inputs: np.ndarray,
        values: np.ndarray,
        noise: np.ndarray,
        out: np.ndarray,
        feed: StepFeed,
        layout: Columns,
    ) -> int:
        assert 0 <= count <= self.block
        assert len(out) >= count
        return self.kernel(count, done, inputs, values, noise, out, feed, layout)


def small_blocks(given: RunSpec, block: int) -> Callable[[Program], BlockKernel]:
    return lambda program: SmallBlocks(plain_kernel(program), block)


# -- how long -----------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [0, 1, 2, 57])
def test_run_takes_exactly_the_steps_it_is_given(steps: int) -> None:
    path = run(spec(steps=steps))
    assert (path.steps, path.rows, path.data.shape[0]) == (steps, steps + 1, steps + 1)
    plural = "" if steps == 1 else "s"
    assert path.outcome == Outcome("finished", steps)
    assert path.outcome.sentence == f"finished after {steps} step{plural}"
    assert path.data.dtype == np.float64


def test_path_is_that_of_the_equations() -> None:
    path = run(spec(steps=30))
    for t in range(31):
        assert path.weights[t] == pytest.approx([0.8**t, -(0.6**t)], rel=1e-14)


def test_hundred_thousand_steps_are_one_path() -> None:
    given = spec(load_problem("rosenbrock"), "adam", steps=100_000, start=(-1.0, 1.0))
    path = run(given)
    assert (path.steps, path.outcome.kind) == (100_000, "finished")
    assert path.data.flags.c_contiguous
    assert path.data.shape == (100_001, len(path.names))
    head = run(spec(load_problem("rosenbrock"), "adam", steps=9000, start=(-1.0, 1.0)))
    assert np.array_equal(path.data[:9001], head.data, equal_nan=True)


@pytest.mark.parametrize("steps", [-1, MAX_STEPS + 1])
def test_number_of_steps_has_limits(steps: int) -> None:
    with pytest.raises(SettingError, match="steps must be from 0 to"):
        spec(steps=steps)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"start": (1.0,)}, "start"),
        ({"start": (1.0, math.nan)}, "start"),
        ({"start": (1.0, math.inf)}, "start"),
        ({"start": (1.0, 2.0, 3.0)}, "start"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**63}, "seed"),
        ({"stop_gradient": -1.0}, "stop_gradient"),
        ({"stop_gradient": math.nan}, "stop_gradient"),
        ({"parameters": {"eta": 0.0}}, "eta"),
        ({"parameters": {"speed": 1.0}}, "speed"),
        ({"options": {"form": "x"}}, "form"),
    ],
)
def test_setting_that_cannot_be_is_named(settings: dict[str, object], name: str) -> None:
    with pytest.raises(SettingError) as caught:
        spec(**settings)
    assert caught.value.name == name


# -- what is recorded ---------------------------------------------------------------------------


def test_columns_stand_in_the_order_of_the_table() -> None:
    path = run(spec(rule="adam", steps=3))
    assert path.names == (
        *("w1", "w2", "loss", "g1", "g2", "eta", "m1", "m2", "s1", "s2"),
        *("m_hat1", "m_hat2", "s_hat1", "s_hat2"),
    )
    assert dict(path.vectors) == {
        "w": ("w1", "w2"),
        "loss": ("loss",),
        "g": ("g1", "g2"),
        "eta": ("eta",),
        **{name: (f"{name}1", f"{name}2") for name in ("m", "s", "m_hat", "s_hat")},
    }
    assert path.state == ("m", "s")
    assert "dw2" in path
    assert "t" in path
    assert "m3" not in path


def test_row_zero_is_the_start_with_memory_and_nothing_of_an_update() -> None:
    start = run(spec(rule="adam", steps=2)).row(0)
    assert (start["w1"], start["w2"], start["loss"]) == (1.0, -1.0, 3.0)
    assert [start[name] for name in ("m1", "m2", "s1", "s2")] == [0.0] * 4
    assert all(math.isnan(start[name]) for name in ("g1", "g2", "eta", "m_hat1", "s_hat2"))


def test_row_t_holds_the_gradient_of_update_t_and_the_loss_after_it() -> None:
    path = run(spec(rule="momentum", steps=20, schedule=parse_schedule("step:drop=0.5,every=3")))
    for t in range(1, 21):
        before, after = path.weights[t - 1], path.weights[t]
        assert (path["g1"][t], path["g2"][t]) == BOWL.gradient(before)
        assert path.loss[t] == BOWL.loss(after)
        assert path["eta"][t] == 0.1 * 0.5 ** ((t - 1) // 3)
        assert path["dw1"][t] == after[0] - before[0]
        assert path["w1"][t] == path["w1"][t - 1] - path["eta"][t] * path["m1"][t]
    assert math.isnan(path["dw1"][0])
    assert path["t"].tolist() == list(range(21))
    assert path.final_weights == tuple(path.weights[-1])
    assert path.final_loss == path.loss[-1]
    with pytest.raises(KeyError):
        path["nothing"]


# -- how it ends --------------------------------------------------------------------------------


def test_small_gradient_ends_a_run_only_where_that_is_asked_for() -> None:
    path = run(spec(steps=1000, stop_gradient=1e-3))
    assert path.outcome.kind == "converged"
    assert path.outcome.step == path.steps < 1000
    assert path.outcome.sentence == f"converged after {path.steps} steps: ‖∇E‖ is at most 0.001"
    norms = [math.hypot(*BOWL.gradient(w)) for w in path.weights]
    assert all(norm > 1e-3 for norm in norms[:-1])
    assert norms[-1] <= 1e-3
    assert run(spec(steps=1000)).steps == 1000
    free = run(spec(steps=path.steps))
    assert np.array_equal(path.data, free.data, equal_nan=True)


def test_run_can_converge_before_its_first_step_and_at_its_last() -> None:
    assert run(spec(steps=9, start=(0.0, 0.0), stop_gradient=0.0)).outcome == Outcome(
        "converged", 0, "‖∇E‖ is at most 0"
    )
    needed = run(spec(steps=1000, stop_gradient=1e-3)).steps
    assert run(spec(steps=needed, stop_gradient=1e-3)).outcome.kind == "finished"
    assert run(spec(steps=needed + 1, stop_gradient=1e-3)).outcome.kind == "converged"


ENDS = [
    # formula, eta, start, kind, step, part of the sentence
    ("w1^2 + w2^2", 10.0, (1.0, 1.0), "diverged", 24, "w = ("),
    ("w1^4 + w2^2", 1.0, (100.0, 1.0), "diverged", 3, "w = ("),
    ("exp(w1)", 1e-3, (1.0, 0.0), "finished", 100, "finished"),
    ("-exp(w1)", 1.0, (5.0, 0.0), "diverged", 2, "diverged at step 2"),
    ("log(w1) + w2^2", 0.1, (1.0, 1.0), "left_domain", None, "not a number"),
    ("sqrt(w1)", 1.0, (0.3, 0.0), "left_domain", 1, "the loss is not a number at w = ("),
    ("asin(w1)", 0.4, (-0.7, 0.0), "left_domain", 1, "not a number"),
    ("1/w1", 1.0, (1.0, 0.0), "finished", 100, "finished"),
    ("w1^2 + 0*log(w2) + w2", 0.5, (1.0, 1.0), "left_domain", 2, "not a number at w = (0, 0)"),
    ("sqrt(abs(w1))", 1.0, (0.25, 0.0), "finished", 100, "finished"),
    ("log(w1)", 1.0, (-1.0, 0.0), "left_domain", 0, "not a number"),
    ("1/w1", 1.0, (0.0, 0.0), "left_domain", 0, "infinite"),
    ("-1/abs(w1)", 1.0, (0.0, 0.0), "left_domain", 0, "infinite"),
    ("w1 + cbrt(w2)", 0.1, (1.0, 0.0), "left_domain", 1, "the gradient is not finite"),
    ("w1 + sqrt(w2)", 0.1, (1.0, 0.0), "left_domain", 1, "the gradient is not finite"),
    ("1e300*w1^2", 1e9, (1.0, 0.0), "diverged", 1, "diverged at step 1"),
    ("exp(w1^2)", 0.01, (3.0, 0.0), "diverged", 1, "the loss is infinite at w = ("),
]


@pytest.mark.parametrize(("formula", "eta", "start", "kind", "step", "words"), ENDS)
def test_end_is_a_value_with_its_step_and_sentence(
    formula: str,
    eta: float,
    start: tuple[float, float],
    kind: str,
    step: int | None,
    words: str,
) -> None:
    path = run(spec(formula_problem(formula), parameters={"eta": eta}, start=start, steps=100))
    assert path.outcome.kind == kind, path.outcome
    assert path.outcome.step == path.steps
    assert step is None or path.steps == step
    assert words in path.outcome.sentence
    inside = np.abs(path.weights[:-1]) <= FARTHEST
    assert inside.all()
    assert np.isfinite(path.loss[:-1]).all()
    last_is_fine = np.abs(path.weights[-1]).max() <= FARTHEST and math.isfinite(path.final_loss)
    assert last_is_fine == (kind == "finished")


def test_path_that_leaves_the_window_is_recorded_as_it_is() -> None:
    path = run(spec(formula_problem("w1 + w2"), parameters={"eta": 1e6}, steps=10))
    assert path.final_weights == (1 - 1e7, -1 - 1e7)


# -- cancelling and progress --------------------------------------------------------------------


def test_progress_grows_to_the_end() -> None:
    given = spec(steps=1000)
    seen: list[tuple[int, int]] = []
    path = run(
        given,
        kernels=small_blocks(given, 64),
        progress=lambda done, all_: seen.append((done, all_)),
    )
    assert [done for done, _ in seen] == [*range(64, 1000, 64), 1000]
    assert {all_ for _, all_ in seen} == {1000}
    assert same(path, run(given))


def test_cancelled_run_keeps_what_it_has() -> None:
    given = spec(steps=1000)
    answers: Iterator[bool] = iter([False, False, True])
    path = run(given, kernels=small_blocks(given, 64), cancelled=lambda: next(answers))
    assert path.outcome == Outcome("cancelled", 192)
    assert path.outcome.sentence == "cancelled after 192 steps"
    assert np.array_equal(path.data, run(given).data[:193], equal_nan=True)
    assert same(run(given, resume=path), run(given))


def test_finished_run_is_not_cancelled_afterwards() -> None:
    assert run(spec(steps=5), cancelled=lambda: True).outcome.kind == "finished"


# -- going on -----------------------------------------------------------------------------------


@pytest.mark.parametrize("block", [1, 7, 100])
@pytest.mark.parametrize("steps", [1, 99, 100])
def test_blocks_do_not_show_in_the_numbers(block: int, steps: int) -> None:
    given = spec(rule="adam", steps=steps, treatment=GradientTransforms(noise=0.5), seed=9)
    assert same(run(given, kernels=small_blocks(given, block)), run(given))


@pytest.mark.parametrize("rule", ["adam", "momentum", "nadam", "rprop"])
@pytest.mark.parametrize("first", [0, 1, 33, 120])
def test_going_on_gives_the_numbers_of_one_long_run(rule: str, first: int) -> None:
    settings = {
        "treatment": GradientTransforms(noise=0.5, l2=0.01, clip_norm=2.0),
        "schedule": parse_schedule("warmup:steps=40+step:drop=0.5,every=30"),
        "seed": 4,
    }
    short = run(spec(load_problem("himmelblau"), rule, steps=first, **settings))
    whole = spec(load_problem("himmelblau"), rule, steps=120, **settings)
    assert same(run(whole, resume=short), run(whole))


def test_noise_goes_on_over_the_edge_of_a_block() -> None:
    settings = {"treatment": GradientTransforms(noise=0.5), "seed": 4}
    whole = spec(steps=9000, **settings)
    short = run(spec(steps=4090, **settings))
    assert same(run(whole, resume=short), run(whole))


def test_run_that_has_ended_does_not_go_on() -> None:
    for formula, eta, start, kind, _, _ in ENDS:
        if kind != "finished":
            given = spec(formula_problem(formula), parameters={"eta": eta}, start=start, steps=100)
            ended = run(given)
            assert same(run(given, resume=ended), ended)
    given = spec(steps=1000, stop_gradient=1e-3)
    assert same(run(given, resume=run(given)), run(given))


def test_longer_run_is_cut_to_a_shorter_one() -> None:
    whole = run(spec(rule="adam", steps=50))
    for steps in (0, 1, 49, 50):
        short = spec(rule="adam", steps=steps)
        assert same(run(short, resume=whole), run(short))


# -- code ---------------------------------------------------------------------------------------


def test_change_of_a_number_needs_no_new_code() -> None:
    def program(number: float) -> StepProgram:
        return program_of(
            spec(
                rule="adam",
                parameters={"eta": number, "beta1": number},
                start=(number, 1.0),
                steps=round(100 * number),
                seed=round(100 * number),
                schedule=parse_schedule(f"warmup:steps={1 + number}+step:drop={number}"),
                treatment=GradientTransforms(noise=number, l2=number, clip_norm=number),
                stop_gradient=number,
            )
        )

    assert program(0.25) == program(0.75)
    assert plain_kernel(program(0.25)) is plain_kernel(program(0.75))
