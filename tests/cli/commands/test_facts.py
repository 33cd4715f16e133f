"""Known numbers of known rules, asked for as a person would: on the command line."""

from pathlib import Path

import pytest

from tests.cli.conftest import QUADRATIC, Command, only_run, table

CSV = Path("out.csv")
ESCAPE = ("--problem", "escape", "--start=0.3,0.1", "--steps", 150, "--optimizer", "adam")
FIRST_MOMENT = ("--set", "second_moment=false", "--set", "eta=20")


def columns(optlab: Command, *arguments: object) -> dict[str, list[float]]:
    done = optlab("run", *arguments, "--csv", CSV)
    assert (done.status, done.err) == (0, "")
    return table(CSV)


def test_gradient_descent_takes_its_first_two_steps(optlab: Command) -> None:
    found = columns(optlab, *QUADRATIC, "--optimizer", "gd", "--set", "eta=0.001", "--steps", 2)
    assert found["w1"] == pytest.approx([-15, -14.91, -14.82054], abs=1e-12)
    assert found["w2"] == pytest.approx([20, 19.6, 19.208], abs=1e-12)
    assert found["g1"] == pytest.approx([-90, -89.46])
    assert found["g2"] == pytest.approx([400, 392])


def test_momentum_sums_the_gradients(optlab: Command) -> None:
    settings = ("--optimizer", "momentum", "--set", "eta=0.001", "--set", "alpha=0.9")
    found = columns(optlab, *QUADRATIC, *settings, "--steps", 2)
    assert found["m1"] == pytest.approx([0, -90, -170.46])
    assert found["m2"] == pytest.approx([0, 400, 752])
    assert found["w1"][1:] == pytest.approx([-14.91, -14.73954])
    assert found["w2"][1:] == pytest.approx([19.6, 18.848])


def test_momentum_without_memory_is_gradient_descent(optlab: Command) -> None:
    shared = (*QUADRATIC, "--set", "eta=0.001", "--steps", 50)
    without = columns(optlab, *shared, "--optimizer", "momentum", "--set", "alpha=0")
    plain = columns(optlab, *shared, "--optimizer", "gd")
    assert without["w1"] == plain["w1"] and without["w2"] == plain["w2"]


@pytest.mark.parametrize(("alpha", "loss"), [(0, 272.924), (0.6, 32.1446), (0.9, 0.0798409)])
def test_memory_makes_momentum_faster(optlab: Command, alpha: float, loss: float) -> None:
    settings = ("--optimizer", "momentum", "--set", "eta=0.001", "--set", f"alpha={alpha}")
    found = columns(optlab, *QUADRATIC, *settings, "--steps", 700)
    assert found["loss"][100] == pytest.approx(loss, rel=2e-6)
    assert found["t"] == list(range(701))


def test_much_memory_overshoots_and_bumps(optlab: Command) -> None:
    settings = ("--optimizer", "momentum", "--set", "eta=0.001", "--set", "alpha=0.9")
    found = columns(optlab, *QUADRATIC, *settings, "--steps", 700)
    assert min(found["w2"]) == pytest.approx(-5.90, abs=0.005)
    loss = found["loss"]
    assert next(t for t in range(1, 700) if loss[t - 1] < loss[t] > loss[t + 1]) == 22


def test_the_adaptive_scheme_divides_by_the_recent_slope(optlab: Command) -> None:
    settings = ("--optimizer", "rmsprop", "--set", "eta=0.05", "--set", "beta2=0.9")
    found = columns(optlab, *QUADRATIC, *settings, "--set", "epsilon=1e-8", "--steps", 2)
    assert found["s1"][1:] == pytest.approx([810, 1522.0137], rel=1e-7)
    assert found["s2"][1:] == pytest.approx([16000, 30148.0178], rel=1e-8)
    assert found["w1"][1:] == pytest.approx([-14.84, -14.73], abs=0.005)
    assert found["w2"][1:] == pytest.approx([19.84, 19.73], abs=0.005)


def test_without_memory_the_adaptive_scheme_walks_along_the_compass(optlab: Command) -> None:
    settings = ("--optimizer", "rmsprop", "--set", "eta=0.05", "--set", "beta2=0")
    found = columns(optlab, *QUADRATIC, *settings, "--steps", 100)
    moves = zip(found["dw1"], found["dw2"], strict=True)
    assert all(abs(a) == pytest.approx(0.05) and abs(b) == pytest.approx(0.05) for a, b in moves)


@pytest.mark.parametrize(
    ("beta1", "where"), [(0, 2.224), (0.5, 2.224), (0.9, 2.224), (0.91, 7.5), (0.98, None)]
)
def test_enough_first_moment_leaves_the_small_minimum(
    optlab: Command, beta1: float, where: float | None
) -> None:
    # Without any, the step is so long that the run circles in the small minimum.
    done = optlab("run", *ESCAPE, *FIRST_MOMENT, "--set", f"beta1={beta1}", "--json", "end.json")
    assert done.status == 0
    (w1, _) = only_run(Path("end.json"))["final_w"]  # type: ignore[misc]
    assert w1 > 7 if where is None else w1 == pytest.approx(where, abs=0.002 if beta1 else 0.3)


def test_adam_arrives_at_the_end_of_the_banana(optlab: Command) -> None:
    settings = ("--set", "epsilon_placement=outside", "--set", "eta=0.001", "--steps", 20_000)
    surface = ("--problem", "rosenbrock", "--start=-1,1")
    optlab("run", *surface, "--optimizer", "adam", *settings, "--json", "end.json")
    (w1, w2) = only_run(Path("end.json"))["final_w"]  # type: ignore[misc]
    # It still quivers around the minimum there, so that rounding decides the seventh digit.
    assert (w1, w2) == pytest.approx((0.99999987, 0.99999969), abs=5e-7)
