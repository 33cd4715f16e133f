"""The ends of the cells of a map, as far as they are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from optlab.core.maps import Ends

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(eq=False)
class MapBuffer:
    """The ends of all cells of a map, filled as they are computed.

    ``shape`` is (rows, columns); ``ends`` holds nan where nothing is known yet; ``known`` says
    where; ``width`` is how many cells wide a computed cell may be drawn for now.
    """

    shape: tuple[int, int]
    dimension: int
    width: int = 1
    ends: Ends = field(init=False)
    known: npt.NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        count = self.shape[0] * self.shape[1]
        weights = np.full((count, self.dimension), np.nan)
        loss, steps, reached, length = np.full((4, count), np.nan)
        outcome = np.zeros(count, dtype=np.int8)
        self.ends = Ends(weights, loss, steps, reached, length, outcome)
        self.known = np.zeros(count, dtype=bool)

    def put(self, chosen: npt.NDArray[np.intp], ends: Ends) -> None:
        """Writes the ends of some cells."""
        for name in ("weights", "loss", "steps", "reached", "length", "outcome"):
            getattr(self.ends, name)[chosen] = getattr(ends, name)
        self.known[chosen] = True

    def drawn(
        self, values: npt.NDArray[Scalar], known: npt.NDArray[np.bool_] | None = None
    ) -> npt.NDArray[Scalar]:
        """Values per cell as a picture (rows, columns), each unknown cell like the nearest
        computed one before it.  ``known`` is what counts as computed, by default all that is."""
        known = self.known if known is None else known
        picture = values.reshape(self.shape)
        if self.width == 1 and known.all():
            return picture
        rows = np.arange(self.shape[0]) // self.width * self.width
        columns = np.arange(self.shape[1]) // self.width * self.width
        coarse = picture[np.ix_(rows, columns)]
        mixed: npt.NDArray[Scalar] = np.where(known.reshape(self.shape), picture, coarse)
        return mixed
