"""Command lines on paper: what is broken into lines can still be pasted into a shell."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from functools import partial

from optlab.figures import setting
from optlab.pictures.theme import LIGHT
from optlab.report.command_lines import quoted
from optlab.report.paper.flow import PageItem
from optlab.report.paper.sheet import LEFT, POINT, ROOM, Sheet
from optlab.report.paper.wrapping import width_of

SIZE = 8.0
_INDENT = 0.14
_EDGE = 0.08
_INDENTED = "    "
_HEIGHT = 1.55 * SIZE * POINT


def listing_pieces(commands: Sequence[Sequence[str]]) -> Iterator[PageItem]:
    """A quiet panel with the commands."""
    room = int((ROOM - 2 * _INDENT) / width_of("0", setting.font(setting.CODE, SIZE)))
    lines = [line for words in commands for line in shell_lines(words, room)]
    last = len(lines) - 1
    for index, line in enumerate(lines):
        over = _EDGE if index == 0 else 0.0
        height = _HEIGHT + over + (_EDGE if index == last else 0.0)
        keeps = index < last and (index == 0 or index == last - 1 or line.endswith("\\"))
        yield PageItem(
            height, partial(_draw, line, over, height), 0.1 if index == 0 else 0.0, keeps
        )


def _draw(line: str, over: float, height: float, sheet: Sheet, top: float) -> None:
    sheet.panel(top - height - 0.004, height + 0.004)
    baseline = top - over - _HEIGHT / 2 - 0.36 * SIZE * POINT
    font = setting.font(setting.CODE, SIZE)
    sheet.text(LEFT + _INDENT, baseline, line, font, LIGHT.text)


def shell_lines(words: Sequence[str], room: int) -> list[str]:
    """A command in lines of at most ``room`` letters that a shell takes as one.

    An option stays beside its value; a value that is longer than a line goes on in the next
    one, quoted in parts.
    """
    lines = [""]
    for unit in _units(words):
        text = " ".join(unit)
        shown = f"{lines[-1]} {text}" if lines[-1] else text
        if len(shown) <= room - 2:
            lines[-1] = shown
            continue
        lines[-1] += " \\"
        if len(_INDENTED + text) <= room - 2:
            lines.append(_INDENTED + text)
            continue
        *option, value = unit
        lines += [f"{_INDENTED}{name} \\" for name in option]
        lines += _parts(value, room)
    return lines


def _units(words: Sequence[str]) -> list[list[str]]:
    """The words, each option together with its value."""
    units: list[list[str]] = []
    for word in words:
        begins = word.startswith("-") or not units or not units[-1][0].startswith("--")
        if begins or len(units[-1]) > 1 or "=" in units[-1][0]:
            units.append([word])
        else:
            units[-1].append(word)
    return units


def _parts(word: str, room: int) -> list[str]:
    """A quoted word in lines that begin and end inside of it."""
    text = shlex.split(word)[0]
    parts = []
    while text:
        size = room - 3
        while len(_always_quoted(text[:size])) > room - 1:
            size -= 1
        parts.append(_always_quoted(text[:size]))
        text = text[size:]
    return [*(f"{part}\\" for part in parts[:-1]), *parts[-1:]]


def _always_quoted(text: str) -> str:
    return f"'{text}'" if quoted(text) == text else shlex.quote(text)
