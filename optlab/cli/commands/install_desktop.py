"""``optlab install-desktop``: OptLab in the menu, with its icon and its kind of file."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from optlab.cli.exits import CommandError
from optlab.core.resources import resources_folder
from optlab.files.temp_files import FileProblemError, write_whole


def execute(options: argparse.Namespace) -> int:
    """Writes or removes the files of the desktop and says which."""
    if not sys.platform.startswith("linux"):
        raise CommandError("this is for desktops on Linux; make a shortcut to optlab instead")
    home = data_home()
    try:
        files = remove(home) if options.remove else install(home, starting_command())
    except FileProblemError as error:
        raise CommandError(str(error), status=1) from None
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}", status=1) from None
    for file in files:
        print(f"{'removed' if options.remove else 'written'} {file}")
    if not files:
        print("nothing was installed")
    return 0


NAME = "org.optlab.OptLab"
_REFRESH = (
    ("update-mime-database", "mime"),
    ("update-desktop-database", "applications"),
    ("gtk-update-icon-cache", "icons/hicolor"),
)


def data_home() -> Path:
    """Where the desktop looks for what one person has installed."""
    chosen = os.environ.get("XDG_DATA_HOME", "")
    return Path(chosen) if os.path.isabs(chosen) else Path.home() / ".local" / "share"


def install(home: Path, command: list[str]) -> list[Path]:
    """Writes all files below ``home``, with ``command`` as what starts OptLab; returns them.

    Raises FileProblemError where one cannot be written.
    """
    written = []
    for source, target in _files(home):
        content = source.read_bytes()
        if target.suffix == ".desktop":
            content = content.replace(b"Exec=optlab", b"Exec=" + _exec_line(command).encode())
        with contextlib.suppress(OSError):  # writing into it says what is wrong
            target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, partial(_put, content))
        written.append(target)
    _refresh(home)
    return written


def remove(home: Path) -> list[Path]:
    """Removes what :func:`install` wrote; returns what was there."""
    removed = []
    for _source, target in _files(home):
        if target.exists():
            target.unlink()
            removed.append(target)
    if removed:
        _refresh(home)
    return removed


def starting_command() -> list[str]:
    """What starts this very OptLab again, from any folder."""
    program = Path(sys.argv[0])
    if program.stem == "optlab" and program.is_file() and os.access(program, os.X_OK):
        return [str(program.resolve())]
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "optlab"]


def _files(home: Path) -> Iterator[tuple[Path, Path]]:
    desktop, icons = resources_folder() / "desktop", resources_folder() / "icons"
    yield desktop / f"{NAME}.desktop", home / "applications" / f"{NAME}.desktop"
    yield desktop / f"{NAME}.metainfo.xml", home / "metainfo" / f"{NAME}.metainfo.xml"
    yield desktop / f"{NAME}.mime.xml", home / "mime" / "packages" / f"{NAME}.xml"
    scalable = home / "icons" / "hicolor" / "scalable"
    yield icons / "app" / "optlab.svg", scalable / "apps" / f"{NAME}.svg"


def _put(content: bytes, file: BinaryIO) -> None:
    file.write(content)


def _exec_line(command: list[str]) -> str:
    """Quoted as the Desktop Entry Specification says, section "The Exec key"."""
    words = []
    for word in command:
        for character in '\\"`$':
            word = word.replace(character, "\\" + character)
        # A backslash is doubled once more, as in every text of such a file.
        words.append('"' + word.replace("\\", "\\\\").replace("%", "%%") + '"')
    return " ".join(words)


def _refresh(home: Path) -> None:
    """Refreshes the menu of the desktop; without the tools, the next login does."""
    for tool, folder in _REFRESH:
        program = shutil.which(tool)
        if program is not None and (home / folder).is_dir():
            extra = ["--ignore-theme-index", "--force"] if "icon" in tool else []
            command = [program, *extra, str(home / folder)]
            subprocess.run(command, capture_output=True, timeout=30, check=False)
