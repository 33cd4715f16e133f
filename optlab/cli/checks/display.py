"""Whether there is a screen to open a window on."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping
from pathlib import Path

_WITHOUT_SCREEN = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs", "vkkhrdisplay")
NO_DISPLAY = "there is no display to open a window on (DISPLAY and WAYLAND_DISPLAY are not set)"


def display_problem(environment: Mapping[str, str] = os.environ) -> str:
    """Why no window can be shown, or nothing where one can. Without Qt, which would abort."""
    if not sys.platform.startswith("linux"):
        return ""
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in _WITHOUT_SCREEN:
        return ""
    if _wayland_socket(environment) and platform != "xcb":
        return ""
    name = environment.get("DISPLAY", "")
    if not name:
        wayland = environment.get("WAYLAND_DISPLAY", "")
        return f"the Wayland display '{wayland}' does not answer" if wayland else NO_DISPLAY
    return "" if _answers(name) else f"the display '{name}' does not answer"


def display_name(environment: Mapping[str, str] = os.environ) -> str:
    """What the display is called."""
    for variable in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"):
        if environment.get(variable):
            return f"{variable}={environment[variable]}"
    return "the desktop"


def _wayland_socket(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY", "")
    # An absolute name stands for itself.
    path = Path(environment.get("XDG_RUNTIME_DIR", "/nowhere"), name)
    return bool(name) and path.is_socket()


def _answers(name: str) -> bool:
    """Whether an X server takes a connection; True where that cannot be tried."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(os.fsencode(name), None)
    try:
        return int(xcb.xcb_connection_has_error(connection)) == 0
    finally:
        xcb.xcb_disconnect(connection)
