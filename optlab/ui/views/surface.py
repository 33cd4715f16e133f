"""The panel of the loss surface: gallery, formula, gradient, start, length of the runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from optlab.session.edits.choices import EDITOR_ACTIONS
from optlab.ui.widgets.buttons import HelpButton
from optlab.ui.widgets.choice import DropDown
from optlab.ui.widgets.formula_edit import FormulaEdit
from optlab.ui.widgets.labels import ElidedLabel, Notice, SectionTitle, Tone, Typeset
from optlab.ui.widgets.numbers import NumberEdit, PointEdit
from optlab.ui.widgets.paint import GRID, MARGIN, set_tip
from optlab.ui.widgets.slider import POSITIONS, Scale, Track

TYPED = ""
_TYPED_ENTRY = (TYPED, "your own formula", "A surface typed by hand")
_ANGLES = Scale(-180.0, 180.0)
_TURN_TIP = "Turn the surface counter-clockwise, in degrees; the start goes along. Double click: 0"


@dataclass(frozen=True)
class SurfaceItem:
    """One entry of the gallery."""

    key: str
    name: str
    story: str = ""


@dataclass(frozen=True)
class GradientLine:
    """One component of the gradient, as text and, if it could be typeset, as a drawing."""

    text: str
    svg: bytes | None = None


class SurfacePanel(QWidget):
    """Choose or type the surface and say where and how long the runs go."""

    problem_chosen = Signal(str)
    editor_asked = Signal(str)
    formula_edited = Signal(str)
    formula_accepted = Signal()
    start_edited = Signal(object)
    """A number for each weight."""
    steps_edited = Signal(int)
    seed_edited = Signal(int)
    rotation_moved = Signal(float)
    rotation_settled = Signal(float)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName("Surface")
        self._title = SectionTitle("Surface")
        self.gallery = DropDown("Surface gallery", boxed=True)
        self.gallery.setPlaceholderText(_TYPED_ENTRY[1])
        self._formula = FormulaEdit("Loss formula E(w₁, w₂)", multiline=True)
        self._formula.set_placeholder("E(w1, w2) = …")
        self._formula.field().setToolTip(
            "The loss E of w1, w2 (or x, y), and w3, w4, … where there are more; e.g. 3w1^2 + w2^2"
        )
        self._lines: list[Typeset] = []
        self._check = Notice(Tone.GOOD)
        self._start = (
            NumberEdit("Start, first coordinate w₁", quiet=True),
            NumberEdit("Start, second coordinate w₂", quiet=True),
        )
        self._point = PointEdit("Start, a number for each weight")
        self._point.hide()
        self._steps = NumberEdit("Number of steps", quiet=True, whole=True)
        self._seed = NumberEdit("Seed of the noise", quiet=True, whole=True)
        self._angle = NumberEdit("Rotation in degrees", quiet=True, unit="°")
        self._turn = Track("Rotation slider")
        self._turn.setRange(0, POSITIONS)
        self._turn.setSingleStep(1)
        self._turn.setPageStep(POSITIONS // 24)
        self._refusal = Notice()
        self._arrange()
        self._connect()

    def set_gallery(self, items: Sequence[SurfaceItem]) -> None:
        """Offer the catalogue's surfaces."""
        self.gallery.set_entries([(item.key, item.name, item.story) for item in items])

    def set_problem(self, key: str | None) -> None:
        """Show which surface of the gallery is on, None for a typed one."""
        self.gallery.set_key(key)

    def set_formula(self, text: str) -> None:
        """Show the formula; what is typed already stays untouched."""
        self._formula.set_text(text)

    def set_formula_error(self, message: str = "", column: int = 0, length: int = 1) -> None:
        """Mark a mistake in the formula (1-based column), or none."""
        self._formula.set_error(message, column, length)

    def set_formula_hint(self, text: str = "") -> None:
        """Say how the formula is read, where that is easily mistaken; empty for nothing."""
        self._formula.set_hint(text)

    def set_gradient(self, lines: Sequence[GradientLine]) -> None:
        """Show the components of the gradient, one below the other."""
        while len(self._lines) < len(lines):
            line = Typeset()
            self._lines.append(line)
            self._gradient.insertWidget(len(self._lines) - 1, line)
        for row, widget in enumerate(self._lines):
            if row < len(lines):
                widget.set_content(lines[row].text, lines[row].svg)
            widget.setVisible(row < len(lines))

    def set_gradient_current(self, current: bool) -> None:
        """Fade the gradient and its check while they are of another formula than is typed."""
        for widget in (*self._lines, self._check):
            widget.setEnabled(current)

    def set_gradient_check(self, text: str, good: bool | None = True) -> None:
        """Show how the gradient compares with finite differences; None: nothing can be said."""
        tone = Tone.GOOD if good else Tone.WARNING
        self._check.set_text(text, Tone.MUTED if good is None else tone)

    def set_rotation(self, degrees: float) -> None:
        """Show by how much the surface is turned; beyond ±180° only the field says it all."""
        self._angle.set_value(degrees)
        if not self._turn.isSliderDown():
            self._turn.show_position(_ANGLES.position(degrees), not _ANGLES.covers(degrees))

    def set_story(self, text: str) -> None:
        """Say what is special about the surface when the mouse rests on its name."""
        set_tip(self.gallery, text or _TYPED_ENTRY[2])

    def set_start(self, *weights: float) -> None:
        """Show the start point, of any number of weights."""
        two = len(weights) == len(self._start)
        for field, value in zip(self._start, weights if two else (0.0, 0.0), strict=True):
            field.set_value(value)
            field.setVisible(two)
        self._point.set_point(weights)
        self._point.setVisible(not two)

    def set_turnable(self, turnable: bool) -> None:
        """Offer to turn the surface; only one of two weights can be turned."""
        for widget in (self._turn, self._angle):
            widget.setEnabled(turnable)

    def set_writable(self, writable: bool) -> None:
        """Offer formula, start and rotation; a network has none of them."""
        for widget in self._of_formula:
            widget.setVisible(writable)

    def set_steps(self, steps: int) -> None:
        """Show the number of updates each run takes."""
        self._steps.set_value(float(steps))

    def set_seed(self, seed: int) -> None:
        """Show the seed of the noise."""
        self._seed.set_value(float(seed))

    def formula_edit(self) -> FormulaEdit:
        """The formula field, for the keyboard focus."""
        return self._formula

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, GRID, MARGIN, GRID)
        column.setSpacing(GRID)
        column.addWidget(self._title)
        column.addWidget(self.gallery)
        column.addWidget(self._formula)
        turn = _row("rotate", self._turn, self._angle)
        turn.setStretch(1, 0)
        turn.setStretch(2, 1)
        rows = QVBoxLayout()
        rows.setSpacing(1)
        starts, turns = QWidget(), QWidget()
        for widget, row in ((starts, _row("start", *self._start, self._point)), (turns, turn)):
            row.setContentsMargins(0, 0, 0, 0)
            widget.setLayout(row)
            rows.addWidget(widget)
        rows.addLayout(_row("steps", self._steps, "seed", self._seed))
        rows.addWidget(self._refusal)
        column.addLayout(rows)
        # Below the rows: turning the surface makes the gradient higher and lower, and the slider
        # has to stay under the hand.
        self._gradient = QVBoxLayout()
        self._gradient.setSpacing(2)
        check = QHBoxLayout()
        check.setSpacing(GRID // 2)
        check.addWidget(self._check, 1)
        about = HelpButton("the gradient check", "window#the-gradient-check")
        check.addWidget(about)
        self._of_formula = (self._formula, starts, turns, about)
        self._gradient.addLayout(check)
        column.addLayout(self._gradient)

    def _connect(self) -> None:
        self.gallery.chosen.connect(self._on_problem)
        self._formula.text_edited.connect(self.formula_edited)
        self._formula.accepted.connect(self.formula_accepted)
        self._steps.set_check(_whole_from_one)
        self._seed.set_check(_whole)
        self._steps.entered.connect(self._on_steps)
        self._seed.entered.connect(self._on_seed)
        for field in self._start:
            field.entered.connect(self._on_start)
        self._point.entered.connect(self.start_edited)
        set_tip(self._turn, _TURN_TIP)
        self._angle.setToolTip(_TURN_TIP)
        self._turn.dragged.connect(self._on_turned)
        self._turn.released.connect(self._on_turn_released)
        self._turn.reset_asked.connect(self._on_turn_reset)
        self._angle.entered.connect(self._on_angle)
        for field in (*self._start, self._point, self._steps, self._seed, self._angle):
            field.refused.connect(self._refusal.set_text)

    def _on_problem(self, key: object) -> None:
        asked = str(key) in EDITOR_ACTIONS
        (self.editor_asked if asked else self.problem_chosen).emit(str(key))

    def _on_start(self, _value: object) -> None:
        first, second = (field.value() for field in self._start)
        if first is not None and second is not None:
            self.start_edited.emit((first, second))

    def _on_steps(self, value: object) -> None:
        if isinstance(value, float):
            self.steps_edited.emit(int(value))

    def _on_turned(self, position: int) -> None:
        self._angle.set_value(_ANGLES.value(position))
        self.rotation_moved.emit(_ANGLES.value(position))

    def _on_turn_released(self, position: int) -> None:
        self.rotation_settled.emit(_ANGLES.value(position))

    def _on_turn_reset(self) -> None:
        self.set_rotation(0.0)
        self.rotation_settled.emit(0.0)

    def _on_angle(self, value: object) -> None:
        if isinstance(value, float):
            self.rotation_settled.emit(value)

    def _on_seed(self, value: object) -> None:
        if isinstance(value, float):
            self.seed_edited.emit(int(value))


def _row(*parts: str | QWidget) -> QHBoxLayout:
    """Words and fields beside each other: the first word left, everything else right."""
    row = QHBoxLayout()
    row.setSpacing(GRID)
    for number, part in enumerate(parts):
        if isinstance(part, str):
            label = ElidedLabel(part)
            label.reserve(part)
            row.addWidget(label)
        else:
            row.addWidget(part)
        if number == 0:
            row.addStretch(1)
    return row


def _whole(value: float) -> str:
    return "" if value == int(value) and 0 <= value < 2**31 else "a whole number from 0 is needed"


def _whole_from_one(value: float) -> str:
    if value == int(value) and 1 <= value < 2**31:
        return ""
    return "a whole number from 1 is needed"
