"""How a film runs: which steps it shows, how fast, how long its end stays."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from optlab.figures.options import PictureOptions

MOST_FRAMES = 200
"""Frames of a film whose stride nobody chose."""
FRAME_LIMIT = 3000
LOWEST_RATE, HIGHEST_RATE = 0.5, 50.0
"""Frames a second; a GIF counts in hundredths of a second and knows no shorter frames than two."""
NARROWEST, WIDEST = 160, 3840
"""Pixels."""
LONGEST_HOLD = 60.0
_LENGTH = 8.0
_SHORTEST, _LONGEST = 0.04, 0.4


@dataclass(frozen=True)
class Film(PictureOptions):
    """The choices of a film: those of a picture, and how it runs.

    It is ``width`` pixels wide; one
    frame stands for ``stride`` steps, ``rate`` of them pass in a second, and the last one stays
    for ``hold`` seconds.  Without a stride at most 200 frames are spread over the steps; without
    a rate the film takes some eight seconds.

    Raises ValueError with the range of what lies outside of it.
    """

    width: int = 1280
    rate: float | None = None
    stride: int | None = None
    hold: float = 1.5

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.rate is not None and not LOWEST_RATE <= self.rate <= HIGHEST_RATE:
            reason = f"{LOWEST_RATE:g} to {HIGHEST_RATE:g} frames a second, not {self.rate:g}"
            raise ValueError(f"a film has {reason}")
        if self.stride is not None and self.stride < 1:
            raise ValueError(f"a frame stands for 1 step or more, not {self.stride}")
        if not NARROWEST <= self.width <= WIDEST:
            reason = f"{NARROWEST} to {WIDEST} pixels wide, not {self.width}"
            raise ValueError(f"a film is {reason}")
        if not 0.0 <= self.hold <= LONGEST_HOLD:
            raise ValueError(f"the end stays for 0 to {LONGEST_HOLD:g} seconds, not {self.hold:g}")

    def steps(self, last: int) -> list[int]:
        """The steps that are shown, from the first of the span to ``last``.

        Raises ValueError where they are more than :data:`FRAME_LIMIT`.
        """
        first = min(self.span[0], last) if self.span else 0
        if self.stride is None:
            count = min(last - first + 1, MOST_FRAMES)
            return sorted({round(float(step)) for step in np.linspace(first, last, count)})
        count = -(-(last - first) // self.stride) + 1
        if count > FRAME_LIMIT:
            least = -(-(last - first) // (FRAME_LIMIT - 1))
            reason = f"{count} frames are more than {FRAME_LIMIT}: choose a stride from {least}"
            raise ValueError(f"{last - first} steps in {reason}")
        return [*range(first, last, self.stride), last]

    def frame_rate(self, frames: int) -> float:
        """Frames a second of a film of so many."""
        if self.rate is not None:
            return self.rate
        seconds = min(max(_LENGTH / max(frames, 1), _SHORTEST), _LONGEST)
        return 1.0 / (int(100 * seconds) / 100)

    def times(self, frames: int) -> list[int]:
        """Milliseconds of each frame, multiples of ten as a GIF counts, true on average."""
        each = 100.0 / self.frame_rate(frames)
        ends = [round(each * number) for number in range(frames)]
        times = [10 * (end - begin) for begin, end in itertools.pairwise(ends)]
        last = max(round(100 * self.hold), round(each))
        return [*times, 10 * last]
