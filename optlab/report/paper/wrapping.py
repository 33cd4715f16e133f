"""Running text in lines of a given width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from matplotlib.font_manager import FontProperties

from optlab.figures.texts import Ruler

_RULER = Ruler(1.0, dpi=720)


@dataclass(frozen=True)
class TextSpan:
    """Text in one font and colour."""

    text: str
    font: FontProperties
    color: str


@dataclass(frozen=True)
class Word:
    """Part of a line, beginning at ``x`` inches."""

    x: float
    span: TextSpan


Line = tuple[Word, ...]

_CHUNK = 64
"""Characters that are measured at first."""


@lru_cache(maxsize=20_000)
def width_of(text: str, font: FontProperties) -> float:
    """In inches."""
    return _RULER.width(text, font)


def cut(text: str, font: FontProperties, room: float) -> str:
    """As much of the text as there is room for."""
    return _RULER.cut(text, font, room)


def plain(text: str) -> str:
    """Text without characters that cannot be printed, its spaces as single ones."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def wrapped(spans: Sequence[TextSpan], room: float) -> list[Line]:
    """The text in lines; a word that is wider than ``room`` is cut where a line is full."""
    lines: list[list[Word]] = [[]]
    x = 0.0
    for span in spans:
        space = width_of("x x", span.font) - width_of("xx", span.font)
        for text in plain(span.text).split(" "):
            for part in _parts(text, span.font, room):
                width = width_of(part, span.font)
                gap = space if lines[-1] else 0.0
                if lines[-1] and x + gap + width > room:
                    lines.append([])
                    x, gap = 0.0, 0.0
                lines[-1].append(Word(x + gap, TextSpan(part, span.font, span.color)))
                x += gap + width
    return [tuple(_joined(line)) for line in lines]


def _parts(text: str, font: FontProperties, room: float) -> Iterator[str]:
    while text:
        count = _fitting(text, font, room)
        yield text[:count]
        text = text[count:]


def _fitting(text: str, font: FontProperties, room: float) -> int:
    """How many characters fit, one at least; measures a few times as many, however long it is."""
    low, high = 1, _CHUNK
    while high < len(text) and width_of(text[:high], font) <= room:
        low, high = high, 2 * high
    if high >= len(text):
        high = len(text)
        if width_of(text, font) <= room:
            return high
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(text[:middle], font) <= room:
            low = middle
        else:
            high = middle - 1
    return low


def _joined(line: Sequence[Word]) -> Iterator[Word]:
    """Neighbours of one look as one text, so that it is found and copied as one."""
    begin: Word | None = None
    for word in line:
        alike = begin is not None and (begin.span.font, begin.span.color) == (
            word.span.font,
            word.span.color,
        )
        if begin is not None and alike:
            text = f"{begin.span.text} {word.span.text}"
            begin = Word(begin.x, TextSpan(text, word.span.font, word.span.color))
            continue
        if begin is not None:
            yield begin
        begin = word
    if begin is not None:
        yield begin


def longest_word(spans: Sequence[TextSpan], most: float) -> float:
    """The width of the widest word, in inches; ``most`` where it is wider."""
    widest = 0.0
    for span in spans:
        for word in plain(span.text).split(" "):
            if _fitting(word, span.font, most) < len(word):
                return most
            widest = max(widest, width_of(word, span.font))
    return min(most, widest)


def line_width(spans: Sequence[TextSpan], most: float) -> float:
    """The width of the text in a single line, in inches; ``most`` where it is wider."""
    (first, *others) = wrapped(spans, most) or [()]
    if others:
        return most
    return max((word.x + width_of(word.span.text, word.span.font) for word in first), default=0.0)
