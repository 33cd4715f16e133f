"""Recording optimizers of other libraries: stand-ins with their faces, and PyTorch itself."""

from collections import namedtuple
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import optlab
from optlab.recording import read_folder

Array = np.ndarray[Any, np.dtype[np.float64]]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_an_optimizer_without_a_hook_is_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"not int; use rec\.keras\(\) or rec\.optax"):
        optlab.record("run", 3)


def test_optax_updates_are_recorded_with_their_memory() -> None:
    state_of = namedtuple("state_of", "count mu nu")
    kind = namedtuple("kind", "init update")

    def update(g: Any, state: Any, params: Any = None) -> Any:
        after = state_of(state.count + 1, {"a": state.mu["a"] + g["a"]}, {"a": g["a"] ** 2})
        return {"a": -0.1 * g["a"]}, (after, ())

    def init(params: Any) -> Any:
        return state_of(0, {"a": np.zeros(2)}, {"a": np.zeros(2)})

    with optlab.record("run") as rec:
        wrapped = rec.optax(kind(init, update))
        w = {"a": np.array([1.0, 2.0])}
        state = wrapped.init(w)
        g = {"a": np.array([3.0, 4.0])}
        changes, _ = wrapped.update(g, state, w)
        with pytest.raises(ValueError, match="pass the weights too"):
            wrapped.update(g, state)
    np.testing.assert_allclose(changes["a"], [-0.3, -0.4])
    recorded = read_folder(Path("run.optrec"))
    np.testing.assert_allclose(recorded.columns["w"], [[1, 2], [0.7, 1.6]])
    assert recorded.columns["m"][1].tolist() == [3, 4]
    assert recorded.columns["s"][1].tolist() == [9, 16]
    assert recorded.titles("w") == ("a[0]", "a[1]")


def test_a_keras_callback_records_each_batch() -> None:
    class Callback:
        def set_model(self, model: Any) -> None:
            self.model = model

    w = np.array([1.0, 2.0])
    optimizer = SimpleNamespace(learning_rate=0.25, variables=[])
    mean = SimpleNamespace(name="loss", total=0.0, count=0.0)
    model = SimpleNamespace(trainable_variables=[w], optimizer=optimizer, metrics=[mean])
    with optlab.record("run") as rec:
        callback = rec.keras(Callback)
        callback.set_model(model)
        callback.on_train_begin()
        for batch, loss in enumerate((7.0, 3.0)):
            w -= 1
            mean.total, mean.count = mean.total + 8 * loss, mean.count + 8
            callback.on_train_batch_end(batch, {"loss": mean.total / mean.count})
    columns = read_folder(Path("run.optrec")).columns
    assert columns["w"].tolist() == [[1, 2], [0, 1], [-1, 0]]
    assert columns["eta"][1, 0] == 0.25
    assert columns["batch_loss"][1:, 0].tolist() == [7, 3]


def test_a_training_of_keras_is_recorded_where_it_is_installed() -> None:
    if find_spec("keras") is None:
        return
    keras = import_module("keras")
    x = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
    y = x[:, :1] * x[:, 1:]
    layers = [keras.Input((2,)), keras.layers.Dense(3, "tanh"), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(0.01), loss="mse")
    seen: list[float] = []
    log = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda _, logs: seen.append(logs["loss"])
    )
    with optlab.record("run") as rec:
        model.fit(x, y, epochs=2, batch_size=16, verbose=0, callbacks=[rec.keras(), log])
    recorded = read_folder(Path("run.optrec"))
    columns, about = recorded.columns, recorded.about
    assert columns["w"].shape == columns["m"].shape == columns["s"].shape == (7, 13)
    assert np.isfinite(columns["w"]).all() and np.ptp(columns["w"], axis=0).all()
    assert recorded.titles("m") == tuple(f"m:{title}" for title in recorded.titles("w"))
    assert (about["rule"], about["library"], about["settings"]["beta_1"]) == ("Adam", "keras", 0.9)
    first = columns["batch_loss"][1:4, 0]
    np.testing.assert_allclose((first * [16, 16, 8]).cumsum() / [16, 32, 40], seen[:3], rtol=1e-5)


def test_optax_is_recorded_inside_of_jit_where_it_is_installed() -> None:
    if find_spec("optax") is None:
        return
    jax, optax = import_module("jax"), import_module("optax")

    def loss(w: Any) -> Any:
        return ((w["a"] - 1) ** 2).sum() + (w["b"] ** 4).sum()

    found = []
    for name, wrap in (("plain", lambda step: step), ("jitted", jax.jit)):
        with optlab.record(name) as rec:
            w = {"a": jax.numpy.zeros(3), "b": jax.numpy.ones((2, 2))}
            chain = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(0.1))
            rule = rec.optax(chain)
            state = rule.init(w)

            def advance(w: Any, state: Any, rule: Any = rule) -> Any:
                updates, state = rule.update(jax.grad(loss)(w), state, w)
                return optax.apply_updates(w, updates), state

            advance = wrap(advance)
            for _ in range(30):
                w, state = advance(w, state)
        recorded = read_folder(Path(f"{name}.optrec"))
        assert recorded.about["library"] == "optax"
        assert (recorded.columns["w"][-1, :3] == np.asarray(w["a"])).all()
        found.append(recorded.columns)
    for column in ("w", "g", "m", "s"):
        np.testing.assert_allclose(found[0][column], found[1][column], rtol=1e-5, atol=1e-7)
    assert found[0]["w"].shape == (31, 7)


