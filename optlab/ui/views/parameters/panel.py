"""Everything that can be set on the selected run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from optlab.session.edits.choices import EDITOR_ACTIONS
from optlab.ui.views.parameters.batch_group import BatchGroup
from optlab.ui.views.parameters.schedule_row import ScheduleRow, ScheduleTemplate
from optlab.ui.views.parameters.segments_group import SegmentsGroup
from optlab.ui.views.parameters.treatment_group import TreatmentGroup
from optlab.ui.widgets.buttons import Switch, TextButton
from optlab.ui.widgets.choice import Choice, DropDown
from optlab.ui.widgets.labels import SectionTitle
from optlab.ui.widgets.numbers import write_number
from optlab.ui.widgets.paint import GRID, MARGIN, set_tip
from optlab.ui.widgets.slider import LabelledSlider, Scale


class RangeLike(Protocol):
    """An interval that may be open at either end."""

    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    def contains(self, value: float) -> bool: ...


class ParameterLike(Protocol):
    """What the panel needs to know of a number a rule takes."""

    @property
    def name(self) -> str: ...
    @property
    def symbol(self) -> str: ...
    @property
    def default(self) -> float: ...
    @property
    def range(self) -> RangeLike: ...
    @property
    def scale(self) -> str: ...
    @property
    def slider(self) -> tuple[float, float]: ...
    @property
    def help(self) -> str: ...


class OptionLike(Protocol):
    """What the panel needs to know of a choice a rule offers."""

    @property
    def name(self) -> str: ...
    @property
    def choices(self) -> tuple[str | bool, ...]: ...
    @property
    def default(self) -> str | bool: ...
    @property
    def help(self) -> str: ...


class ParametersPanel(QWidget):
    """Everything that can be set on the selected run."""

    parameter_moved = Signal(str, float)
    parameter_settled = Signal(str, float)
    option_chosen = Signal(str, object)
    preset_chosen = Signal(str)
    optimizer_chosen = Signal(str)
    editor_asked = Signal(str)
    schedule_edited = Signal(str)
    treatment_edited = Signal(str, object)
    then_asked = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName("Parameters of the selected run")
        self._title = SectionTitle("No run")
        self.optimizer_list = DropDown("Optimizer")
        set_tip(self.optimizer_list, "The update rule of this run")
        self.then_button = TextButton(
            "Then…", "From the cursor's step on another rule or other settings"
        )
        self.segments = SegmentsGroup()
        self._sliders: dict[str, LabelledSlider] = {}
        self._options: dict[str, Choice | Switch] = {}
        self._shape: tuple[object, ...] = ()
        self._parameters: tuple[ParameterLike, ...] = ()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(3)
        self.preset_row = Choice("as in", "Settings as a source has them; the learning rate stays")
        self.preset_row.hide()
        self._choices = QVBoxLayout()
        self._choices.setSpacing(0)
        self._schedule = ScheduleRow()
        self._treatment = TreatmentGroup()
        self._batches = BatchGroup()
        self._batches.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, GRID, MARGIN, GRID)
        column.setSpacing(GRID // 2)
        title = QHBoxLayout()
        title.setSpacing(GRID)
        title.addWidget(self._title, 1)
        title.addWidget(self.optimizer_list)
        title.addWidget(self.then_button)
        column.addLayout(title)
        column.addWidget(self.segments)
        column.addLayout(self._rows)
        settings = self._options_column()
        settings.addWidget(self._schedule)
        settings.addWidget(self._batches)
        settings.addWidget(self._treatment)
        column.addLayout(settings)
        self.optimizer_list.chosen.connect(self._on_optimizer)
        self.preset_row.chosen.connect(self._on_preset)
        self.then_button.clicked.connect(self.then_asked)
        self._schedule.schedule_edited.connect(self.schedule_edited)
        self._schedule.editor_asked.connect(self.editor_asked)
        self._treatment.treatment_edited.connect(self.treatment_edited)

    def set_run(self, name: str | None) -> None:
        """Show whose parameters these are; None when no run is selected."""
        self._title.set_text("Rule" if name is not None else "No run selected")
        self._title.set_tip(f"The update rule of {name} and its settings" if name else "")
        self.setEnabled(name is not None)

    def set_optimizers(self, entries: Sequence[tuple[str, str, str]], first: int = 0) -> None:
        """Offer update rules: key, name, summary; the ``first`` ones apart from the others."""
        self.optimizer_list.set_entries(entries, first)

    def set_optimizer(self, key: str) -> None:
        """Show which rule the run uses."""
        self.optimizer_list.set_key(key)

    def set_rule(self, parameters: Sequence[ParameterLike], options: Sequence[OptionLike]) -> None:
        """Make a row for every parameter and option; rows stay when they are the same."""
        shape = (tuple(parameters), tuple(options))
        if shape == self._shape:
            return
        self._shape = shape
        self._parameters = shape[0]
        _empty(self._rows)
        _empty(self._choices)
        self._sliders = {p.name: self._slider(p) for p in parameters}
        symbols = {p.name: p.symbol for p in parameters}
        self._options = {o.name: self._option(o, symbols) for o in options}
        widest = max((row.symbol_width() for row in self._sliders.values()), default=0)
        for row in self._sliders.values():
            row.set_symbol_width(max(24, widest))

    def set_equations(self, equations: Mapping[str, Sequence[str]]) -> None:
        """Name in each parameter's tooltip the equations that it stands in."""
        for parameter in self._parameters:
            tip = parameter_tip(parameter, equations.get(parameter.name, ()))
            self._sliders[parameter.name].set_tip(tip)

    def set_parameter(self, name: str, value: float) -> None:
        """Show the value of one parameter; an unknown name is ignored."""
        if name in self._sliders:
            self._sliders[name].set_value(value)

    def set_option(self, name: str, value: str | bool) -> None:
        """Show the value of one option; an unknown name is ignored."""
        row = self._options.get(name)
        if isinstance(row, Switch):
            row.set_on(bool(value))
        elif row is not None:
            row.set_key(value)

    def set_values(
        self, parameters: Mapping[str, float], options: Mapping[str, str | bool]
    ) -> None:
        """Show many values at once."""
        for name, number in parameters.items():
            self.set_parameter(name, number)
        for name, value in options.items():
            self.set_option(name, value)

    def set_presets(self, entries: Sequence[tuple[str, str, str]], shown: str) -> None:
        """Offer settings of sources (key, name, help) and show which are in force.

        ``shown`` is empty for settings of one's own; without entries there is no row.
        """
        custom = [] if shown else [("", "custom", "Settings of your own")]
        self.preset_row.set_entries([*entries, *custom])
        self.preset_row.set_key(shown)
        self.preset_row.setVisible(bool(entries))

    def set_schedule(self, text: str) -> None:
        """Show the schedule of the learning rate."""
        self._schedule.set_schedule(text)

    def set_schedule_curve(self, rates: Sequence[float]) -> None:
        """Draw the learning rate over the steps."""
        self._schedule.set_curve(rates)

    def set_schedule_error(self, message: str = "", column: int = 0, length: int = 1) -> None:
        """Mark a mistake in the schedule (1-based column), or none."""
        self._schedule.set_error(message, column, length)

    def set_schedule_templates(self, templates: Sequence[ScheduleTemplate]) -> None:
        """Offer schedules to begin from."""
        self._schedule.set_templates(templates)

    def set_treatment(self, values: Mapping[str, float | None]) -> None:
        """Show what happens to the gradient before the rule sees it."""
        self._treatment.set_treatment(values)

    def set_batches(self, values: Mapping[str, object] | None, epochs: float = 0.0) -> None:
        """Show where gradients are taken from, and how many epochs the steps are; None hides it,
        where there are no rows."""
        self._batches.setVisible(values is not None)
        if values is not None:
            self._batches.set_treatment(values, epochs)

    def batches(self) -> BatchGroup:
        """Mini-batches, workers and delays."""
        return self._batches

    def slider(self, name: str) -> LabelledSlider:
        """The row of one parameter. Raises KeyError for an unknown name."""
        return self._sliders[name]

    def option(self, name: str) -> Choice | Switch:
        """The row of one option. Raises KeyError for an unknown name."""
        return self._options[name]

    def schedule_row(self) -> ScheduleRow:
        """The row of the schedule."""
        return self._schedule

    def treatment_group(self) -> TreatmentGroup:
        """The folded group."""
        return self._treatment

    def _options_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.preset_row)
        column.addLayout(self._choices)
        return column

    def _slider(self, parameter: ParameterLike) -> LabelledSlider:
        low, high = parameter.slider
        row = LabelledSlider(
            parameter.symbol,
            Scale(low, high, parameter.scale == "log"),
            parameter.default,
            name=parameter.name,
            tip=parameter_tip(parameter),
            check=_RangeCheck(parameter),
        )
        row.setObjectName(parameter.name)
        row.moved.connect(self._on_moved)
        row.settled.connect(self._on_settled)
        self._rows.addWidget(row)
        return row

    def _option(self, option: OptionLike, symbols: Mapping[str, str]) -> Choice | Switch:
        label = option_label(option.name, symbols)
        row: Choice | Switch
        if set(option.choices) == {True, False}:
            row = Switch(label, option.help)
            row.set_on(bool(option.default))
            row.toggled.connect(self._on_option)
        else:
            row = Choice(label, option.help)
            row.set_entries([(choice, str(choice), "") for choice in option.choices])
            row.set_key(option.default)
            row.chosen.connect(self._on_option)
        row.setObjectName(option.name)
        self._choices.addWidget(row)
        return row

    def _on_moved(self, value: float) -> None:
        self.parameter_moved.emit(self.sender().objectName(), value)

    def _on_settled(self, value: float) -> None:
        self.parameter_settled.emit(self.sender().objectName(), value)

    def _on_option(self, value: object) -> None:
        self.option_chosen.emit(self.sender().objectName(), value)

    def _on_preset(self, key: object) -> None:
        if key:
            self.preset_chosen.emit(str(key))

    def _on_optimizer(self, key: object) -> None:
        if str(key) in EDITOR_ACTIONS:
            self.editor_asked.emit(str(key))
        else:
            self.optimizer_chosen.emit(str(key))


