"""Connects the page of studies with the session."""

from __future__ import annotations

import math
from typing import Any

import msgspec
from PySide6.QtCore import QObject, QTimer

from optlab.core.display import short
from optlab.core.parameters import SettingError
from optlab.core.run import RunSpec
from optlab.core.tuning.samplers import SAMPLERS
from optlab.core.tuning.search import TPE, Search
from optlab.core.tuning.space import SearchAxis, space_of
from optlab.pictures.charts.chart import Chart
from optlab.pictures.charts.tuning_charts import MEASURE_TITLES, tuning_charts
from optlab.session.experiment import TuningStudy
from optlab.session.kernel_cache import kernel_store
from optlab.session.resolve import ExperimentError
from optlab.session.session import TRIALS, Session
from optlab.session.tuning.studies import (
    StudyWork,
    add_trial,
    study_axis,
    study_plan,
    study_run,
    study_space,
    with_settings,
    with_study,
)
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.style.themes import theme_of
from optlab.ui.views.tuning import AxisItem, StudyPage
from optlab.ui.widgets.labels import Tone

_POLL = 60
"""Milliseconds between two looks at trials that are being computed."""
_KEPT = 8
"""Studies whose trials are kept, so that undo and another run show them at once."""

_EMPTY = (
    "Start tries settings of the run. Its best so far, each setting against what it is judged by, "
    "and how much each matters grow here meanwhile; a click on a trial makes it a run."
)


class StudyController(QObject):
    """Shows the study of a run, has its trials computed, and makes runs of them.

    The document has the study, not its trials: they follow from it, to the bit.
    """

    def __init__(self, session: Session, page: StudyPage, redraw: Redraw) -> None:
        super().__init__(page)
        self.session, self.page = session, page
        self._run = ""
        self._works: list[StudyWork] = []
        self._running: StudyWork | None = None
        self._shown: object = None
        self._poll = QTimer(self, interval=_POLL)
        self._poll.timeout.connect(self._look)
        kinds = Change.DOCUMENT | Change.SELECTION | Change.THEME
        self._request = redraw.add(self._draw, kinds, shown_in=page)
        samplers = (*SAMPLERS, TPE)
        page.sampler.set_entries(
            [(name, _SAMPLERS[name][0], _SAMPLERS[name][1]) for name in samplers]
        )
        page.measure.set_entries([(key, title, "") for key, title in MEASURE_TITLES.items()])
        page.run_chosen.connect(self._choose_run)
        page.axes_changed.connect(self._set_axes)
        page.field_set.connect(self._set_field)
        page.start_pressed.connect(self.start)
        page.stop_pressed.connect(session.cancel)
        page.best_pressed.connect(self._take_best)
        page.charts.chosen.connect(self._take_trial)
        page.charts.pointed.connect(self._point)

    # -- the study and its runs ----------------------------------------------------------

    @property
    def study(self) -> TuningStudy:
        """The study of the run that is tuned: that of the document, or a new one."""
        index = self._index
        studies = self.session.document.studies
        return studies[index] if index < len(studies) else TuningStudy(run=self.run_id)

    @property
    def run_id(self) -> str:
        """The run that is tuned: the one chosen here while there is one, else the selected one."""
        known = self.session.document.run(self._run)
        return self._run if known is not None else self.session.selected

    @property
    def _index(self) -> int:
        studies = self.session.document.studies
        places = [i for i, study in enumerate(studies) if study.run == self.run_id]
        return places[0] if places else len(studies)

    def plan(self) -> tuple[RunSpec, Search]:
        """What is searched. Raises ExperimentError or SettingError where that cannot be."""
        return study_plan(self.session.document, self.session.resolved, self.study)

    @property
    def work(self) -> StudyWork | None:
        """The trials of the study as it is now, as far as they were computed."""
        try:
            wanted = self.plan()
        except (ExperimentError, SettingError):
            return None
        return next((w for w in reversed(self._works) if (w.spec, w.plan) == wanted), None)

    def charts(self) -> tuple[Chart, ...]:
        """What is shown."""
        return self.page.charts.charts()

    # -- computing -------------------------------------------------------------------------

    def start(self) -> None:
        """Has the trials computed, or those that are missing."""
        try:
            spec, plan = self.plan()
        except (ExperimentError, SettingError) as error:
            self.page.set_notice(str(error))
            return
        kept = self.work
        store = kernel_store()
        work = kept.wanted if kept is not None else StudyWork(spec, plan, store)
        session = self.session
        work.machines, work.document = session.machines, session.document
        work.run = self.study.run
        if kept is None:
            before = next((w for w in reversed(self._works) if w.spec == spec), None)
            work.known = None if before is None else before.found
        self._works = [*(w for w in self._works if w is not kept), work][-_KEPT:]
        self._running = work
        self.session.ask(TRIALS, work, self._done)
        if self._running is work:
            self._poll.start()
        self._request()

    def _done(self, work: StudyWork) -> None:
        if work is self._running:
            self._running = None
            self._poll.stop()
            if not work.complete and work.machines.lost:
                self.page.set_notice(f"{work.machines.lost}: Go on computes the rest here.")
        self._request()

    def _look(self) -> None:
        if self.page.isVisible():
            self._show_trials()

    # -- what is shown ---------------------------------------------------------------------

    def _draw(self, changed: Change) -> None:
        page, study = self.page, self.study
        if Change.THEME in changed:
            self._shown = None
        runs = [(run.id, run.title, "") for run in self.session.document.runs]
        page.run.set_entries(runs)
        page.run.set_key(self.run_id)
        page.sampler.set_key(study.sampler)
        page.measure.set_key(study.measure)
        for name in ("trials", "seeds", "gradients", "target"):
            getattr(page, name).field.set_value(getattr(study, name))
        page.target.setVisible(study.measure == "steps")
        try:
            spec = study_run(self.session.document, self.session.resolved, study)
            page.gradients.field.setPlaceholderText(str(spec.steps))
            page.set_axes(_axis_items(spec, study))
            self.plan()
            page.set_notice("")
        except (ExperimentError, SettingError) as error:
            page.set_notice(str(error))
        self._show_trials()

    def _show_trials(self) -> None:
        page, work = self.page, self.work
        running = work is not None and work is self._running
        begun = work is not None and work.found is not None and not work.complete
        page.set_state("Go on" if begun else "Start", running)
        page.best_button.setEnabled(work is not None and work.found is not None)
        state = (work, None if work is None else work.changes)
        if state == self._shown:
            return
        self._shown = state
        if work is None or work.found is None:
            page.set_charts(())
            page.set_empty(_EMPTY)
            page.set_about("")
            return
        page.set_charts(tuning_charts(work.found, theme_of(page), work.shares))
        page.set_about(_about(work))

    def _point(self, _chart: str, trial: int) -> None:
        work = self.work
        if work is None or work.found is None:
            return
        if 0 <= trial < len(work.found.settings):
            page, found = self.page, work.found
            value = float(found.medians[trial])
            said = short(value) if math.isfinite(value) else "failed"
            page.set_about(f"Trial {trial}: {_words(found.settings[trial])} → {said}")
        else:
            self.page.set_about(_about(work))

    # -- what a person does ----------------------------------------------------------------

    def _choose_run(self, run_id: str) -> None:
        self._run = run_id
        self._request()

    def _change(self, **fields: Any) -> None:
        try:
            study = msgspec.convert(msgspec.structs.asdict(self.study) | fields, TuningStudy)
        except msgspec.ValidationError as error:
            self.page.set_notice(f"{next(iter(fields))}: {str(error).partition(' - ')[0]}")
            return
        document = with_study(self.session.document, self._index, study)
        self.session.propose(document, f"study {next(iter(fields))}")
        self._request()

    def _set_field(self, name: str, value: object) -> None:
        whole = name in ("trials", "seeds", "gradients") and isinstance(value, float)
        if whole and not float(value).is_integer():  # type: ignore[arg-type]
            self.page.set_notice(f"{name}: must be a whole number")
            return
        self._change(**{name: int(value) if whole else value})  # type: ignore[call-overload]

    def _set_axes(self, items: tuple[AxisItem, ...]) -> None:
        chosen = [item for item in items if item.varied]
        axes = []
        try:
            for item in chosen:
                if item.low is None or item.high is None:
                    axes.append({"name": item.name})
                    continue
                axis = SearchAxis(item.name, item.low, item.high, item.scale)
                axes.append(msgspec.structs.asdict(study_axis(axis)))
        except SettingError as error:
            self.page.set_notice(str(error))
            return
        self._change(axes=tuple(axes))

    def _take_best(self) -> None:
        work = self.work
        if work is not None and work.found is not None and work.found.best is not None:
            self._set_run(work.found.settings[work.found.best])

    def _take_trial(self, _chart: str, trial: int) -> None:
        work = self.work
        if work is None or work.found is None or not 0 <= trial < len(work.found.settings):
            return
        settings = work.found.settings[trial]
        if not self.page.click_adds():
            self._set_run(settings)
            return
        document, run_id = add_trial(self.session.document, self.study, work.spec, settings)
        self._run = self.run_id  # the run that is tuned stays, whichever is selected
        if self.session.propose(document):
            self.session.select(run_id)

    def _set_run(self, settings: Any) -> None:
        work = self.work
        before = work.found if work is not None else None
        self.session.propose(with_settings(self.session.document, self.run_id, settings))
        if before is not None:
            self.page.set_notice(f"The run has now {_words(settings)}.", Tone.GOOD)


