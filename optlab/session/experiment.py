"""The experiment: one immutable document that says everything a person has set.

Widgets and the command line propose a changed document; nothing else is state.  What it means
(which file is the problem, which numbers are the defaults) is worked out by ``resolve``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

import msgspec

from optlab.core.analysis.claims import Claim
from optlab.core.resources import MAX_FILE_SIZE, StrictStruct
from optlab.core.run.sampling import Mode
from optlab.session.view import USUAL, View

Choice = str | bool
Range = tuple[float, float]

FORMAT_VERSION = 3

MOST_TEXTS = 100
"""Rules, surfaces or schedules that an experiment may bring along, each kind for itself."""
MAX_TEXTS_SIZE = 512 * 1024
"""Bytes of all of them together."""
OwnName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=60)]
"""What an own rule, surface or schedule is called, as the name of its file would be."""
OwnText = Annotated[str, msgspec.Meta(max_length=MAX_FILE_SIZE)]
"""What its ``.toml`` file would hold."""
Weights = Annotated[tuple[float, ...], msgspec.Meta(min_length=1)]
"""A number for each weight."""
RecordingText = Annotated[str, msgspec.Meta(max_length=1024 * 1024)]
"""What a file of recorded numbers would hold."""
Recordings = Annotated[dict[OwnName, RecordingText], msgspec.Meta(max_length=MOST_TEXTS)]
OwnTexts = Annotated[dict[OwnName, OwnText], msgspec.Meta(max_length=MOST_TEXTS)]


class DataSet(StrictStruct, frozen=True):
    """The rows that a formula goes over, and how they are used.

    ``source`` is a table of the experiment, a generator with its settings, a shipped table, or
    the path of a CSV file, whose content ``digest`` then says.  ``test`` is the share of rows that
    is kept for the test, chosen by ``split_seed``; ``standardize`` gives the inputs mean 0 and
    standard deviation 1.
    """

    source: str
    test: float = 0.0
    split_seed: int = 0
    standardize: bool = False
    digest: str = ""
    target: str = ""


class NetworkModel(StrictStruct, frozen=True):
    """A dense network on the data: ``sizes`` of its layers, such as 2-8-1, inputs first.

    ``activation`` is that of the hidden layers; ``loss`` is empty for the usual one: cross-entropy
    where the target is a label, else the squared error.  ``init`` says how the seed of the
    experiment becomes its initial weights; see :class:`optlab.core.problems.network.Network`.
    """

    sizes: Annotated[str, msgspec.Meta(max_length=200)]
    activation: Literal["tanh", "relu", "sigmoid", "linear"] = "tanh"
    loss: Literal["", "squared", "cross_entropy"] = ""
    init: Literal["xavier", "he", "normal", "uniform", "zeros"] = "xavier"


class Surface(StrictStruct, frozen=True):
    """What is minimised: a catalogue ``problem``, a typed ``formula`` (which wins), a ``network``.

    ``function`` is the name of a Python function that a program minimised: it says what the
    numbers belong to, and cannot be run from a file.  With none of the three, the losses are those
    that were recorded.

    ``data`` has the rows of a formula over data; a catalogue problem brings its own, unless another
    is named here.  ``weights`` names the weights of a formula; without them they are w1, w2, ... up
    to the highest that it uses.  ``window`` is the part that is shown; None for the problem's own.
    A surface of two weights is stretched by ``scale`` along them and turned by ``rotation``
    (degrees, counter-clockwise), both about ``centre``, then moved by ``shift``; the problem's own
    start and minima go along.
    """

    problem: str = ""
    formula: str = ""
    function: str = ""
    network: NetworkModel | None = None
    data: DataSet | None = None
    weights: tuple[str, ...] = ()
    window: tuple[Range, ...] | None = None
    rotation: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)
    shift: tuple[float, float] = (0.0, 0.0)
    centre: tuple[float, float] = (0.0, 0.0)


class Treatment(StrictStruct, frozen=True):
    """What the gradient of a run is taken from, and what happens to it; None leaves one out.

    ``batch`` to ``loss_every`` are those of :class:`~optlab.core.run.sampling.Sampling`.
    """

    batch: int | None = None
    shuffle: bool = True
    workers: int = 1
    mode: Mode = "synchronous"
    delay: str = ""
    share: float | None = None
    loss_every: int | None = None
    noise: float | None = None
    noise_relative: float | None = None
    l2: float | None = None
    clip_value: float | None = None
    clip_norm: float | None = None


class Switch(StrictStruct, frozen=True):
    """Another optimizer, or other settings, after so many updates of a run.

    ``schedule`` empty and ``treatment`` None go on with what the run has; a schedule of its own
    counts from here.  Memory is taken over by name, unless ``keep_memory`` is off.
    """

    after: int
    optimizer: str
    parameters: dict[str, float] = {}
    options: dict[str, Choice] = {}
    schedule: str = ""
    treatment: Treatment | None = None
    keep_memory: bool = True


class Run(StrictStruct, frozen=True):
    """One optimizer with its settings; what is not given is the rule's default.

    A run with a ``recording`` has no optimizer: its numbers were recorded elsewhere.  It names
    one of the experiment's recordings, or a file.

    ``id`` tells runs apart; ``color`` and ``style`` count into the theme's; ``start`` is None
    for the experiment's; ``then`` are changes of the optimizer on the way, in order.  A name with
    ``auto_name`` follows from what differs between the runs, until a person gives another.

    A branch shares the past of the run ``branch_of`` up to ``branch_after`` updates, where one of
    its changes stands; that run may be gone by now.
    """

    id: str
    optimizer: str = ""
    name: str = ""
    recording: str = ""
    parameters: dict[str, float] = {}
    options: dict[str, Choice] = {}
    schedule: str = "constant"
    treatment: Treatment = Treatment()
    start: Weights | None = None
    then: tuple[Switch, ...] = ()
    color: int = 0
    style: int = 0
    visible: bool = True
    auto_name: bool = False
    branch_of: str = ""
    branch_after: int = 0

    @property
    def own(self) -> Run:
        """The run with the settings that are its own: of a branch, those after its point."""
        return self.part()

    def part(self, after: int | None = None) -> Run:
        """The run with the settings that it has from the change after so many updates on.

        None is for :attr:`own`; without such a change they are those of its start.
        """
        if after is None:
            after = self.branch_after if self.branch_of else 0
        schedule = self.schedule
        for switch in self.then:
            schedule = switch.schedule or schedule
            if switch.after == after:
                fields: Run = msgspec.structs.replace(
                    self,
                    optimizer=switch.optimizer,
                    parameters=switch.parameters,
                    options=switch.options,
                    schedule=schedule,
                    treatment=switch.treatment or self.treatment,
                )
                return fields
        return self

    @property
    def title(self) -> str:
        """What the run is called: its name, else its optimizer or recording."""
        return self.name or self.optimizer or self.recording

    @property
    def optimizers(self) -> str:
        """Its optimizers, one after the other; nothing for a recording."""
        return " → ".join((self.optimizer, *(switch.optimizer for switch in self.then)))


class TuningAxis(StrictStruct, frozen=True):
    """A setting that a study varies, on the range and scale of
    :class:`optlab.core.tuning.space.SearchAxis`; an option has neither, and all its choices."""

    name: str
    low: float | None = None
    high: float | None = None
    scale: Literal["linear", "log", "decay"] = "linear"


class TuningStudy(StrictStruct, frozen=True):
    """How a run, or an ``optimizer`` with its defaults, is tuned; its trials are computed from it.

    ``axes`` empty for all parameters as usual, widened where the best lies on an edge; ``trials``
    points of a ``sampler`` are run with ``seeds`` seeds from that of the experiment on, each for
    its steps, or for a budget of ``gradients``; the median of the ``measure`` counts, the
    gradients until ``target`` where it is steps.
    """

    run: str = ""
    optimizer: str = ""
    axes: Annotated[tuple[TuningAxis, ...], msgspec.Meta(max_length=100)] = ()
    sampler: Literal["halton", "random", "grid", "tpe"] = "halton"
    trials: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 64
    seeds: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    gradients: Annotated[int, msgspec.Meta(ge=1)] | None = None
    measure: Literal["loss", "steps", "area", "test_loss"] = "loss"
    target: float | None = None


class Comparison(StrictStruct, frozen=True):
    """Which ``optimizers`` are compared fairly on which ``problems``, and the protocol's numbers.

    ``problems`` are suites, surfaces, or :data:`THIS`; ``optimizers`` are rules, or ``all``; none
    are the usual ones of the first suite.  The numbers are those of
    :class:`~optlab.core.tuning.comparison.ComparisonPlan`.  ``tuning``, ``problem`` and ``hidden``
    rules are what is looked at, ``against`` the rule that profiles of pairs have in common.
    """

    problems: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=100)] = ("small",)
    optimizers: Annotated[tuple[str, ...], msgspec.Meta(max_length=100)] = ()
    budget: Annotated[int, msgspec.Meta(ge=1)] = 500
    trials: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 24
    tuning_seeds: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 10
    seeds: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 10
    seed: Annotated[int, msgspec.Meta(ge=0)] = 0
    tuning: Literal["defaults", "eta", "all"] = "all"
    problem: str = ""
    hidden: tuple[str, ...] = ()
    against: str = ""


THIS = "this"
"""Among the problems of a comparison: the surface of the experiment."""


class Experiment(StrictStruct, frozen=True):
    """Surface, runs, and what they share.

    ``start`` is None for the problem's own; ``steps`` is the number of updates of each run;
    ``seed`` decides all noise; ``stop_gradient`` ends a run at a small gradient;
    ``claims`` say what will happen.  ``rules``, ``surfaces`` and ``schedules`` are TOML texts by
    name that the experiment brings along; they come before those of the catalogue.
    ``recordings`` are numbers that its runs were recorded with, ``tables`` data for its surface,
    both as CSV.  ``studies`` say how runs are tuned, ``comparison`` what is
    compared fairly.  ``view`` is how it is shown; None leaves
    that to who opens it.
    """

    version: int = FORMAT_VERSION
    title: str = ""
    story: str = ""
    surface: Surface = Surface()
    runs: tuple[Run, ...] = ()
    start: Weights | None = None
    steps: int = 200
    seed: int = 0
    stop_gradient: float | None = None
    claims: tuple[Claim, ...] = ()
    rules: OwnTexts = {}
    surfaces: OwnTexts = {}
    schedules: OwnTexts = {}
    recordings: Recordings = {}
    tables: Recordings = {}
    studies: Annotated[tuple[TuningStudy, ...], msgspec.Meta(max_length=100)] = ()
    comparison: Comparison | None = None
    view: View | None = None

    @property
    def shown(self) -> View:
        """How it is shown: as it says, or the usual way."""
        return self.view or USUAL

    def run(self, run_id: str) -> Run | None:
        """The run with an id, or None."""
        return next((run for run in self.runs if run.id == run_id), None)


def empty_experiment() -> Experiment:
    """An experiment to begin with: a bowl and no runs."""
    return Experiment(surface=Surface(formula="w1^2 + 3w2^2"), start=(-3.0, 2.0))


def texts_size(document: Experiment) -> int:
    """The bytes of all texts that an experiment brings along."""
    kinds = (document.rules, document.surfaces, document.schedules)
    texts = [text for kind in kinds for text in kind.values()]
    return sum(len(text.encode(errors="surrogatepass")) for text in texts)


def changed(document: Experiment, **fields: object) -> Experiment:
    """The experiment with other values for some fields."""
    return msgspec.structs.replace(document, **fields)


def without_view(document: Experiment) -> Experiment:
    """The experiment as such, whatever is shown of it."""
    return changed(document, view=None)


def with_run(document: Experiment, run: Run) -> Experiment:
    """The experiment in which ``run`` takes the place of the run with its id."""
    runs = tuple(run if old.id == run.id else old for old in document.runs)
    return changed(document, runs=runs)


def change_run(document: Experiment, run_id: str, **fields: object) -> Experiment:
    """The experiment with other values for some fields of one run."""
    run = document.run(run_id)
    return document if run is None else with_run(document, msgspec.structs.replace(run, **fields))


def change_part(
    document: Experiment, run_id: str, after: int | None = None, **fields: object
) -> Experiment:
    """The same for what a run has from the change after so many updates on; None is for its own
    settings: of a branch, those after its point, so that its past stays."""
    run = document.run(run_id)
    if run is None or (part := run.part(after)) is run:
        return change_run(document, run_id, **fields)
    after = run.branch_after if after is None else after
    then = tuple(
        msgspec.structs.replace(switch, **fields) if switch.after == after else switch
        for switch in part.then
    )
    return change_run(document, run_id, then=then)


def fresh_id(runs: Iterable[Run]) -> str:
    """An id that no run has yet: the next number."""
    taken = {run.id for run in runs}
    number = len(taken) + 1
    while str(number) in taken:
        number += 1
    return str(number)


def fresh_name(name: str, runs: Iterable[Run]) -> str:
    """The name, with a number behind it where it is taken."""
    taken = {run.name for run in runs}
    number, candidate = 2, name
    while candidate in taken:
        candidate = f"{name} {number}"
        number += 1
    return candidate


def free_color(runs: Iterable[Run], preferred: int = 0, colors: int = 8) -> int:
    """The ``preferred`` colour number, or the first that is used least where it is taken."""
    used = [run.color for run in runs]
    if preferred not in used:
        return preferred
    return min(range(colors), key=lambda color: (used.count(color), color))


def free_style(runs: Sequence[Run], color: int, styles: int = 4) -> int:
    """The kind of line for one more run of a colour: one that no run of this colour has, and of
    those the one that is used least, so that runs differ without their colours too."""
    used = [run.style % styles for run in runs]
    same = [run.style % styles for run in runs if run.color == color]
    return min(range(styles), key=lambda style: (same.count(style), used.count(style), style))
