"""Values of PyTorch, Keras and optax, taken from the objects that are handed in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from optlab.recording.recorder import Recorder

Array = npt.NDArray[Any]

STATE_NAMES = {
    "exp_avg": "m",
    "exp_avg_sq": "s",
    "max_exp_avg_sq": "s_max",
    "momentum_buffer": "v",
    "square_avg": "s",
    "grad_avg": "g_avg",
    "acc_delta": "d",
    "sum": "s",
    "exp_inf": "u",
    "prev": "g_before",
    "step_size": "rate",
    "mu": "m",
    "nu": "s",
    "trace": "v",
    "sum_of_squares": "s",
}
"""What the memory of optimizers in libraries is called here."""


def as_array(value: Any) -> Array:
    """A number or tensor as a NumPy array; no copy where the memory can be shared."""
    if hasattr(value, "detach"):
        value = value.detach()
        try:
            array: Array = value.numpy()
        except (TypeError, RuntimeError):  # on another device, or a type that NumPy lacks
            array = value.cpu().float().numpy()
        return array
    return np.asarray(value)


class _Shared(NamedTuple):
    """Arrays that share the memory of an optimizer's tensors, and what shows that they still do."""

    state: Any
    states: list[Any]
    pointers: list[int]
    w: list[Array]
    memory: list[tuple[str, str, list[Any], list[Array]]]


def _is_shareable(tensor: Any) -> bool:
    """Whether a flat array can share the memory of a tensor."""
    return (
        hasattr(tensor, "data_ptr")
        and str(tensor.dtype) in ("torch.float32", "torch.float64")
        and tensor.device.type == "cpu"
        and tensor.is_contiguous()
    )


