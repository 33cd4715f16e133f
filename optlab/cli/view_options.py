"""The options that say how an experiment is shown: they change the view that it carries.

What takes time is imported where it is used: ``--help`` needs none of it.
"""

from __future__ import annotations

import argparse
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Any

from optlab.cli.exits import CommandError
from optlab.cli.option_values import finite, shown, whole

if TYPE_CHECKING:
    import msgspec

    from optlab.session.experiment import Experiment
    from optlab.session.view import CameraView, PlaneView

_OPTIONS = {
    "--color-map": "color_map",
    "--levels": "levels",
    "--level-scale": "scale",
    "--height": "height",
    "--height-limit": "height_limit",
    "--exaggeration": "exaggeration",
    "--camera": "camera",
    "--plane": "plane",
    "--weight": "weight",
}


_PLANES: dict[str, tuple[str, ...]] = {
    "components": (),
    "weights": (),
    "random": ("run", "step", "seed"),
    "ends": ("run", "other"),
    "hessian": ("run", "step"),
    "recorded": ("run",),
}
"""The kinds of planes, with the settings that ``--plane`` knows of each."""


def add_view(group: argparse._ArgumentGroup) -> None:
    """Adds the options of the view."""
    group.add_argument(
        "--color-map",
        metavar="NAME",
        help="of the surface: quiet, viridis, cividis, magma, 'CET grey', ... (default quiet)",
    )
    group.add_argument("--levels", type=whole, metavar="N", help="number of contour levels")
    group.add_argument(
        "--level-scale", metavar="SCALE", help="log or linear distances between the levels"
    )
    group.add_argument(
        "--height", metavar="SCALE", help="heights in 3D: levels (as these are), log or linear"
    )
    group.add_argument(
        "--height-limit",
        type=finite,
        metavar="LOSS",
        help="cuts the surface off there, on the map and in 3D",
    )
    group.add_argument(
        "--exaggeration", type=finite, metavar="X", help="stretches the heights in 3D (0.1 to 5)"
    )
    group.add_argument(
        "--camera",
        type=_camera,
        metavar="AZIMUTH,ELEVATION[,DISTANCE]",
        help="from where the 3D surface is seen, in degrees; distance 1 shows all of it",
    )
    add_plane(group, "is drawn")
    group.add_argument(
        "--weight",
        metavar="NAME",
        help="the only weight that a worksheet takes apart, such as w17 or, of a network, W1[3,2]",
    )
    group.add_argument(
        "--without",
        metavar="PARTS",
        help="what the map leaves out: lines, minima, or both with a comma between",
    )


def add_plane(group: argparse._ArgumentGroup, what: str) -> None:
    """Adds the option that says on which plane ``what`` happens."""
    group.add_argument(
        "--plane",
        type=_plane,
        metavar="KIND[:SETTINGS]",
        help=f"on which plane a loss of more than two weights {what}: components (principal "
        "components of the paths, the default), weights:1,2, random:seed=0, "
        "ends:run=NAME,other=NAME, hessian:run=NAME,step=N",
    )


def with_view(experiment: Experiment, options: argparse.Namespace) -> Experiment:
    """The experiment shown as the options say. Raises :class:`CommandError` naming the option."""
    import msgspec

    from optlab.session.experiment import changed
    from optlab.session.view import looking

    given: dict[str, tuple[str, Any]] = {}
    for option, field in _OPTIONS.items():
        value = getattr(options, option.removeprefix("--").replace("-", "_"))
        if value is not None:
            given[field] = option, value
    for part in filter(None, (options.without or "").split(",")):
        if part.strip() not in ("lines", "minima"):
            raise CommandError(f"--without: knows lines and minima, not {shown(part.strip())}")
        given[part.strip()] = "--without", False
    view = experiment.shown
    for field, (option, value) in given.items():
        try:
            view = looking(view, **{field: value})
        except msgspec.ValidationError as error:
            raise CommandError(f"{option}: {_reason(error)}") from None
    return changed(experiment, view=view) if given else experiment


def _reason(error: msgspec.ValidationError) -> str:
    """What was wrong, without the place in the document."""
    return str(error).partition(" - at `")[0].lower()


def _plane(text: str) -> PlaneView:
    import msgspec

    from optlab.session.view import PlaneView

    kind, _, rest = text.partition(":")
    kind = kind.strip()
    if kind not in _PLANES:
        raise ArgumentTypeError(f"knows {', '.join(_PLANES)}, not {shown(kind)}")
    fields: dict[str, object] = {"kind": kind}
    if kind == "weights" and rest:
        numbers = [whole(part) for part in rest.split(",")]
        if len(numbers) != 2 or min(numbers) < 1:
            reason = f"needs two weights, counted from 1, such as weights:1,2, not {shown(text)}"
            raise ArgumentTypeError(reason)
        fields["weights"], rest = numbers, ""
    known = _PLANES[kind]
    for part in filter(None, rest.split(",")):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or key not in known:
            settings = ", ".join(f"{name}=" for name in known) or "no settings"
            raise ArgumentTypeError(f"{kind} knows {settings}, not {shown(part)}")
        fields[key] = whole(value) if key in ("seed", "step") else value
    try:
        return msgspec.convert(fields, PlaneView)
    except msgspec.ValidationError as error:
        raise ArgumentTypeError(str(error).replace("$.", "").lower()) from None


def _camera(text: str) -> CameraView:
    import msgspec

    from optlab.session.view import CameraView

    parts = text.split(",")
    if len(parts) not in (2, 3):
        reason = f"needs azimuth and elevation, such as 30,45, not {shown(text)}"
        raise ArgumentTypeError(reason)
    numbers = [finite(part) for part in parts]
    fields = dict(zip(("azimuth", "elevation", "distance"), numbers, strict=False))
    try:
        return msgspec.convert(fields, CameraView)
    except msgspec.ValidationError as error:
        raise ArgumentTypeError(str(error).replace("$.", "").lower()) from None
