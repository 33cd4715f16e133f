"""The recorder: one row of numbers an update, written in chunks."""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from optlab.recording import adapters, folder, plane
from optlab.recording.projection import DIMENSIONS, Projection, sample_places, squares
from optlab.recording.rows import Rows

Values = npt.NDArray[Any]
_CHUNK_ROWS, _CHUNK_BYTES, _CHUNK_SECONDS = 4096, 8 << 20, 2.0
_SHARE = 0.015
"""Of the time of a training that the recorder takes at most where it may leave updates out."""
_NORMS_SHARE, _CHECKPOINT_SHARE, _ALLOWANCE = 0.003, 0.005, 0.01
"""Of the time of a training that norms of many weights and checkpoints take at most; seconds of
checkpoints that any training can spare."""
_ALWAYS_MEASURED = 1 << 15
"""Weights up to which every row has the norms."""
_CHECKPOINT_GROWTH = 1.5


@dataclass(frozen=True)
class _Layout:
    """How many values of a quantity a row has, of what type; ``places`` of each tensor, or all."""

    size: int
    dtype: np.dtype[Any]
    places: list[slice] | None


class Recorder:
    """Writes the folder ``NAME.optrec`` while a training runs; used with ``with``.

    A row is the state *after* an update, with the gradient that the update used; row 0 is the
    start.  With up to ``full`` weights everything is recorded.  With more, a row holds a random
    projection of the weights (:class:`~optlab.recording.projection.Projection`), a ``sample`` of
    so many single weights with their gradient and memory, norms of each quantity (with more than
    32,768 weights as often as costs 0.3 % of the time) and, now and then, a checkpoint of all
    weights.

    ``optimizer`` is one of PyTorch: its updates are recorded by themselves; with ``model`` its
    weights have the names that they have there.  ``every``: one row for that many updates;
    without it every update, but with more than ``full`` weights as many as cost 1.5 % of the
    time.  ``rule`` and ``settings`` name the update rule where the optimizer does not.  Raises
    ValueError for wrong arguments; entering raises FileExistsError where a recording of that
    name exists, unless ``overwrite``.
    """

    def __init__(
        self,
        name: str | os.PathLike[str],
        optimizer: Any = None,
        *,
        model: Any = None,
        every: int | None = None,
        full: int = 1000,
        sample: int = 64,
        rule: str = "",
        settings: Mapping[str, Any] | None = None,
        seed: int = 0,
        overwrite: bool = False,
    ) -> None:
        if every is not None and (isinstance(every, bool) or every < 1):
            raise ValueError(f"every: needs a whole number from 1, not {every!r}")
        self.folder = folder.folder_of(name)
        self._optimizer = adapters.for_optimizer(optimizer, model)
        self._every, self._full, self._sample, self._seed = every, full, sample, seed
        self._overwrite = overwrite
        self._about: dict[str, Any] = {
            "name": self.folder.stem,
            "rule": rule,
            "settings": dict(settings or {}),
            "seed": seed,
            "finished": False,
        }
        if self._optimizer:
            self._about |= self._optimizer.about()
        self._step = -1
        self._endings: dict[Callable[[], object], None] = {}
        self._row_step = -1
        self._rows, self._chunk = Rows(), 0
        self._shapes: dict[str, tuple[tuple[str, tuple[int, ...]], ...]] = {}
        self._layouts: dict[str, _Layout] = {}
        self._project: Projection | None = None
        self._kept: dict[tuple[int, ...], list[range]] = {}
        self._limited, self._measuring, self._measured = False, True, 0.0
        self._checkpoint, self._keeping = 0, 0.0
        self._spent, self._begun, self._written = 0.0, time.perf_counter(), time.monotonic()
        self._entered = False

    def __enter__(self) -> Self:
        """Make the folder; hook into the optimizer, if any, and record the start."""
        folder.create(self.folder, self._overwrite)
        folder.write_about(self.folder, self._about)
        self._entered = True
        self._begun = time.perf_counter()
        if self._optimizer:
            self._optimizer.attach(self._updated)
            self.step(**self._optimizer.values(start=True))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write the last rows, also after an error."""
        if self._optimizer:
            self._optimizer.detach()
        self.close(error)

    def step(self, **values: Any) -> None:
        """Record one update: numbers, arrays, or mappings or lists of arrays, by any name.

        ``w`` stands for the weights after the update, ``g`` for the gradient that it used,
        ``eta`` for the learning rate.  A first call without ``g`` is the start.  Raises
        ValueError for what is no number, and for a shape that differs from the one before.
        """
        if not self._entered:
            raise ValueError("step: the recorder is closed; use it inside 'with'")
        begun = time.perf_counter()
        if self._is_next_due():
            self._record(values)
        self._spent += time.perf_counter() - begun

    def loss(self, value: Any) -> Any:
        """Record the loss at the present weights, and return what was given.

        In a training loop: ``rec.loss(criterion(model(x), y)).backward()``.
        """
        if self._rows.count and self._row_step == self._step:
            self._rows.place("loss", 1)[0] = float(adapters.as_array(value))
        return value

    def describe(self, **about: Any) -> None:
        """Say what the training is: ``rule``, ``settings``, ``library``; what is said stays."""
        known = self._about
        self._about |= {key: value for key, value in about.items() if not known.get(key)}

    def before_close(self, act: Callable[[], object]) -> None:
        """Have ``act`` called before the last rows are written, as often as it is the same once."""
        self._endings[act] = None

    def keras(self, base: type | None = None) -> Any:
        """A callback for ``model.fit``; ``base`` is Keras' class of callbacks."""
        return adapters.keras_callback(self, base)

    def optax(self, transformation: Any, **names: Any) -> Any:
        """The optax transformation, with each of its updates recorded."""
        return adapters.optax_wrapper(self, transformation, **names)

    def plane(
        self,
        loss: Callable[..., Any],
        resolution: int = 64,
        margin: float = 0.25,
    ) -> None:
        """Compute the loss over the plane of the path's two principal components, and store it.

        ``loss(w)`` takes all weights as one flat array; with an optimizer of PyTorch it takes
        nothing and is called with the weights of the plane in their tensors, which are put back.
        Call it before the recording ends.  Raises ValueError for a path of fewer than three rows.
        """
        self._flush()
        at = self._optimizer.loss_at(loss) if self._optimizer else loss
        with self._optimizer.kept() if self._optimizer else contextlib.nullcontext():
            plane.store(self.folder, at, resolution, margin)

    def close(self, error: BaseException | None = None) -> None:
        """Write what is not yet written; a closed recorder takes no more."""
        if not self._entered:
            return
        for act in self._endings:
            act()
        self._entered = False
        self._flush()
        self._about["finished"] = error is None
        if error is not None:
            self._about["error"] = f"{type(error).__name__}: {error}"[:200]
        self._write_about()

    def _updated(self) -> None:
        assert self._optimizer is not None
        begun = time.perf_counter()
        if self._is_next_due():
            known = self._optimizer.flats()
            if known is None:
                self._record(self._optimizer.values())
            else:
                self._begin_row()
                for name, flats in known:
                    self._put(name, flats)
        self._spent += time.perf_counter() - begun

    def _is_next_due(self) -> bool:
        """Count an update; whether it is to be recorded."""
        self._step += 1
        if self._every is not None:
            return self._step % self._every == 0
        if self._project is None or self._step < 3:
            return True
        elapsed = time.perf_counter() - self._begun
        return self._spent <= _SHARE * elapsed

    def _record(self, values: Mapping[str, Any]) -> None:
        """A row of values of any kind. Raises ValueError for what does not fit."""
        checked = [(name, self._parts(name, value)) for name, value in values.items()]
        for name, flats in checked:
            layout = self._layouts.get(name)
            if layout is None or layout.dtype != flats[0].dtype:
                self._lay_out(name, flats)
        self._begin_row()
        for name, flats in checked:
            self._put(name, flats)

    def _parts(self, name: str, value: Any) -> list[Values]:
        """The tensors of a quantity, flat."""
        parts = _parts(name, value)
        shapes = tuple((part, values.shape) for part, values in parts)
        known = self._shapes.setdefault(name, shapes)
        if shapes != known:
            raise ValueError(f"{name}: has shape {_shown(shapes)}, and {_shown(known)} before")
        return [values.reshape(-1) for _, values in parts]

    def _begin_row(self) -> None:
        rows = self._rows
        late = time.monotonic() - self._written > _CHUNK_SECONDS
        if late or rows.count >= _CHUNK_ROWS or rows.bytes >= _CHUNK_BYTES:
            self._flush()
        rows.begin()
        self._row_step = self._step
        rows.place("step", 1)[0] = self._step
        if self._limited:
            elapsed = time.perf_counter() - self._begun
            self._measuring = self._measured <= _NORMS_SHARE * elapsed

    def _put(self, name: str, flats: Sequence[Values]) -> None:
        """Write a quantity into the open row, whole or as what is kept of many weights."""
        layout = self._layouts[name]
        out = self._rows.place(name, layout.size, layout.dtype)
        if layout.places is None:
            np.concatenate(flats, out=out)
            return
        np.concatenate([v[p] for v, p in zip(flats, layout.places, strict=True)], out=out)
        if self._measuring:
            self._norms(name, flats)
        if name == "w":
            if self._project is None:
                self._project = Projection([values.size for values in flats], self._seed)
            self._project(flats, self._rows.place("projection", DIMENSIONS))
            if self._step >= self._checkpoint:
                self._keep_all(flats)

    def _lay_out(self, name: str, flats: Sequence[Values]) -> None:
        """Decide how a quantity is kept, from its first values, or the first of a wider type."""
        before, dtype = self._layouts.get(name), np.result_type(*flats)
        if before is not None:
            dtype = np.promote_types(before.dtype, dtype)
            if dtype == before.dtype:
                return
            self._flush()
            self._rows = Rows()
        sizes = tuple(values.size for values in flats)
        size, places = sum(sizes), None
        if size > self._full:
            self._limited = self._limited or size > _ALWAYS_MEASURED
            places = sample_places(sizes, self._sample, self._seed)
            self._kept[sizes] = [range(*p.indices(n)) for p, n in zip(places, sizes, strict=True)]
            size = sum(map(len, self._kept[sizes]))
        self._layouts[name] = _Layout(size, dtype, places)

    def _norms(self, name: str, flats: Sequence[Values]) -> None:
        begun = time.perf_counter()
        of_each = [squares(values) for values in flats]
        self._rows.place(f"{name}_norm", 1)[0] = math.sqrt(math.fsum(of_each))
        if len(flats) > 1:
            np.sqrt(of_each, out=self._rows.place(f"{name}_layer_norm", len(flats)))
        self._measured += time.perf_counter() - begun

    def _keep_all(self, flats: Sequence[Values]) -> None:
        """A checkpoint, where there is time for it; the next one half as many steps later."""
        begun = time.perf_counter()
        if self._step and self._keeping > _ALLOWANCE + _CHECKPOINT_SHARE * (begun - self._begun):
            return
        self._checkpoint = max(self._step + 1, int(self._step * _CHECKPOINT_GROWTH))
        arrays = {str(index): values for index, values in enumerate(flats)}
        folder.write_arrays(self.folder / f"checkpoint-{self._step:09d}.npz", arrays)
        self._keeping += time.perf_counter() - begun

    def _flush(self) -> None:
        if self._rows.count:
            if self._chunk == 0 or self._about.get("columns") != self._columns():
                self._write_about()
            self._write_rows()

    def _write_rows(self) -> None:
        folder.write_arrays(self.folder / folder.chunk_name(self._chunk), self._rows.take())
        self._chunk += 1
        self._written = time.monotonic()

    def _write_about(self) -> None:
        self._about["columns"] = self._columns()
        self._about["steps"] = max(self._step, 0)
        self._about["projected"] = self._project is not None
        folder.write_about(self.folder, self._about)

    def _columns(self) -> dict[str, Any]:
        """By quantity: the shapes of its tensors, and which of their values are kept."""
        known: dict[str, Any] = {}
        for name, shapes in self._shapes.items():
            sizes = tuple(math.prod(shape) for _, shape in shapes)
            known[name] = {"tensors": [{"name": part, "shape": list(s)} for part, s in shapes]}
            if sizes in self._kept:
                known[name]["kept"] = [list(places) for places in self._kept[sizes]]
        return known


record = Recorder
"""What a person calls."""


def _parts(name: str, value: Any) -> list[tuple[str, Values]]:
    """The tensors of a quantity with their names."""
    if isinstance(value, Mapping):
        pairs = [(str(key), value[key]) for key in value]
    elif isinstance(value, Sequence) and any(np.ndim(adapters.as_array(v)) for v in value):
        pairs = [(str(index), one) for index, one in enumerate(value)]
    else:
        pairs = [("", value)]
    found = []
    for part, one in pairs:
        array = adapters.as_array(one)
        if array.dtype.kind in "iub":
            array = array.astype(np.float64)
        if array.dtype.kind != "f":
            raise ValueError(f"{name}: needs numbers, not {type(one).__name__}")
        found.append((part, array if array.dtype.itemsize >= 4 else array.astype(np.float32)))
    return found


def _shown(shapes: tuple[tuple[str, tuple[int, ...]], ...]) -> str:
    return ", ".join(f"{part} {shape}".strip() for part, shape in shapes)