class _RangeCheck:
    """Says why a number is outside a parameter's range."""

    def __init__(self, parameter: ParameterLike):
        self._parameter = parameter

    def __call__(self, value: float) -> str:
        if self._parameter.range.contains(value):
            return ""
        return f"{self._parameter.symbol} must satisfy {range_text(self._parameter)}"


def range_text(parameter: ParameterLike) -> str:
    """The allowed range as an inequality, e.g. ``0 ≤ β₁ < 1``."""
    span, symbol = parameter.range, parameter.symbol
    low, high = (write_number(end, 0) for end in (span.low, span.high))
    left = f"{low} {'≤' if span.contains(span.low) else '<'} " if abs(span.low) < 1e300 else ""
    right = f" {'≤' if span.contains(span.high) else '<'} {high}" if abs(span.high) < 1e300 else ""
    return f"{left}{symbol}{right}"


def option_label(name: str, symbols: Mapping[str, str]) -> str:
    """An option's name in words, a parameter in it as its symbol: ``ε placement``."""
    return " ".join(symbols.get(word, word) for word in name.split("_"))


def parameter_tip(parameter: ParameterLike, equations: Sequence[str] = ()) -> str:
    """What a tooltip says about a parameter: symbol, name, meaning, range, default, where it
    stands."""
    default = write_number(parameter.default, 0)
    name = "" if parameter.name == parameter.symbol else f" ({parameter.name})"
    lines = [
        f"{parameter.symbol}{name}: {parameter.help}",
        f"{range_text(parameter)}, default {default}. Double click resets.",
        *equations,
    ]
    return "\n".join(lines)


def _empty(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
