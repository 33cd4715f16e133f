"""Connects the surface panel with the session."""

from __future__ import annotations

from PySide6.QtCore import QObject

from optlab.core.formula import FormulaError, to_text
from optlab.core.problems import problem_titles
from optlab.session import edits
from optlab.session.experiment import changed
from optlab.session.resolve import Resolved
from optlab.session.session import Session
from optlab.ui.views.surface import GradientLine, SurfaceItem, SurfacePanel

_LONGEST = 160


class SurfaceController(QObject):
    """Shows the surface of the document; proposes another one."""

    def __init__(self, session: Session, panel: SurfacePanel) -> None:
        super().__init__(panel)
        self._session = session
        self._panel = panel
        self._typing = False
        self._formula = ""
        self._shown_tree: object = None
        panel.set_gallery([SurfaceItem(t.key, t.name, t.sentence) for t in problem_titles()])
        panel.problem_chosen.connect(self._choose)
        panel.formula_edited.connect(self._type)
        panel.start_edited.connect(self._start)
        panel.steps_edited.connect(self._steps)
        panel.seed_edited.connect(self._seed)
        session.resolved_changed.connect(self._show)
        session.formula_checked.connect(self._checked)
        self._show(session.resolved)

    def _choose(self, key: str) -> None:
        if key:
            self._formula = ""
            self._session.propose(edits.choose_problem(self._session.document, key))
            self._show(self._session.resolved)

    def _type(self, text: str) -> None:
        self._typing = True
        try:
            self._session.type_formula(text)
        finally:
            self._typing = False

    def _start(self, w1: float, w2: float) -> None:
        self._session.propose(changed(self._session.document, start=(w1, w2)))

    def _steps(self, steps: int) -> None:
        self._session.propose(changed(self._session.document, steps=steps))

    def _seed(self, seed: int) -> None:
        self._session.propose(changed(self._session.document, seed=seed))

    def _checked(self, error: FormulaError | None) -> None:
        if error is None:
            self._panel.set_formula_error()
        else:
            self._panel.set_formula_error(error.message, error.column, error.length)

    def _show(self, resolved: Resolved) -> None:
        problem, document = resolved.problem, self._session.document
        # A formula that is not right yet stays in its field when something else changes.
        if problem.formula != self._formula:
            self._formula = problem.formula
            if not self._typing:
                self._panel.set_formula(problem.formula)
                self._panel.set_formula_error()
        self._panel.set_problem(problem.key or None)
        self._panel.set_story(problem.story)
        self._panel.set_start(*resolved.start)
        self._panel.set_steps(document.steps)
        self._panel.set_seed(document.seed)
        if problem.tree != self._shown_tree:
            self._shown_tree = problem.tree
            names = ("∂E/∂w₁", "∂E/∂w₂")
            trees = problem.gradient_trees
            self._panel.set_gradient(
                [
                    GradientLine(f"{name} = {_shortened(to_text(tree))}")
                    for name, tree in zip(names, trees, strict=True)
                ]
            )


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
