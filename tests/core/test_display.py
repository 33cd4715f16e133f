import pytest

from optlab.core.display import display_symbol


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
