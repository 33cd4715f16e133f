"""What a task of a cluster is: a document and parts as bytes, the results as bytes.

A worker reads the document as a file is read, so nothing of it becomes program code.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np

import optlab
from optlab.core.executor import LocalPool, Work
from optlab.core.maps import Axis, StartPlane
from optlab.core.planes import Plane
from optlab.core.problems import MapWindow
from optlab.core.tuning.compare import RulesWork
from optlab.core.tuning.trials import TrialsWork
from optlab.session.embedded.own_texts import with_all_files
from optlab.session.experiment import Comparison, Experiment, changed
from optlab.session.kernel_cache import kernel_store
from optlab.session.maps.map_compute import CellsWork
from optlab.session.maps.map_request import BasinRequest, basin_request, sweep_request
from optlab.session.resolve import ExperimentError, resolve
from optlab.session.tuning.fair_comparison import NUMBERS, comparison_plan

_ARRAY = 1
"""The number that arrays have in a message."""


class OtherVersionError(Exception):
    """A worker of another version, whose numbers may differ."""


def encode(content: Any) -> bytes:
    """JSON-like content with arrays, to the bit."""
    return msgspec.msgpack.encode(content, enc_hook=_encoded)


def decode(content: bytes) -> Any:
    """The content again; lists for tuples."""
    return msgspec.msgpack.decode(content, ext_hook=_decoded)


def _encoded(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        head = [value.dtype.str, list(value.shape), np.ascontiguousarray(value).tobytes()]
        return msgspec.msgpack.Ext(_ARRAY, msgspec.msgpack.encode(head))
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be sent")


def _decoded(kind: int, data: memoryview) -> Any:
    dtype, shape, content = msgspec.msgpack.decode(data)
    return np.frombuffer(content, dtype).reshape(shape).copy()


def document(work: Work, experiment: Experiment, run: str) -> bytes:
    """What a worker makes the same work from: the experiment with the run alone, its rules and
    data inside, and what is asked of it.

    Raises ExperimentError for a loss that is a function of Python.
    """
    given: dict[str, Any] = {"version": optlab.__version__, "run": run}
    if isinstance(work, RulesWork):
        numbers = {name: getattr(work.plan, name) for name in NUMBERS}
        asked = msgspec.to_builtins(work.plan.source) | numbers
        own = changed(experiment, runs=(), studies=(), view=None)
        content = _content(with_all_files(own))
        return encode(given | {"kind": "rules", "experiment": content, "plan": asked})
    surface = experiment.surface
    if surface.function and not (surface.formula or surface.problem or surface.network):
        reason = "a loss that is a function of Python is not sent to a cluster; compute it here"
        raise ExperimentError("cluster", reason)
    runs = tuple(one for one in experiment.runs if one.id == run)
    content = _content(with_all_files(changed(experiment, runs=runs, studies=(), view=None)))
    given |= {"experiment": content}
    if isinstance(work, TrialsWork):
        asked = {"steps": work.spec.steps, "measure": work.measure, "target": work.target}
        return encode(given | {"kind": "trials", **asked})
    assert isinstance(work, CellsWork)
    request = work.request
    if request.starts is not None:
        plane = request.starts.plane
        arrays = {"origin": plane.origin, "directions": plane.directions}
        names = {"kind": plane.kind, "names": list(plane.names)}
        given |= {"starts": {"window": request.starts.window, **names, **arrays}}
    if isinstance(request, BasinRequest):
        tolerance = request.spec.stop_gradient
        asked = {"window": request.window, "resolution": request.resolution, "tolerance": tolerance}
        return encode(given | {"kind": "basin", **asked})
    axes = {"columns": msgspec.to_builtins(request.columns)}
    axes["rows"] = msgspec.to_builtins(request.rows)
    return encode(given | {"kind": "sweep", "target": request.target, **axes})


def _content(experiment: Experiment) -> Any:
    return msgspec.to_builtins(experiment)


def perform(document: bytes, parts: bytes) -> bytes:
    """What a worker does: the results of some parts, and the seconds they took."""
    begun = time.perf_counter()
    work = _work(document)
    results = [work.run(part, lambda: False) for part in decode(parts)]
    return encode({"seconds": time.perf_counter() - begun, "results": results})


@lru_cache(maxsize=4)
def _work(content: bytes) -> Work:
    """The work that a document describes, kept for the next parts."""
    given = decode(content)
    if given["version"] != optlab.__version__:
        reason = f"a worker has OptLab {optlab.__version__}, not {given['version']}"
        raise OtherVersionError(reason)
    experiment = msgspec.convert(given["experiment"], Experiment)
    store, kind = kernel_store(), given["kind"]
    if kind == "rules":
        plan = comparison_plan(msgspec.convert(given["plan"], Comparison), experiment)
        return RulesWork(plan, store, LocalPool(1))
    resolved = resolve(experiment)
    spec = resolved.specs[given["run"]]
    if kind == "trials":
        spec = replace(spec, steps=given["steps"])
        return TrialsWork(spec, given["measure"], given["target"], store)
    starts = _starts(given["starts"]) if "starts" in given else None
    request: Any
    if kind == "basin":
        size = given["resolution"], given["tolerance"]
        request = basin_request(spec, _window(given["window"]), *size, starts)
    else:
        columns, rows = (Axis(**given[side]) for side in ("columns", "rows"))
        request = sweep_request(spec, columns, rows, given["target"], starts)
    cells, buffer = request.cells()
    return CellsWork(cells, buffer.ends, request.target, store, request.records, sent=True)


def _starts(given: dict[str, Any]) -> StartPlane:
    names = given["names"]
    plane = Plane(given["kind"], given["origin"], given["directions"], (names[0], names[1]))
    return StartPlane(plane, _window(given["window"]))


def _window(given: Any) -> MapWindow:
    (x, y) = given
    return tuple(x), tuple(y)
