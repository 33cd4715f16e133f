"""The files that options ask for: numbers, pictures, films; checked before the run."""

from __future__ import annotations

import argparse
import errno
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from optlab.cli.exits import CommandError
from optlab.cli.option_values import shown
from optlab.core.run import Trajectory, run
from optlab.files.run_files import run_paths
from optlab.session.experiment import Experiment
from optlab.session.resolve import Resolved

if TYPE_CHECKING:
    from optlab.figures import Film


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
    several = len(run_paths(experiment, csv)) > 1 if csv is not None else False
    if csv is not None and several and os.path.exists(csv) and not os.path.isfile(csv):
        # Every run gets a name of its own, which would lie beside a device or folder.
        raise CommandError(f"--csv: {csv} is not a regular file, and each run needs its own")
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
        check_output(option, path)
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


def check_output(option: str, path: Path) -> None:
    """Raises :class:`CommandError` unless a file can be put there, tried out in its folder."""
    try:
        if path.is_dir():
            raise CommandError(f"{option}: {path} is a folder")
        if path.exists() and not path.is_file():
            return  # a pipe or a device takes what it gets
        if not path.parent.is_dir():
            raise CommandError(f"{option}: there is no folder {path.parent}")
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise CommandError(f"{option}: {path} cannot be written: {error.strerror}") from None


Size = Literal["column", "page", "slide"]


@dataclass(frozen=True)
class PictureOptions:
    """What is drawn: view, size, dots an inch, the run and the update, panes, and the film."""

    view: str = "sheet"
    size: Size = "slide"
    dpi: int = 150
    of: str = ""
    step: int = 1
    panes: tuple[str, ...] = ("loss",)
    arrows: tuple[int, int] | None = None
    style: str = "light"
    titled: bool = True
    listed: bool = True
    film: Film | None = None


def choices_of(
    options: argparse.Namespace, outputs: Outputs, experiment: Experiment, resolved: Resolved
) -> PictureOptions:
    """The choices. Raises :class:`CommandError` naming the option."""
    if outputs.image is None and outputs.animation is None:
        return PictureOptions()
    panes = tuple(filter(None, (part.strip() for part in (options.panes or "").split(","))))
    choices = PictureOptions(
        view=options.view,
        size=options.size,
        dpi=options.dpi,
        of=_run(options.of, experiment),
        step=options.at,
        panes=panes or ("loss",),
        arrows=options.arrows,
        style=options.style,
        titled=not options.no_title,
        listed=not options.no_runs,
        film=_film(options) if outputs.animation is not None else None,
    )
    # Whatever is to be drawn is looked for in runs that have not yet gone anywhere.
    started = {key: run(replace(spec, steps=0)) for key, spec in resolved.specs.items()}
    started |= resolved.recordings
    if not panes and experiment.view is not None:
        choices = replace(choices, panes=_fitting(choices, experiment, resolved, started))
    _try(choices, experiment, resolved, started)
    return choices


def _fitting(
    choices: PictureOptions,
    experiment: Experiment,
    resolved: Resolved,
    started: dict[str, Trajectory],
) -> tuple[str, ...]:
    """The panes of the experiment's view that its runs have."""
    from optlab.figures.pictured import Pictured

    pictured = Pictured(resolved, experiment, started, of=choices.of)
    return tuple(key for key in experiment.shown.panes if pictured.has(key)) or ("loss",)


def _run(text: str | None, experiment: Experiment) -> str:
    """The id of the run of that name or optimizer."""
    if text is None:
        return ""
    for run_ in experiment.runs:
        if text in (run_.name, run_.optimizer, run_.recording, run_.id):
            return run_.id
    names = ", ".join(run_.title for run_ in experiment.runs) or "none"
    raise CommandError(f"--of: there is no run {shown(text)}; known are {names}")


def _film(options: argparse.Namespace) -> Film:
    from optlab.figures import Film
    from optlab.figures.animation import STILL

    if options.view in STILL:
        reason = f"the {options.view} does not grow: it can only be a picture"
        raise CommandError(f"--animation: {reason}")
    chosen = {"--fps": "rate", "--stride": "stride", "--hold": "hold", "--width": "width"}
    film = Film(
        view=options.view,
        size=options.size,
        style=options.style,
        titled=not options.no_title,
        listed=not options.no_runs,
    )
    for option, name in chosen.items():
        value = getattr(options, option.removeprefix("--"))
        if value is None:
            continue
        try:
            film = replace(film, **{name: value})
        except ValueError as error:
            raise CommandError(f"{option}: {error}") from None
    return film


def _try(
    choices: PictureOptions,
    experiment: Experiment,
    resolved: Resolved,
    started: dict[str, Trajectory],
) -> None:
    """Looks for everything that is to be drawn in runs that have only started."""
    from optlab.figures.pictured import Pictured

    if choices.view == "worksheet" and not 1 <= choices.step <= experiment.steps:
        reason = f"must be an update from 1 to {experiment.steps}, not {choices.step}"
        raise CommandError(f"--at: {reason}")
    if choices.film is not None:
        try:
            choices.film.steps(experiment.steps)
        except ValueError as error:
            raise CommandError(f"--stride: {error}") from None
    for option, view, panes in (
        ("--view", choices.view, ("loss",)),
        ("--panes", "sheet", choices.panes),
    ):
        try:
            Pictured(resolved, experiment, started, view, of=choices.of, panes=panes)
        except ValueError as error:
            raise CommandError(f"{option}: {error}") from None
