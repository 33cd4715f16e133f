"""Find the shipped data files, and read TOML strictly: errors name file, key and reason."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, lru_cache, reduce
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

import optlab

T = TypeVar("T")

_ANY_KEY = "[...]"
"""How msgspec names a key of a table that may have any keys."""
_TABLE = re.compile(rb"^\[", re.MULTILINE)

MAX_FILE_SIZE = 256 * 1024
"""Bytes a data file may have; a catalogue file has a few thousand."""
NO_TEXTS: Mapping[str, str] = MappingProxyType({})
"""The own texts of an experiment that has none."""
_LONGEST_PATH = 1000
"""Characters the path of a data file may have; it is repeated in messages."""


class DataError(ValueError):
    """A data file that cannot be used: ``file``, the ``key`` in it and the ``reason``."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")
        self.file = file
        self.key = key
        self.reason = reason


class UnknownNameError(ValueError):
    """A name that no catalogue file has; the message names the nearest ones."""


@dataclass(frozen=True)
class CatalogueEntry:
    """What a list says about a data file: its catalogue key, its name, and a sentence.

    ``own``: its text stands in the experiment; ``hides``: in place of a shipped one of that key.
    ``aliases``: the other names that the key is known by, from the file.
    """

    key: str
    name: str
    sentence: str
    own: bool = False
    hides: bool = False
    aliases: tuple[str, ...] = ()


def read_toml(path: Path, kind: type[T]) -> T:
    """The content of a TOML file as a ``kind`` (a msgspec Struct that forbids unknown keys).

    Raises :class:`DataError` for a file that is missing, too large, not TOML, or not a ``kind``.
    """
    return decode_toml(_content(path), path.name, kind)


def read_text(path: Path) -> str:
    """The text of a data file. Raises :class:`DataError` where it is missing, large, or no text."""
    try:
        return _content(path).decode()
    except UnicodeDecodeError:
        raise DataError(path.name, "", "not valid TOML: it is not UTF-8") from None


def _content(path: Path) -> bytes:
    try:
        # A pipe or a device could keep the reader waiting for ever.
        if os.path.exists(path) and not path.is_file():
            raise DataError(path.name, "", "cannot be read: not a file")
        with path.open("rb") as file:
            content = file.read(MAX_FILE_SIZE + 1)
    except OSError as error:
        raise DataError(path.name, "", f"cannot be read: {error.strerror}") from None
    if len(content) > MAX_FILE_SIZE:
        raise DataError(path.name, "", f"larger than {MAX_FILE_SIZE // 1024} KiB")
    return content


def decode_toml(content: bytes | str, name: str, kind: type[T]) -> T:
    """TOML as a ``kind``; messages call it ``name``. Raises :class:`DataError`."""
    if isinstance(content, str):
        # What is no character is refused as bytes that are no UTF-8.
        content = content.encode(errors="surrogatepass")
    if len(content) > MAX_FILE_SIZE:
        raise DataError(name, "", f"larger than {MAX_FILE_SIZE // 1024} KiB")
    try:
        return msgspec.toml.decode(content, type=kind)
    except msgspec.ValidationError as error:
        reason, place = _reason_and_place(error)
        if _ANY_KEY in place:
            place = _with_keys(place, msgspec.toml.decode(content), kind, reason)
        raise DataError(name, place or "top level", reason) from None
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise DataError(name, "", f"not valid TOML: {error}") from None


def _reason_and_place(error: msgspec.ValidationError) -> tuple[str, str]:
    reason, _, place = str(error).partition(" - at `$")
    return reason, place.strip("`.")


def _with_keys(place: str, content: dict[str, Any], kind: type[Any], reason: str) -> str:
    """The place of a mistake with the keys that msgspec leaves out.

    It is the first key of each such table that is refused in the same words when it stands alone.
    """
    said = place
    while _ANY_KEY in place:
        head, _, tail = place.partition(_ANY_KEY)
        *outer, name = head.split(".")
        holder = reduce(dict.__getitem__, outer, content)
        for key, value in holder[name].items():
            holder[name] = {key: value}
            try:
                msgspec.convert(content, kind)
            except msgspec.ValidationError as error:
                if _reason_and_place(error) == (reason, said):
                    break
        else:
            break
        place = f"{head}.{key}{tail}"
    return place


