"""The studies of an experiment: what they search, how that is computed, and trials as runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from optlab.core.native import NO_STORE, KernelStore
from optlab.core.rules import Choice
from optlab.core.run import RunSpec
from optlab.core.tuning.importance import importance
from optlab.core.tuning.search import Search, SearchResult, planned, search
from optlab.core.tuning.space import SearchAxis, Space, space_of
from optlab.session.cluster.executor import Machines, ThisMachine
from optlab.session.edits import run_edits
from optlab.session.edits.run_names import with_run_names
from optlab.session.experiment import (
    Experiment,
    Run,
    TuningAxis,
    TuningStudy,
    changed,
    free_color,
    free_style,
    fresh_id,
    fresh_name,
)
from optlab.session.jobs import JobControl
from optlab.session.resolve import NOTHING, ExperimentError, Resolved, resolve_run


def with_study(document: Experiment, index: int, study: TuningStudy | None) -> Experiment:
    """The experiment with another study at a place, one more behind the last, None for without."""
    studies = list(document.studies)
    studies[index : index + 1] = [] if study is None else [study]
    return changed(document, studies=tuple(studies))


def study_run(document: Experiment, resolved: Resolved, study: TuningStudy) -> RunSpec:
    """The run that a study tunes. Raises ExperimentError where there is none."""
    if study.optimizer and not study.run:
        one = Run(id="study", optimizer=study.optimizer)
        return resolve_run(document, one, resolved.problem)
    spec = resolved.specs.get(study.run)
    if spec is None:
        reason = resolved.errors.get(study.run) or f"has no run '{study.run}' that can be tuned"
        raise ExperimentError("study", reason)
    if spec.then:
        raise ExperimentError("study", "tunes runs with a single optimizer")
    return spec


def study_space(spec: RunSpec, study: TuningStudy) -> Space:
    """The axes of a study, the usual ones where it names none. Raises SettingError."""
    given = {
        axis.name: SearchAxis(axis.name, axis.low, axis.high, axis.scale)
        for axis in study.axes
        if axis.low is not None and axis.high is not None
    }
    return space_of(spec.rule, [axis.name for axis in study.axes] or None, given)


def study_axis(axis: SearchAxis) -> TuningAxis:
    """An axis of a search as a document has it."""
    if axis.choices:
        return TuningAxis(axis.name)
    found = {"name": axis.name, "low": axis.low, "high": axis.high, "scale": axis.scale}
    return msgspec.convert(found, TuningAxis)


def study_search(spec: RunSpec, study: TuningStudy) -> Search:
    """What is computed for a study. Raises SettingError for what cannot be."""
    return planned(
        spec,
        study_space(spec, study),
        study.trials,
        study.seeds,
        study.sampler,
        usual=not study.axes,
        measure=study.measure,
        target=study.target,
        gradients=study.gradients,
    )


def study_plan(
    document: Experiment, resolved: Resolved, study: TuningStudy
) -> tuple[RunSpec, Search]:
    """The run and the search of a study; what is varied begins at the rule's defaults, so that
    the trials stay the same when the run takes one of them.

    Raises ExperimentError and SettingError.
    """
    spec = study_run(document, resolved, study)
    plan = study_search(spec, study)
    varied = {axis.name for axis in plan.space.axes}
    parameters = {name: v for name, v in spec.parameters.items() if name not in varied}
    options = {name: v for name, v in spec.options.items() if name not in varied}
    return replace(spec, parameters=parameters, options=options), plan


def with_settings(
    document: Experiment, run_id: str, settings: Mapping[str, float | Choice]
) -> Experiment:
    """The experiment in which a run has these parameters and options of its optimizer."""
    for name, value in settings.items():
        if isinstance(value, str | bool):
            document = run_edits.set_option(document, run_id, name, value)
        else:
            document = run_edits.set_parameter(document, run_id, name, float(value))
    return document


def add_trial(
    document: Experiment, study: TuningStudy, spec: RunSpec, settings: Mapping[str, float | Choice]
) -> tuple[Experiment, str]:
    """The experiment with a trial as one more run behind the one that was tuned; its id."""
    known = document.run(study.run)
    one = known or Run(id="", optimizer=study.optimizer)
    color = free_color(document.runs)
    copy: Run = msgspec.structs.replace(
        one,
        id=fresh_id(document.runs),
        name=fresh_name(one.name or spec.rule.name, document.runs),
        auto_name=True,
        color=color,
        style=free_style(document.runs, color),
        visible=True,
    )
    runs = list(document.runs)
    runs.insert(runs.index(known) + 1 if known else len(runs), copy)
    document = changed(document, runs=tuple(runs))
    return with_run_names(with_settings(document, copy.id, settings)), copy.id


@dataclass(eq=False)
class StudyWork:
    """A search that can be looked at while it is computed; a job of the session.

    ``found`` are the trials so far, ``shares`` the importance of each parameter, empty where
    nothing says it; ``changes`` grows with both.  ``machines`` are told the ``document`` and its
    ``run``.  ``known`` are trials of an earlier search.
    """

    spec: RunSpec
    plan: Search
    store: KernelStore = NO_STORE
    machines: Machines = field(default_factory=ThisMachine)
    document: Experiment = NOTHING
    run: str = ""
    known: SearchResult | None = None
    found: SearchResult | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    changes: int = 0
    complete: bool = False

    def __call__(self, control: JobControl) -> StudyWork:
        """Run the trials, until it is asked to stop."""
        stop = self.machines.stops(control.cancelled)
        found = search(
            self.spec,
            self.plan,
            store=self.store,
            stop=stop,
            progress=control.progress,
            found=self._take,
            known=self.known,
            executor=self.machines.on(self.document, self.run),
        )
        self.complete = not stop()
        if self.complete:
            control.words = "importance of the parameters"
            self.shares = importance(found)
        self._take(found)
        return self

    def _take(self, found: SearchResult) -> None:
        self.found = found
        self.changes += 1

    @property
    def wanted(self) -> StudyWork:
        """The same search to be gone on with."""
        return replace(self, known=self.found, complete=False)
