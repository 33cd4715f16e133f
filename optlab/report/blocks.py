"""What a report is made of: blocks that say nothing about how they look.

The sections make them; the page for a browser and the pages for paper show the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

Tone = Literal["", "lead", "muted", "note", "warn"]


@dataclass(frozen=True)
class Formula:
    """A formula in LaTeX, and as it reads in one line of Unicode."""

    latex: str
    plain: str


@dataclass(frozen=True)
class Code:
    """Text as it is typed."""

    text: str


Shown = str | Formula | Code


@dataclass(frozen=True)
class Sample:
    """A piece of a run's line: colour, and dashes in points (empty for solid)."""

    color: str
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True)
class TitleBlock:
    """What the report is about."""

    text: str


@dataclass(frozen=True)
class SectionBlock:
    """The heading of a section."""

    text: str


@dataclass(frozen=True)
class RunHeading:
    """The heading of a run, with a remark behind it."""

    text: str
    sample: Sample
    remark: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True)
class Claim:
    """A claim, whether it holds, a remark about it, and what was found where it does not."""

    held: bool
    sentence: str
    remark: str = ""
    found: str = ""


@dataclass(frozen=True)
class Claims:
    """Claims one below the other."""

    items: tuple[Claim, ...]


@dataclass(frozen=True)
class Cell:
    """A cell of a table, with a piece of a run's line before it where it names one."""

    shown: Shown
    tone: Tone = ""
    sample: Sample | None = None


@dataclass(frozen=True)
class TableBlock:
    """A table; the columns with these ``numbers`` (counted from 0) hold figures."""

    kind: Literal["comparison", "settings"]
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: frozenset[int]


@dataclass(frozen=True)
class Facts:
    """Names with their texts, line by line."""

    pairs: tuple[tuple[str, tuple[str | Code, ...]], ...]


@dataclass(frozen=True)
class Equations:
    """Formulas one below the other."""

    lines: tuple[Formula, ...]


@dataclass(frozen=True)
class Picture:
    """A view of the experiment, and what it shows."""

    view: str
    says: str


@dataclass(frozen=True)
class CommandListing:
    """Command lines, each in words that a shell takes as they are."""

    commands: tuple[tuple[str, ...], ...]


Block = (
    TitleBlock
    | SectionBlock
    | RunHeading
    | Paragraph
    | Claims
    | TableBlock
    | Facts
    | Equations
    | Picture
    | CommandListing
)


Progress = Callable[[int, int], None]
Item = TypeVar("Item")


def with_progress(items: Sequence[Item], progress: Progress | None) -> Iterator[Item]:
    """The items; after each, ``progress`` gets the number done and the total, and may raise."""
    for number, item in enumerate(items, 1):
        yield item
        if progress is not None:
            progress(number, len(items))
