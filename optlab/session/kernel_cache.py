"""Where compiled loops are kept from one start to the next."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import platformdirs

from optlab.core.native import KernelStore


def kernel_folder() -> Path:
    """The folder of this person's compiled loops; everything in it can be made again."""
    return platformdirs.user_cache_path("OptLab", appauthor=False) / "kernels"


@cache
def kernel_store() -> KernelStore:
    """The store on that folder; without a folder that can be written it keeps nothing."""
    return KernelStore(kernel_folder())
