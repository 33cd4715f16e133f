"""The files that options ask for: numbers, pictures, films; checked before the run."""

from __future__ import annotations

import argparse
import errno
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from optlab.cli.exits import CommandError
from optlab.cli.option_values import shown
from optlab.core.run import run
from optlab.files.run_files import run_paths
from optlab.session.experiment import Experiment
from optlab.session.resolve import Resolved
from optlab.session.study import Study, UnknownQuantityError

if TYPE_CHECKING:
    from optlab.figures import Film, PictureOptions


IMAGES = (".png", ".svg", ".pdf")
REPORTS = (".html", ".pdf")
LECTURES = (".html",)
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
    lecture: Path | None = None
    json: Path | None = None
    sqlite: Path | None = None

    def named(self) -> Iterator[tuple[str, Path]]:
        """Each file with the option that asked for it."""
        yield from (("--csv", path) for path in self.csv_files)
        for name in ("npz", "table", "image", "animation", "report", "lecture", "json", "sqlite"):
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
        lecture=_path("--lecture", options.lecture, LECTURES),
        json=_path("--json", options.json),
    )
    _check_outputs(outputs)
    if outputs.animation is not None and outputs.animation.suffix.lower() == ".mp4":
        from optlab.figures.films.video import VideoError, find_ffmpeg

        try:
            find_ffmpeg()
        except VideoError as error:
            raise CommandError(f"--animation: {error}") from None
    return outputs


def table_outputs(options: argparse.Namespace) -> Outputs:
    """The files of ``tune`` and ``compare``, checked like :func:`outputs_of`."""
    csv = _path("--csv", options.csv)
    outputs = Outputs(
        csv=csv,
        csv_files=() if csv is None else (csv,),
        image=_path("--image", getattr(options, "image", None), IMAGES),
        json=_path("--json", options.json),
        sqlite=_path("--sqlite", getattr(options, "sqlite", None)),
    )
    _check_outputs(outputs)
    return outputs


def _check_outputs(outputs: Outputs) -> None:
    seen: dict[Path, str] = {}
    for option, path in outputs.named():
        check_output(option, path)
        place = path.absolute()
        if place in seen:
            raise CommandError(f"{option}: {path} is already the file of {seen[place]}")
        seen[place] = option


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


@dataclass(frozen=True)
class Choices:
    """What is drawn of a study: as a picture, and as a film; None where neither is asked for."""

    picture: PictureOptions | None = None
    film: Film | None = None


def started(experiment: Experiment, resolved: Resolved) -> Study:
    """Runs that have not yet gone anywhere, to look for what is to be drawn or written."""
    first = {key: run(replace(spec, steps=0)) for key, spec in resolved.specs.items()}
    return Study(experiment, resolved, {**first, **resolved.recordings})


def choices_of(
    options: argparse.Namespace, outputs: Outputs, experiment: Experiment, resolved: Resolved
) -> Choices:
    """The choices. Raises :class:`CommandError` naming the option."""
    if outputs.image is None and outputs.animation is None:
        return Choices()
    from optlab.figures.options import PictureOptions

    study = started(experiment, resolved)
    given = tuple(filter(None, (part.strip() for part in (options.panes or "").split(","))))
    of = _run(options.of, experiment)
    panes = given
    if not given and experiment.view is not None:
        panes = tuple(key for key in experiment.shown.panes if _has(study, key, of))
    picture = PictureOptions(
        view=options.view,
        size=options.size,
        dpi=options.dpi,
        of=of,
        step=options.at,
        panes=panes or ("loss",),
        arrows=options.arrows,
        style=options.style,
        titled=not options.no_title,
        listed=not options.no_runs,
        outlines=options.outlines,
        span=options.range,
    )
    film = (
        _film(options, replace(picture, panes=given or ("loss",)))
        if outputs.animation is not None
        else None
    )
    _try(picture, film, study)
    return Choices(picture, film)


def _has(study: Study, key: str, run_id: str) -> bool:
    try:
        study.quantity(key, run_id)
    except UnknownQuantityError:
        return False
    return True


def _run(text: str | None, experiment: Experiment) -> str:
    """The id of the run of that name or optimizer."""
    if text is None:
        return ""
    for run_ in experiment.runs:
        if text in (run_.name, run_.optimizer, run_.recording, run_.id):
            return run_.id
    names = ", ".join(run_.title for run_ in experiment.runs) or "none"
    raise CommandError(f"--of: there is no run {shown(text)}; known are {names}")


def _film(options: argparse.Namespace, picture: PictureOptions) -> Film:
    from optlab.figures import Film
    from optlab.figures.films.animation import STILL

    if picture.view in STILL:
        reason = f"the {picture.view} does not grow: it can only be a picture"
        raise CommandError(f"--animation: {reason}")
    film = Film(**vars(picture))
    chosen = {"--fps": "rate", "--stride": "stride", "--hold": "hold", "--width": "width"}
    for option, name in chosen.items():
        value = getattr(options, option.removeprefix("--"))
        if value is None:
            continue
        try:
            film = replace(film, **{name: value})
        except ValueError as error:
            raise CommandError(f"{option}: {error}") from None
    return film


def _try(picture: PictureOptions, film: Film | None, study: Study) -> None:
    """Looks for everything that is to be drawn in runs that have only started."""
    steps = study.experiment.steps
    least = 1 if picture.view == "worksheet" else 0
    if picture.step is not None and not least <= picture.step <= steps:
        raise CommandError(f"--at: must be an update from {least} to {steps}, not {picture.step}")
    if steps == 0 and picture.view == "worksheet":
        raise CommandError("--view: there is no update to take apart; the runs have no steps")
    if film is not None:
        try:
            film.steps(min(steps, film.span[1]) if film.span else steps)
        except ValueError as error:
            raise CommandError(f"--stride: {error}") from None
    span = picture.span
    if span is not None and span[0] >= steps:
        raise CommandError(f"--range: must begin before the last step, {steps}, not at {span[0]}")
    usual = ("loss",)
    for option, asked in (
        ("--view", replace(picture, panes=usual)),
        ("--panes", replace(picture, view="sheet")),
    ):
        try:
            asked.check(study)
        except ValueError as error:
            raise CommandError(f"{option}: {error}") from None
