"""``optlab map``: many runs at once, without a screen."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from types import MappingProxyType

import msgspec

from optlab.cli.ending import print_lines, stopped_by_signals
from optlab.cli.errors import CommandError
from optlab.cli.experiment import experiment_of
from optlab.cli.map_options import Side
from optlab.cli.map_words import basin_lines, sweep_lines
from optlab.cli.outputs import Outputs, outputs_of
from optlab.cli.progress import Bar
from optlab.cli.values import shown
from optlab.core.export import write_arrays
from optlab.core.maps import Axis
from optlab.core.parameters import SettingError
from optlab.core.run import RunSpec
from optlab.session.comparison import usual_target
from optlab.session.experiment import Experiment, Run, changed
from optlab.session.files import FileProblemError, write_whole
from optlab.session.kernel_cache import kernel_store
from optlab.session.map_export import map_arrays, map_csv, map_summary
from optlab.session.mapping import (
    COARSEST,
    FINEST,
    TOLERANCE,
    MapWork,
    Request,
    basin_request,
    sweep_request,
)
from optlab.session.resolve import Resolved
from optlab.session.variation import settings_of, usual_axis


def execute(options: argparse.Namespace) -> int:
    """Checks everything, then runs, then writes, then says what became of it."""
    with stopped_by_signals():
        return _execute(options)


def _execute(options: argparse.Namespace) -> int:
    experiment, resolved = experiment_of(options)
    run = _mapped_run(experiment, options.run)
    # What is written belongs to one run: files need no names of their own.
    outputs = outputs_of(_with_all_options(options), changed(experiment, runs=(run,)))
    if not COARSEST <= options.resolution <= FINEST:
        reason = f"must be from {COARSEST} to {FINEST}, not {options.resolution}"
        raise CommandError(f"--resolution: {reason}")
    request = _REQUESTS[options.kind](options, resolved, resolved.specs[run.id])
    work = MapWork(request, kernel_store(), getattr(options, "measure", "loss"))
    with Bar("mapping", quiet=options.quiet) as bar:
        work(bar)
    try:
        _write(outputs, work, experiment, run, quiet=options.quiet)
    except FileProblemError as error:
        raise CommandError(str(error)) from None
    if not options.quiet:
        print_lines(basin_lines(work) if options.kind == "basin" else sweep_lines(work))
    return 0


def _with_all_options(options: argparse.Namespace) -> argparse.Namespace:
    """With the files that a run could have written and a map has not."""
    none = dict.fromkeys((field.name for field in fields(Outputs)), None)
    return argparse.Namespace(**none | vars(options))


def _mapped_run(experiment: Experiment, name: str | None) -> Run:
    if name is None:
        return experiment.runs[0]
    for run in experiment.runs:
        if name in (run.name, run.id):
            return run
    known = ", ".join(run.name or run.id for run in experiment.runs)
    raise CommandError(f"--run: there is no run {shown(name)}; known are {known}")


# -- what is asked for ---------------------------------------------------------------------


def _basin(options: argparse.Namespace, resolved: Resolved, spec: RunSpec) -> Request:
    tolerance = TOLERANCE if spec.stop_gradient is None else spec.stop_gradient
    return basin_request(spec, resolved.window, options.resolution, tolerance)


def _sweep(options: argparse.Namespace, resolved: Resolved, spec: RunSpec) -> Request:
    target = usual_target(resolved) if options.target is None else options.target
    names = list(settings_of(spec))
    sides = {"--x": options.x, "--y": options.y}
    taken = [side.name for side in sides.values() if side is not None]
    axes = []
    for option, side in sides.items():
        if side is None:
            side = Side(next(name for name in names if name not in taken))
            taken.append(side.name)
        axes.append(_axis(option, side, resolved, spec, options.resolution))
    try:
        return sweep_request(spec, axes[0], axes[1], -math.inf if target is None else target)
    except SettingError as error:
        option = "--x" if error.name == axes[0].name != axes[1].name else "--y"
        raise CommandError(f"{option}: {error}") from None


def _axis(option: str, side: Side, resolved: Resolved, spec: RunSpec, count: int) -> Axis:
    known = settings_of(spec)
    if side.name not in known:
        reason = f"{shown(side.name)} cannot be varied here; known are {', '.join(known)}"
        raise CommandError(f"{option}: {reason}")
    usual = usual_axis(spec, side.name, resolved.window, count)
    low = usual.low if side.low is None else side.low
    high = usual.high if side.high is None else side.high
    scale = side.scale or (usual.scale if low > 0 else "linear")
    try:
        axis = replace(usual, low=low, high=high, scale=scale)
        # A side alone, so that what is wrong is known to be wrong here.
        other = next(name for name in known if name != side.name)
        sweep_request(spec, axis, usual_axis(spec, other, resolved.window, count))
        return axis
    except (SettingError, ValueError) as error:
        raise CommandError(f"{option}: {error}") from None


_Maker = Callable[[argparse.Namespace, Resolved, RunSpec], Request]
_REQUESTS: Mapping[str, _Maker] = MappingProxyType({"basin": _basin, "sweep": _sweep})


# -- what is written -----------------------------------------------------------------------


def _write(
    outputs: Outputs, work: MapWork, experiment: Experiment, run: Run, *, quiet: bool
) -> None:
    summary = map_summary(work, experiment, run)
    if outputs.csv is not None:
        with Bar(f"writing {outputs.csv.name}", quiet=quiet) as bar:
            write_whole(outputs.csv, lambda file: file.writelines(map_csv(work, bar)))
    if outputs.npz is not None:
        write_whole(outputs.npz, lambda file: write_arrays(file, map_arrays(work), summary))
    if outputs.json is not None:
        text = msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n"
        write_whole(outputs.json, lambda file: file.write(text))
    if outputs.image is not None:
        from optlab.figures.map_figure import save_map_figure

        save_map_figure(work, experiment, run, outputs.image)
