"""Pieces of a report, one below the other, spread over pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from optlab.report.paper.sheet import BOTTOM, TOP, Sheet

Draw = Callable[[Sheet, float], None]
"""Draws a piece whose upper edge lies at a height of the sheet."""


@dataclass(frozen=True, eq=False)
class PageItem:
    """What is never cut: ``height`` inches, with a ``gap`` above that no page begins with.

    ``keeps`` holds it on the page of the next piece; ``again`` is drawn before it where it
    begins a page, as the head of a table that goes on.
    """

    height: float
    draw: Draw
    gap: float = 0.0
    keeps: bool = False
    again: PageItem | None = None


Placed = tuple[PageItem, float]
"""A piece and the height of its upper edge."""


_SHORT = 1.6
"""Inches that a last page has at least."""
_SQUEEZED = (0.8, 0.6)
"""What gaps are multiplied with where that saves a last page that would be short."""


def flow(pieces: Sequence[PageItem]) -> list[list[Placed]]:
    """The pieces of each page, with their places.

    No last page has a line or two: the gaps become smaller, or it begins earlier.
    """
    groups = _groups(pieces)
    pages = _spread(groups, 1.0)
    if len(pages) < 2 or _height(pages[-1]) >= _SHORT:
        return pages
    for squeeze in _SQUEEZED:
        fewer = _spread(groups, squeeze)
        if len(fewer) < len(pages):
            return fewer
    ends = [sum(piece.gap + piece.height for piece in group) for group in groups]
    for index in range(len(groups) - 1, 0, -1):
        if sum(ends[index:]) >= _SHORT:
            later = _spread(groups, 1.0, index)
            return later if len(later) == len(pages) else pages
    return pages


def _height(page: Sequence[Placed]) -> float:
    return TOP - page[-1][1] + page[-1][0].height if page else 0.0


def _spread(
    groups: Sequence[Sequence[PageItem]], squeeze: float, last: int = -1
) -> list[list[Placed]]:
    """The pages with gaps made smaller; a page begins with the group ``last``."""
    pages: list[list[Placed]] = [[]]
    y = TOP
    for index, group in enumerate(groups):
        whole = sum(squeeze * piece.gap + piece.height for piece in group)
        if pages[-1] and (y - whole < BOTTOM or index == last):
            pages.append([])
            y = TOP
        for piece in group:
            gap = squeeze * piece.gap
            if pages[-1] and y - gap - piece.height < BOTTOM:
                pages.append([])
                y = TOP
            if pages[-1]:
                y -= gap
            elif piece.again is not None:
                pages[-1].append((piece.again, y))
                y -= piece.again.height
            pages[-1].append((piece, y))
            y -= piece.height
    return pages


def _groups(pieces: Sequence[PageItem]) -> list[list[PageItem]]:
    """Pieces that stay together."""
    groups: list[list[PageItem]] = [[]]
    for piece in pieces:
        groups[-1].append(piece)
        if not piece.keeps:
            groups.append([])
    return [group for group in groups if group]
