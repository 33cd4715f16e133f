"""What the options say about pictures and films, checked before anything is run."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from optlab.cli.errors import CommandError
from optlab.cli.outputs import Outputs
from optlab.cli.values import shown
from optlab.core.run import Trajectory, run
from optlab.session.experiment import Experiment
from optlab.session.resolve import Resolved

if TYPE_CHECKING:
    from optlab.figures import Film

Size = Literal["column", "page", "slide"]


@dataclass(frozen=True)
class Choices:
    """What is drawn: view, size, dots an inch, the run and the update, panes, and the film."""

    view: str = "sheet"
    size: Size = "slide"
    dpi: int = 150
    of: str = ""
    step: int = 1
    panes: tuple[str, ...] = ("loss",)
    arrows: tuple[int, int] | None = None
    film: Film | None = None


def choices_of(
    options: argparse.Namespace, outputs: Outputs, experiment: Experiment, resolved: Resolved
) -> Choices:
    """The choices. Raises :class:`CommandError` naming the option."""
    if outputs.image is None and outputs.animation is None:
        return Choices()
    panes = tuple(filter(None, (part.strip() for part in (options.panes or "").split(","))))
    choices = Choices(
        view=options.view,
        size=options.size,
        dpi=options.dpi,
        of=_run(options.of, experiment),
        step=options.at,
        panes=panes or ("loss",),
        arrows=options.arrows,
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
    choices: Choices, experiment: Experiment, resolved: Resolved, started: dict[str, Trajectory]
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
    film = Film(view=options.view, size=options.size)
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
    choices: Choices, experiment: Experiment, resolved: Resolved, started: dict[str, Trajectory]
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
