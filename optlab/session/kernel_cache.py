"""Compiled loops of a session: which are ready, how others are made, where they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import platformdirs

from optlab.core.native import NO_STORE, KernelStore
from optlab.core.run import RunSpec, program_of
from optlab.core.run.kernels.block_kernel import BlockKernel, Program, compiled_kernel, plain_kernel
from optlab.session.jobs import JobControl, JobQueue

_COMPILE = "compile"
"""The channel of work."""
_FIRST = 0.4
"""Seconds in which the first numbers of a long run come without a compiler beside them."""
LONG = 400_000
"""Steps from which compiling first is faster than starting at once."""
WORTH = 1_000
"""Steps from which a compiled loop is worth having, when there is time to compile it: several such
runs follow a hand that drags, and leave the interpreter to what paints them."""
FEW = 100
"""Steps below which plain Python takes no longer than calling a loop that is ready."""


class Kernels:
    """Compiled loops by program. Programs that differ in numbers only are the same program.

    May be used from several threads: at worst a loop is made twice.
    """

    def __init__(self, store: KernelStore = NO_STORE) -> None:
        self.store = store
        self._ready: dict[Program, BlockKernel] = {}

    def choice(self, program: Program, steps: int, waits: bool = True) -> BlockKernel:
        """The loop for so many steps: plain Python where that answers sooner.

        Where it does not, the compiled loop, made now or, where nothing ``waits`` for that, used
        from when it is ready.
        """
        cost = steps * program.cost
        if cost >= LONG and waits:
            return self.compiled(program)
        ready = self._ready.get(program) if cost >= FEW else None
        if ready is None and cost >= LONG:
            return UntilReady(program, self._ready)
        return ready or plain_kernel(program)

    def is_ready(self, spec: RunSpec) -> bool:
        """Whether compiled loops take all steps of a run, so that others can run beside it."""
        pairs = ((leg.last - leg.first, program_of(leg)) for leg in spec.legs)
        return all(n * p.cost >= FEW and p in self._ready for n, p in pairs)

    def compiled(self, program: Program) -> BlockKernel:
        """The compiled loop: ready, from the store, or compiled now (0.3 to 1 s)."""
        kernel = self._ready.get(program)
        if kernel is None:
            kernel = self._ready[program] = compiled_kernel(program, self.store)
        return kernel

    def missing_for(self, specs: Iterable[RunSpec], long: bool = False) -> list[Program]:
        """What runs are worth to have compiled, or ``long`` runs need, and is not ready."""
        worth = LONG if long else WORTH
        pairs = [(leg, program_of(leg)) for spec in specs for leg in spec.legs]
        return self.missing(p for leg, p in pairs if (leg.last - leg.first) * p.cost >= worth)

    def missing(self, programs: Iterable[Program]) -> list[Program]:
        """Those that are not ready, each once."""
        return [program for program in dict.fromkeys(programs) if program not in self._ready]

    def prepare(self, programs: Iterable[Program], control: JobControl, first: float = 0.0) -> None:
        """Makes loops ready, until it is asked to stop; leaves the processor to others ``first``,
        for so many seconds."""
        control.pause(first)
        for program in programs:
            if control.cancelled():
                return
            self.compiled(program)

    def compile_on(
        self,
        desk: JobQueue,
        specs: Iterable[RunSpec],
        long: bool,
        again: Callable[[], None] | None,
    ) -> None:
        """Has what is missing for runs made ready by a job; ``again`` is called after it, for
        others may have come meanwhile."""
        programs = self.missing_for(specs, long)
        if programs and desk.busy(_COMPILE) is None:
            work = partial(self.prepare, programs, first=_FIRST if long else 0.0)
            desk.ask(_COMPILE, work, lambda _nothing: again() if again else None)


class UntilReady:
    """Plain code until a compiled loop is ready, from then on that: the same numbers."""

    def __init__(self, program: Program, ready: Mapping[Program, BlockKernel]) -> None:
        self._program, self._ready, self._plain = program, ready, plain_kernel(program)
        self.block = max(1, min(self._plain.block, _MOMENT // program.cost))

    @property
    def _newest(self) -> BlockKernel:
        return self._ready.get(self._program, self._plain)

    @property
    def store(self) -> KernelStore | None:
        """That of the compiled loop, once there is one."""
        return self._newest.store

    def __call__(self, *arguments: Any, **named: Any) -> int:
        """See :class:`~optlab.core.run.kernels.block_kernel.BlockKernel`."""
        return self._newest(*arguments, **named)


_MOMENT = 20_000
"""Steps of plain Python between two looks at whether the compiled loop is ready."""


def kernel_folder() -> Path:
    """The folder of this person's compiled loops; everything in it can be made again."""
    return platformdirs.user_cache_path("OptLab", appauthor=False) / "kernels"


@cache
def kernel_store() -> KernelStore:
    """The store on that folder; without a folder that can be written it keeps nothing."""
    return KernelStore(kernel_folder())
