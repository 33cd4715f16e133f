"""The options, and what --help says about them.  Imports nothing that takes time."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

import optlab
from optlab.cli.cluster_options import add_cluster_command
from optlab.cli.exits import CommandError
from optlab.cli.map_options import add_map
from optlab.cli.model_options import add_experiment
from optlab.cli.option_values import (
    dots,
    finite,
    names,
    setting,
    steps_between,
    updates,
    whole,
)
from optlab.cli.tuning_options import add_compare, add_tune
from optlab.cli.view_options import add_view

VIEWS = ("sheet", "contour", "surface", "worksheet", "loss", "model", "layers")
SIZES = ("column", "page", "slide")
"""As the pictures know them, which take time to import."""
CODE = ("numpy", "torch", "optax", "latex", "markdown")
"""What code is written for."""
LISTS = ("optimizers", "problems", "suites", "schedules", "experiments", "data")

_RUN_DESCRIPTION = """\
Runs an experiment without a screen. FILE is an experiment file, the name of a shipped one
(optlab list experiments), or a table of recorded numbers (.csv: t,w1,w2,...,loss). Without FILE
and without --problem, --loss and --optimizer it is the experiment that the window opens on; with
one of them the experiment is built from nothing: one run from the problem's own start.

With FILE, every option overrides what the file says, in all its runs: --set changes the runs
whose optimizer has that parameter or option, --problem and --loss bring their own start point,
and --optimizer keeps the file's runs of that optimizer or, where it has none, makes a new one
with default settings, beside what was recorded."""

_RUN_EPILOG = """\
files:
  --csv         one row for each step: t,w1,w2,loss,g1,g2,eta, then memory, intermediates, dw1,dw2;
                row 0 is the start. A cell is empty where the rule of its step has no such
                column. Several runs: one file each, with the run's name added
                (out.csv becomes out-NAME.csv)
  --npz         an array RUN.COLUMN for each column of each run, as in the CSV, and "metadata": JSON
                with the experiment and the names
  --table       one row for each run: outcome, steps, gradients, steps to the target, losses,
                distance to the nearest minimum, length of the path, ...
  --image       .png .svg .pdf. With --view: a sheet with the map, panes and a list of the runs;
                contour, the map alone; surface, in 3D; worksheet, one update taken apart; loss,
                or any quantity over the steps: excess, eta, gradient_norm, update_norm,
                effective_step, w, g, or what a run records (m, s_hat, ...). With --size as wide as
                a journal's column (3.4 in), a page (6.8 in) or a slide (12.8 in). It
                carries the experiment: optlab open and optlab run take it as a file
  --animation   a view whose paths and curves grow; .gif .webp .png .apng .mp4 (mp4 needs ffmpeg).
                Without --stride at most 200 frames, without --fps some eight seconds
  --report      story, pictures, comparison, formulas, settings, and how to get the numbers again:
                .html is one page for a browser, .pdf pages of A4 for paper. It carries the
                experiment, as a PDF picture does
  --lecture     one page without a network for a browser: it steps back and forth, plays, and
                computes the runs anew while learning rate, parameters or the start are dragged.
                It carries the experiment
  --json        one object: version, title, problem (catalogue name or null), formula, weights,
                start, steps, seed, stop_gradient, runs: a list of objects with id, name,
                optimizer, parameters, options, schedule, treatment, segments (each with first,
                last, optimizer, parameters, options, schedule, treatment, kept), start, outcome
                (finished, converged, diverged or left_domain), outcome_step, sentence, steps,
                final_loss, final_w, initial_loss, min_loss, distance_to_minimum, path_length,
                loss_increases, sign_changes,
                gradient_calls; own: names of the rules, surfaces and schedules that the
                experiment brings along; transform of the surface; differences: where each
                further run parts from the first; claims of a shipped experiment and whether they
                hold; null stands for a number that is not finite
All files are checked before the run and written whole or not at all.

exit status: 0 also when a run diverges or leaves the domain of its formula (its line says so);
             2 for bad input, with one line that names the option; 130 after Ctrl-C

examples:
  optlab run --problem rosenbrock --optimizer adam --set eta=0.05 --steps 500 --csv adam.csv
  optlab run --loss "3w1^2 + 10w2^2" --start=-15,20 --optimizer momentum --image path.svg
  optlab run --loss "(w1-1)^2 + (w2+w3)^2 + w3^4" --start=1,2,3 --then 100:gd:eta=0.1
  optlab run three_ways_down --schedule warmup:steps=20+cosine --animation paths.gif
