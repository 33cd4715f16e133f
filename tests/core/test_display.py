import math

import pytest

from optlab.core.display import display_symbol, short, typeset_number


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("beta1", "β₁"),
        ("w2", "w₂"),
        ("w_10", "w₁₀"),
        ("m_hat", "m\u0302"),
        ("m_hat1", "m\u0302₁"),
        ("g_bar12", "g\u0304₁₂"),
        ("s_max", "s max"),
        ("s_max2", "s max₂"),
        ("clip", "clip"),
        ("weight_decay", "weight decay"),
    ],
)
def test_names_are_shown_as_symbols(name, shown):
    assert display_symbol(name) == shown


def test_one_formatter_for_text_and_for_print() -> None:
    assert [short(v) for v in (3.6159e-7, -0.5, 0.0)] == ["3.616e−7", "−0.5", "0"]
    assert [typeset_number(v, 1) for v in (3.2e-9, 1e-5, 0.0)] == ["3·10⁻⁹", "10⁻⁵", "0"]
    for write in (short, typeset_number):
        assert [write(v) for v in (math.inf, -math.inf, math.nan)] == ["∞", "−∞", "not a number"]
