"""Compiled loops of a session: which are ready, how others are made, where they are kept."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import platformdirs

from optlab.core.native import NO_STORE, KernelStore
from optlab.core.run import RunSpec, program_of
from optlab.core.run.kernels.block_kernel import BlockKernel, Program, compiled_kernel, plain_kernel
from optlab.session.jobs import JobControl

LONG = 400_000
"""Steps from which compiling first is faster than starting at once."""
WORTH = 20_000
"""Steps from which a compiled loop is worth having, when there is time to compile it."""


class Kernels:
    """Compiled loops by program. Programs that differ in numbers only are the same program.

    May be used from several threads: at worst a loop is made twice.
    """

    def __init__(self, store: KernelStore = NO_STORE) -> None:
        self.store = store
        self._ready: dict[Program, BlockKernel] = {}

    def choice(self, program: Program, steps: int) -> BlockKernel:
        """The loop for so many steps: plain Python where that answers sooner."""
        if steps * program.cost >= LONG:
            return self.compiled(program)
        ready = self._ready.get(program) if steps * program.cost >= WORTH else None
        return ready or plain_kernel(program)

    def compiled(self, program: Program) -> BlockKernel:
        """The compiled loop: ready, from the store, or compiled now (0.3 to 1 s)."""
        kernel = self._ready.get(program)
        if kernel is None:
            kernel = self._ready[program] = compiled_kernel(program, self.store)
        return kernel

    def missing_for(self, specs: Iterable[RunSpec]) -> list[Program]:
        """What runs are worth to have compiled, and is not ready."""
        pairs = [(leg, program_of(leg)) for spec in specs for leg in spec.legs]
        return self.missing(p for leg, p in pairs if (leg.last - leg.first) * p.cost >= WORTH)

    def missing(self, programs: Iterable[Program]) -> list[Program]:
        """Those that are not ready, each once."""
        return [program for program in dict.fromkeys(programs) if program not in self._ready]

    def prepare(self, programs: Iterable[Program], control: JobControl) -> None:
        """Makes loops ready, until it is asked to stop."""
        for program in programs:
            if control.cancelled():
                return
            self.compiled(program)


def kernel_folder() -> Path:
    """The folder of this person's compiled loops; everything in it can be made again."""
    return platformdirs.user_cache_path("OptLab", appauthor=False) / "kernels"


@cache
def kernel_store() -> KernelStore:
    """The store on that folder; without a folder that can be written it keeps nothing."""
    return KernelStore(kernel_folder())
