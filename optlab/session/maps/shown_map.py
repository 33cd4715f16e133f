"""What the maps of a session show: a surface with its picture, or a plane with the paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from psygnal import SignalInstance

from optlab.core.contours import SurfacePicture
from optlab.core.run import Trajectory
from optlab.session.compute import (
    RESOLUTION,
    FlatPicture,
    PictureStyle,
    compute_flat,
    compute_picture,
    finer_points,
    picture_style,
)
from optlab.session.experiment import Experiment
from optlab.session.jobs import JobControl, JobQueue
from optlab.session.kernel_cache import Kernels
from optlab.session.maps.planes import Flat, flat_inputs, no_flat
from optlab.session.resolve import Resolved
from optlab.session.view import View

PICTURE, PLANE, RUNS = "picture", "plane", "runs"
"""Channels of work."""

_HEAD_START = 0.02
"""Seconds that a picture leaves to short runs: side by side both would wait for the interpreter."""


class ShownMap:
    """The newest plane and picture; asks for others, and emits them.

    ``flat`` is that of a plane, ``picture`` of a plane or a surface.  ``beside`` says whether work
    is done in other threads.
    """

    def __init__(
        self,
        resolved: Resolved,
        desk: JobQueue,
        flat_changed: SignalInstance,
        picture_changed: SignalInstance,
        kernels: Kernels,
        beside: bool,
    ) -> None:
        self._desk, self._kernels, self._beside = desk, kernels, beside
        self._flat_changed, self._picture_changed = flat_changed, picture_changed
        self._resolved = resolved
        self._opened = 0
        self._inputs: tuple[object, ...] = ()
        self._held, self._seen = False, True
        self._left_out: Callable[[], None] | None = None
        self.picture: SurfacePicture | None = None
        self.flat = no_flat(resolved)
        self.resolution = RESOLUTION

    @property
    def is_settled(self) -> bool:
        """Whether :attr:`flat` is of the paths that were asked for last."""
        return not (self._desk.busy(RUNS) or self._desk.busy(PLANE))

    def opened(self, resolved: Resolved) -> None:
        """Another experiment is shown: answers about the one before count no more."""
        self._opened += 1
        self.forget_plane(resolved)

    def forget_plane(self, resolved: Resolved) -> None:
        """There is no plane of these weights yet."""
        self._resolved, self._inputs, self._held = resolved, (), False
        self.flat = no_flat(resolved)

    def show_surface(self, resolved: Resolved, view: View, again: bool) -> None:
        """Has the picture of a surface of two weights computed."""
        self._resolved = resolved
        if not again:
            return
        problem, window = resolved.problem, resolved.map_window
        style = picture_style(view, self.resolution)
        opened = self._opened
        assert window is not None

        def take(picture: SurfacePicture) -> None:
            # An experiment opened meanwhile on the same surface did not ask for a picture.
            now = self._resolved
            if opened == self._opened or (problem, window) == (now.problem, now.map_window):
                self._give(picture)

        runs = self._desk.busy(RUNS)

        def work(_control: JobControl) -> SurfacePicture:
            if runs is not None:
                runs.ended.wait(_HEAD_START)
            return compute_picture(problem, window, style)

        self._desk.cancel(PLANE)
        self._desk.ask(PICTURE, work, take)

    def show_plane(
        self,
        document: Experiment,
        resolved: Resolved,
        known: Mapping[str, Trajectory],
        waiting: bool,
        again: bool = False,
        moving: bool = False,
    ) -> None:
        """Has plane, projected paths and a coarse picture computed, then finer pictures.

        Paths and picture come together, so that no path is drawn over another plane.  ``waiting``
        says that runs are to come, of which some are ``known``.  While something is ``moving`` the
        paths are drawn on the plane that is there; while no map is seen there is none.
        """
        self._resolved = resolved
        trajectories = dict(known)
        if not self._seen:
            self._left_out = partial(self.show_plane, document, resolved, known, waiting, again)
            return
        self._left_out = None
        inputs = flat_inputs(document, resolved, trajectories)
        if inputs == self._inputs and not again and (moving or not self._held):
            return
        if waiting and not trajectories and not resolved.no_plane:
            self._desk.cancel(PLANE)
            self._inputs = ()
            self._take(no_flat(resolved), None)
            return
        same = inputs[:-1] == self._inputs[:-1] and self.flat.plane is not None and not again
        held = self.flat if moving and same else None
        self._inputs, self._held = inputs, held is not None
        style = picture_style(document.shown, self.resolution)
        store, beside, opened = self._kernels.store, self._beside, self._opened

        def work(_control: JobControl) -> FlatPicture:
            return compute_flat(document, resolved, trajectories, style, store, beside, held)

        def take(found: FlatPicture) -> None:
            same = resolved.problem.weights == self._resolved.problem.weights
            if same and opened == self._opened and self._resolved.no_map:
                if held is not None:
                    self.flat = found[0]
                    self._flat_changed.emit(found[0])
                    return
                self._take(*found)
                self._refine(found[0], style)

        self._desk.ask(PLANE, work, take)

    def set_seen(self, seen: bool) -> None:
        """Whether any map is in sight: what was left out is computed when one comes."""
        self._seen = seen
        if seen and self._left_out is not None:
            self._left_out()

    def _take(self, flat: Flat, picture: SurfacePicture | None) -> None:
        self.flat, self.picture = flat, picture
        self._desk.cancel(PICTURE)
        self._flat_changed.emit(flat)
        if picture is not None:
            self._picture_changed.emit(picture)

    def _give(self, picture: SurfacePicture) -> None:
        self.picture = picture
        self._picture_changed.emit(picture)

    def _refine(self, flat: Flat, style: PictureStyle) -> None:
        """Asks for the next finer picture of a plane, while it is shown."""
        known = self.picture
        points = None if known is None else finer_points(flat.resolved.problem, known, style)
        if points is None:
            return
        problem, window = flat.resolved.problem, flat.resolved.map_window
        assert window is not None
        finer = replace(style, resolution=points)

        def work(control: JobControl) -> SurfacePicture | None:
            picture = compute_picture(problem, window, finer, cancelled=control.cancelled)
            return None if control.cancelled() else picture

        def take(picture: SurfacePicture | None) -> None:
            if picture is not None and problem is self.flat.resolved.problem:
                self._give(picture)
                self._refine(flat, style)

        self._desk.ask(PICTURE, work, take)
