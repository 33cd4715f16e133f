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

    ``shape`` is (rows, columns); ``records`` names what runs keep for measures; ``ends`` holds nan
    where nothing is known yet; ``known`` says where; ``width`` is how many cells wide a computed
    cell may be drawn for now, ``finer`` where the pass under way has been.
    """

    shape: tuple[int, int]
    dimension: int
    records: tuple[str, ...] = ()
    width: int = 1
    finer: int = 1
    ends: Ends = field(init=False)
    known: npt.NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        count = self.shape[0] * self.shape[1]
        self.ends = Ends.unknown(count, self.dimension, self.records)
        self.known = np.zeros(count, dtype=bool)

    def put(self, chosen: npt.NDArray[np.intp], ends: Ends) -> None:
        """Writes the ends of some cells."""
        self.ends.put(chosen, ends)
        self.known[chosen] = True

    def begin_pass(self, width: int) -> None:
        """Says that the cells computed from now on stand ``width`` apart."""
        self.finer = width
        if not self.known.any():
            self.width = width

    def end_pass(self) -> None:
        """Says that all cells of the pass are there."""
        self.width = self.finer

    def drawn(
        self, values: npt.NDArray[Scalar], known: npt.NDArray[np.bool_] | None = None
    ) -> npt.NDArray[Scalar]:
        """Values per cell as a picture (rows, columns), each unknown cell like the nearest
        computed one before it.  ``known`` is what counts as computed, by default all that is."""
        known = self.known if known is None else known
        picture = values.reshape(self.shape)
        if known.all():
            return picture
        coarse = self._blocks(picture, self.width)
        seen = self._blocks(known.reshape(self.shape), self.finer)
        mixed: npt.NDArray[Scalar] = np.where(seen, self._blocks(picture, self.finer), coarse)
        return mixed

    def drawn_from(self, row: int, column: int) -> int | None:
        """The index of the computed cell that is seen at a place of the picture."""
        for width in (1, self.finer, self.width):
            index = row // width * width * self.shape[1] + column // width * width
            if self.known[index]:
                return index
        return None

    def _blocks(self, picture: npt.NDArray[Scalar], width: int) -> npt.NDArray[Scalar]:
        if width == 1:
            return picture
        rows, columns = (np.arange(count) // width * width for count in self.shape)
        blocks: npt.NDArray[Scalar] = picture[np.ix_(rows, columns)]
        return blocks
