"""What a compilation leaves: bytes to load and how to call them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Argument = Literal["integer", "number", "numbers", "indices", "codes"]
"""An int64, a double, or a pointer to a C-contiguous array: float64, int64 or int8."""


@dataclass(frozen=True)
class ObjectCode:
    """Object code of one function that returns an int64.

    ``symbol`` is its name in ``data``; ``arguments`` are its parameters in order.
    """

    symbol: str
    arguments: tuple[Argument, ...]
    data: bytes
