"""Connects the parameter panel with the selected run."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from optlab.core.analysis.worksheet import parameter_equations
from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.parameters import SettingError
from optlab.core.resources import DataError, UnknownNameError
from optlab.core.rules import LEARNING_RATE
from optlab.session import edits
from optlab.session.choices import apply_preset, preset_choices, preset_of, schedule_choices
from optlab.session.embedded.model_edits import steps_of_epochs
from optlab.session.embedded.own_texts import rule_of
from optlab.session.experiment import Choice, Experiment, Run, Treatment, change_own, changed
from optlab.session.resolve import SAMPLING, sampling_of
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
        self._templates_for: Mapping[str, str] | None = None
        self._shown_schedule: tuple[str, str] | None = None
        panel.parameter_moved.connect(self._move)
        panel.parameter_settled.connect(self._settle)
        panel.option_chosen.connect(self._choose_option)
        panel.preset_chosen.connect(self._choose_preset)
        panel.optimizer_chosen.connect(self._choose_optimizer)
        panel.schedule_edited.connect(self._schedule)
        panel.treatment_edited.connect(self._treatment)
        panel.batches().treatment_edited.connect(self._sampling)
        panel.batches().epochs_edited.connect(self._epochs)
        panel.batches().for_all_pressed.connect(self._batches_for_all)
        session.document_changed.connect(self._show)
        session.selection_changed.connect(self._show)
        redraw.add(self._show_curve, Change.SELECTION | Change.TRAJECTORIES)
        self._show()

    @property
    def _run(self) -> Run | None:
        """The selected run with the settings that are its own."""
        run = self._session.document.run(self._session.selected)
        return None if run is None else run.own

    def _move(self, name: str, value: float) -> None:
        run = self._session.selected
        document = edits.set_parameter(self._session.document, run, name, value)
        self._session.propose(document, f"{run}:{name}")

    def _settle(self, name: str, value: float) -> None:
        self._move(name, value)
        self._session.settle()

    def _choose_option(self, name: str, value: Choice) -> None:
        run = self._session.selected
        self._session.propose(edits.set_option(self._session.document, run, name, value))

    def _choose_preset(self, key: str) -> None:
        run = self._session.selected
        self._session.propose(apply_preset(self._session.document, run, key))

    def _choose_optimizer(self, key: str) -> None:
        try:
            document = edits.choose_optimizer(self._session.document, self._session.selected, key)
        except (UnknownNameError, DataError) as error:
            self._session.refused.emit(str(error))
            self._show()
            return
        self._session.propose(document)

    def _schedule(self, text: str) -> None:
        run = self._session.selected
        try:
            document = edits.set_schedule(self._session.document, run, text)
        except (SettingError, UnknownNameError, DataError) as error:
            self._panel.set_schedule_error(str(error))
            return
        self._panel.set_schedule_error()
        self._typing = True
        try:
            self._session.propose(document, f"{run}:schedule")
        finally:
            self._typing = False

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
        document = change_own(self._session.document, run.id, treatment=treatment)
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
            document = change_own(document, other.id, treatment=treatment)
        self._session.propose(document)

    def _treatment(self, name: str, value: float | None) -> None:
        try:
            GradientTransforms(**{name: value})
        except SettingError as error:
            self._session.refused.emit(str(error))
            return
        run = self._session.selected
        self._session.propose(edits.set_treatment(self._session.document, run, name, value))

    def _show(self, _what: object = None) -> None:
        run = self._run
        self._panel.set_run(None if run is None else run.name)
        color = None if run is None else theme_of(self._panel).run(run.color)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            set_accent(application, color)
        if run is None:
            return
        document = self._session.document
        self._panel.set_optimizers(self._entries.of(document), self._entries.first)
        self._panel.set_optimizer(run.optimizer)
        self._panel.setEnabled(not run.recording)
        if document.schedules != self._templates_for:
            self._templates_for = document.schedules
            self._panel.set_schedule_templates(_templates(document))
        self._show_settings(run)
        # A schedule that is not right yet stays in its field when something else changes.
        if (run.id, run.schedule) != self._shown_schedule:
            self._shown_schedule = (run.id, run.schedule)
            if not self._typing:
                self._panel.set_schedule(run.schedule)
                self._panel.set_schedule_error()
        treatment = msgspec.structs.asdict(run.treatment)
        self._panel.set_treatment(treatment)
        has_rows = self._session.resolved.problem.rows > 0
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
        shown = tuple(rule.parameters[name] for name in rule.parameters if name in used)
        self._panel.set_rule(shown, tuple(rule.options.values()))
        spec = self._session.resolved.specs.get(run.id)
        if spec is not None:
            self._panel.set_equations(parameter_equations(spec))
        parameters = {p.name: p.default for p in rule.parameters.values()} | run.parameters
        self._panel.set_values(parameters, options)
        presets = [(choice.key, choice.title, choice.help) for choice in preset_choices(rule)]
        self._panel.set_presets(presets, preset_of(document, run))

    def _show_curve(self, _changed: Change) -> None:
        """The learning rate as it was over the steps of the selected run."""
        trajectory = self._session.trajectories.get(self._session.selected)
        rates: list[float] = []
        if trajectory is not None and LEARNING_RATE in trajectory.names and trajectory.steps > 1:
            places = np.linspace(1, trajectory.steps, min(trajectory.steps, _CURVE_POINTS))
            rates = trajectory[LEARNING_RATE][places.round().astype(int)].tolist()
        self._panel.set_schedule_curve(rates)


def _templates(document: Experiment) -> list[ScheduleTemplate]:
    templates = []
    for kind in schedule_choices(document):
        settings = ",".join(
            f"{p.name}={p.default:g}" for p in kind.parameters.values() if p.default is not None
        )
        text = f"{kind.key}:{settings}" if settings else kind.key
        templates.append(ScheduleTemplate(text, kind.name, kind.summary))
    return templates
