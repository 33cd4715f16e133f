"""The run colours can be told apart, also by those who see red and green alike."""

from itertools import combinations

import numpy as np
import pytest

from optlab.pictures.theme import THEMES, contrast

# Machado, Oliveira and Fernandes 2009, for those who lack one kind of cones.
SIGHTS = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
}
TO_XYZ = np.array(
    (
        (0.4124564, 0.3575761, 0.1804375),
        (0.2126729, 0.7151522, 0.0721750),
        (0.0193339, 0.1191920, 0.9503041),
    )
)
both_themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())


def seen_as(color, sight):
    """A colour as it is seen, in CIE Lab."""
    channels = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.array(sight) @ linear, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHTS)
@both_themes
def test_run_colours_are_told_apart(theme, sight):
    seen = [seen_as(color, SIGHTS[sight]) for color in theme.runs]
    nearest = min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2))
    assert nearest >= (30 if sight == "usual" else 10)


@both_themes
def test_what_keeps_back_can_be_made_out_and_hover_is_less_than_selection(theme):
    assert contrast(theme.quiet, theme.panel) >= 3
    assert contrast(theme.quiet, theme.selection) >= 2.5
    hover = contrast(theme.hover_row, theme.panel)
    assert 1.0 < hover < contrast(theme.selection, theme.panel)
