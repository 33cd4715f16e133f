"""How a view has long paths made ready in another thread, and shows a sketch until they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from typing import Final, Protocol, TypeVar

Value = TypeVar("Value")

# Points of all paths from which on they are made ready beside, and those that a sketch of one has.
_LONG: Final = 100_000
_SKETCHED: Final = 4_000


class Path(Protocol):
    """Whatever has weights ``w`` (n, 2)."""

    @property
    def w(self) -> Sized: ...


class Background(Protocol):
    """Does ``work`` in another thread and gives its value to ``then`` in this one.

    What was overtaken by newer work may be dropped.
    """

    def __call__(self, work: Callable[[], Value], then: Callable[[Value], None], /) -> None: ...


def are_long(paths: Sequence[Path]) -> bool:
    """Whether making these paths ready would be felt."""
    return sum(len(path.w) for path in paths) >= _LONG


def sketch_stride(path: Path) -> int:
    """Every so many-th step of a path is enough for a sketch."""
    return 1 + len(path.w) // _SKETCHED
