"""Where the shipped data files are, for the interface."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resource(*parts: str) -> Path:
    """The path of a shipped file or folder, e.g. ``resource("fonts", "Inter-Regular.ttf")``.

    An installed package carries the data inside itself; in a checkout they lie beside it.
    """
    inside = _PACKAGE / "resources"
    root = inside if inside.is_dir() else _PACKAGE.parent / "resources"
    return root.joinpath(*parts)
