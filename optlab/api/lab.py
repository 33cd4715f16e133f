"""Building experiments: each method gives a changed copy, nothing is changed in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from optlab.api import arguments, lab_arguments
from optlab.api.map_arguments import (
    Side,
    basins_of,
    check_measure,
    mapped_run,
    spec_of,
    stability_of,
    starts_of,
    sweep_of,
)
from optlab.api.map_result import MapResult, Progress, ProgressCallback, computed_map
from optlab.api.run_results import Result
from optlab.api.seed_result import SeedResult
from optlab.api.stability_result import StabilityResult
from optlab.core.export.code import TARGETS
from optlab.core.parameters import SettingError
from optlab.core.problems import FunctionProblem
from optlab.core.problems.function import Function
from optlab.core.rules import Choice, load_rule
from optlab.core.run.spec import MAX_STEPS
from optlab.files.encoding import decode_experiment, encode_experiment
from optlab.files.experiment_files import find_experiment, load_experiment, save_experiment
from optlab.files.run_files import code_of_run
from optlab.files.seed_runs import MOST_SEEDS, compute_seeds
from optlab.session.cluster.executor import Machines
from optlab.session.compute import compute_runs
from optlab.session.edits import run_edits
from optlab.session.embedded.own_texts import with_file, with_schedule_files
from optlab.session.embedded.recordings import with_recording
from optlab.session.experiment import (
    Experiment,
    NetworkModel,
    Run,
    Surface,
    Switch,
    Treatment,
    changed,
    free_color,
    fresh_id,
    fresh_name,
    with_run,
)
from optlab.session.resolve import SAMPLING, Resolved, network_model, resolve_strictly, sampling_of
from optlab.session.study import Study
from optlab.session.view import View, looking

Point = Sequence[float]


@dataclass(frozen=True)
class Lab:
    """An experiment that can be changed, run and saved; ``document`` is what its file says.

    ``objective`` is the loss where it is a function of Python; no file can hold it.
    ``treatment`` is what a new run begins with: the batches that :func:`experiment` was given.
    """

    document: Experiment
    objective: FunctionProblem | None = None
    treatment: Treatment = field(default_factory=Treatment)

    def __reduce__(self) -> tuple[Callable[..., Lab], tuple[object, ...]]:
        """What its file says, and the function where it has one."""
        return _lab_again, (encode_experiment(self.document), self.objective, self.treatment)

    @property
    def runs(self) -> tuple[str, ...]:
        """The names of its runs."""
        return tuple(run.title for run in self.document.runs)

    def add(
        self,
        optimizer: str | Path,
        *,
        name: str = "",
        schedule: str = "constant",
        start: Point | None = None,
        preset: str = "",
        **settings: float | Choice,
    ) -> Lab:
        """With one more run.

        ``optimizer`` is a name of :func:`~optlab.optimizers` or the path of a rule file
        (``.toml``), whose text the experiment takes in; ``preset`` one of its named conventions;
        ``settings`` its parameters and options by name, and what is done to the gradient
        (``noise``, ``noise_relative``, ``l2``, ``clip_value``, ``clip_norm``) or what it is taken
        from (``batch``, ``shuffle``, ``workers``, ``mode``, ``delay``, ``share``, ``loss_every``).
        What is not given is the rule's default, or what :func:`experiment` was given.
        """
        optimizer = arguments.name_or_path("optimizer", optimizer)
        document, optimizer = with_file(self.document, "rules", optimizer)
        document, schedule = with_schedule_files(document, arguments.text("schedule", schedule))
        rule = load_rule(optimizer, own=document.rules)
        parameters, options, treatment = lab_arguments.rule_settings(rule, preset, settings)
        old = document.runs
        run = Run(
            id=fresh_id(old),
            optimizer=optimizer,
            name=fresh_name(arguments.text("name", name) or rule.name, old),
            parameters=parameters,
            options=options,
            schedule=schedule,
            treatment=msgspec.structs.replace(self.treatment, **treatment),
            start=lab_arguments.point_of("start", start),
            color=free_color(old),
            style=len(old) // 8,
        )
        return self._checked(changed(document, runs=(*old, run)))

    def then(
        self,
        after: int | str,
        optimizer: str | Path,
        *,
        schedule: str = "",
        preset: str = "",
        keep_memory: bool = True,
        **settings: float | Choice,
    ) -> Lab:
        """With another optimizer, or other settings, after so many updates of the last run, or
        after epochs, ``"5epochs"``.

        It takes over memory that both rules have, by name; with ``keep_memory=False`` it starts
        afresh.  A ``schedule`` of its own counts from there; without one the run's goes on, and so
        does what is done to the gradient unless ``settings`` name it.  The rest is as for
        :meth:`add`.
        """
        if not self.document.runs:
            raise SettingError("then", "there is no run yet to go on; add one")
        optimizer = arguments.name_or_path("optimizer", optimizer)
        document, optimizer = with_file(self.document, "rules", optimizer)
        document, schedule = with_schedule_files(document, arguments.text("schedule", schedule))
        rule = load_rule(optimizer, own=document.rules)
        parameters, options, treatment = lab_arguments.rule_settings(rule, preset, settings)
        run = document.runs[-1]
        switch = Switch(
            after=lab_arguments.switch_place(document, run, after),
            optimizer=optimizer,
            parameters=parameters,
            options=options,
            schedule=schedule,
            treatment=msgspec.structs.replace(run.treatment, **treatment) if treatment else None,
            keep_memory=arguments.truth("keep_memory", keep_memory),
        )
        run = msgspec.structs.replace(run, then=(*run.then, switch))
        return self._checked(with_run(document, run))

    def add_recording(self, path: str | Path, *, name: str = "") -> Lab:
        """With one more run: numbers recorded elsewhere, a CSV of ``t,w1,w2,...,loss``.

        The experiment takes the text of a small file in.  Raises ValueError with line and column.
        """
        document = with_recording(self.document, arguments.path("path", path))
        name = arguments.text("name", name)
        run = document.runs[-1]
        others = document.runs[:-1]
        run = msgspec.structs.replace(
            run,
            name=fresh_name(name, others) if name else run.name,
            color=free_color(others),
            style=len(others) // 8,
        )
        return self._checked(with_run(document, run))

    def change(self, **fields: object) -> Lab:
        """With other values for ``start``, ``steps``, ``seed``, ``stop_gradient``, ``title``,
        ``story``, ``rules``, ``surfaces``, ``schedules`` or ``recordings``."""
        for name in fields:
            if name not in _SHARED:
                raise SettingError(name, f"cannot be changed; known are {', '.join(_SHARED)}")
        checked = {name: _SHARED[name](name, value) for name, value in fields.items()}
        return self._checked(changed(self.document, **checked))

    def show(self, **fields: object) -> Lab:
        """Shown in another way: other values for fields of the :class:`~optlab.session.view.View`.

        Pictures follow it, and a saved experiment opens so: ``color_map``, ``levels``, ``scale``
        ("log" or "linear"), ``lines``, ``minima``, ``camera`` (a dict with ``azimuth``,
        ``elevation``, ``distance``), ``height``, ``exaggeration``, ``panes``, ...
        """
        view = self.document.shown
        for name, value in fields.items():
            if name not in View.__struct_fields__:
                known = ", ".join(View.__struct_fields__)
                raise SettingError(name, f"is not part of the view; known are {known}")
            given = arguments.text(name, value) if isinstance(value, str) else value
            try:
                view = looking(view, **{name: given})
            except (msgspec.ValidationError, TypeError, OverflowError) as error:
                reason = str(error).partition(" - at `")[0].lower()
                raise SettingError(name, f"cannot be {arguments.shown(value)}: {reason}") from None
        return self._checked(changed(self.document, view=view))

    def run(self, progress: Progress | None = None, *, record_every: int = 1) -> Result:
        """Takes all steps of all runs; ``progress`` gets the steps done and the total.

        ``record_every``: updates between two rows; as many as keep a run within 4 GiB, at least.
        """
        every, resolved = arguments.whole("record_every", record_every, 1, MAX_STEPS), self.resolved
        trajectories = compute_runs(resolved.recorded_every(every), ProgressCallback(progress))
        return Result(Study(self.document, resolved, {**resolved.recordings, **trajectories}))

    def run_seeds(self, seeds: int = 10, progress: Progress | None = None) -> SeedResult:
        """Takes all steps of all runs with so many seeds: the experiment's and those that follow.

        Noise, batches and initial weights of networks follow the seed.
        """
        count = arguments.whole("seeds", seeds, 1, MOST_SEEDS)
        if self.objective is not None:
            raise SettingError("seeds", "a function of Python has none")
        return SeedResult(compute_seeds(self.document, count, ProgressCallback(progress)))

    def basin_map(
        self,
        run: str | int | None = None,
        *,
        resolution: int = 256,
        tolerance: float | None = None,
        progress: Progress | None = None,
        cluster: str | Machines | None = None,
    ) -> MapResult:
        """Where every start of the window, or of the plane of the view, leads, in how many steps.

        ``run``: whose settings, by name or place (the first where none is named);
        ``resolution``: starts along each side; ``tolerance``: the norm of the gradient at which
        a run has arrived, by default that of the experiment, else 0.01; ``cluster``: the address
        of a scheduler, or an :class:`optlab.Cluster`, that computes it.
        """
        mapped, resolved = mapped_run(self.document, run), self.resolved
        starts = starts_of(self.document, resolved, lambda: self.run().study)
        request = basins_of(resolved, spec_of(resolved, mapped), resolution, tolerance, starts)
        return computed_map(self.document, mapped, request, "loss", progress, cluster)

    def sweep(
        self,
        run: str | int | None = None,
        *,
        x: Side | None = None,
        y: Side | None = None,
        resolution: int = 256,
        measure: str = "loss",
        target: float | None = None,
        progress: Progress | None = None,
        cluster: str | Machines | None = None,
    ) -> MapResult:
        """The outcome of a run for every pair of values of two settings.

        ``x`` and ``y``: a name, for its usual range, or ``(name, low, high)``, or
        ``(name, low, high, "log")``; a setting is a parameter (``eta``), a constant of the
        schedule (``schedule.T_max``), a treatment of the gradient that is on (``clip_norm``), a
        component of the start (``w1``, or ``c1`` on the plane of the view) or the ``seed`` where
        anything depends on it.  ``measure`` is what pictures show: ``loss``,
        ``steps`` to the ``target``, ``outcome`` or path ``length``; all are computed.
        ``target`` is the loss that counts as arrived, by default that of :meth:`Result.table`;
        ``cluster`` as for :meth:`basin_map`.
        """
        check_measure(measure)
        mapped, resolved = mapped_run(self.document, run), self.resolved
        starts = starts_of(self.document, resolved, lambda: self.run().study, x, y)
        spec = spec_of(resolved, mapped)
        request = sweep_of(resolved, spec, (x, y), resolution, target, starts)
        return computed_map(self.document, mapped, request, measure, progress, cluster)

    def stability_map(
        self,
        run: str | int | None = None,
        *,
        x: Side = ("eta_lambda", 0.0, 6.0),
        y: Side | None = None,
        resolution: int = 128,
    ) -> StabilityResult:
        """How fast the rule of a run converges on a quadratic with the curvature λ, over ηλ and a
        parameter ``y``, by default its momentum; sides are as for :meth:`sweep`.

        Raises ValueError for a rule that no linear map describes.
        """
        mapped = mapped_run(self.document, run)
        spec = spec_of(self.resolved, mapped)
        found = stability_of(spec, (x, y), resolution)
        return StabilityResult(found, spec.rule.name, self.document)

    def code(self, run: str | int | None = None, target: str = "numpy", leg: int = 0) -> str:
        """The rule of a run, with its settings and schedule, as a file for another library.

        ``target`` is ``numpy``, ``torch``, ``optax``, ``latex`` or ``markdown``; ``leg`` counts
        the rules that a run takes one after the other.
        """
        one = mapped_run(self.document, run)
        target = arguments.one_of("target", target, TARGETS)
        leg = arguments.whole("leg", leg, 0, len(one.then))
        return code_of_run(self.document, one, target, leg)

    def add_sweep(
        self,
        optimizer: str | Path,
        parameter: str,
        values: Sequence[float],
        **settings: float | Choice,
    ) -> Lab:
        """With a run for each value of a parameter, named by the value; the rest as for
        :meth:`add`."""
        add: Callable[..., Lab] = self.add
        added = add(optimizer, **settings)
        name = arguments.text("parameter", parameter)
        given = arguments.items("values", values, "numbers")
        numbers = [arguments.number("values", value) for value in given]
        last = added.document.runs[-1].id
        return self._checked(run_edits.sweep_run(added.document, last, name, numbers, keep=False))

    def branch(self, run: str | int, after: int, **settings: float | Choice) -> Lab:
        """With one more run that shares the first ``after`` updates of another one, and goes on
        with other parameters or options of its rule."""
        original = mapped_run(self.document, run)
        after = arguments.whole("after", after, 1, MAX_STEPS)
        document = run_edits.branch_run(self.document, original.id, after)
        made = document.runs[document.runs.index(original) + 1]
        rule = load_rule(made.own.optimizer, own=document.rules)
        parameters, options, treatment = lab_arguments.rule_settings(rule, "", settings)
        if treatment:
            raise SettingError(next(iter(treatment)), "stays what it is in a branch")
        for name, value in parameters.items():
            document = run_edits.set_parameter(document, made.id, name, value)
        for name, choice in options.items():
            document = run_edits.set_option(document, made.id, name, choice)
        return self._checked(document)

    @property
    def resolved(self) -> Resolved:
        """What the experiment means: the problem, and the complete settings of each run."""
        return resolve_strictly(self.document, self.objective)

    def save(self, path: str | Path) -> None:
        """Writes the experiment file, whole or not at all.

        Raises ValueError for an experiment on a function of Python.
        """
        if self.objective is not None:
            what = f"the loss is the Python function '{self.objective.name}'"
            raise SettingError("objective", f"{what}, which a file cannot hold")
        save_experiment(self.document, arguments.path("path", path))

    def _checked(self, document: Experiment) -> Lab:
        document = lab_arguments.rebuilt(document)
        resolve_strictly(document, self.objective)
        return Lab(document, self.objective, self.treatment)


def experiment(
    problem: str = "",
    *,
    loss: str = "",
    objective: Function | None = None,
    weights: Sequence[str] = (),
    start: Point | None = None,
    steps: int = 200,
    seed: int = 0,
    stop_gradient: float | None = None,
    window: Sequence[Point] | None = None,
    title: str = "",
    story: str = "",
    rules: Mapping[str, str] | None = None,
    surfaces: Mapping[str, str] | None = None,
    schedules: Mapping[str, str] | None = None,
    network: str = "",
    activation: str = "tanh",
    train_loss: str = "",
    init: str = "xavier",
    data: str | Path | Mapping[str, Sequence[float]] = "",
    test: float = 0.0,
    split_seed: int = 0,
    standardize: bool = False,
    epochs: int | None = None,
    batch: int | None = None,
    shuffle: bool = True,
    workers: int = 1,
    mode: str = "synchronous",
    delay: str | int = "",
    share: float | None = None,
    loss_every: int | None = None,
) -> Lab:
    """An experiment without runs on a surface of the catalogue, a formula or a function.

    ``problem`` is a name of :func:`~optlab.problems` or the path of a problem file (``.toml``),
    whose text the experiment takes in; ``loss`` a formula of w1 ... wn, or of the names in
    ``weights``; ``objective`` a function that gives loss and gradient (an array) at an array of
    weights, which needs a ``start``.  ``start`` has a number for each weight, by default the
    problem's own; ``window`` is the part of the surface that pictures show, (low, high) for each
    weight.  ``network`` has the sizes of a dense network on the data, such as
    ``"2-16-1"``, with its ``activation``, its ``train_loss`` (``squared`` or ``cross_entropy``, by
    default what fits the last column) and ``init``, which makes its start from the seed.  ``data``
    is the table of a formula over its rows, such as ``mean((w1*x - y)^2)``: the
    path of a CSV file, the text of a generator (``"moons:n=200"``), a shipped table, or columns by
    name, the last one the target; a share ``test`` of the rows is kept for the test, chosen by
    ``split_seed``, and ``standardize`` gives the inputs mean 0 and deviation 1.  ``batch``,
    ``shuffle``, ``workers``, ``mode``, ``delay``, ``share`` and ``loss_every`` say what the
    gradients of its runs are taken from, unless :meth:`Lab.add` says otherwise; ``epochs`` gives
    the ``steps`` that go through all rows so many times.  ``rules``, ``surfaces`` and
    ``schedules`` are texts by name, as ``.toml`` files have them; they come before the catalogue's.
    """
    loss = arguments.text("loss", loss)
    sources = [bool(problem), bool(loss), objective is not None, bool(network)]
    if problem is None or sources.count(True) != 1:
        reason = "and loss, objective and network: exactly one of them has to be given"
        raise SettingError("problem", reason)
    names = lab_arguments.weight_names(weights)
    if problem and names:
        raise SettingError("weights", "name those of a formula or function, not of the catalogue")
    given: FunctionProblem | None = None
    if objective is not None:
        given = lab_arguments.tried_function(
            objective, lab_arguments.point_of("start", start), names
        )
    document = Experiment(
        rules=lab_arguments.own_texts("rules", rules),
        surfaces=lab_arguments.own_texts("surfaces", surfaces),
        schedules=lab_arguments.own_texts("schedules", schedules),
    )
    values = (batch, shuffle, workers, mode, delay, share, loss_every)
    sampling = dict(zip(SAMPLING, values, strict=True))
    sampled = {key: lab_arguments.sampled(key, value) for key, value in sampling.items()}
    treatment = msgspec.structs.replace(Treatment(), **sampled)
    document, table = lab_arguments.with_table(document, data, test, split_seed, standardize)
    problem = arguments.name_or_path("problem", problem) if problem else ""
    document, problem = with_file(document, "surfaces", problem)
    document = changed(
        document,
        title=arguments.text("title", title),
        story=arguments.text("story", story),
        surface=Surface(
            problem=problem,
            formula=loss,
            function="" if given is None else given.name,
            network=_network(network, activation, train_loss, init),
            data=table,
            weights=names,
            window=lab_arguments.window_of(window),
        ),
        start=lab_arguments.point_of("start", start),
        steps=lab_arguments.step_count("steps", steps),
        seed=lab_arguments.seed_of("seed", seed),
        stop_gradient=lab_arguments.tolerance_of("stop_gradient", stop_gradient),
    )
    lab = Lab(Experiment(), given, treatment)._checked(document)
    return lab if epochs is None else _with_epochs(lab, epochs)


def _network(sizes: str, activation: str, loss: str, init: str) -> NetworkModel | None:
    """What the document says of a network. Raises SettingError."""
    given = {"network": sizes, "activation": activation, "train_loss": loss, "init": init}
    sizes, *rest = (arguments.text(name, value) for name, value in given.items())
    return network_model(sizes, *rest) if sizes else None


def _with_epochs(lab: Lab, epochs: int) -> Lab:
    epochs = arguments.whole("epochs", epochs, 0, MAX_STEPS)
    problem = lab.resolved.problem
    if problem.rows == 0:
        raise SettingError("epochs", "there is no data to go through")
    batches = sampling_of(lab.treatment).batches(problem.rows, lab.document.seed)
    each = 1 if batches is None else batches.steps_per_epoch
    return lab.change(steps=epochs * each)


def load(name: str | Path) -> Lab:
    """An experiment from a file, from a picture that carries one, or a shipped one by name; or
    one of nothing but recorded numbers, from a ``.csv`` file."""
    return Lab(load_experiment(find_experiment(arguments.name_or_path("name", name))))


def _lab_again(file: bytes, objective: FunctionProblem | None, treatment: Treatment) -> Lab:
    return Lab(decode_experiment(file), objective, treatment)


_SHARED: Mapping[str, Callable[[str, object], object]] = {
    "start": lab_arguments.point_of,
    "steps": lab_arguments.step_count,
    "seed": lab_arguments.seed_of,
    "stop_gradient": lab_arguments.tolerance_of,
    "title": arguments.text,
    "story": arguments.text,
    "rules": lab_arguments.own_texts,
    "surfaces": lab_arguments.own_texts,
    "schedules": lab_arguments.own_texts,
    "recordings": lab_arguments.own_texts,
}
