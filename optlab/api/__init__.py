"""OptLab from Python: experiments, their numbers and their pictures, without a window.

Everything here is reached as ``optlab.NAME`` too.  Wrong input raises a ValueError whose message
is one sentence.
"""

from optlab.api.lab import Lab, experiment, load
from optlab.api.map_result import MapResult
from optlab.api.names import check_rule, code, experiments, optimizers, problems, schedules
from optlab.api.run_results import Result, RunResult
from optlab.api.seed_result import SeedResult
from optlab.api.tuning import CompareResult, TuneResult, compare, tune
from optlab.core.analysis.check_known_answers import AnswerCheck
from optlab.session.cluster.executor import Cluster

__all__ = [
    "AnswerCheck",
    "Cluster",
    "CompareResult",
    "Lab",
    "MapResult",
    "Result",
    "RunResult",
    "SeedResult",
    "TuneResult",
    "check_rule",
    "code",
    "compare",
    "experiment",
    "experiments",
    "load",
    "optimizers",
    "problems",
    "schedules",
    "tune",
]
