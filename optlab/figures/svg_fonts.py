"""The bundled fonts inside an SVG, so that its text looks the same on every machine.

Text stays text; only the letters that occur are embedded, a few kilobytes for a face.
"""

from __future__ import annotations

import base64
import io
import logging
import re
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from optlab.core.resources import resources_folder

_STYLE = re.compile(r"<style type=\"text/css\">")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ROOT = re.compile(r"<svg\s+")
_SPACES = "text{white-space:pre}"
"""Two spaces stay two, in browsers; ``xml:space`` says so to librsvg and Inkscape."""
_REGULAR = 400
_NAMED_WEIGHTS = {"normal": _REGULAR, "bold": 700}
_FAMILY, _TYPOGRAPHIC_FAMILY = 1, 16
"""Numbers of names in a font: as old programs group its faces, and as it is called."""


@dataclass(frozen=True)
class _Face:
    path: Path
    family: str
    weight: int
    italic: bool
    letters: frozenset[int]


def with_fonts(svg: str) -> str:
    """``svg`` with those letters of the bundled fonts in it that its texts use.

    ``svg`` as matplotlib writes it, with a style sheet of its own; a family that is not bundled
    is left to the reader's machine.  Characters that no XML may hold are left out.
    """
    svg = _NOT_XML.sub("", svg)
    svg = _ROOT.sub('<svg xml:space="preserve" ', svg, count=1)
    wanted: defaultdict[_Face, set[int]] = defaultdict(set)
    for families, weight, italic, text in _texts(ElementTree.fromstring(svg)):
        for letter in map(ord, text):
            face = _face_with(letter, families, weight, italic)
            if face is not None:
                wanted[face].add(letter)
    faces = sorted(wanted, key=lambda face: face.path.name)
    rules = "".join(_rule(face, frozenset(wanted[face])) for face in faces)
    return _STYLE.sub(lambda found: found[0] + rules + _SPACES, svg, count=1)


def _texts(root: ElementTree.Element) -> Iterator[tuple[list[str], int, bool, str]]:
    """Families in the order of choice, weight, whether italic, and the letters of each text."""
    for element in root.iter():
        rules = (part.partition(":") for part in element.get("style", "").split(";"))
        style = {name.strip(): value.strip() for name, _, value in rules}
        if "font-family" in style and element.text:
            families = [name.strip(" '\"") for name in style["font-family"].split(",")]
            weight = style.get("font-weight", "normal")
            number = _NAMED_WEIGHTS.get(weight) or int(weight)
            yield families, number, style.get("font-style") == "italic", element.text


def _face_with(letter: int, families: list[str], weight: int, italic: bool) -> _Face | None:
    """The face that a reader would take: of the first family that has the letter, the nearest."""
    for family in families:
        faces = [face for face in _faces().get(family, ()) if letter in face.letters]
        if faces:
            return min(faces, key=lambda face: (face.italic != italic, abs(face.weight - weight)))
    return None


@cache
def _faces() -> Mapping[str, tuple[_Face, ...]]:
    from fontTools.ttLib import TTFont

    found: defaultdict[str, list[_Face]] = defaultdict(list)
    for path in sorted((resources_folder() / "fonts").glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            names = font["name"]
            family = names.getDebugName(_TYPOGRAPHIC_FAMILY) or names.getDebugName(_FAMILY)
            italic = bool(font["OS/2"].fsSelection & 1)
            letters = frozenset(font.getBestCmap())
            found[family].append(_Face(path, family, font["OS/2"].usWeightClass, italic, letters))
    return {family: tuple(faces) for family, faces in found.items()}


@cache
def _rule(face: _Face, letters: frozenset[int]) -> str:
    """A rule of a style sheet with the face, as far as it is used."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    options = subset.Options(flavor="woff", layout_features=["kern", "mark", "tnum"])
    options.notdef_outline = True
    with TTFont(face.path, lazy=True, recalcTimestamp=False) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=letters)
        subsetter.subset(font)
        buffer = io.BytesIO()
        subset.save_font(font, buffer, options)
    content = base64.b64encode(buffer.getvalue()).decode()
    slant = "italic" if face.italic else "normal"
    return (
        f"@font-face{{font-family:'{face.family}';font-weight:{face.weight};font-style:{slant};"
        f"src:url(data:font/woff;base64,{content})}}\n"
    )
