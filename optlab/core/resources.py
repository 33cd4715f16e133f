"""Finds the data files that OptLab ships: optimizers, surfaces, experiments, icons, fonts."""

from functools import cache
from pathlib import Path

import optlab


@cache
def resources_folder() -> Path:
    """Return the folder that holds the shipped data files.

    A wheel carries it inside the package, as ``optlab/resources``; a source checkout has it beside
    the package. The installed one wins.

    Raises:
        FileNotFoundError: neither place has it, which means that the installation is incomplete.
    """
    return _find(Path(optlab.__file__).resolve().parent)


def guide_folder() -> Path:
    """Return the folder of the user guide: in the data of a wheel, ``docs`` of a checkout."""
    installed = resources_folder() / "guide"
    return installed if installed.is_dir() else resources_folder().parent / "docs"


def _find(package: Path) -> Path:
    """Look for the data files of the package installed in the folder ``package``."""
    installed = package / "resources"
    checkout = package.parent / "resources"
    for folder in (installed, checkout):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"OptLab's data files are missing: neither {installed} nor {checkout} is a folder. "
        "Install OptLab again."
    )
