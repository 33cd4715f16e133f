"""The libraries that Qt needs from the system."""

from __future__ import annotations

import ctypes
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from optlab.cli.checks.finding import Finding
from optlab.core.resources import resources_folder


@dataclass(frozen=True)
class Library:
    """A shared library and the Debian package that has it."""

    package: str
    file: str


def needed_libraries() -> tuple[Library, ...]:
    """What Qt loads on Linux; nothing on other systems, where it brings all with it."""
    if not sys.platform.startswith("linux"):
        return ()
    return tuple(_read_list())


def _read_list() -> Iterator[Library]:
    path = resources_folder() / "system" / "debian-libraries.txt"
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            package, file = line.split()
            yield Library(package, file)


def can_load(file: str) -> bool:
    """Whether the system's loader finds a library and all that it needs itself."""
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def missing_libraries(loads: Callable[[str], bool] = can_load) -> tuple[Library, ...]:
    """Those of :func:`needed_libraries` that cannot be loaded."""
    return tuple(library for library in needed_libraries() if not loads(library.file))


def mending_line(missing: tuple[Library, ...]) -> str:
    """What to type, or what to look for where there is no apt-get."""
    if shutil.which("apt-get") is None:
        return f"install the packages that have {' '.join(library.file for library in missing)}"
    return f"sudo apt-get install {' '.join(library.package for library in missing)}"


def library_findings(loads: Callable[[str], bool] = can_load) -> tuple[Finding, ...]:
    """One finding for each missing library, or one for all."""
    missing = missing_libraries(loads)
    if not missing:
        count = len(needed_libraries())
        found = f"all {count} that Qt loads are there" if count else "none needed on this system"
        return (Finding("libraries", found),)
    names = ", ".join(library.file for library in missing)
    return (Finding("libraries", f"not found: {names}", "missing", mending_line(missing)),)
