"""Where the shipped data files of the interface are."""

from __future__ import annotations

from pathlib import Path

from optlab.core.resources import resources_folder


def resource(*parts: str) -> Path:
    """The path of a shipped file or folder, e.g. ``resource("fonts", "Inter-Regular.ttf")``."""
    return resources_folder().joinpath(*parts)
