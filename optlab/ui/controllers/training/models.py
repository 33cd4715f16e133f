"""Connects the training page with the session: models and weights at the current step."""

from __future__ import annotations

from PySide6.QtCore import QObject

from optlab.core.display import display_symbol
from optlab.core.problems import DataProblem, NetworkProblem
from optlab.core.run import Trajectory
from optlab.pictures.training import (
    MOST_MODELS,
    ModelDrawing,
    Rows,
    answer_text,
    data_rows,
    facts,
    largest,
    layers_drawing,
    model_drawing,
    no_model,
    recorded_of_weights,
)
from optlab.session.experiment import Run
from optlab.session.session import Session
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.style.themes import theme_of
from optlab.ui.views.training import TrainingPage

_ALL = "all"
"""Stands for the first two kinds of memory."""


class TrainingController(QObject):
    """Shows what the visible runs have learned at the cursor; selects the run that is pressed."""

    def __init__(self, session: Session, page: TrainingPage, redraw: Redraw) -> None:
        super().__init__(page)
        self._session, self._page = session, page
        self._rows: Rows | None = None
        self._rows_for: object = None
        self._made: dict[str, tuple[object, ModelDrawing]] = {}
        self._limits: dict[str, tuple[Trajectory, float]] = {}
        self._memory = _ALL
        self._hover: tuple[str, float, float] | None = None
        self._request = redraw.add(
            self._show,
            Change.DOCUMENT
            | Change.RESOLVED
            | Change.TRAJECTORIES
            | Change.SELECTION
            | Change.PLAYBACK
            | Change.THEME,
            shown_in=page,
        )
        page.models.run_pressed.connect(session.select)
        page.models.hovered.connect(self._hovered)
        page.models.hover_left.connect(self._left)
        page.memory_chosen.connect(self._choose_memory)

    def _show(self, _changed: Change) -> None:
        """Gives the page what is at the cursor."""
        page, problem = self._page, self._session.resolved.problem
        reason = no_model(problem)
        page.set_reason(reason)
        theme = theme_of(page)
        if not reason and isinstance(problem, (NetworkProblem, DataProblem)):
            about = (problem.table, problem.test_table, theme)
            if about != self._rows_for:
                self._rows_for = about
                self._made = {}
                self._rows = data_rows(*about)
                page.models.set_rows(self._rows)
            page.models.set_models(self._models(), self._session.selected)
            self._read()
        else:
            self._rows_for = None
            page.models.set_rows(None)
        self._show_weights()

    def _runs(self) -> list[tuple[Run, Trajectory]]:
        """The visible runs that have numbers, the first ones and the selected one."""
        session = self._session
        found = [
            (run, session.trajectories[run.id])
            for run in session.document.runs
            if run.visible and run.id in session.trajectories
        ]
        if len(found) > MOST_MODELS:
            first = [pair for pair in found if pair[0].id == session.selected]
            found = [p for p in found if p[0].id != session.selected][: MOST_MODELS - len(first)]
            found = sorted(found + first, key=lambda pair: session.document.runs.index(pair[0]))
        return found

    def _models(self) -> list[ModelDrawing]:
        """The models at the cursor; those that have not changed are not made again."""
        theme, problem = theme_of(self._page), self._session.resolved.problem
        assert isinstance(problem, (NetworkProblem, DataProblem))
        assert self._rows is not None
        window = self._rows.window
        models: list[ModelDrawing] = []
        kept: dict[str, tuple[object, ModelDrawing]] = {}
        for run, trajectory in self._runs():
            step = min(self._session.playback.step, trajectory.steps)
            key = (problem, trajectory, step, run.title, run.color, run.style, theme.name)
            made = self._made.get(run.id)
            if made is None or made[0] != key:
                bare = ModelDrawing(
                    run.id, run.title, theme.run(run.color), run.style, facts(trajectory, step)
                )
                w = trajectory.weights[step]
                made = key, model_drawing(problem, w, window, theme, bare)
            kept[run.id] = made
            models.append(made[1])
        self._made = kept
        return models

    # -- the place under the pointer --------------------------------------------------------

    def _hovered(self, run_id: str, x: float, y: float) -> None:
        self._hover = run_id, x, y
        self._read()

    def _left(self) -> None:
        self._hover = None

    def _read(self) -> None:
        """Says what the model answers under the pointer, also while it plays."""
        if self._hover is None:
            return
        run_id, *at = self._hover
        trajectory = self._session.trajectories.get(run_id)
        if trajectory is not None:
            step = min(self._session.playback.step, trajectory.steps)
            problem = self._session.resolved.problem
            self._page.models.set_hover_text(answer_text(problem, trajectory.weights[step], at))

    # -- weights and memory -----------------------------------------------------------------

    def _choose_memory(self, key: str) -> None:
        self._memory = key
        self._request()

    def _show_weights(self) -> None:
        """Gives the page the weights of the selected run, and the memory that was chosen."""
        session = self._session
        run, trajectory = (
            session.document.run(session.selected),
            session.trajectories.get(session.selected),
        )
        if run is None or trajectory is None:
            self._page.set_weights_of("")
            return
        known = recorded_of_weights(trajectory)
        others = known[1:]
        chosen = self._memory if self._memory in (_ALL, *others) else _ALL
        beside = others[:2] if chosen == _ALL else (chosen,)
        both = " and ".join(map(display_symbol, others[:2]))
        entries = [(_ALL, f"beside: {both}", "Weights and memory in the same shapes")]
        entries += [(name, f"beside: {display_symbol(name)}", "") for name in others]
        self._page.set_memories(entries if len(others) > 1 else entries[:1], chosen)
        step = min(session.playback.step, trajectory.steps)
        self._page.set_weights_of(f"{run.title}, step {step}")
        theme, problem = theme_of(self._page), session.resolved.problem
        self._page.layers.set_drawings(
            [
                layers_drawing(
                    problem, trajectory, name, step, self._limit(trajectory, name), theme
                )
                for name in ("w", *beside)
            ]
        )

    def _limit(self, trajectory: Trajectory, name: str) -> float:
        """The scale of a quantity, found once for a trajectory."""
        found = self._limits.get(name)
        if found is None or found[0] is not trajectory:
            self._limits[name] = found = trajectory, largest(trajectory, name)
        return found[1]
