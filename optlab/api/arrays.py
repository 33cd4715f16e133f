"""Arrays of results: views that cannot be written to."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

Scalar = TypeVar("Scalar", bound=np.generic)


def locked(array: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
    """The same numbers, read-only; nothing is copied."""
    view = array.view()
    view.flags.writeable = False
    return view
