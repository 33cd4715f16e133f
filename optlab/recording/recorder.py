"""The recorder: one row of numbers an update, written in chunks."""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from optlab.recording import adapters, folder, plane
from optlab.recording.projection import Projection, sample_indices, squares

Values = npt.NDArray[Any]
_CHUNK_ROWS, _CHUNK_BYTES, _CHUNK_SECONDS = 4096, 8 << 20, 2.0
_SHARE = 0.015
"""Of the time of a training that the recorder takes at most where it may leave updates out."""
_CHECKPOINT_GROWTH = 1.5


class Recorder:
    """Writes the folder ``NAME.optrec`` while a training runs; used with ``with``.

    A row is the state *after* an update, with the gradient that the update used; row 0 is the
    start.  With up to ``full`` weights everything is recorded.  With more, a row holds a random
    projection of the weights (:class:`~optlab.recording.projection.Projection`), norms of each
    quantity, a ``sample`` of so many single weights with their gradient and memory, and, now and
    then, a checkpoint of all weights.

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
        self._open: dict[str, Values] | None = None
        self._rows: list[dict[str, Values]] = []
        self._bytes = self._chunk = 0
        self._shapes: dict[str, tuple[tuple[str, tuple[int, ...]], ...]] = {}
        self._project: Projection | None = None
        self._chosen: dict[tuple[int, ...], list[npt.NDArray[np.intp]]] = {}
        self._checkpoint = 0
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
        if self._open is not None and self._open["step"][0] == self._step:
            self._open["loss"] = np.atleast_1d(np.asarray(float(adapters.as_array(value))))
        return value

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
            self._record(self._optimizer.values())
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
        self._close_row()
        row: dict[str, Values] = {"step": np.array([float(self._step)])}
        for name, value in values.items():
            self._add(row, name, value)
        self._open = row

    def _add(self, row: dict[str, Values], name: str, value: Any) -> None:
        parts = _parts(name, value)
        shapes = tuple((part, values.shape) for part, values in parts)
        known = self._shapes.setdefault(name, shapes)
        if shapes != known:
            raise ValueError(f"{name}: has shape {_shown(shapes)}, and {_shown(known)} before")
        flat = [values.reshape(-1) for _, values in parts]
        sizes = tuple(values.size for values in flat)
        if sum(sizes) <= self._full:
            row[name] = np.concatenate(flat) if len(flat) > 1 else flat[0].copy()
            return
        if sizes not in self._chosen:
            self._chosen[sizes] = sample_indices(sizes, self._sample, self._seed)
        chosen = self._chosen[sizes]
        row[name] = np.concatenate([v[i] for v, i in zip(flat, chosen, strict=True)])
        of_each = np.array([squares(values) for values in flat])
        row[f"{name}_norm"] = np.array([math.sqrt(of_each.sum())])
        if len(flat) > 1:
            row[f"{name}_layer_norm"] = np.sqrt(of_each)
        if name == "w":
            if self._project is None:
                self._project = Projection(sizes, self._seed)
            row["projection"] = self._project(flat)
            if self._step >= self._checkpoint:
                self._checkpoint = max(self._step + 1, int(self._step * _CHECKPOINT_GROWTH))
                name_of = f"checkpoint-{self._step:09d}.npz"
                arrays = {str(index): values for index, values in enumerate(flat)}
                folder.write_arrays(self.folder / name_of, arrays)

    def _close_row(self) -> None:
        if self._open is None:
            return
        self._rows.append(self._open)
        self._bytes += sum(values.nbytes for values in self._open.values())
        self._open = None
        late = time.monotonic() - self._written > _CHUNK_SECONDS
        if late or len(self._rows) >= _CHUNK_ROWS or self._bytes >= _CHUNK_BYTES:
            self._write_chunk()

    def _flush(self) -> None:
        self._close_row()
        self._write_chunk()

    def _write_chunk(self) -> None:
        if not self._rows:
            return
        if self._chunk == 0 or self._about.get("columns") != self._columns():
            self._write_about()
        names = dict.fromkeys(name for row in self._rows for name in row)
        arrays = {name: _stacked([row.get(name) for row in self._rows]) for name in names}
        folder.write_arrays(self.folder / folder.chunk_name(self._chunk), arrays)
        self._chunk += 1
        self._rows, self._bytes, self._written = [], 0, time.monotonic()

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
            if sizes in self._chosen:
                known[name]["kept"] = [indices.tolist() for indices in self._chosen[sizes]]
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


def _stacked(rows: Sequence[Values | None]) -> Values:
    """Rows below each other; nan for those that lack the quantity."""
    known = next(row for row in rows if row is not None)
    missing = np.full_like(known, np.nan)
    return np.stack([missing if row is None else row for row in rows])
