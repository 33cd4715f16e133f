"""The colours of the program, named once.

Everything that is painted, in Qt, in a plot or in an exported picture, takes its colours from a
:class:`Theme`; no other file holds a colour. A theme is plain data without Qt, so figures made
without a screen use the very same tokens.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

# After the hues of Okabe and Ito, as far apart as can be read on a dark and on a light ground, also
# for those who see red and green alike. Each theme's own three run colours come first.
_MORE_ON_DARK: Final = ("#23a884", "#fff7a8", "#bd5a24", "#9a78ee", "#d0d6de")
_MORE_ON_LIGHT: Final = ("#20823c", "#701824", "#0899a8", "#7452dc", "#4d5661")


@dataclass(frozen=True)
class Theme:
    """One set of colours, each ``#rrggbb``.

    ``runs`` holds 8 colours, taken by index by the runs of an experiment. ``surface_map`` goes
    from the lowest to the highest loss, evenly spaced; ``diverging`` from what is below zero
    (warm) over zero, which is the ground, to what is above it. ``accent`` marks the selected run;
    it is the first run colour until :meth:`with_accent` says otherwise.
    """

    name: str
    window: str
    panel: str
    raised: str
    border: str
    text: str
    muted: str
    selection: str
    track: str
    grid: str
    good: str
    warning: str
    runs: tuple[str, ...]
    surface_map: tuple[str, ...]
    diverging: tuple[str, ...]
    is_dark: bool
    accent_override: str | None = None

    @property
    def accent(self) -> str:
        """The colour of the selected run."""
        return self.accent_override or self.runs[0]

    @property
    def on_accent(self) -> str:
        """Symbols painted on the accent: white in the light theme as long as it contrasts 3 : 1."""
        if not self.is_dark and contrast("#ffffff", self.accent) >= 3:
            return "#ffffff"
        return readable_on(self.accent)

    @property
    def handle(self) -> str:
        """The round handles of sliders and switches."""
        return "#f4f6f8" if self.is_dark else "#ffffff"

    @property
    def faint(self) -> str:
        """Text and symbols of what cannot be used now."""
        return mix(self.muted, self.panel, 0.45)

    @property
    def quiet(self) -> str:
        """Symbols that keep back until they are of use, and can still be made out."""
        return mix(self.muted, self.panel, 0.2)

    @property
    def hover_row(self) -> str:
        """The ground of a row under the mouse: less than that of the selected one."""
        return mix(self.panel, self.selection, 0.5)

    @property
    def hover(self) -> str:
        """The ground of a control under the mouse."""
        return mix(self.raised, self.text, 0.07)

    @property
    def focus(self) -> str:
        """The frame of the control that has the keyboard."""
        return mix(self.border, self.text, 0.6)

    def run(self, index: int) -> str:
        """The colour of run colour number ``index``; any integer, the colours repeat."""
        return self.runs[index % len(self.runs)]

    def with_accent(self, color: str | None) -> Theme:
        """This theme with another accent colour, or with its own when ``color`` is None."""
        return replace(self, accent_override=color)


def luminance(color: str) -> float:
    """Relative luminance of ``#rrggbb`` in 0 … 1, as WCAG 2 defines it."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 (same) … 21 (black on white), as WCAG 2 defines it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable_on(ground: str) -> str:
    """Near-black or white, whichever reads better on ``ground``."""
    dark, light = "#16191f", "#ffffff"
    return dark if contrast(dark, ground) >= contrast(light, ground) else light


def mix(one: str, other: str, share: float) -> str:
    """The colour between two: ``one`` at ``share`` 0, ``other`` at 1."""
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


DARK: Final = Theme(
    name="dark",
    window="#16191f",
    panel="#1c2027",
    raised="#242932",
    border="#2e343e",
    text="#dfe5ec",
    muted="#8b949e",
    selection="#2b3340",
    track="#323945",
    grid="#2b313a",
    good="#6fd08c",
    warning="#ff9f6b",
    runs=("#ffb000", "#56c2ff", "#ff6f91", *_MORE_ON_DARK),
    surface_map=("#0f1720", "#16283a", "#24465c", "#44707f", "#7e9fa3", "#c2cfca"),
    diverging=("#ffc08f", "#c8703a", "#5e3726", "#1d222a", "#21455f", "#3f8abd", "#a9dcff"),
    is_dark=True,
)

LIGHT: Final = Theme(
    name="light",
    window="#ffffff",
    panel="#f6f8fa",
    raised="#ffffff",
    border="#d8dee4",
    text="#1f2328",
    muted="#59636e",
    selection="#e8eef6",
    track="#d0d7de",
    grid="#e3e7ec",
    good="#1a7f37",
    warning="#b35900",
    runs=("#d55e00", "#0072b2", "#b5338a", *_MORE_ON_LIGHT),
    surface_map=("#3b5b78", "#5d83a1", "#8fb0c6", "#bdd2df", "#e2ebf0", "#f7f9fa"),
    diverging=("#8f3d00", "#d5803f", "#f4d3b5", "#fbfbfb", "#bcd9ee", "#4b93c7", "#0b4a7a"),
    is_dark=False,
)

THEMES: Final[dict[str, Theme]] = {theme.name: theme for theme in (DARK, LIGHT)}
