"""Parameters as files declare them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optlab.core.parameters import Parameter, ParameterData, SettingError, read_parameters


def read(**fields: object) -> Parameter:
    return read_parameters({"rate": ParameterData(**fields)})["rate"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "slider"),
    [
        ({"default": 0.5, "range": "[0, 1]"}, (0.0, 1.0)),
        ({"default": 0.5, "range": "(0, 1)"}, (1e-3, 0.999)),
        ({"default": 2.0}, (0.0, 20.0)),
        ({"default": 0.01, "range": "(0, inf)", "scale": "log"}, (1e-5, 10.0)),
        ({"default": 0.01, "range": "[0, inf)", "scale": "log"}, (1e-5, 10.0)),
        ({"default": 2.0, "range": "[1, 100]", "scale": "log"}, (1.0, 100.0)),
    ],
)
def test_a_slider_that_the_file_leaves_out(
    fields: dict[str, object], slider: tuple[float, float]
) -> None:
    assert read(**fields).slider == pytest.approx(slider, rel=1e-12)


@given(
    default=st.floats(allow_nan=False, allow_infinity=False),
    scale=st.sampled_from(["linear", "log"]),
    interval=st.sampled_from(["(-inf, inf)", "(0, inf)", "[0, 1)", "(-1, 2]", "[3, 4]"]),
)
def test_it_lies_inside_the_range_and_refusals_name_a_key_of_the_file(
    default: float, scale: str, interval: str
) -> None:
    try:
        made = read(default=default, scale=scale, range=interval)
    except SettingError as error:
        assert error.name == "rate.default"
        return
    low, high = made.slider
    assert low < high and math.isfinite(high - low)
    assert made.range.contains(low) and made.range.contains(high)
    assert made.scale == "linear" or low > 0


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"default": 0.0, "scale": "log"}, "rate.default"),
        ({"default": 1.0, "range": "[1, 1]"}, "rate.range"),
        ({"default": 1.0, "range": "[0, 2]", "slider": (2.0, 0.0)}, "rate.slider"),
        ({"default": 1.0, "scale": "log", "slider": (0.0, 2.0)}, "rate.slider"),
    ],
)
def test_a_refusal_names_the_key_that_is_wrong(fields: dict[str, object], key: str) -> None:
    with pytest.raises(SettingError) as caught:
        read(**fields)
    assert caught.value.name == key
