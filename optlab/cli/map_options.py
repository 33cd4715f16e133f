"""The options of ``optlab map``.  Imports nothing that takes time."""

from __future__ import annotations

import argparse
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from optlab.cli.cluster_options import add_cluster
from optlab.cli.option_values import dots, finite, shown, whole
from optlab.cli.view_options import add_plane


class _Measures:
    """The names of the measures, looked up late: maps take time to import."""

    def __iter__(self) -> Iterator[str]:
        from optlab.core.maps import MEASURES

        return iter(MEASURES)

    def __contains__(self, name: object) -> bool:
        return name in list(self)


_SCALES = ("linear", "log")

_DESCRIPTION = """\
Many runs at once, one for each place of a map. FILE and the options for the experiment are those
of optlab run; of several runs the first is mapped, or the one that --run names.

basin  every start of the window: which minimum it leads to, and how many steps it takes.
sweep  every pair of two settings: the outcome of the run.
stability  every learning rate and another parameter: how fast the rule converges on a quadratic."""

_BASIN_DESCRIPTION = """\
Runs from every start of a grid over the surface's window and tells where each one ends. A run
ends where the norm of the gradient is at most --stop-gradient (0.01 if not given). Of a loss of
more than two weights the starts lie on a plane."""

_SWEEP_DESCRIPTION = """\
Runs with every pair of values of two settings. A setting is a parameter of the optimizer (eta),
a constant of the schedule (schedule.T_max, schedule2.T_max for the second piece), a treatment of
the gradient that is on (clip_norm), a component of the start (w1, w2; of many weights also the
coordinates of the plane, c1 and c2), or the seed where anything depends on it.
NAME alone takes its usual range; NAME=LOW:HIGH[:log|:linear] another one."""

_BASIN_EPILOG = """\
files:
  --csv    one row for each start: w1,w2,attractor (from 1; 0 is none),outcome,steps,loss,end_w1,...
  --npz    x, y: the sides; attractors; labels, outcome, steps, loss, w: arrays (rows, columns)
  --json   settings, attractors with their shares, outcomes
  --image  the map: .png .svg .pdf, for a slide or by --size; it carries the experiment

example:
  optlab map basin --problem himmelblau --optimizer adam --set eta=0.1 --image basins.png
"""

_SWEEP_EPILOG = """\
files:
  --csv    one row for each pair: both settings,outcome,steps,loss,steps_to_target,path_length,
           end_w1,...; steps_to_target is empty where the target was never reached
  --npz    x, y: the sides; outcome, steps, loss, steps_to_target, path_length, w: arrays (rows,
           columns); outcome counts: 0 finished, 1 converged, 2 diverged, 3 left the domain
  --json   settings, the best pairs, outcomes
  --image  the map of --measure: .png .svg .pdf, for a slide or by --size; it carries the
           experiment

example:
  optlab map sweep --problem rosenbrock --optimizer adam --steps 500 \\
      --x eta=1e-4:1:log --y beta1=0:0.99 --measure steps --target 0.01 --image adam.svg
"""


_STABILITY_DESCRIPTION = """\
The factor by which a rule shrinks errors in a step on a quadratic with the curvature lambda, read
off its equations: over eta times lambda and one of its parameters. Where the rule divides by a
remembered size of the gradient, that size is held at 1."""

_STABILITY_EPILOG = """\
files:
  --csv    one row for each pair: eta_lambda, the parameter, radius
  --npz    x, y: the sides; radius: array (rows, columns); limit: of each row
  --json   the limit of each value of the parameter, and theory where it has the same matrix
  --image  the map with its unit level, theory dashed: .png .svg .pdf; it carries the experiment

example:
  optlab map stability --optimizer momentum --y alpha=0:0.99 --image momentum.svg
"""


@dataclass(frozen=True)
class Side:
    """A side of a map as typed: a setting, and its range where one is given."""

    name: str
    low: float | None = None
    high: float | None = None
    scale: Literal["linear", "log"] | None = None