def last_change(path: Path) -> int:
    """When a file or folder was changed, in nanoseconds since 1970; 0 where it cannot be asked."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def data_folder(kind: str) -> Path:
    """The folder of the shipped data files of a kind, such as ``optimizers``."""
    return resources_folder() / kind


def data_names(folder: Path) -> tuple[str, ...]:
    """The names in a folder of data files, sorted: the file names without ``.toml``."""
    return tuple(sorted(path.stem for path in _files(folder)))


def data_titles(
    folder: Path, field: str, own: Mapping[str, str] = NO_TEXTS
) -> tuple[CatalogueEntry, ...]:
    """What lists say about the data files of a folder, by name; ``field`` holds the sentence.

    The ``own`` texts of an experiment come first, and in place of files of their names.  Only
    what stands before a file's first table is read, which is many times quicker than loading it.
    A file that cannot be used is listed as well: loading it tells why.
    """
    shipped = {path.stem: _title(path, last_change(path), field) for path in _files(folder)}
    known = {name for key, title in shipped.items() for name in (key, *title.aliases)}
    read = {key: _title_of(key, text.encode(errors="replace"), field) for key, text in own.items()}
    owned = [replace(title, own=True, hides=key in known) for key, title in read.items()]
    others = [title for key, title in shipped.items() if key not in own]
    return (*sorted(owned, key=_name), *sorted(others, key=_name))


def _name(title: CatalogueEntry) -> str:
    return title.name.lower()


def _title(path: Path, changed: int, field: str) -> CatalogueEntry:
    return _entry(path.stem, _head_of_file(path, changed), field)


def _title_of(key: str, content: bytes, field: str) -> CatalogueEntry:
    return _entry(key, _head(content), field)


def _entry(key: str, head: Mapping[str, object], field: str) -> CatalogueEntry:
    given = head.get("aliases", ())
    aliases = tuple(map(str, given)) if isinstance(given, list) else ()
    return CatalogueEntry(
        key, str(head.get("name", key)), str(head.get(field, "")), aliases=aliases
    )


@lru_cache(maxsize=1024)
def _head_of_file(path: Path, _changed: int) -> Mapping[str, object]:
    content = b""
    with suppress(OSError):
        content = path.read_bytes()[:MAX_FILE_SIZE]
    return _head(content)


@lru_cache(maxsize=256)
def _head(content: bytes) -> Mapping[str, object]:
    """What stands before the first table of a TOML text."""
    # A line of a long value may begin like a table: then the whole file has to be read.
    for part in (_TABLE.split(content, maxsplit=1)[0], content):
        with suppress(msgspec.DecodeError, ValueError, RecursionError):
            return msgspec.toml.decode(part, type=dict[str, object])
    return {}


def is_path(name: str) -> bool:
    """Whether a name is the path of a data file; all others are names of the catalogue."""
    return name.endswith(".toml")


def catalogue_keys(folder: Path) -> dict[str, str]:
    """The key of every name that the files of a folder go by, aliases included."""
    titles = data_titles(folder, "")
    aliases = {alias: title.key for title in titles for alias in title.aliases}
    return aliases | {title.key: title.key for title in titles}


def find_data_file(folder: Path, name: str, what: str, own: Iterable[str] = ()) -> Path:
    """The file of a catalogue name or of one of its aliases, or of a path that ends in ``.toml``.

    Raises :class:`UnknownNameError` with what would be right, which may be an ``own`` name.
    """
    if is_path(name):
        # A received experiment may name anything; it must not make this machine call another.
        if "\0" in name or name.startswith(("//", "\\\\")):
            raise UnknownNameError(f"the {what} has to be a file of this machine")
        if len(name) > _LONGEST_PATH:
            raise UnknownNameError(f"the name of the {what} is too long")
        return Path(name)
    if name in _known_names(folder, last_change(folder)):
        return folder / f"{name}.toml"
    # What was put there a moment ago may not show in the folder's time yet.
    known = data_names(folder)
    if name in known:
        return folder / f"{name}.toml"
    keys = catalogue_keys(folder)
    if name in keys:
        return folder / f"{keys[name]}.toml"
    import difflib

    close = difflib.get_close_matches(name.lower(), [*own, *keys], 3, 0.5)
    every = ", ".join((*own, *known))
    hint = f"did you mean {' or '.join(close)}?" if close else f"known are {every}"
    shown = name if len(name) <= 60 else name[:57] + "..."
    raise UnknownNameError(f"unknown {what} '{shown}'; {hint}")


@lru_cache(maxsize=64)
def _known_names(folder: Path, _changed: int) -> frozenset[str]:
    return frozenset(data_names(folder))


def _files(folder: Path) -> Iterator[Path]:
    return folder.glob("*.toml")


@cache
def resources_folder() -> Path:
    """Return the folder that holds the shipped data files.

    A wheel carries it inside the package, as ``optlab/resources``; a source checkout has it beside
    the package. The installed one wins.

    Raises:
        FileNotFoundError: neither place has it, which means that the installation is incomplete.
    """
    return _find(Path(optlab.__file__).resolve().parent)


def guide_folder() -> Path:
    """Return the folder of the user guide: in the data of a wheel, ``docs`` of a checkout."""
    installed = resources_folder() / "guide"
    return installed if installed.is_dir() else resources_folder().parent / "docs"


def _find(package: Path) -> Path:
    """Look for the data files of the package installed in the folder ``package``."""
    installed = package / "resources"
    checkout = package.parent / "resources"
    for folder in (installed, checkout):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"OptLab's data files are missing: neither {installed} nor {checkout} is a folder. "
        "Install OptLab again."
    )


class StrictStruct(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True
):
    """What all parts of an experiment have in common: frozen, strict, comparable."""
