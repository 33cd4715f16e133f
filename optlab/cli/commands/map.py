"""``optlab map``: many runs at once, without a screen."""

from __future__ import annotations

import argparse
from dataclasses import fields

from optlab.api import Lab, MapResult
from optlab.api.map_arguments import ArgumentError, mapped_run
from optlab.api.stability_result import StabilityResult
from optlab.cli.cluster_options import connected
from optlab.cli.exits import CommandError, print_lines, stopped_by_signals
from optlab.cli.experiment_options import experiment_of
from optlab.cli.map_options import Side
from optlab.cli.outputs import Outputs, outputs_of
from optlab.cli.progress import ProgressBar
from optlab.core.maps import COORDINATES
from optlab.core.planes import PlaneError
from optlab.files.temp_files import FileProblemError, all_or_none
from optlab.session.cluster.executor import Machines
from optlab.session.experiment import changed
from optlab.session.maps.planes import check_plane
from optlab.session.view import looking


def execute(options: argparse.Namespace) -> int:
    """Checks everything, then runs, then writes, then prints the summary."""
    with stopped_by_signals():
        try:
            return _execute(options)
        except ArgumentError as error:
            raise CommandError(f"--{error.name}: {error.reason}") from None
        except FileProblemError as error:
            raise CommandError(str(error)) from None


def _execute(options: argparse.Namespace) -> int:
    experiment, resolved = experiment_of(options)
    if getattr(options, "plane", None) is not None:
        sides = {side.name for side in (options.x, options.y) if side} if _is_sweep(options) else ()
        if _is_sweep(options) and not set(COORDINATES) & set(sides):
            raise CommandError("--plane: is that of the sides c1 and c2; neither is on this map")
        experiment = changed(experiment, view=looking(experiment.shown, plane=options.plane))
        try:
            check_plane(experiment, resolved)
        except PlaneError as error:
            raise CommandError(f"--plane: {error}") from None
    run = mapped_run(experiment, options.run)
    # What is written belongs to one run: files need no names of their own.
    outputs = outputs_of(_with_all_options(options), changed(experiment, runs=(run,)))
    with connected(_with_all_options(options)) as machines:
        with ProgressBar("mapping", quiet=options.quiet) as bar:
            result = _map(Lab(experiment), options, bar, machines)
        with all_or_none():
            _write(outputs, result, options)
        if not options.quiet:
            print_lines(repr(result).splitlines())
    return 0


def _is_sweep(options: argparse.Namespace) -> bool:
    return bool(options.kind == "sweep")


def _with_all_options(options: argparse.Namespace) -> argparse.Namespace:
    """With what a run could have written and a map has not, and without a cluster if not named."""
    none = dict.fromkeys(("cluster", *(field.name for field in fields(Outputs))), None)
    return argparse.Namespace(**none | vars(options))


def _map(
    lab: Lab, options: argparse.Namespace, bar: ProgressBar, cluster: Machines
) -> MapResult | StabilityResult:
    if options.kind == "stability":
        x = _side(options.x) or "eta_lambda"
        y = _side(options.y)
        return lab.stability_map(options.run, x=x, y=y, resolution=options.resolution)
    if options.kind == "basin":
        return lab.basin_map(
            options.run, resolution=options.resolution, progress=bar.progress, cluster=cluster
        )
    return lab.sweep(
        options.run,
        x=_side(options.x),
        y=_side(options.y),
        resolution=options.resolution,
        measure=options.measure,
        target=options.target,
        progress=bar.progress,
        cluster=cluster,
    )


def _side(side: Side | None) -> tuple[str | float | None, ...] | None:
    return None if side is None else (side.name, side.low, side.high, side.scale)


def _write(
    outputs: Outputs, result: MapResult | StabilityResult, options: argparse.Namespace
) -> None:
    if outputs.csv is not None:
        with ProgressBar(f"writing {outputs.csv.name}", quiet=options.quiet) as bar:
            result.save_csv(outputs.csv, bar.progress)
    if outputs.npz is not None:
        result.save_npz(outputs.npz)
    if outputs.json is not None:
        result.save_json(outputs.json)
    if outputs.image is not None:
        result.save_image(outputs.image, dpi=options.dpi, size=options.size)
