"""The view of an experiment: what is shown of it and how.

It belongs to the file, so that a saved experiment opens as it was left and its pictures show what
the window showed; it changes no number and is not undone.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from optlab.core.analysis.quantities import DEFAULT_KEYS
from optlab.core.resources import StrictStruct

ColorMap = Literal[
    "quiet",
    "viridis",
    "cividis",
    "magma",
    "CET blue to yellow",
    "CET colour-blind safe",
    "CET grey",
    "CET rainbow",
]
Scale = Literal["log", "linear"]
Overlay = Literal["arrows", "gradient", "memory", "update", "look_ahead", "sizes", "curvature"]
MOST_ARROWS = 12
"""Updates whose arrows one map can have."""
PlaneKind = Literal["components", "weights", "random", "ends", "hessian", "recorded"]
Levels = Annotated[int, msgspec.Meta(ge=2, le=100)]
Angle = Annotated[float, msgspec.Meta(ge=4.0, le=88.0)]
Distance = Annotated[float, msgspec.Meta(ge=1 / 30, le=2.5)]
Seeds = Annotated[int, msgspec.Meta(ge=1, le=200)]
WeightNumber = Annotated[int, msgspec.Meta(ge=1)]
Stretch = Annotated[float, msgspec.Meta(ge=0.1, le=5.0)]


class CameraView(StrictStruct, frozen=True):
    """From where the 3D surface is seen; see :class:`optlab.pictures.surface3d.camera.Camera`."""

    azimuth: float = 32.0
    elevation: Angle = 41.0
    distance: Distance = 1.0
    centre: tuple[float, float, float] = (0.0, 0.0, 0.0)
    pan: tuple[float, float] = (0.0, 0.0)


class PlaneView(StrictStruct, frozen=True):
    """The plane on which a loss of more than two weights is shown.

    ``kind``: the two first principal ``components`` of the visible paths; two ``weights``, counted
    from 1; two ``random`` directions by ``seed``; through the start and the ``ends`` of two runs;
    the two leading directions of the ``hessian``; the one that was ``recorded`` with the loss over
    it.  ``run`` and ``other`` are runs, by id, name or
    optimizer, the first ones where nothing is said; ``step`` is where the plane touches the run,
    None for its end.  ``window`` is the part that is shown, None for that around the paths.
    """

    kind: PlaneKind = "components"
    weights: tuple[WeightNumber, WeightNumber] = (1, 2)
    run: str = ""
    other: str = ""
    step: Annotated[int, msgspec.Meta(ge=0)] | None = None
    seed: Annotated[int, msgspec.Meta(ge=0)] = 0
    window: tuple[tuple[float, float], tuple[float, float]] | None = None


class MapSide(StrictStruct, frozen=True):
    """A side of the parameter map: a setting, and its range where a person chose one."""

    setting: str
    low: float | None = None
    high: float | None = None
    log: bool = False


class View(StrictStruct, frozen=True):
    """How an experiment is shown.

    ``scale`` is that of the levels, ``levels`` their number; ``height`` says how losses become
    heights of the 3D surface (as the levels, logarithmic, linear) and ``exaggeration`` stretches
    them; losses above ``height_limit`` are drawn as if they were that; ``plane`` is where a loss
    of more than two weights is shown; ``weight`` names the one whose equations a worksheet has,
    empty for all; ``overlays`` are drawn at the current step; ``panes`` are
    quantities over the steps, of which ``log_panes`` and ``linear_panes`` have another scale than
    usual.  ``map_sides``, ``map_measure`` and ``map_target`` belong to the parameter map,
    ``target``, ``baseline`` and ``pair`` (ids of runs) to the comparison; ``tab`` and ``page`` are
    the titles of the view in the middle and of the page below it, empty for the first; ``seeds``
    is how many of them all runs are repeated over, for bands and medians.
    """

    color_map: ColorMap = "quiet"
    scale: Scale = "log"
    levels: Levels = 20
    lines: bool = True
    minima: bool = True
    color_bar: bool = False
    equal_scale: bool = False
    height: Literal["levels", "log", "linear"] = "levels"
    height_limit: float | None = None
    exaggeration: Stretch = 1.0
    camera: CameraView = CameraView()
    plane: PlaneView = PlaneView()
    weight: str = ""
    overlays: tuple[Overlay, ...] = ("arrows", "gradient", "memory", "update", "look_ahead")
    panes: tuple[str, ...] = DEFAULT_KEYS
    log_panes: tuple[str, ...] = ()
    linear_panes: tuple[str, ...] = ()
    map_sides: Annotated[tuple[MapSide, ...], msgspec.Meta(max_length=2)] = ()
    map_measure: str = "loss"
    map_target: float | None = None
    target: float | None = None
    baseline: str = ""
    pair: tuple[str, str] | None = None
    tab: str = ""
    page: str = ""
    seeds: Seeds = 1

    def is_log(self, key: str, usual: bool) -> bool:
        """Whether a pane has a logarithmic scale, ``usual`` where nothing was chosen."""
        if key in self.log_panes:
            return True
        return usual and key not in self.linear_panes

    def with_scale(self, key: str, log: bool) -> View:
        """The view with a pane on a logarithmic or a linear scale."""
        logs = tuple(known for known in self.log_panes if known != key)
        linear = tuple(known for known in self.linear_panes if known != key)
        return looking(
            self,
            log_panes=(*logs, key) if log else logs,
            linear_panes=linear if log else (*linear, key),
        )


USUAL = View()


def usual_part(view: View) -> View:
    """What of a view suits other experiments as well: its look, its overlays, its panes."""
    own = (
        "camera",
        "plane",
        "weight",
        "map_sides",
        "map_measure",
        "map_target",
        "target",
        "baseline",
        "pair",
        "seeds",
    )
    usual = {name: getattr(USUAL, name) for name in (*own, "tab", "page")}
    return msgspec.structs.replace(view, **usual)


def looking(view: View, **fields: object) -> View:
    """The view with other values for some fields. Raises TypeError for an unknown field, and
    msgspec.ValidationError for a value that cannot be."""
    return msgspec.convert(msgspec.structs.asdict(view) | fields, View, from_attributes=True)