class TorchOptimizer:
    """An optimizer of PyTorch, by its public methods."""

    def __init__(self, optimizer: Any, model: Any = None) -> None:
        self._optimizer = optimizer
        self._parameters = [p for group in optimizer.param_groups for p in group["params"]]
        known = {id(p): name for name, p in model.named_parameters()} if model else {}
        self._names = [known.get(id(p), str(index)) for index, p in enumerate(self._parameters)]
        self._handle: Any = None
        self._shared: _Shared | None = None

    def about(self) -> dict[str, Any]:
        """Rule, settings, library and version."""
        settings = [
            {key: value for key, value in group.items() if key != "params" and _is_plain(value)}
            for group in self._optimizer.param_groups
        ]
        return {
            "rule": type(self._optimizer).__name__,
            "settings": settings[0],
            "groups": settings if len(settings) > 1 else [],
            "library": "torch",
            "library_version": str(getattr(sys.modules.get("torch"), "__version__", "")),
        }

    def attach(self, updated: Callable[[], None]) -> None:
        """Call ``updated`` after each update."""
        self._handle = self._optimizer.register_step_post_hook(lambda *_: updated())

    def detach(self) -> None:
        """Call nothing any more."""
        self._handle.remove()

    def values(self, start: bool = False) -> dict[str, Any]:
        """Weights, gradient, rates and memory; of the start there are the weights alone."""
        found: dict[str, Any] = {"w": self._named(self._parameters)}
        memory: dict[str, list[Any]] = {}
        if start:
            return found
        found["g"] = self._named([_gradient(p) for p in self._parameters])
        rates = [float(group["lr"]) for group in self._optimizer.param_groups if "lr" in group]
        if rates:
            found["eta"] = rates[0] if len(set(rates)) == 1 else np.array(rates)
        names: dict[str, None] = {}
        for p in self._parameters:
            names.update(dict.fromkeys(self._optimizer.state.get(p, {})))
        for name in names:
            tensors = [self._optimizer.state.get(p, {}).get(name) for p in self._parameters]
            if name != "step" and any(getattr(t, "shape", None) for t in tensors):
                pairs = zip(tensors, self._parameters, strict=True)
                known = [np.full(p.shape, np.nan) if t is None else t for t, p in pairs]
                found[STATE_NAMES.get(name, name)] = self._named(known)
                memory[name] = tensors
        self._shared = self._share(memory)
        return found

    def _share(self, memory: dict[str, list[Any]]) -> _Shared | None:
        """The memory of all tensors as arrays; None where one is no plain memory."""
        tensors = [self._parameters, *memory.values()]
        if not all(map(_is_shareable, (t for row in tensors for t in row))):
            return None
        w, *kept = ([as_array(t).reshape(-1) for t in row] for row in tensors)
        state = self._optimizer.state
        states = [state[p] for p in self._parameters]
        rows = zip(memory, memory.values(), kept, strict=True)
        named = [(key, STATE_NAMES.get(key, key), tensors, flats) for key, tensors, flats in rows]
        return _Shared(state, states, [p.data_ptr() for p in self._parameters], w, named)

    def flats(self) -> list[tuple[str, list[Array]]] | None:
        """What :meth:`values` gave last, as flat arrays; None where tensors have moved since.

        Weights and memory are read where they lie, so a step costs little more than their copy.
        """
        shared, optimizer = self._shared, self._optimizer
        if shared is None or optimizer.state is not shared.state:
            return None
        if [p.data_ptr() for p in self._parameters] != shared.pointers:
            return None
        try:
            gradients = [p.grad.numpy().reshape(-1) for p in self._parameters]
        except (AttributeError, TypeError, RuntimeError):  # none, sparse, or with a graph
            return None
        found = [("w", shared.w), ("g", gradients)]
        rates = [group["lr"] for group in optimizer.param_groups if "lr" in group]
        if rates:
            one = rates[:1] if len(set(rates)) == 1 else rates
            found.append(("eta", [np.array(one, dtype=np.float64)]))
        for key, name, tensors, flats in shared.memory:
            for state, tensor in zip(shared.states, tensors, strict=True):
                if state.get(key) is not tensor:
                    return None
            found.append((name, flats))
        return found

    def _named(self, tensors: list[Any]) -> dict[str, Any]:
        return dict(zip(self._names, tensors, strict=True))

    def loss_at(self, loss: Callable[[], Any]) -> Callable[[Array], Any]:
        """The loss as a function of one flat array of weights."""

        def at(w: Array) -> Any:
            first = 0
            for p in self._parameters:
                values = w[first : first + p.numel()].reshape(tuple(p.shape))
                p.data.copy_(p.data.new_tensor(values))
                first += p.numel()
            return loss()

        return at

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Put the weights back afterwards."""
        before = [p.detach().clone() for p in self._parameters]
        try:
            yield
        finally:
            for p, values in zip(self._parameters, before, strict=True):
                p.data.copy_(values)


def for_optimizer(optimizer: Any, model: Any = None) -> TorchOptimizer | None:
    """The adapter of an optimizer. Raises ValueError for one that cannot be hooked into."""
    if optimizer is None:
        return None
    if hasattr(optimizer, "register_step_post_hook") and hasattr(optimizer, "param_groups"):
        return TorchOptimizer(optimizer, model)
    kind = type(optimizer).__name__
    hint = "use rec.keras() or rec.optax(...), or call rec.step(w=..., g=..., loss=...)"
    raise ValueError(f"optimizer: needs one of PyTorch (2.0 or later), not {kind}; {hint}")


def keras_callback(recorder: Recorder, base: type | None) -> Any:
    """A callback that records weights, rate and loss after each batch."""
    if base is None:
        module = sys.modules.get("keras")
        base = module.callbacks.Callback if module else object

    class Recording(base):  # type: ignore[misc, valid-type]
        """Records after each batch of a training."""

        def __init__(self) -> None:
            super().__init__()
            self._summed = 0.0, 0.0
            if not hasattr(self, "model"):
                self.model: Any = None

        def set_model(self, model: Any) -> None:
            """Called by Keras."""
            if hasattr(super(), "set_model"):
                super().set_model(model)
            else:
                self.model = model

        def set_params(self, params: Any) -> None:
            """Called by Keras."""
            self.params = params

        def on_train_begin(self, logs: Any = None) -> None:
            """Record the start."""
            recorder.describe(**_keras_about(self.model))
            recorder.step(w=_keras_weights(self.model))

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            """Record an update."""
            model = self.model
            found = {"w": _keras_weights(model), **_keras_memory(model)}
            loss = self._batch_loss(model, batch)
            if loss is not None:
                found["batch_loss"] = loss
            recorder.step(**found)

        def _batch_loss(self, model: Any, batch: int) -> float | None:
            """The loss of a batch; what Keras logs is the mean since the epoch began."""
            named = (m for m in getattr(model, "metrics", ()) if m.name == "loss")
            mean = next(named, None)
            if mean is None:
                return None
            before = self._summed if batch else (0.0, 0.0)
            self._summed = float(as_array(mean.total)), float(as_array(mean.count))
            count = self._summed[1] - before[1]
            return (self._summed[0] - before[0]) / count if count > 0 else None

        def __getattr__(self, name: str) -> Any:
            if name.startswith("on_"):
                return lambda *_, **__: None
            raise AttributeError(name)

    return Recording()


def _keras_about(model: Any) -> dict[str, Any]:
    """Rule, settings, library and version of a model's optimizer."""
    optimizer = getattr(model, "optimizer", None)
    config: dict[str, Any] = getattr(optimizer, "get_config", dict)()
    return {
        "rule": "" if optimizer is None else type(optimizer).__name__,
        "settings": {key: value for key, value in config.items() if _is_plain(value)},
        "library": "keras",
        "library_version": str(getattr(sys.modules.get("keras"), "__version__", "")),
    }


