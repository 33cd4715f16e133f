"""Text with places for numbers, written once and filled at every step."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from optlab.core.analysis.worksheet.number_text import SHOWN, latex_value, plain_value
from optlab.core.analysis.worksheet.part_values import Value
from optlab.core.analysis.worksheet.reduce import Reduced, Slot
from optlab.core.display import MINUS
from optlab.core.formula.dialects.latex import LatexNotation, Symbols
from optlab.core.formula.dialects.unicode import PlainNotation
from optlab.core.formula.notation import Fragment, Notation, write

_PLACE = re.compile("\x01(\\d+)\x02")
_OPENED = ("(", "{", ", ", "& ")
"""A negative number needs no brackets after these."""

Lookup = Callable[[Slot], Value]
"""The value that belongs into a slot."""


@dataclass(frozen=True)
class Template:
    """An equation's right side with slots, in Unicode and in LaTeX.

    ``parts`` are several formulas for the components of a vector, or a single one.  ``before``
    is put in front, in Unicode and in LaTeX.
    """

    parts: tuple[Reduced, ...]
    before: tuple[str, str] = ("", "")

    def plain(self, values: Lookup, digits: int | None = SHOWN) -> str:
        """With numbers of so many digits, or with all their digits for None."""
        return _filled(self.plain_pieces, self.slots, values, plain_value, digits, MINUS)

    def latex(self, values: Lookup, digits: int | None = SHOWN) -> str:
        """The same in LaTeX."""
        return _filled(self._latex, self.slots, values, latex_value, digits, "-")

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """All slots, in the order in which :meth:`plain` numbers them."""
        return tuple(slot for part in self.parts for slot in part.slots)

    @cached_property
    def plain_pieces(self) -> list[str]:
        """Unicode text, the number of a slot, text, the number of the next slot, ..., text."""
        return self._written(PlainNotation, self.before[0], ", ")

    @cached_property
    def _latex(self) -> list[str]:
        return self._written(LatexNotation, self.before[1], ",\\, ")

    def _written(
        self, notation: Callable[[Symbols], Notation], before: str, comma: str
    ) -> list[str]:
        texts = []
        first = 0
        for part in self.parts:
            places = _places(len(part.slots), first)
            texts.append(write(part.tree, notation(places)).text)
            first += len(part.slots)
        text = texts[0] if len(texts) == 1 else f"({comma.join(texts)})"
        return _PLACE.split(before + text)


def _places(count: int, first: int) -> Mapping[str, Fragment]:
    return {
        f"#{index}": Fragment(f"\x01{first + index}\x02", head="value", tail="value")
        for index in range(count)
    }


def _filled(
    pieces: Sequence[str],
    slots: Sequence[Slot],
    values: Lookup,
    write_value: Callable[..., str],
    digits: int | None,
    minus: str,
) -> str:
    """``pieces``: text, number of a slot, text, ... as they were split."""
    text = pieces[0]
    for place, after in zip(pieces[1::2], pieces[2::2], strict=True):
        slot = slots[int(place)]
        number = write_value(values(slot), digits, exact=slot.exact)
        opened = not text or text.endswith(_OPENED)
        if number.startswith(minus) and (not opened or after.startswith("^")):
            number = f"({number})"
        text += number + after
    return text
