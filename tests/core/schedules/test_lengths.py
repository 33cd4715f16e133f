"""How long schedules last, and the cycles of those that repeat."""

import math

import pytest

from optlab.core.formula import Symbol, evaluate
from optlab.core.schedules import parse_schedule


def rates(text: str, steps: int, eta: float = 0.1) -> list[float]:
    schedule = parse_schedule(text)
    tree = schedule.expression(Symbol("k"), Symbol("T"))
    constants = schedule.constants(steps)
    return [
        evaluate(tree, {"k": float(k), "T": float(steps), "eta": eta, **constants})
        for k in range(steps)
    ]


@pytest.mark.parametrize(("first", "growth"), [(7, 3), (5, 2), (1, 2), (10, 10), (13, 1), (4, 5)])
def test_restarts_follow_the_recursion_of_their_cycles(first, growth):
    expected, position, length = [], 0, first
    for _ in range(2000):
        expected.append(0.01 + 0.09 * (1 + math.cos(math.pi * position / length)) / 2)
        position += 1
        if position >= length:
            position, length = 0, length * growth
    found = rates(f"restarts:T_0={first},T_mult={growth},eta_min=0.01", 2000)
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "cosine:T_max=7",
        "linear:total=7",
        "polynomial:total=7",
        "onecycle:total=7",
        "warmup:steps=7",
    ],
)
def test_a_schedule_with_an_end_can_be_followed_without_saying_its_length_twice(text):
    found = rates(f"{text}+constant", 10)
    assert found[7:] == [0.1] * 3
    assert found[:7] == rates(text, 7)


def test_steps_cut_a_schedule_short():
    assert rates("cosine:T_max=50,steps=3+constant", 5)[3:] == [0.1, 0.1]


def test_one_cycle_stays_at_its_last_rate():
    found = rates("onecycle:total=20,div=10,final_div=100", 30)
    assert max(found) == pytest.approx(0.1)
    assert found[0] == pytest.approx(0.01)
    assert found[19:] == [found[19]] * 11 == pytest.approx([1e-4] * 11)


def test_inverse_root_halves_after_three_scales():
    assert rates("invsqrt:scale=10", 31)[30] == pytest.approx(0.05)


def test_cycle_climbs_and_falls():
    found = rates("cyclic:base=0.02,up=4,down=2", 7)
    assert found == pytest.approx([0.02, 0.04, 0.06, 0.08, 0.1, 0.06, 0.02])


@pytest.mark.parametrize("name", ["cosine", "linear", "polynomial", "onecycle"])
def test_a_piece_without_its_length_takes_what_is_left_of_the_run(name):
    found = rates(f"warmup:steps=20+{name}", 60)
    assert found[:20] == rates("warmup:steps=20", 20)
    assert found[20:] == rates(name, 40)