def side(text: str) -> Side:
    """``eta=1e-4:1:log``, ``beta1=0:0.99`` or ``eta``."""
    name, equals, given = (part.strip() for part in text.partition("="))
    if not name:
        raise ArgumentTypeError(f"needs the form NAME=LOW:HIGH[:log], not {shown(text)}")
    if not equals:
        return Side(name)
    parts = [part.strip() for part in given.split(":")]
    if len(parts) not in (2, 3) or not all(parts):
        raise ArgumentTypeError(f"needs the form NAME=LOW:HIGH[:log], not {shown(text)}")
    scale: Literal["linear", "log"] | None = None
    if len(parts) == 3:
        if parts[2] not in _SCALES:
            raise ArgumentTypeError(f"{shown(parts[2])} is neither log nor linear")
        scale = "log" if parts[2] == "log" else "linear"
    return Side(name, finite(parts[0]), finite(parts[1]), scale)


def add_map(commands: Any, add_experiment: Callable[[argparse.ArgumentParser], None]) -> None:
    """Adds the command; ``add_experiment`` adds FILE and the options of an experiment."""
    parser = commands.add_parser(
        "map",
        help="many runs at once: basins, and maps of two settings",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    texts = {
        "basin": ("where every start leads", _BASIN_DESCRIPTION, _BASIN_EPILOG),
        "sweep": ("what two settings do", _SWEEP_DESCRIPTION, _SWEEP_EPILOG),
        "stability": ("where a rule is stable", _STABILITY_DESCRIPTION, _STABILITY_EPILOG),
    }
    for kind, (summary, description, epilog) in texts.items():
        made = kinds.add_parser(
            kind,
            help=summary,
            description=description,
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        add_experiment(made)
        _add_map_options(made.add_argument_group("the map"), kind)
        _add_results(made.add_argument_group("results"))
        if kind != "stability":
            add_cluster(made)


def _add_map_options(group: argparse._ArgumentGroup, kind: str) -> None:
    group.add_argument("--run", metavar="NAME", help="the run of FILE, by name or number")
    usual = 128 if kind == "stability" else 256
    group.add_argument(
        "--resolution",
        type=whole,
        default=usual,
        metavar="N",
        help=f"places along a side (default {usual})",
    )
    if kind == "stability":
        group.add_argument(
            "--x", type=side, metavar="RANGE", help="eta_lambda=LOW:HIGH (default 0:6)"
        )
        group.add_argument("--y", type=side, metavar="PARAMETER", help="NAME, or NAME=LOW:HIGH")
    if kind != "stability":
        add_plane(group, "has its starts")
    if kind == "sweep":
        group.add_argument("--x", type=side, metavar="SETTING", help="from left to right")
        group.add_argument("--y", type=side, metavar="SETTING", help="from bottom to top")
        group.add_argument(
            "--measure",
            choices=_Measures(),
            default="loss",
            metavar="NAME",
            help="what the image shows: %(choices)s (default loss)",
        )
        group.add_argument(
            "--target",
            type=finite,
            metavar="LOSS",
            help="the loss that counts as arrived (default: 0.1 %% of the way from the start to "
            "the lowest known loss is left)",
        )


def _add_results(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--csv", metavar="FILE", help="a row for each run")
    group.add_argument("--npz", metavar="FILE", help="the same as a NumPy archive")
    group.add_argument("--image", metavar="FILE", help="a picture: .png, .svg or .pdf")
    sizes = ("column", "page", "slide")
    group.add_argument(
        "--size", choices=sizes, default=sizes[-1], help="for what it is made (default slide)"
    )
    group.add_argument(
        "--dpi", type=dots, default=300, metavar="N", help="dots an inch of a PNG (default 300)"
    )
    group.add_argument("--json", metavar="FILE", help="a summary")
    group.add_argument("--quiet", action="store_true", help="print nothing but errors")
