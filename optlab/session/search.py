"""Finding a command by a few letters of its name."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_BEGINS_WORD = 8.0
_FOLLOWS = 9.0
_BEGINS = 4.0
_GAP = -0.25
_LATE = -0.02


@dataclass(frozen=True)
class Match:
    """How well a text fits; ``places`` are the indices of the letters that were found."""

    score: float
    places: tuple[int, ...]


def match(query: str, text: str) -> Match | None:
    """How ``text`` fits a query, or None where the letters do not come in this order.

    Words of the query may come in any order; within a word, letters may be left out. Case and
    accents do not count. A higher score is a better fit; an empty query fits everything.
    """
    plain = _plain(text)
    score, places = 0.0, set[int]()
    for word in _plain(query).split():
        found = _match_word(word, plain, places)
        if found is None:
            return None
        score += found.score
        places.update(found.places)
    return Match(score, tuple(sorted(places)))


def _plain(text: str) -> str:
    """The text without case and accents, letter for letter."""
    return "".join(unicodedata.normalize("NFKD", letter)[0] for letter in text).lower()


def _match_word(word: str, text: str, taken: set[int]) -> Match | None:
    """The best way to find the letters of a word in order, none of them taken twice.

    Dynamic programming over (letter, place): ``best[i]`` is the best fit of the letters so far
    that ends at place i.
    """
    best: dict[int, Match] = {-1: Match(0.0, ())}
    for number, letter in enumerate(word):
        ahead: dict[int, Match] = {}
        for place, other in enumerate(text):
            if other != letter or place in taken:
                continue
            options = [
                _extended(before, last, place, text)
                for last, before in best.items()
                if last < place and (number > 0 or last == -1)
            ]
            if options:
                ahead[place] = max(options, key=lambda fit: fit.score)
        best = ahead
        if not best:
            return None
    return max(best.values(), key=lambda fit: fit.score)


def _extended(before: Match, last: int, place: int, text: str) -> Match:
    """A fit with one more letter."""
    score = before.score
    if last >= 0 and place == last + 1:
        score += _FOLLOWS
    elif place == 0 or not text[place - 1].isalnum():
        score += _BEGINS_WORD
    if place == 0:
        score += _BEGINS
    gap = place - last - 1 if last >= 0 else 0
    score += _GAP * min(gap, 12) + (_LATE * place if last < 0 else 0.0)
    return Match(score, (*before.places, place))
