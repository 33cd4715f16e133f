"""Maps of measures: values, a common scale, lines that jump where the measure does."""

import itertools

import numpy as np
import pytest

from optlab.core.analysis.update_measures import (
    GROUPS,
    REACH,
    SETTINGS,
    adam_measure,
    adaptive_measure,
    measure_picture,
    momentum_measure,
    values_at,
)


def test_the_spot_value_of_momentum():
    ((measure, value),) = values_at("acceleration", {"alpha": 0.4}, 2.0, 1.0)
    assert measure.symbol == "Cₘ"
    assert value == pytest.approx(-0.2)


def test_a_map_shows_the_measure():
    picture = measure_picture("acceleration", {"alpha": 0.9}, cells=40)
    (shown,) = picture.maps
    h = 2 * REACH / 40
    g1, g2 = -REACH + h * 30.5, -REACH + h * 7.5
    assert shown.values[7, 30] == pytest.approx(float(momentum_measure(g1, g2, 0.9)))


def test_lines_jump_where_the_first_gradient_changes_its_sign():
    picture = measure_picture("acceleration", {"alpha": 0.5})
    (shown,) = picture.maps
    for line, level in zip(shown.lines, shown.line_levels, strict=True):
        assert (line[:, 0] >= 0).all() or (line[:, 0] <= 0).all()
        side = 1e-300 * np.sign(line[:, 0].sum())
        g1 = np.where(np.abs(line[:, 0]) < 1e-12, side, line[:, 0])
        values = momentum_measure(g1, line[:, 1], 0.5)
        np.testing.assert_allclose(values, picture.levels[level], atol=1e-9)


def test_both_of_adam_share_one_scale():
    settings = GROUPS["correction"].defaults()
    picture = measure_picture("correction", settings, cells=80)
    sizes = [np.abs(one.values).max() for one in picture.maps]
    assert len(picture.maps) == 2
    assert picture.limit <= max(sizes)
    assert picture.limit > min(sizes)
    found = values_at("correction", settings, 1.0, 0.5)
    assert found[0][1] == pytest.approx(float(adam_measure(1.0, 0.5)))
    assert found[1][1] == pytest.approx(float(adam_measure(1.0, 0.5, corrected=False)))
    assert "0.235" in GROUPS["correction"].note(settings)


def test_the_adaptive_measure_takes_its_settings():
    settings = {"beta2": 0.5, "eta": 2.0, "epsilon": 0.1}
    ((_, value),) = values_at("length", settings, 1.0, -1.5)
    assert value == pytest.approx(float(adaptive_measure(1.0, -1.5, 0.5, 2.0, 0.1)))


@pytest.mark.parametrize("key", GROUPS)
def test_every_end_of_every_slider_can_be_drawn(key):
    group = GROUPS[key]
    ends = [(SETTINGS[name].low, SETTINGS[name].high) for name in group.settings]
    for values in itertools.product(*ends):
        settings = dict(zip(group.settings, values, strict=True))
        picture = measure_picture(key, settings, cells=20)
        assert 0 < picture.limit < np.inf
        assert 0.0 in picture.levels
        assert (np.diff(picture.levels) > 0).all()


def test_defaults_are_on_their_sliders_and_allowed():
    for group in GROUPS.values():
        assert set(group.defaults()) == set(group.settings)
        for name, value in group.defaults().items():
            setting = SETTINGS[name]
            assert setting.low <= value <= setting.high
            assert setting.range.contains(value)