class Tensor:
    """A parameter with the face that PyTorch's have."""

    def __init__(self, values: list[float]) -> None:
        self.values = np.array(values)
        self.grad: Tensor | None = None
        self.shape = self.values.shape

    def detach(self) -> "Tensor":
        return self

    def numpy(self) -> Array:
        return self.values

    def numel(self) -> int:
        return self.values.size


class Optimizer:
    """Descent with a hook, as PyTorch's optimizers have it."""

    def __init__(self, parameters: list[Tensor]) -> None:
        self.param_groups = [{"params": parameters, "lr": 0.5, "momentum": 0.9, "fused": None}]
        self.state: dict[Tensor, dict[str, Any]] = {}
        self.hooks: list[Any] = []

    def register_step_post_hook(self, hook: Any) -> Any:
        self.hooks.append(hook)
        return SimpleNamespace(remove=lambda: self.hooks.remove(hook))

    def step(self) -> None:
        for one in self.param_groups[0]["params"]:
            if one.grad is not None:
                one.values -= 0.5 * one.grad.values
                self.state[one] = {"momentum_buffer": Tensor([9.0] * one.numel()), "step": 1}
        for hook in self.hooks:
            hook(self, (), {})


def test_each_update_of_a_hooked_optimizer_is_recorded() -> None:
    first, second = Tensor([1.0, 2.0]), Tensor([3.0])
    optimizer = Optimizer([first, second])
    model = SimpleNamespace(named_parameters=lambda: [("bias", second), ("weight", first)])
    with optlab.record("run", optimizer, model=model) as rec:
        rec.loss(5.0)
        first.grad = Tensor([2.0, 4.0])
        optimizer.step()
        rec.loss(4.0)
    optimizer.step()
    recorded = read_folder(Path("run.optrec"))
    assert recorded.titles("w") == ("weight[0]", "weight[1]", "bias[0]")
    assert recorded.columns["w"].tolist() == [[1, 2, 3], [0, 0, 3]]
    assert recorded.columns["g"][1].tolist() == [2, 4, 0]
    assert recorded.columns["loss"][:, 0].tolist() == [5, 4]
    assert recorded.columns["eta"][1, 0] == 0.5
    np.testing.assert_array_equal(recorded.columns["v"][1], [9, 9, np.nan])
    assert recorded.about["settings"] == {"lr": 0.5, "momentum": 0.9, "fused": None}
    assert recorded.about["rule"] == "Optimizer"


@pytest.mark.parametrize(
    ("rule", "settings", "memory"),
    [
        ("Adam", {"lr": 0.01}, {"m": "exp_avg", "s": "exp_avg_sq"}),
        ("SGD", {"lr": 0.01, "momentum": 0.9}, {"v": "momentum_buffer"}),
    ],
)
def test_a_pytorch_training(rule: str, settings: dict[str, float], memory: dict[str, str]) -> None:
    if find_spec("torch") is None:
        return  # the stand-in above has its face
    torch = import_module("torch")
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    model = model.double()
    optimizer = getattr(torch.optim, rule)(model.parameters(), **settings)
    x, y = torch.randn(20, 2).double(), torch.randn(20, 1).double()
    seen: list[Array] = [_flat(model)]
    losses = []
    with optlab.record("run", optimizer, model=model) as rec:
        for _ in range(5):
            optimizer.zero_grad()
            loss = rec.loss(torch.nn.functional.mse_loss(model(x), y))
            losses.append(float(loss.detach()))
            loss.backward()
            gradient = np.concatenate([p.grad.numpy().ravel() for p in model.parameters()])
            optimizer.step()
            seen.append(_flat(model))
        before = _flat(model)
        rec.plane(lambda: torch.nn.functional.mse_loss(model(x), y), resolution=4)
        assert (_flat(model) == before).all()
    optimizer.step()
    recorded = read_folder(Path("run.optrec"))
    assert (recorded.columns["w"] == np.stack(seen)).all()
    assert (recorded.columns["g"][-1] == gradient).all()
    assert recorded.columns["loss"][:5, 0].tolist() == losses
    assert recorded.columns["eta"][1, 0] == 0.01
    for name, known in memory.items():
        tensors = [optimizer.state[p][known] for p in model.parameters()]
        assert recorded.columns[name].shape == (6, sum(t.numel() for t in tensors))
    assert recorded.about["rule"] == rule
    assert recorded.about["settings"]["lr"] == 0.01
    assert recorded.titles("w")[0] == "0.weight[0,0]"
    assert recorded.plane["loss"].shape == (4, 4)


def _flat(model: Any) -> Array:
    return np.concatenate([p.detach().numpy().ravel().copy() for p in model.parameters()])
