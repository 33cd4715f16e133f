"""What ``optlab doctor`` looks at: display, folders, libraries; and what mends each."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from optlab.core.resources import resources_folder

State = Literal["fine", "without", "missing"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked for.

    ``state`` is "fine", "without" (something optional is not there) or "missing" (OptLab cannot
    work as it should); ``mend`` is a line that changes it, or nothing.
    """

    what: str
    found: str
    state: State = "fine"
    mend: str = ""


@dataclass(frozen=True)
class CheckSection:
    """Findings about one part of the machine."""

    title: str
    findings: tuple[Finding, ...]


_WITHOUT_SCREEN = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs", "vkkhrdisplay")
NO_DISPLAY = "there is no display to open a window on (DISPLAY and WAYLAND_DISPLAY are not set)"


def display_problem(environment: Mapping[str, str] = os.environ) -> str:
    """Why no window can be shown, or nothing where one can. Without Qt, which would abort."""
    if not sys.platform.startswith("linux"):
        return ""
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in _WITHOUT_SCREEN:
        return ""
    if _wayland_socket(environment) and platform != "xcb":
        return ""
    name = environment.get("DISPLAY", "")
    if not name:
        wayland = environment.get("WAYLAND_DISPLAY", "")
        return f"the Wayland display '{wayland}' does not answer" if wayland else NO_DISPLAY
    return "" if _answers(name) else f"the display '{name}' does not answer"


def display_name(environment: Mapping[str, str] = os.environ) -> str:
    """What the display is called."""
    for variable in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"):
        if environment.get(variable):
            return f"{variable}={environment[variable]}"
    return "the desktop"


def _wayland_socket(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY", "")
    # An absolute name stands for itself.
    path = Path(environment.get("XDG_RUNTIME_DIR", "/nowhere"), name)
    return bool(name) and path.is_socket()


def _answers(name: str) -> bool:
    """Whether an X server takes a connection; True where that cannot be tried."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(os.fsencode(name), None)
    try:
        return int(xcb.xcb_connection_has_error(connection)) == 0
    finally:
        xcb.xcb_disconnect(connection)


def folder_finding(what: str, folder: Path, loss: str) -> Finding:
    """A folder that is written while OptLab runs; ``loss`` says what is lost without it."""
    problem = _write_problem(folder)
    if problem:
        place = _existing(folder)
        found = f"{folder} cannot be written ({problem}): {loss}"
        return Finding(what, found, "missing", f'sudo chown -R "$USER" "{place}"')
    if not folder.is_dir():
        return Finding(what, f"{folder} (made when it is needed)")
    return Finding(what, f"{folder} ({_size(folder)})")


def _existing(folder: Path) -> Path:
    """The folder itself, or the one in which it would be made."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _write_problem(folder: Path) -> str:
    place = _existing(folder)
    if not place.is_dir():
        return f"{place} is not a folder"
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"OptLab")
            file.flush()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _size(folder: Path) -> str:
    files, total = 0, 0
    for parent, _folders, names in os.walk(folder):
        for name in names:
            try:
                total += Path(parent, name).lstat().st_size
            except OSError:
                continue
            files += 1
    return f"{files} file{'s' * (files != 1)}, {_bytes(total)}"


def _bytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.1f} kB"


@dataclass(frozen=True)
class SystemLibrary:
    """A shared library and the Debian package that has it."""

    package: str
    file: str


def needed_libraries() -> tuple[SystemLibrary, ...]:
    """What Qt loads on Linux; nothing on other systems, where it brings all with it."""
    if not sys.platform.startswith("linux"):
        return ()
    return tuple(_read_list())


def _read_list() -> Iterator[SystemLibrary]:
    path = resources_folder() / "system" / "debian-libraries.txt"
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            package, file = line.split()
            yield SystemLibrary(package, file)


def can_load(file: str) -> bool:
    """Whether the system's loader finds a library and all that it needs itself."""
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def missing_libraries(loads: Callable[[str], bool] = can_load) -> tuple[SystemLibrary, ...]:
    """Those of :func:`needed_libraries` that cannot be loaded."""
    return tuple(library for library in needed_libraries() if not loads(library.file))


def mending_line(missing: tuple[SystemLibrary, ...]) -> str:
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
