"""Connects the surface panel with the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject

from optlab.core.analysis.gradient_check import GradientCheck, check_gradient
from optlab.core.analysis.worksheet import gradient_lines
from optlab.core.formula import FormulaError, reading_hint
from optlab.core.parameters import SettingError
from optlab.core.problems import FormulaProblem, Problem
from optlab.session.edits import model_edits
from optlab.session.edits.choices import EDITOR_ENTRIES, surface_choices
from optlab.session.edits.model_edits import MODELS, choose_model, model_key
from optlab.session.experiment import changed
from optlab.session.jobs import JobControl
from optlab.session.resolve import Resolved
from optlab.session.session import Session
from optlab.ui.shell.redraw import delayed
from optlab.ui.style.typesetting import typeset
from optlab.ui.views.surface import GradientLine, SurfaceItem, SurfacePanel

GRADIENT = "gradient"
"""The channel of work."""

_MODEL_KEYS = frozenset(entry.key for entry in MODELS)
_SIZE = 14.0  # pixels
_REST = 60  # milliseconds without a change
_FIRST = 400  # the same at the start: the window is drawn before a library for formulas is loaded
_WIDEST = 60  # characters
_LIMIT = 20  # numbers and variables of a derivative: more would push the controls away


@dataclass(frozen=True)
class Slope:
    """What is shown of a gradient."""

    lines: list[GradientLine]
    check: GradientCheck | None


class SurfaceController(QObject):
    """Shows the surface of the document; proposes another one."""

    def __init__(self, session: Session, panel: SurfacePanel) -> None:
        super().__init__(panel)
        self._session = session
        self._panel = panel
        self._typing = False
        self._formula = ""
        self._asked: object = None
        self._gallery_for: Mapping[str, str] | None = None
        self._sloped: Problem | None = None
        # While a surface is being turned or typed, paths and picture need the processor more.
        self._rest = delayed(self, _REST, self._ask)
        panel.problem_chosen.connect(self._choose)
        panel.formula_edited.connect(self._type)
        panel.formula_accepted.connect(session.settle)
        panel.start_edited.connect(self._start)
        panel.steps_edited.connect(self._steps)
        panel.seed_edited.connect(self._seed)
        panel.rotation_moved.connect(self._turn)
        panel.rotation_settled.connect(self._turned)
        session.resolved_changed.connect(self._show)
        session.formula_checked.connect(self._checked)
        self._show(session.resolved)
        self._rest.start(_FIRST)

    def _choose(self, key: str) -> None:
        if not key:
            return
        document = self._session.document
        try:
            chosen = model_edits.choose_problem if key not in _MODEL_KEYS else choose_model
            document = chosen(document, key)
        except SettingError as error:
            self._session.refused.emit(error.reason)
        self._formula = ""
        self._session.propose(document)
        self._show(self._session.resolved)

    def _type(self, text: str) -> None:
        self._typing = True
        try:
            self._session.type_formula(text)
        finally:
            self._typing = False

    def _start(self, start: tuple[float, ...]) -> None:
        self._session.propose(changed(self._session.document, start=start))

    def _steps(self, steps: int) -> None:
        self._session.propose(changed(self._session.document, steps=steps))

    def _seed(self, seed: int) -> None:
        self._session.propose(changed(self._session.document, seed=seed))

    def _turn(self, degrees: float) -> None:
        document = self._session.document
        try:
            self._session.propose(model_edits.rotate_surface(document, degrees), "rotation")
        except SettingError as error:
            self._session.refused.emit(str(error))
            self._panel.set_rotation(document.surface.rotation)

    def _turned(self, degrees: float) -> None:
        self._turn(degrees)
        self._session.settle()

    def _checked(self, error: FormulaError | None) -> None:
        if error is None:
            self._panel.set_formula_error()
        else:
            self._panel.set_formula_error(error.message, error.column, error.length)
        self._fade()

    def _fade(self) -> None:
        """Gradient and check belong to the formula in the field, or they fade."""
        known = self._session.resolved.problem == self._sloped
        self._panel.set_gradient_current(known and self._session.formula_error is None)

    def _show(self, resolved: Resolved) -> None:
        problem, document = resolved.problem, self._session.document
        # A formula that is not right yet stays in its field when something else changes.
        if problem.formula != self._formula:
            self._formula = problem.formula
            self._panel.set_formula_hint(reading_hint(problem.formula, problem.weights))
            if not self._typing:
                self._session.forget_formula_error()
                self._panel.set_formula(problem.formula)
                self._panel.set_formula_error()
        if document.surfaces != self._gallery_for:
            self._gallery_for = document.surfaces
            titles = (*MODELS, *surface_choices(document))
            items = [SurfaceItem(t.key, t.name, t.sentence) for t in titles]
            items += [SurfaceItem(*entry) for entry in EDITOR_ENTRIES["surfaces"]]
            self._panel.set_gallery(items)
        self._panel.set_problem(model_key(document.surface) or problem.key or None)
        self._panel.set_story(problem.story)
        self._panel.set_start(*resolved.start)
        self._panel.set_writable(document.surface.network is None)
        self._panel.set_turnable(isinstance(problem, FormulaProblem) and problem.is_surface)
        self._panel.set_steps(document.steps)
        self._panel.set_seed(document.seed)
        self._panel.set_rotation(document.surface.rotation)
        self._fade()
        if (problem, resolved.window) != self._asked:
            self._asked = (problem, resolved.window)
            self._rest.start()

    def _ask(self) -> None:
        """Has the gradient typeset and checked."""
        self._rest.setInterval(_REST)
        resolved = self._session.resolved
        problem, window, shown = resolved.problem, resolved.window, resolved.map_window

        def work(_control: JobControl) -> Slope:
            check = None
            if shown is not None and isinstance(problem, FormulaProblem):
                check = check_gradient(problem, shown)
            return Slope(gradient_drawings(problem), check)

        def take(slope: Slope) -> None:
            if self._asked == (problem, window):
                check = slope.check
                self._sloped = problem
                self._panel.set_gradient(slope.lines)
                good = check.passed if check is not None and check.compared else None
                self._panel.set_gradient_check("" if check is None else check.sentence, good)
                self._fade()

        self._session.ask(GRADIENT, work, take)


def gradient_drawings(problem: Problem) -> list[GradientLine]:
    """The components of the gradient as text and, where that can be done, typeset."""
    lines = []
    for text, latex in gradient_lines(problem, _LIMIT):
        # One that is too wide for the panel is shown as text, so its drawing would be for nothing.
        drawing = typeset(latex, _SIZE) if len(text) <= _WIDEST else None
        lines.append(GradientLine(text, None if drawing is None else drawing.svg))
    return lines