_SAMPLERS = {
    "halton": ("Halton", "Even points, without the pattern of a grid"),
    "random": ("random", "Independent points"),
    "grid": ("grid", "Every combination of even steps"),
    "tpe": ("TPE", "Optuna's: the next settings from the results so far"),
}


def _axis_items(spec: RunSpec, study: TuningStudy) -> list[AxisItem]:
    """All parameters and options of the rule, with the ranges of the study or the usual ones."""
    rule = spec.rule
    usual = {axis.name: axis for axis in space_of(rule, [*rule.parameters, *rule.options]).axes}
    own = {axis.name: axis for axis in study_space(spec, study).axes}
    items = []
    for name, axis in (usual | own).items():
        parameter = rule.parameters.get(name)
        symbol = parameter.symbol if parameter is not None else name.replace("_", " ")
        about = parameter.help if parameter is not None else rule.options[name].help
        low, high = (None, None) if axis.choices else (axis.low, axis.high)
        items.append(AxisItem(name, symbol, about, low, high, axis.scale, name in own))
    return items


def _words(settings: Any) -> str:
    pairs = (
        f"{name} {short(value) if isinstance(value, float) else str(value).lower()}"
        for name, value in settings.items()
    )
    return ", ".join(pairs) or "its own settings"


def _about(work: StudyWork) -> str:
    found = work.found
    if found is None:
        return ""
    failed = int((~(found.medians < math.inf)).sum())
    said = [f"{len(found.settings)} trials, {failed} failed."]
    if found.best is not None:
        said.append(f"Best: {_words(found.settings[found.best])}.")
    said += [f"{note[:1].upper()}{note[1:]}." for note in found.notes]
    if work.complete and len(found.space.axes) > 1 and not work.shares:
        said.append("Importance needs the extra 'tune' and sixteen trials that came to an end.")
    return " ".join(said)
