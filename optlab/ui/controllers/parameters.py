"""Connects the parameter panel with the selected run."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from optlab.core.analysis.rate_proposal import proposed_rate
from optlab.core.analysis.worksheet import parameter_equations
from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.parameters import SettingError
from optlab.core.resources import DataError, UnknownNameError
from optlab.core.rules import LEARNING_RATE
from optlab.core.run import Leg, legs_at, memory_table
from optlab.core.schedules import CONSTANT, parse_schedule, with_unit
from optlab.session.edits import run_edits
from optlab.session.edits.choices import (
    EDITOR_ENTRIES,
    apply_preset,
    kept,
    preset_choices,
    preset_of,
    schedule_choices,
)
from optlab.session.edits.model_edits import steps_of_epochs
from optlab.session.embedded.own_texts import rule_of
from optlab.session.experiment import (
    Choice,
    Experiment,
    Run,
    Surface,
    Treatment,
    change_part,
    changed,
)
from optlab.session.resolve import SAMPLING, ExperimentError, resolve_run, sampling_of
from optlab.session.session import Session
from optlab.ui.controllers.runs import OptimizerEntries
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.style.themes import set_accent, theme_of
from optlab.ui.views.parameters import ParametersPanel, ScheduleTemplate

_CURVE_POINTS = 64


class ParametersController(QObject):
    """Shows the settings of the selected run; proposes others, live while a slider moves."""

    def __init__(self, session: Session, panel: ParametersPanel, redraw: Redraw) -> None:
        super().__init__(panel)
        self._session = session
        self._panel = panel
        self._typing = False
        self._entries = OptimizerEntries()
        self._shown_schedule: tuple[str, int | None, str] | None = None
        self._segment: tuple[str, int] = ("", 0)
        self._shown: tuple[object, ...] = ()
        panel.parameter_moved.connect(self._move)
        panel.parameter_settled.connect(self._settle)
        panel.option_chosen.connect(self._choose_option)
        panel.preset_chosen.connect(self._choose_preset)
        panel.optimizer_chosen.connect(self._choose_optimizer)
        panel.schedule_edited.connect(self._schedule)
        panel.schedule_row().templates_asked.connect(self._offer_templates)
        panel.schedule_row().unit_chosen.connect(self._schedule_unit)
        panel.treatment_edited.connect(self._treatment)
        panel.batches().treatment_edited.connect(self._sampling)
        panel.batches().epochs_edited.connect(self._epochs)
        panel.batches().for_all_pressed.connect(self._batches_for_all)
        segments = panel.segments
        panel.then_asked.connect(self.add_change)
        segments.segment_chosen.connect(self._choose_segment)
        segments.moved.connect(self._move_change)
        segments.moved_to_epoch.connect(self._move_to_epoch)
        segments.removed.connect(self._remove_change)
        segments.memory_kept.connect(self._keep_memory)
        segments.rate_taken.connect(self._take_rate)
        session.document_changed.connect(self._follow)
        session.selection_changed.connect(self._show)
        redraw.add(self._show_curve, Change.SELECTION | Change.TRAJECTORIES, later=True)
        self._show()

    @property
    def after(self) -> int | None:
        """The updates before the stretch that is shown; None for what is the run's own."""
        run = self._session.document.run(self._session.selected)
        chosen, after = self._segment
        known = run is not None and run.id == chosen and after in _places(run)
        return after if known else None

    @property
    def _run(self) -> Run | None:
        """The selected run with the settings of the stretch that is shown."""
        run = self._session.document.run(self._session.selected)
        return None if run is None else run.part(self.after)

    def add_change(self) -> None:
        """A change at the cursor, or half-way where none can stand there, and it is shown."""
        session = self._session
        run, steps, step = session.selected, session.document.steps, session.playback.step
        after = step if 0 < step < steps else steps // 2
        self._change(lambda: run_edits.add_switch(session.document, run, after), after)

    def _change(self, make: Callable[[], Experiment], shown: int | None = None) -> None:
        """Proposes a document with another change, whose stretch is then shown."""
        before = self._segment
        try:
            document = make()
        except SettingError as error:
            self._show()
            self._panel.segments.set_refusal(str(error))
            return
        if shown is not None:
            self._segment = (self._session.selected, shown)
        if not self._session.propose(document):
            self._segment = before
        self._show()

    def _choose_segment(self, after: int) -> None:
        self._segment = (self._session.selected, after)
        self._show()
        self._show_rate()

    def _move_change(self, to: int) -> None:
        session, after = self._session, self._shown_after
        self._change(
            lambda: run_edits.move_switch(session.document, session.selected, after, to), to
        )

    def _move_to_epoch(self, epoch: int) -> None:
        legs = self._legs
        if legs is not None:
            self._move_change(legs[0].first_of(epoch))

    def _remove_change(self) -> None:
        session, after = self._session, self._shown_after
        self._change(lambda: run_edits.remove_switch(session.document, session.selected, after))

    def _keep_memory(self, keep: bool) -> None:
        session, after = self._session, self._shown_after
        self._session.propose(
            run_edits.set_keep_memory(session.document, session.selected, after, keep)
        )

    def _take_rate(self, rate: float) -> None:
        self._settle(LEARNING_RATE, rate)

    @property
    def _shown_after(self) -> int:
        """The updates before the stretch that is shown."""
        run = self._session.document.run(self._session.selected)
        after = self.after
        own = run.branch_after if run is not None and run.branch_of else 0
        return own if after is None else after

    @property
    def _legs(self) -> tuple[Leg, Leg] | None:
        """The stretches before and behind the change that is shown, as they are run."""
        spec = self._session.resolved.specs.get(self._session.selected)
        return None if spec is None else legs_at(spec, self._shown_after)

    def _move(self, name: str, value: float) -> None:
        run = self._session.selected
        document = run_edits.set_parameter(self._session.document, run, name, value, self.after)
        self._session.propose(document, f"{run}:{self._shown_after}:{name}")

    def _settle(self, name: str, value: float) -> None:
        self._move(name, value)
        self._session.settle()

    def _choose_option(self, name: str, value: Choice) -> None:
        run = self._session.selected
        document = run_edits.set_option(self._session.document, run, name, value, self.after)
        self._session.propose(document)

    def _choose_preset(self, key: str) -> None:
        run = self._session.selected
        self._session.propose(apply_preset(self._session.document, run, key, self.after))

    def _choose_optimizer(self, key: str) -> None:
        try:
            document = run_edits.choose_optimizer(
                self._session.document, self._session.selected, key, self.after
            )
        except (UnknownNameError, DataError) as error:
            self._session.refused.emit(str(error))
            self._show()
            return
        self._session.propose(document)

    def _schedule(self, text: str) -> None:
        run = self._session.selected
        try:
            document = run_edits.set_schedule(self._session.document, run, text, self.after)
            if (changed_run := document.run(run)) is not None:
                resolve_run(document, changed_run, self._session.resolved.problem)
        except (SettingError, UnknownNameError, DataError, ExperimentError) as error:
            self._panel.set_schedule_error(str(error))
            return
        self._panel.set_schedule_error()
        self._typing = True
        try:
            self._session.propose(document, f"{run}:{self._shown_after}:schedule")
        finally:
            self._typing = False

    def _schedule_unit(self, epochs: object) -> None:
        run, document = self._run, self._session.document
        if run is not None:
            text = with_unit(run.schedule, epochs=bool(epochs), own=document.schedules)
            self._session.propose(run_edits.set_schedule(document, run.id, text, self.after))

    def _sampling(self, name: str, value: int | float | str | bool | None) -> None:
        run = self._run
        if run is None:
            return
        treatment: Treatment = msgspec.structs.replace(run.treatment, **{name: value})
        try:
            sampling_of(treatment)
        except SettingError as error:
            self._show()
            self._panel.batches().set_refusal(f"{error.name} {error.reason}")
            return
        document = change_part(self._session.document, run.id, self.after, treatment=treatment)
        self._session.propose(document)

    def _epochs(self, epochs: int) -> None:
        document = self._session.document
        steps = steps_of_epochs(document, self._session.selected, epochs)
        self._session.propose(changed(document, steps=steps))

    def _batches_for_all(self) -> None:
        """The settings of the selected run's batches for every run."""
        run, document = self._run, self._session.document
        if run is None:
            return
        settings = {name: getattr(run.treatment, name) for name in SAMPLING}
        for other in document.runs:
            treatment = msgspec.structs.replace(other.own.treatment, **settings)
            document = change_part(document, other.id, treatment=treatment)
        self._session.propose(document)

    def _treatment(self, name: str, value: float | None) -> None:
        try:
            GradientTransforms(**{name: value})
        except SettingError as error:
            self._session.refused.emit(str(error))
            return
        run = self._session.selected
        document = run_edits.set_treatment(self._session.document, run, name, value, self.after)
        self._session.propose(document)

    def _offer_templates(self) -> None:
        """The schedules to begin from; each is read for it, so it is done when asked for."""
        document, run = self._session.document, self._run
        epochs = run is not None and _units(run, document) == {True}
        self._panel.set_schedule_templates(_templates(document, epochs=epochs))

    def _follow(self, _document: Experiment) -> None:
        if self._depends_on() != self._shown:
            self._show()

    def _depends_on(self) -> tuple[object, ...]:
        """All that the panel shows: not where the runs start, nor a surface without rows, which
        change with each move of a drag and with each key."""
        resolved = self._session.resolved
        rows, errors = resolved.problem.rows, dict(resolved.errors)
        nowhere = changed(self._session.document, start=None)
        if not rows:
            nowhere = changed(nowhere, surface=Surface())
        return nowhere, rows, errors, theme_of(self._panel)

    def _show(self, _what: object = None) -> None:
        run = self._run
        self._panel.set_run(None if run is None else run.name)
        color = None if run is None else theme_of(self._panel).run(run.color)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            set_accent(application, color)
        self._shown = self._depends_on()
        if run is None:
            return
        document = self._session.document
        self._panel.set_optimizers(self._entries.of(document), self._entries.first)
        self._panel.set_optimizer(run.optimizer)
        self._panel.setEnabled(not run.recording)
        has_rows = self._session.resolved.problem.rows > 0
        units = _units(run, document)
        epochs, mixed = units == {True}, len(units) > 1
        self._panel.schedule_row().set_unit(
            None if mixed else epochs, offered=has_rows and run.schedule != CONSTANT
        )
        self._show_segments()
        self._show_settings(run)
        # A schedule that is not right yet stays in its field when something else changes.
        schedule = (run.id, self.after, run.schedule)
        if schedule != self._shown_schedule:
            self._shown_schedule = schedule
            if not self._typing:
                self._panel.set_schedule(run.schedule)
                self._panel.set_schedule_error()
        treatment = msgspec.structs.asdict(run.treatment)
        self._panel.set_treatment(treatment)
        each = steps_of_epochs(document, run.id, 1) if has_rows else 1
        self._panel.set_batches(treatment if has_rows else None, document.steps / each)

    def _show_settings(self, run: Run) -> None:
        """The parameters and options of the run's rule; none where it cannot be used."""
        document = self._session.document
        try:
            rule = rule_of(document, run)
        except (UnknownNameError, DataError):
            self._panel.set_rule((), ())
            self._panel.set_presets((), "")
            return
        options = {o.name: o.default for o in rule.options.values()} | run.options
        used = rule.variant(options).parameters
        known = tuple(rule.parameters[name] for name in rule.parameters if name in used)
        self._panel.set_rule(known, tuple(rule.options.values()))
        spec, legs = self._session.resolved.specs.get(run.id), self._legs
        shown = legs[1].spec if legs is not None else None if self._shown_after else spec
        if shown is not None:
            self._panel.set_equations(parameter_equations(shown))
        parameters = {p.name: p.default for p in rule.parameters.values()} | run.parameters
        self._panel.set_values(parameters, options)
        presets = [(choice.key, choice.title, choice.help) for choice in preset_choices(rule)]
        self._panel.set_presets(presets, preset_of(document, run))

    def _show_segments(self) -> None:
        """The stretches of the selected run, and the change that the shown one begins with."""
        run, panel = self._session.document.run(self._session.selected), self._panel.segments
        if run is None:
            return
        after, places = self._shown_after, _places(run)
        titles = {switch.after: switch.optimizer for switch in run.then} | {0: run.optimizer}
        names = {key: name for key, name, _ in self._entries.of(self._session.document)}
        segments = [
            (place, f"{place + 1}–{end}  {names.get(titles[place], titles[place])}")
            for place, end in zip(places, (*places[1:], self._session.document.steps), strict=True)
        ]
        panel.set_segments(segments if len(run.then) else (), after)
        switch = next((one for one in run.then if one.after == after), None)
        legs = self._legs
        if switch is not None and legs is not None:
            rows = [(row.name, row.help, row.fate) for row in memory_table(*legs)]
            epoch = None if legs[0].batches is None else legs[0].epoch(after + 1)
            panel.set_change(after, epoch, switch.keep_memory, rows)
        elif switch is not None:
            panel.set_change(after, None, switch.keep_memory, ())

    def _show_rate(self) -> None:
        """The learning rate that the steps before the shown change propose."""
        spec = self._session.resolved.specs.get(self._session.selected)
        trajectory = self._session.trajectories.get(self._session.selected)
        rate = None
        if spec is not None and trajectory is not None and self._shown_after:
            rate = proposed_rate(spec, trajectory, self._shown_after)
        self._panel.segments.set_rate(rate)

    def _show_curve(self, _changed: Change) -> None:
        """The learning rate as it was over the steps of the selected run."""
        self._show_rate()
        trajectory = self._session.trajectories.get(self._session.selected)
        rates: list[float] = []
        if trajectory is not None and LEARNING_RATE in trajectory.names and trajectory.steps > 1:
            places = np.linspace(1, trajectory.steps, min(trajectory.steps, _CURVE_POINTS))
            rates = trajectory[LEARNING_RATE][places.round().astype(int)].tolist()
        self._panel.set_schedule_curve(rates)


def _places(run: Run) -> tuple[int, ...]:
    """The updates before each stretch of a run that can be set: of a branch not those it shares."""
    first = run.branch_after if run.branch_of else 0
    return (*((0,) if not first else ()), *(one.after for one in run.then if one.after >= first))


def _units(run: Run, document: Experiment) -> set[bool]:
    """Whether the parts of a run's schedule count epochs; nothing where it cannot be read."""
    try:
        return {piece.epochs for piece in parse_schedule(run.schedule, document.schedules).pieces}
    except SettingError:
        return set()


def _templates(document: Experiment, *, epochs: bool) -> list[ScheduleTemplate]:
    templates = []
    for kind in schedule_choices(document):
        settings = ",".join(
            f"{p.name}={p.default:g}" for p in kind.parameters.values() if p.default is not None
        )
        text = f"{kind.key}:{settings}" if settings else kind.key
        text = with_unit(text, epochs=True, own=document.schedules) if epochs else text
        templates.append(ScheduleTemplate(text, kind.name, kind.summary))
    templates += [ScheduleTemplate(one.key, one.name, one.sentence) for one in kept("schedules")]
    return templates + [ScheduleTemplate(*entry) for entry in EDITOR_ENTRIES["schedules"]]
