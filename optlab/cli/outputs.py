"""Where results go: checked before the run, written whole after it."""

from __future__ import annotations

import argparse
import errno
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from optlab.cli.errors import CommandError
from optlab.cli.values import shown
from optlab.session.experiment import Experiment
from optlab.session.export import run_paths

IMAGES = (".png", ".svg", ".pdf")
REPORTS = (".html", ".pdf")
ANIMATIONS = (".gif", ".webp", ".png", ".apng", ".mp4")


@dataclass(frozen=True)
class Outputs:
    """The files to write; ``csv`` becomes ``csv_files``, one for each run."""

    csv: Path | None = None
    csv_files: tuple[Path, ...] = ()
    npz: Path | None = None
    table: Path | None = None
    image: Path | None = None
    animation: Path | None = None
    report: Path | None = None
    json: Path | None = None

    def named(self) -> Iterator[tuple[str, Path]]:
        """Each file with the option that asked for it."""
        yield from (("--csv", path) for path in self.csv_files)
        for name in ("npz", "table", "image", "animation", "report", "json"):
            path = getattr(self, name)
            if path is not None:
                yield f"--{name}", path


def outputs_of(options: argparse.Namespace, experiment: Experiment) -> Outputs:
    """The files that the options name, all of which can be written as far as one can know.

    Raises :class:`CommandError` naming the option.
    """
    csv = _path("--csv", options.csv)
    if csv is not None and os.path.exists(csv) and not os.path.isfile(csv):
        # Also where every run gets a name of its own: it would lie beside a device or folder.
        raise CommandError(f"--csv: {csv} is not a regular file")
    outputs = Outputs(
        csv=csv,
        csv_files=() if csv is None else tuple(run_paths(experiment, csv).values()),
        npz=_path("--npz", options.npz, (".npz",)),
        table=_path("--table", options.table),
        image=_path("--image", options.image, IMAGES),
        animation=_path("--animation", options.animation, ANIMATIONS),
        report=_path("--report", options.report, REPORTS),
        json=_path("--json", options.json),
    )
    seen: dict[Path, str] = {}
    for option, path in outputs.named():
        _check(option, path)
        place = path.absolute()
        if place in seen:
            raise CommandError(f"{option}: {path} is already the file of {seen[place]}")
        seen[place] = option
    if outputs.animation is not None and outputs.animation.suffix.lower() == ".mp4":
        from optlab.figures.video import VideoError, find_ffmpeg

        try:
            find_ffmpeg()
        except VideoError as error:
            raise CommandError(f"--animation: {error}") from None
    return outputs


def _path(option: str, text: str | None, types: tuple[str, ...] = ()) -> Path | None:
    if text is None:
        return None
    path = Path(text)
    if not path.name or text.endswith("/"):
        raise CommandError(f"{option}: {shown(text)} is not the name of a file")
    if types and path.suffix.lower() not in types:
        what = f"the type {shown(path.suffix)}" if path.suffix else "a name without a type"
        raise CommandError(f"{option}: {what} is not known; known are {', '.join(types)}")
    return path


def _check(option: str, path: Path) -> None:
    """Whether a file can be put there, tried out in its folder."""
    try:
        if path.is_dir():
            raise CommandError(f"{option}: {path} is a folder")
        if path.exists() and not path.is_file():
            raise CommandError(f"{option}: {path} is not a regular file")
        if not path.parent.is_dir():
            raise CommandError(f"{option}: there is no folder {path.parent}")
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise CommandError(f"{option}: {path} cannot be written: {error.strerror}") from None
