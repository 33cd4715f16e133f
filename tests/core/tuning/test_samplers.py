"""Search spaces and the points that are tried in them."""

import numpy as np
import pytest

from optlab.core.parameters import SettingError
from optlab.core.rules import load_rule, rule_names
from optlab.core.tuning import SAMPLERS, SearchAxis, Space, halton_points, points, space_of


@pytest.mark.parametrize("name", sorted(SAMPLERS))
def test_points_lie_in_the_cube_and_are_repeatable(name: str) -> None:
    found = points(name, 50, 3, 7)
    assert ((found >= 0) & (found <= 1)).all()
    assert (points(name, 50, 3, 7) == found).all()
    if name != "grid":
        assert (points(name, 80, 3, 7)[:50] == found).all()
        assert (points(name, 50, 3, 8) != found).any()


def test_every_run_of_a_base_fills_each_part_once() -> None:
    found = halton_points(900, 2, seed=3)
    for axis, base in enumerate((2, 3)):
        for begin in range(0, 81, base**2):
            parts = np.floor(found[begin : begin + base**2, axis] * base**2)
            assert sorted(parts) == list(range(base**2))
    assert abs(np.corrcoef(halton_points(400, 12, seed=0), rowvar=False)[10, 11]) < 0.15


def test_a_grid_has_its_ends_and_no_more_points_than_asked_for() -> None:
    assert points("grid", 10, 2).tolist() == [
        [a, b] for a in (0.0, 0.5, 1.0) for b in (0.0, 0.5, 1.0)
    ]
    assert points("grid", 3, 2).tolist() == [[0.5, 0.5]]
    assert points("grid", 5, 0).shape == (1, 0)


def test_an_unknown_sampler_is_refused() -> None:
    with pytest.raises(ValueError, match="'sobol' is no sampler; known are halton, random, grid"):
        points("sobol", 3, 1)


def test_axes_by_hand() -> None:
    assert SearchAxis("eta", 1e-4, 1.0, "log").value(0.5) == pytest.approx(1e-2)
    assert SearchAxis("beta", 0.5, 0.995, "decay").value(0.5) == pytest.approx(
        1 - np.sqrt(0.5 * 0.005)
    )
    assert SearchAxis("a", -1.0, 3.0).value(0.25) == 0
    option = SearchAxis("form", choices=("x", "y", "z"))
    assert [option.value(share) for share in (0, 0.34, 1.0)] == ["x", "y", "z"]
    for axis in (SearchAxis("eta", 1e-4, 1.0, "log"), SearchAxis("b", 0.5, 0.999, "decay")):
        assert (axis.value(0.0), axis.value(1.0)) == (axis.low, axis.high)


@pytest.mark.parametrize(
    ("low", "high", "scale", "message"),
    [
        (2.0, 1.0, "linear", "eta needs a low end below its high, not 2:1"),
        (0.0, 1.0, "log", "eta needs ends above 0"),
        (0.5, 1.0, "decay", "eta needs ends from 0 to below 1"),
    ],
)
def test_wrong_ends_are_refused(low: float, high: float, scale: str, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        SearchAxis("eta", low, high, scale)


@pytest.mark.parametrize("name", rule_names())
def test_every_point_of_a_usual_space_is_a_setting_of_its_rule(name: str) -> None:
    rule = load_rule(name)
    space = space_of(rule)
    for shares in points("halton", 20, len(space.axes)):
        rule.complete_parameters({k: float(v) for k, v in space.settings(shares).items()})


def test_a_best_at_the_edge_widens_that_end_alone() -> None:
    rule = load_rule("adam")
    space = space_of(rule, ["eta", "beta1"], {"eta": SearchAxis("eta", 1e-3, 1e-1, "log")})
    assert space.edges((0.999, 0.0)) == (("eta", 1), ("beta1", -1))
    wider = space.widened(space.edges((0.999, 0.0)), rule)
    assert (wider.axes[0].low, wider.axes[0].high) == (1e-3, 1.0)
    assert wider.axes[1] == space.axes[1]


def test_options_and_unknown_names() -> None:
    space = space_of(load_rule("adam"), ["eta", "epsilon_placement"])
    assert set(space.axes[1].choices) == {"inside", "outside", "uncorrected"}
    assert Space(()).settings(()) == {}
    with pytest.raises(SettingError, match="nu is not a parameter or option of adam"):
        space_of(load_rule("adam"), ["nu"])
