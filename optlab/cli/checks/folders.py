"""The folders of a person: can they be written, and how much is in them?"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from optlab.cli.checks.finding import Finding


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
