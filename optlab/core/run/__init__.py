"""From everything that decides a run to its recorded walk."""

from optlab.core.run.kernels import compiled_kernel, plain_kernel
from optlab.core.run.loop import program_of, run
from optlab.core.run.outcome import Outcome
from optlab.core.run.spec import MAX_STEPS, RunSpec
from optlab.core.run.trajectory import Trajectory

__all__ = [
    "MAX_STEPS",
    "Outcome",
    "RunSpec",
    "Trajectory",
    "compiled_kernel",
    "plain_kernel",
    "program_of",
    "run",
]
