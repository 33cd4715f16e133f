"""Which OpenGL a machine has, found by making a context that is not shown."""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass
from functools import cache
from typing import Final

from PySide6.QtGui import QOffscreenSurface, QOpenGLContext

# What programs that pretend to be a graphics card are called.
_PROCESSOR: Final = (
    "llvmpipe",
    "softpipe",
    "swrast",
    "swiftshader",
    "software",
    "basic render",
    "gdi generic",
)
_STRING_RENDERER: Final = 0x1F01
_OLDEST: Final = (2, 1)


@dataclass(frozen=True)
class Driver:
    """``renderer`` is what the driver calls itself, "" without one; ``problem`` why it is no use.

    ``hardware`` says whether a graphics card draws; else the processor does it, more slowly.
    """

    renderer: str = ""
    hardware: bool = False
    problem: str = ""


@cache
def driver() -> Driver:
    """The driver of this machine, asked for once; the application is there already."""
    context = QOpenGLContext()
    if not context.create():
        return Driver(problem="there is no OpenGL driver")
    surface = QOffscreenSurface()
    surface.setFormat(context.format())
    surface.create()
    if not surface.isValid() or not context.makeCurrent(surface):
        return Driver(problem="the OpenGL driver cannot draw")
    try:
        _choose_platform()
        version = context.format().version()
        renderer = str(context.functions().glGetString(_STRING_RENDERER) or "")
    finally:
        context.doneCurrent()
    if not context.isOpenGLES() and tuple(version) < _OLDEST:
        return Driver(renderer, problem=f"OpenGL {version[0]}.{version[1]} is too old")
    return Driver(renderer, hardware=is_hardware(renderer))


def is_hardware(renderer: str) -> bool:
    """Whether a renderer of this name is a graphics card."""
    return bool(renderer) and not any(name in renderer.lower() for name in _PROCESSOR)


def _choose_platform() -> None:
    """Tell PyOpenGL, before it is imported, which library made the context that is current.

    Left alone it looks at the desktop and may take the other one, and then finds no context.
    """
    if not sys.platform.startswith("linux") or "PYOPENGL_PLATFORM" in os.environ:
        return
    for library, question, name in (
        ("libGLX.so.0", "glXGetCurrentContext", "glx"),
        ("libGL.so.1", "glXGetCurrentContext", "glx"),
        ("libEGL.so.1", "eglGetCurrentContext", "egl"),
    ):
        try:
            ask = getattr(ctypes.CDLL(library), question)
        except (OSError, AttributeError):
            continue
        ask.restype = ctypes.c_void_p
        if ask():
            os.environ["PYOPENGL_PLATFORM"] = name
            return
