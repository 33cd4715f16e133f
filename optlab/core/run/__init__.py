"""From everything that decides a run to its trajectory."""

from optlab.core.run.kernels.block_kernel import compiled_kernel, plain_kernel
from optlab.core.run.loop import (
    columns_of_run,
    fitting,
    gradient_calls,
    has_scalar_code,
    program_of,
    run,
    steps_within,
)
from optlab.core.run.outcome import Outcome
from optlab.core.run.spec import MAX_STEPS, Leg, RunSpec, Segment, legs_at, memory_table
from optlab.core.run.trajectory import Span, Trajectory, recorded_trajectory

__all__ = [
    "MAX_STEPS",
    "Leg",
    "Outcome",
    "RunSpec",
    "Segment",
    "Span",
    "Trajectory",
    "columns_of_run",
    "compiled_kernel",
    "fitting",
    "gradient_calls",
    "has_scalar_code",
    "legs_at",
    "memory_table",
    "plain_kernel",
    "program_of",
    "recorded_trajectory",
    "run",
    "steps_within",
]
