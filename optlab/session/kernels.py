"""The compiled loops of a session: those that are ready, and how others come to be."""

from __future__ import annotations

from collections.abc import Iterable

from optlab.core.native import KernelStore
from optlab.core.run.kernels import NO_STORE, BlockKernel, compiled_kernel
from optlab.core.run.program import StepProgram
from optlab.session.jobs import Control

LONG = 400_000
"""Steps from which compiling first is faster than starting at once."""
WORTH = 20_000
"""Steps from which a compiled loop is worth having, once somebody has the time to make it."""


class Kernels:
    """Compiled loops by program. Programs that differ in numbers only are the same program.

    May be used from several threads: at worst a loop is made twice.
    """

    def __init__(self, store: KernelStore = NO_STORE) -> None:
        self.store = store
        self._ready: dict[StepProgram, BlockKernel] = {}

    def choice(self, program: StepProgram, steps: int) -> BlockKernel | None:
        """The loop for a run of so many steps; None where plain Python answers sooner."""
        if steps >= LONG:
            return self.compiled(program)
        return self._ready.get(program) if steps >= WORTH else None

    def compiled(self, program: StepProgram) -> BlockKernel:
        """The compiled loop: ready, from the store, or compiled now (0.3 to 1 s)."""
        kernel = self._ready.get(program)
        if kernel is None:
            kernel = self._ready[program] = compiled_kernel(program, self.store)
        return kernel

    def missing(self, programs: Iterable[StepProgram]) -> list[StepProgram]:
        """Those that are not ready, each once."""
        return [program for program in dict.fromkeys(programs) if program not in self._ready]

    def prepare(self, programs: Iterable[StepProgram], control: Control) -> None:
        """Makes loops ready, until it is asked to stop."""
        for program in programs:
            if control.cancelled():
                return
            self.compiled(program)
