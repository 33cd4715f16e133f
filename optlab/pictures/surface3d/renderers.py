"""What can draw the surface, and how a person asks for one of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Renderer = Literal["opengl", "software"]
RENDERERS: Final[tuple[Renderer, ...]] = get_args(Renderer)
RendererChoice = Literal["auto", "opengl", "software"]
VARIABLE: Final = "OPTLAB_3D"


@dataclass(frozen=True)
class Rendering:
    """What draws the surface; ``reason`` is why it is the processor where nobody chose it."""

    renderer: Renderer = "software"
    reason: str = ""


def renderer_asked(environment: Mapping[str, str] = os.environ) -> RendererChoice | None:
    """What the environment asks for, None where it does not.

    Raises ValueError for a value of OPTLAB_3D that means nothing.
    """
    text = environment.get(VARIABLE, "")
    for renderer in RENDERERS:
        if text == renderer:
            return renderer
    if text:
        raise ValueError(f"{VARIABLE} is '{text}'; it can be {' or '.join(RENDERERS)}")
    return None


def rendering(
    choice: RendererChoice, *, found: str, hardware: bool, problem: str, failure: str = ""
) -> Rendering:
    """What is to draw after a choice, on a machine whose driver was ``found`` so called.

    ``problem`` says why that driver is no use, ``failure`` how it broke while it drew.
    """
    if choice == "software":
        return Rendering("software")
    if failure:
        return Rendering("software", f"OpenGL failed, {failure}")
    if problem:
        return Rendering("software", problem)
    if choice == "auto" and not hardware:
        return Rendering("software", f"the OpenGL driver {found} has no graphics card")
    return Rendering("opengl")
