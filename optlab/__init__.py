"""OptLab: a desktop laboratory for gradient-based optimizers.

``optlab.experiment``, ``optlab.load`` and the other names of :mod:`optlab.api` are loaded when
they are first used, so that ``import optlab`` takes no time and needs no other package.
"""

import importlib

__version__ = "0.1.0"

_API = (
    *("AnswerCheck", "CompareResult", "Lab", "MapResult", "Result", "RunResult", "SeedResult"),
    "Cluster",
    "TuneResult",
    *("check_rule", "code", "compare", "experiment", "experiments", "load", "optimizers"),
    *("problems", "schedules", "tune"),
)

__all__ = ["__version__", "record", *_API]


def __getattr__(name: str) -> object:
    if name == "record":
        return importlib.import_module("optlab.recording").record
    if name in _API:
        return getattr(importlib.import_module("optlab.api"), name)
    raise AttributeError(f"module 'optlab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
