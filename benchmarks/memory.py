"""How much memory a trajectory takes: what is kept, and the highest while it is computed."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

from benchmarks.measure import Row, Table
from benchmarks.single_path import spec
from optlab.core.run import compiled_kernel, plain_kernel, program_of, run
from optlab.core.run.kernels.block_kernel import BlockKernel

NEEDED, KEPT = "8 bytes × columns × steps", "kept"
PEAK = "highest while computing, compiled"


def traced(work: Callable[[], object]) -> tuple[float, float]:
    """Bytes that the result of ``work`` keeps, and the highest meanwhile; NumPy tells as well."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        result = work()
        after, highest = tracemalloc.get_traced_memory()
        del result
        return float(after - before), float(highest - before)
    finally:
        tracemalloc.stop()


def tables(rounds: int = 1, scale: float = 1.0) -> list[Table]:
    """Bytes per step of one Adam run."""
    steps = max(200, round(1_000_000 * scale))
    own = spec(steps)
    program = program_of(own)

    def walked(kernel: BlockKernel) -> tuple[float, float]:
        run(own, kernels=lambda _program: kernel)  # what is made once does not count
        return traced(lambda: run(own, kernels=lambda _program: kernel))

    kept, peak = walked(compiled_kernel(program))
    _, plain_peak = walked(plain_kernel(program))
    needed = 8.0 * len(program.names) * (steps + 1)
    rows = {
        NEEDED: needed,
        KEPT: kept,
        PEAK: peak,
        "highest while computing, plain Python": plain_peak,
    }
    title = f"Memory of {steps:,} steps of Adam, {len(program.names)} columns"
    made = tuple(Row.of(name, [value / steps]) for name, value in rows.items())
    return [Table(title, "bytes/step", NEEDED, made, higher=False)]
