"""Experiments inside other files: the pictures and reports that OptLab makes carry theirs."""

from __future__ import annotations

import html
import re
import zlib
from pathlib import Path
from typing import BinaryIO

EXPERIMENT_KEY = "OptLab experiment"
"""The text chunk of a PNG that holds the experiment as JSON."""
SCRIPT_OPENING = '<script type="application/json" id="optlab-experiment">'
"""What stands before the experiment in a report."""
CARRIERS = (".png", ".svg", ".pdf", ".html")
"""The kinds of files that may carry an experiment."""

SVG_OPENING, SVG_CLOSING = '<metadata id="optlab-experiment">', "</metadata>"
"""What stands before and behind the experiment in an SVG."""

PDF_NAME = "experiment.optlab"
"""The file that is attached to a PDF."""

_PDF = b"%PDF-"
_PNG = b"\x89PNG\r\n\x1a\n"
_HTML = re.compile(rb"\s*<!doctype html", re.IGNORECASE)
_SVG = re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!doctype svg[^>]*>\s*)?<svg\b", re.IGNORECASE)
_BEGINNING = 400
_LONGEST = 4 * 1024 * 1024
_LARGEST_VECTORS = 64 * 1024 * 1024
_MOST_CHUNKS = 100_000


class NothingInsideError(ValueError):
    """A picture or a page without an experiment, or with a damaged one; the reason."""


def is_carrier(path: Path) -> bool:
    """Whether a file is a picture or a page, by what it begins with; saving must not replace it.

    A file that cannot be read is none.
    """
    try:
        with path.open("rb") as file:
            return _kind(file.read(_BEGINNING)) != ""
    except OSError:
        return False


def _kind(beginning: bytes) -> str:
    if beginning.startswith(_PNG):
        return "png"
    if beginning.startswith(_PDF):
        return "pdf"
    if _SVG.match(beginning):
        return "svg"
    return "html" if _HTML.match(beginning) else ""


def experiment_inside(file: BinaryIO) -> bytes | None:
    """The experiment that a file carries; None where the file is no carrier.

    Reads from the start.  Raises :class:`NothingInsideError` for a carrier without one.
    """
    beginning = file.read(_BEGINNING)
    file.seek(0)
    match _kind(beginning):
        case "png":
            return _in_png(file)
        case "svg":
            return _in_svg(file.read(_LARGEST_VECTORS))
        case "html":
            return _in_html(file.read(_LONGEST))
        case "pdf":
            return _in_pdf(file)
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


def _in_svg(picture: bytes) -> bytes:
    _, opening, rest = picture.partition(SVG_OPENING.encode())
    content, closing, _ = rest.partition(SVG_CLOSING.encode())
    if not opening or not closing:
        raise NothingInsideError("this picture carries no experiment")
    return html.unescape(content.decode("utf-8", "replace")).encode()


def svg_with(picture: str, line: str) -> str:
    """An SVG with an experiment (one line of ASCII JSON) as a metadata element at its end."""
    inner, closing, rest = picture.rpartition("</svg>")
    return f"{inner}{SVG_OPENING}{html.escape(line, quote=False)}{SVG_CLOSING}\n{closing}{rest}"


def script_with(line: str) -> str:
    """The element of a report that holds an experiment, one line of ASCII JSON."""
    safe = line.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return f"{SCRIPT_OPENING}{safe}</script>"


# -- PDF -----------------------------------------------------------------------------------------

_ATTACHED = b"/Type /EmbeddedFile /Subtype /application#2Fjson /Params << /Size "
_ROOT = re.compile(rb"/Root (\d+) 0 R")
_SIZE = re.compile(rb"/Size (\d+)")
_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")


def pdf_with(document: bytes, line: str) -> bytes:
    """A PDF with an experiment (one line of ASCII JSON) attached to it, as a reader lists it.

    ``document`` is what matplotlib writes: a table of its objects at the end, none compressed.
    What is attached is added behind it, as an update, so every byte of ``document`` stays.
    """
    start = _START.search(document)
    assert start is not None
    table = document[int(start[1]) :]
    root, count = _number(_ROOT, table), _number(_SIZE, table)
    found = re.search(rb"(?:^|\n)%d 0 obj\s*<<(.*?)>>\s*endobj" % root, document, re.DOTALL)
    assert found is not None
    content = line.encode("ascii")
    stream, listing = count, count + 1
    name = PDF_NAME.encode()
    objects = {
        root: b"<<" + found[1] + b" /PageMode /UseNone /Names << /EmbeddedFiles << /Names "
        b"[ (%s) %d 0 R ] >> >> /AF [ %d 0 R ] >>" % (name, listing, listing),
        stream: b"<< %s%d >> /Length %d >>\nstream\n%s\nendstream"
        % (_ATTACHED, len(content), len(content), content),
        listing: b"<< /Type /Filespec /F (%s) /UF (%s) /AFRelationship /Source /Desc "
        b"(The experiment; OptLab opens this document as one) /EF << /F %d 0 R >> >>"
        % (name, name, stream),
    }
    added, places = document.rstrip() + b"\n", {}
    for number, body in objects.items():
        places[number] = len(added)
        added += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    end = len(added)
    added += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        added += b"%d 1\n%010d 00000 n \n" % (number, place)
    trailer = re.search(rb"trailer\s*<<(.*?)>>\s*startxref", table, re.DOTALL)
    assert trailer is not None
    kept = _SIZE.sub(b"/Size %d" % (count + 2), trailer[1])
    return added + b"trailer\n<<%s/Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        kept, int(start[1]), end,
    )  # fmt: skip


def _number(pattern: re.Pattern[bytes], text: bytes) -> int:
    found = pattern.search(text)
    assert found is not None
    return int(found[1])


def _in_pdf(file: BinaryIO) -> bytes:
    """What :func:`pdf_with` attached, as long as no other program has packed it."""
    document = file.read(_LARGEST_VECTORS)
    _, opening, rest = document.rpartition(_ATTACHED)
    head = re.match(rb"(\d{1,8}) >> /Length (\d{1,8}) >>\nstream\n", rest)
    if not opening or head is None or head[1] != head[2]:
        raise NothingInsideError("this document carries no experiment")
    content = rest[head.end() : head.end() + int(head[2])]
    if not rest[head.end() + len(content) :].startswith(b"\nendstream"):
        raise NothingInsideError("the experiment in this document is damaged")
    return content
