"""Experiments inside other files: the pictures and reports that OptLab makes carry theirs."""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import BinaryIO

EXPERIMENT_KEY = "OptLab experiment"
"""The text chunk of a PNG that holds the experiment as JSON."""
SCRIPT_OPENING = '<script type="application/json" id="optlab-experiment">'
"""What stands before the experiment in a report."""
CARRIERS = (".png", ".html")
"""The kinds of files that may carry an experiment."""

_PNG = b"\x89PNG\r\n\x1a\n"
_HTML = re.compile(rb"\s*<!doctype html", re.IGNORECASE)
_LONGEST = 4 * 1024 * 1024
_MOST_CHUNKS = 100_000


class NothingInsideError(ValueError):
    """A picture or a page without an experiment, or with a damaged one; the reason."""


def is_carrier(path: Path) -> bool:
    """Whether a file is a picture or a page, by what it begins with; saving must not replace it.

    A file that cannot be read is none.
    """
    try:
        with path.open("rb") as file:
            return _kind(file.read(200)) != ""
    except OSError:
        return False


def _kind(beginning: bytes) -> str:
    if beginning.startswith(_PNG):
        return "png"
    return "html" if _HTML.match(beginning) else ""


def experiment_inside(file: BinaryIO) -> bytes | None:
    """The experiment that a file carries; None where the file is no carrier.

    Reads from the start.  Raises :class:`NothingInsideError` for a carrier without one.
    """
    beginning = file.read(200)
    file.seek(0)
    match _kind(beginning):
        case "png":
            return _in_png(file)
        case "html":
            return _in_html(file.read(_LONGEST))
        case _:
            return None


def _in_png(file: BinaryIO) -> bytes:
    """The text chunk under our key; chunks are a length, a name, the data, and a checksum."""
    prefix = EXPERIMENT_KEY.encode("latin-1") + b"\0"
    file.seek(len(_PNG))
    for _ in range(_MOST_CHUNKS):
        header = file.read(8)
        length = int.from_bytes(header[:4], "big")
        if len(header) < 8 or header[4:] == b"IEND":
            break
        if header[4:] != b"tEXt" or length > _LONGEST:
            file.seek(length + 4, 1)
            continue
        data, checksum = file.read(length), file.read(4)
        if data.startswith(prefix):
            if zlib.crc32(header[4:] + data) != int.from_bytes(checksum, "big"):
                raise NothingInsideError("the experiment in this picture is damaged")
            return data[len(prefix) :]
    raise NothingInsideError("this picture carries no experiment")


def _in_html(page: bytes) -> bytes:
    _, opening, rest = page.partition(SCRIPT_OPENING.encode())
    content, closing, _ = rest.partition(b"</script>")
    if not opening or not closing:
        raise NothingInsideError("this page carries no experiment")
    return content


def script_with(line: str) -> str:
    """The element of a report that holds an experiment, one line of ASCII JSON."""
    safe = line.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return f"{SCRIPT_OPENING}{safe}</script>"