"""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, raised for ``main`` to say."""

    def error(self, message: str) -> NoReturn:
        """Raises :class:`CommandError` instead of printing the usage and leaving."""
        raise CommandError(message.removeprefix("argument "), program=self.prog)


def make_parser() -> Parser:
    """The whole command line."""
    parser = Parser(
        prog="optlab",
        description="A desktop laboratory for gradient-based optimizers. Without a command: the "
        "window, on the default experiment.",
        allow_abbrev=False,
    )
    version = f"optlab {optlab.__version__}"
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    opening = commands.add_parser("open", help="open the window on an experiment")
    opening.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="experiment file, name of a shipped one, or recording (.optrec, .csv, .npz)",
    )
    _add_run(commands)
    add_map(commands, add_experiment)
    add_tune(commands, add_experiment)
    add_compare(commands)
    add_cluster_command(commands)
    inspecting = commands.add_parser(
        "inspect",
        help="which rule made a recording, and where it breaks",
        description="Runs every rule on the recorded gradients and names those that come nearest "
        "to the recorded weights, then shows the first number that is not finite, or the first "
        "sudden rise, with the updates before it.",
        allow_abbrev=False,
    )
    inspecting.add_argument("file", metavar="RECORDING", help="NAME.optrec, .csv, .npz, ...")
    inspecting.add_argument("--json", action="store_true", help="one JSON object on stdout")
    _add_code(commands)
    listing = commands.add_parser("list", help="list what can be chosen, one line each")
    listing.add_argument("kind", choices=LISTS, metavar="KIND", help=", ".join(LISTS))
    doctor = commands.add_parser("doctor", help="look for what is missing on this machine")
    # For a child process, which may die where a library is broken.
    doctor.add_argument("--probe", choices=("window", "opengl", "kernels"), help=argparse.SUPPRESS)
    desktop = commands.add_parser(
        "install-desktop", help="put OptLab into the menu of a Linux desktop"
    )
    desktop.add_argument("--remove", action="store_true", help="take it out again")
    return parser


def _add_code(commands: argparse._SubParsersAction[Parser]) -> None:
    code = commands.add_parser(
        "code",
        help="write an update rule as code for another library",
        description="Writes an update rule as a file for NumPy, PyTorch or optax, as the algorithm"
        " of a paper (LaTeX), or as Markdown. A file of code that is run as a program takes 1000"
        " steps on Rosenbrock and prints how far it is from the numbers of OptLab.",
        allow_abbrev=False,
    )
    code.add_argument(
        "rule",
        metavar="RULE",
        help="an update rule of the catalogue, a rule file (.toml), or an experiment file",
    )
    code.add_argument("--for", dest="target", choices=CODE, required=True, help="for what")
    code.add_argument("--run", metavar="NAME", help="the run of an experiment file (the first)")
    code.add_argument(
        "--set",
        type=setting,
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a parameter or option, or preset=NAME; may be repeated",
    )
    code.add_argument("--schedule", metavar="TEXT", help="learning rate over the steps")
    code.add_argument(
        "--steps", type=whole, metavar="N", help="steps that a schedule refers to (default 1000)"
    )
    code.add_argument("--output", metavar="FILE", help="where it goes (default: stdout)")


