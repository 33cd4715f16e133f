"""Connects the choice of the plane of a loss of many weights with the session."""

from __future__ import annotations

import math
from dataclasses import dataclass

import msgspec
from PySide6.QtCore import QObject

from optlab.core.display import display_symbol, short
from optlab.session.session import Session
from optlab.session.view import PlaneKind, PlaneView
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.shell.view_tabs import ViewTabs
from optlab.ui.views.plane_bar import PlaneBar


@dataclass(frozen=True)
class PlaneChoice:
    """A kind of plane that can be chosen."""

    kind: PlaneKind
    title: str
    help: str


_COMPONENTS = PlaneChoice(
    "components", "Principal components", "the plane in which the visible paths vary most"
)
_WEIGHTS = PlaneChoice(
    "weights", "Two weights", "all other weights stay as they are at the end of the selected run"
)
_RANDOM = PlaneChoice(
    "random",
    "Random directions",
    "through the end of the selected run, normalised by filter; choosing it again draws others",
)
_ENDS = PlaneChoice(
    "ends", "Start and two ends", "through the start, the end of the selected run and another end"
)
_HESSIAN = PlaneChoice(
    "hessian", "Hessian at the cursor", "the two steepest curvatures at the current step"
)
_RECORDED = PlaneChoice(
    "recorded", "Recorded plane", "the plane over which the training stored its loss"
)


class PlaneController(QObject):
    """Shows the plane and how far it is true at the current step; proposes another plane."""

    def __init__(
        self, session: Session, bar: PlaneBar, view_tabs: ViewTabs, redraw: Redraw
    ) -> None:
        super().__init__(bar)
        self._session, self._bar, self._view_tabs = session, bar, view_tabs
        bar.kind_chosen.connect(self.choose)
        bar.weight_chosen.connect(self._choose_weight)
        changes = Change.DOCUMENT | Change.VIEW | Change.PLANE | Change.SELECTION
        redraw.add(self._show, changes | Change.TRAJECTORIES)
        redraw.add(self._show_step, changes | Change.TRAJECTORIES | Change.PLAYBACK, bar)

    @property
    def is_on(self) -> bool:
        """Whether the loss has more than two weights, so that a plane shows it."""
        return self._session.resolved.problem.dimension > 2

    @property
    def kind(self) -> str:
        """The kind of plane that is shown."""
        return self._session.view.plane.kind

    def choices(self) -> list[PlaneChoice]:
        """The kinds of planes that there are of this loss and these runs."""
        session = self._session
        runs = session.document.runs
        found = [_COMPONENTS, _WEIGHTS, _RANDOM]
        found += [_ENDS] if len(runs) > 1 else []
        found += [_HESSIAN] if session.resolved.problem.has_hessian else []
        found += [_RECORDED] if any(run.recording for run in runs) else []
        return found

    def choose(self, kind: PlaneKind) -> None:
        """Shows another plane: around the paths, touching the selected run."""
        session, before = self._session, self._session.view.plane
        chosen = PlaneView(
            kind,
            weights=before.weights,
            run=session.selected if kind != "components" else "",
            step=session.playback.step if kind == "hessian" else None,
            seed=before.seed + 1 if kind == before.kind == "random" else before.seed,
        )
        session.show(plane=chosen)

    def _choose_weight(self, axis: int, number: int) -> None:
        """Another weight of an axis; the one that the other axis has changes places."""
        plane = self._session.view.plane
        weights = list(plane.weights)
        if weights[1 - axis] == number:
            weights[1 - axis] = weights[axis]
        weights[axis] = number
        changed = msgspec.structs.replace(plane, weights=tuple(weights), window=None)
        self._session.show(plane=changed)

    def _show(self, _changed: Change) -> None:
        self._view_tabs.show_bar(self.is_on)
        if not self.is_on:
            return
        session, chosen = self._session, self._session.view.plane
        kinds = [(choice.kind, choice.title, choice.help) for choice in self.choices()]
        self._bar.set_kinds(kinds, chosen.kind)
        names = session.resolved.problem.weights if chosen.kind == "weights" else ()
        entries = [(i, display_symbol(name), "") for i, name in enumerate(names, 1)]
        self._bar.set_weights(entries, chosen.weights)
        plane = session.flat.plane
        self._bar.set_held("" if plane is None else plane.variance, session.flat.caption)

    def _show_step(self, _changed: Change) -> None:
        session, flat = self._session, self._session.flat
        path = flat.trajectories.get(session.selected)
        run = session.document.run(session.selected)
        if path is None or run is None or flat.why_not or not flat.on_plane:
            self._bar.set_readout("", "")
            return
        step = min(session.playback.step, path.steps)
        true, there = flat.honest_losses(run.id, step)
        off = float(flat.distances[run.id][step])
        known = [(f"E {short(true)}", true), (f"on the plane {short(there)}", there)]
        known.append((f"{short(off, 3)} off it", off))
        texts = [text for text, value in known if not math.isnan(value)]
        self._bar.set_readout(
            ", ".join(texts),
            f"{run.name} at step {step}: its loss, that of the point of the plane where it is "
            "drawn, and its distance from the plane, with which the path fades",
        )