def _keras_weights(model: Any) -> dict[str, Array]:
    weights = model.trainable_variables
    names = [str(getattr(w, "path", getattr(w, "name", i))) for i, w in enumerate(weights)]
    unique = [f"{name}#{i}" if names.count(name) > 1 else name for i, name in enumerate(names)]
    return {name: as_array(w) for name, w in zip(unique, weights, strict=True)}


def _keras_memory(model: Any) -> dict[str, Any]:
    """Rate and moments of a model's optimizer, by the ends of their variables' paths."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return {}
    found: dict[str, Any] = {"eta": float(as_array(optimizer.learning_rate))}
    paths = {path.replace("/", "_"): path for path in _keras_weights(model)}
    for one in getattr(optimizer, "variables", []):
        stem, _, kind = str(getattr(one, "path", "")).rpartition("_")
        name = {"momentum": "m", "velocity": "s"}.get(kind)
        if name and np.ndim(as_array(one)):
            stem = stem.partition("/")[2] or stem
            found.setdefault(name, {})[paths.get(stem, stem)] = as_array(one)
    return found


def optax_wrapper(recorder: Recorder, transformation: Any, **names: Any) -> Any:
    """The transformation with its updates recorded; weights come from ``params``.

    Inside of ``jit`` a traced update calls back with its numbers.  ``names`` maps fields of its
    state to names of columns, beside those that are known (mu → m, nu → s, trace → v).
    """
    known = {**STATE_NAMES, **names}
    library = str(getattr(sys.modules.get("optax"), "__version__", ""))
    recorder.describe(library="optax", library_version=library)

    def record(found: dict[str, Any]) -> None:
        recorder.step(**found)

    def init(params: Any) -> Any:
        recorder.step(w=_leaves(params))
        return transformation.init(params)

    def update(updates: Any, state: Any, params: Any = None, **extra: Any) -> Any:
        if params is None:
            raise ValueError("optax: pass the weights too, as update(gradient, state, params)")
        changes, after = transformation.update(updates, state, params, **extra)
        traced = any("Tracer" in type(one).__name__ for one in _tensors(updates).values())
        leaves = _tensors if traced else _leaves
        g, dw, w = leaves(updates), leaves(changes), leaves(params)
        found: dict[str, Any] = {"w": {key: w[key] + dw[key] for key in w}, "g": g}
        for field, tree in _fields(after):
            kept = leaves(tree) if field in known else {}
            if kept and [v.shape for v in kept.values()] == [v.shape for v in w.values()]:
                found.setdefault(known[field], kept)
        if traced:
            jax = sys.modules["jax"]
            recorder.before_close(jax.effects_barrier)
            jax.debug.callback(record, found, ordered=True)
        else:
            record(found)
        return changes, after

    return type(transformation)(init, update)


def _fields(state: Any) -> Iterator[tuple[str, Any]]:
    """The named fields in the state of a transformation, however deep."""
    if hasattr(state, "_fields"):
        for name in state._fields:
            yield name, getattr(state, name)
            yield from _fields(getattr(state, name))
    elif isinstance(state, (tuple, list)):
        for one in state:
            yield from _fields(one)


def _leaves(tree: Any) -> dict[str, Array]:
    """The arrays of nested dicts, lists and tuples by their path."""
    return {path: as_array(one) for path, one in _tensors(tree).items()}


def _tensors(tree: Any, path: str = "") -> dict[str, Any]:
    """The same as they are."""
    if isinstance(tree, dict):
        pairs: list[tuple[str, Any]] = [(str(key), tree[key]) for key in sorted(tree, key=str)]
    elif isinstance(tree, (list, tuple)):
        pairs = [(str(index), one) for index, one in enumerate(tree)]
    elif tree is None:
        return {}
    else:
        return {path: tree}
    found: dict[str, Any] = {}
    for name, one in pairs:
        found |= _tensors(one, f"{path}.{name}" if path else name)
    return found


def _gradient(parameter: Any) -> Any:
    return np.zeros(tuple(parameter.shape)) if parameter.grad is None else parameter.grad


def _is_plain(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return all(_is_plain(one) for one in value)
    return value is None or isinstance(value, (bool, int, float, str))