def _add_run(commands: argparse._SubParsersAction[Parser]) -> None:
    run = commands.add_parser(
        "run",
        help="run an experiment without a screen",
        description=_RUN_DESCRIPTION,
        epilog=_RUN_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_experiment(run)
    group = run.add_argument_group("results")
    group.add_argument(
        "--seeds",
        type=whole,
        metavar="N",
        help="the runs N times, with seeds S ... S+N-1: summary, --csv, --json and --table have "
        "medians and quartiles; pictures show the first",
    )
    group.add_argument("--csv", metavar="FILE", help="every number of every step")
    group.add_argument("--npz", metavar="FILE", help="the same of all runs, as a NumPy archive")
    group.add_argument(
        "--columns",
        type=names,
        default=(),
        metavar="NAMES",
        help="only these of --csv and --npz, with commas between: columns (loss,w1) or all of a "
        "quantity (w, g, m, dw)",
    )
    group.add_argument(
        "--record-every",
        type=int,
        default=1,
        metavar="K",
        help="a row of --csv and --npz every K steps; their column t says which",
    )
    group.add_argument(
        "--table", metavar="FILE", help="the runs with their settings side by side, as CSV"
    )
    group.add_argument(
        "--rows",
        choices=("runs", "steps"),
        default="runs",
        help="of --table: one for each run, or one for each step of each run (default runs)",
    )
    group.add_argument(
        "--target",
        type=finite,
        metavar="LOSS",
        help="the loss that counts as arrived in --table (default: 0.1 %% of the way from the "
        "start to the lowest known loss is left)",
    )
    group.add_argument("--image", metavar="FILE", help="a picture: .png, .svg or .pdf")
    group.add_argument(
        "--view",
        metavar="VIEW",
        default=VIEWS[0],
        help=f"what --image and --animation show: {', '.join(VIEWS)}, or any other quantity "
        "over the steps (default sheet)",
    )
    group.add_argument(
        "--panes",
        metavar="KEYS",
        help="quantities beside the map of a sheet, e.g. loss,eta,m (default: those of the file, "
        "else loss)",
    )
    group.add_argument(
        "--arrows",
        type=updates,
        metavar="A-B",
        help="updates whose arrows the map has: against the gradient, memory, update",
    )
    group.add_argument(
        "--of", metavar="RUN", help="the run whose memory, layers or worksheet is drawn"
    )
    group.add_argument(
        "--at",
        type=whole,
        metavar="N",
        help="the update of the worksheet (default 1), the step of model and layers (default last)",
    )
    group.add_argument(
        "--size", choices=SIZES, default=SIZES[-1], help="for what it is made (default slide)"
    )
    group.add_argument(
        "--dpi", type=dots, default=300, metavar="N", help="dots an inch of a PNG (default 300)"
    )
    group.add_argument(
        "--style", choices=("light", "dark"), default="light", help="colours (default light)"
    )
    group.add_argument("--no-title", action="store_true", help="a sheet without title and formula")
    group.add_argument("--no-runs", action="store_true", help="without the list of the runs")
    group.add_argument(
        "--outlines", action="store_true", help="the letters of an SVG as shapes, not as text"
    )
    group.add_argument(
        "--range",
        type=steps_between,
        metavar="A-B",
        help="the steps of the curves and of the film (default: all)",
    )
    group.add_argument("--animation", metavar="FILE", help="a film: .gif, .webp, .apng or .mp4")
    group.add_argument("--fps", type=finite, metavar="N", help="frames a second of the film")
    group.add_argument("--stride", type=whole, metavar="N", help="steps from frame to frame")
    group.add_argument(
        "--hold", type=finite, metavar="S", help="seconds for which the end stays (default 1.5)"
    )
    group.add_argument(
        "--width", type=whole, metavar="N", help="pixels across the film (default 1280)"
    )
    group.add_argument("--report", metavar="FILE", help="all of it to read: .html or .pdf")
    group.add_argument(
        "--lecture", metavar="FILE", help="a page that computes it live in a browser: .html"
    )
    group.add_argument("--json", metavar="FILE", help="a summary")
    group.add_argument("--quiet", action="store_true", help="print nothing but errors")
    add_view(run.add_argument_group("the view, of pictures and of the experiment they carry"))


def read_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """The options of a command line. Raises :class:`CommandError`."""
    parser = make_parser()
    options, unknown = parser.parse_known_args(_with_values_joined(argv))
    if unknown:
        what = "option" if unknown[0].startswith("-") else "argument"
        program = f"optlab {options.command}" if options.command else "optlab"
        raise CommandError(f"unknown {what} '{unknown[0]}'; see {program} --help", program=program)
    return options


_VALUED = frozenset(
    f"--{name}"
    for name in (
        *("problem", "loss", "weights", "start", "steps", "optimizer", "set", "sweep", "then"),
        *("network", "activation", "train-loss", "init"),
        *("schedule", "seed", "data", "test", "split-seed", "standardize", "batch", "shuffle"),
        *("epochs", "seeds", "workers", "asynchronous", "delay", "share", "loss-every"),
        *("stop-gradient", "noise", "noise-relative", "l2", "clip-value", "clip-norm"),
        *("csv", "npz", "columns", "table", "rows", "target", "image", "view", "panes", "arrows"),
        *("of", "at", "weight", "size", "dpi", "style", "range", "record-every"),
        *("animation", "fps", "stride", "hold", "width", "report", "lecture", "json"),
        *("color-map", "levels", "level-scale", "height", "height-limit", "exaggeration"),
        *("camera", "plane", "without"),
    )
)


def _with_values_joined(argv: Sequence[str]) -> list[str]:
    """``--start -1,2`` as ``--start=-1,2``: a value may begin with a minus sign."""
    joined: list[str] = []
    index = 0
    while index < len(argv):
        word = argv[index]
        follows = argv[index + 1] if index + 1 < len(argv) else "--"
        if word in _VALUED and not follows.startswith("--"):
            joined.append(f"{word}={follows}")
            index += 1
        else:
            joined.append(word)
        index += 1
    return joined
