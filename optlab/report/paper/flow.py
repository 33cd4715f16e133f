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


def flow(pieces: Sequence[PageItem]) -> list[list[Placed]]:
    """The pieces of each page, with their places."""
    pages: list[list[Placed]] = [[]]
    y = TOP
    for group in _groups(pieces):
        whole = sum(piece.gap + piece.height for piece in group)
        if pages[-1] and y - whole < BOTTOM:
            pages.append([])
            y = TOP
        for piece in group:
            if pages[-1] and y - piece.gap - piece.height < BOTTOM:
                pages.append([])
                y = TOP
            if pages[-1]:
                y -= piece.gap
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
