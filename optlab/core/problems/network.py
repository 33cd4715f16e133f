"""A dense network on a table: its weights are minimised, its data are the rows.

Weights are flat: for each layer the matrix (outputs x inputs, row-major), then the bias, as
torch's ``parameters_to_vector`` has them.  The last layer has no activation; its answers z go into
the loss, a mean over the rows:

* ``squared``: (z − y)², also a mean over the outputs (torch's ``MSELoss``);
* ``cross_entropy`` with one output and labels 0 and 1: log(1 + exp(z)) − y z
  (``BCEWithLogitsLoss``);
* ``cross_entropy`` with more and class numbers c from 0: log Σ exp(z) − z_c (``CrossEntropyLoss``).
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from optlab.core.data import RowContext, Table
from optlab.core.data.batches import Indices, RowBlock
from optlab.core.native import NO_STORE, KernelStore, NativeCode
from optlab.core.parameters import SettingError
from optlab.core.problems.compiled_calls import ACCURACY, GRADIENT, LOSS, PRODUCT, Pointer
from optlab.core.problems.network_arrays import Floats, evaluate, outputs
from optlab.core.problems.network_kernel import (
    ACTIVATIONS,
    CHUNK,
    LOGISTIC,
    NETWORK_SOURCE,
    SOFTMAX,
    SQUARED,
)
from optlab.core.problems.problem import DEFAULT_RANGE, Array, Problem, Shapes

LOSSES = ("squared", "cross_entropy")
INITS = ("xavier", "he", "normal", "uniform", "zeros")
MOST_LAYERS = 20
MOST_WEIGHTS = 200_000
"""Weights that a network may have; each step records several numbers for each."""
_SIZES = re.compile(r"[1-9][0-9]{0,5}(-[1-9][0-9]{0,5})+")
_INITIAL = 0x1417
"""Keeps the random numbers of initial weights apart from those of batches and noise."""


@dataclass(frozen=True)
class Network:
    """A dense network: ``sizes`` of the inputs, of hidden layers and of the outputs.

    ``activation`` is that of the hidden layers; ``loss`` one of :data:`LOSSES`; ``init`` one of
    :data:`INITS`, see :meth:`initial`.  Raises SettingError naming the setting.
    """

    sizes: tuple[int, ...]
    activation: str = "tanh"
    loss: str = "squared"
    init: str = "xavier"

    def __post_init__(self) -> None:
        if len(self.sizes) < 2 or min(self.sizes) < 1:
            raise SettingError("network", "needs inputs and outputs, at least one of each")
        if len(self.sizes) > MOST_LAYERS + 1:
            raise SettingError("network", f"may have at most {MOST_LAYERS} layers")
        if self.dimension > MOST_WEIGHTS:
            limit = f"{MOST_WEIGHTS} weights, not {self.dimension}"
            raise SettingError("network", f"may have at most {limit}")
        choices = (("activation", ACTIVATIONS), ("train_loss", LOSSES), ("init", INITS))
        given = (self.activation, self.loss, self.init)
        for (name, known), value in zip(choices, given, strict=True):
            if value not in known:
                raise SettingError(name, f"must be one of {', '.join(known)}, not '{value}'")

    @property
    def dimension(self) -> int:
        """How many weights and biases it has."""
        return sum(above * (below + 1) for below, above in pairwise(self.sizes))

    @property
    def outputs(self) -> int:
        """Units of the last layer."""
        return self.sizes[-1]

    @property
    def targets(self) -> int:
        """Columns of the data that are targets, behind the inputs."""
        return self.outputs if self.loss == "squared" else 1

    @property
    def text(self) -> str:
        """Its sizes as they are written: ``2-8-1``."""
        return "-".join(map(str, self.sizes))

    @property
    def loss_code(self) -> int:
        """The loss as compiled code knows it."""
        if self.loss == "squared":
            return SQUARED
        return LOGISTIC if self.outputs == 1 else SOFTMAX

    @property
    def activation_code(self) -> int:
        """The activation as compiled code knows it."""
        return ACTIVATIONS.index(self.activation)

    @property
    def shapes(self) -> Shapes:
        """Names and shapes of matrices and biases, in the order of the weights."""
        found: list[tuple[str, tuple[int, ...]]] = []
        for layer, (below, above) in enumerate(pairwise(self.sizes), 1):
            found += [(f"W{layer}", (above, below)), (f"b{layer}", (above,))]
        return tuple(found)

    def initial(self, seed: int) -> Array:
        """Initial weights, shape (n,); biases are 0.  With a inputs and b outputs of a layer:

        ``xavier`` uniform within √(6/(a + b)) (Glorot & Bengio 2010), ``he`` normal with
        standard deviation √(2/a) (He et al. 2015), ``normal`` with √(1/a), ``uniform`` within
        √(1/a), ``zeros``.
        """
        source = np.random.Generator(np.random.Philox(np.random.SeedSequence((seed, _INITIAL))))
        parts: list[Array] = []
        for below, above in pairwise(self.sizes):
            drawn = self._drawn(source, below, above)
            parts += [drawn.ravel(), np.zeros(above)]
        return np.concatenate(parts)

    def _drawn(self, source: np.random.Generator, below: int, above: int) -> Array:
        shape = above, below
        match self.init:
            case "xavier":
                limit = math.sqrt(6 / (below + above))
                return source.uniform(-limit, limit, shape)
            case "he":
                return source.normal(0.0, math.sqrt(2 / below), shape)
            case "normal":
                return source.normal(0.0, math.sqrt(1 / below), shape)
            case "uniform":
                limit = math.sqrt(1 / below)
                return source.uniform(-limit, limit, shape)
        return np.zeros(shape)


def network_sizes(text: str) -> tuple[int, ...]:
    """The sizes in ``2-8-1``. Raises SettingError."""
    if not _SIZES.fullmatch(text.strip()):
        reason = f"must be sizes of layers such as 2-8-1, inputs first, not '{text[:40]}'"
        raise SettingError("network", reason)
    return tuple(map(int, text.strip().split("-")))


def usual_loss(table: Table) -> str:
    """``cross_entropy`` where the target is a label, else ``squared``."""
    labels = table.labels
    return "cross_entropy" if labels == tuple(range(len(labels))) and labels else "squared"


@dataclass(frozen=True, kw_only=True, eq=False)
class NetworkProblem(Problem):
    """The loss of a network over the rows of a table; made by :func:`network_problem`.

    ``test_table`` has rows that are not trained on; ``seed`` decides the initial weights, which
    are the ``start``.  Problems are equal where network, tables and seed are.
    """

    network: Network
    table: Table
    test_table: Table | None = None
    seed: int = 0
    _key: tuple[object, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_key", (self.network, self.table, self.test_table, self.seed))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NetworkProblem) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return self.table.rows

    @property
    def shapes(self) -> Shapes:
        """Matrices and biases, layer by layer."""
        return self.network.shapes

    def start_of(self, seed: int) -> tuple[float, ...]:
        """The initial weights of a seed."""
        return tuple(self.network.initial(seed).tolist())

    @property
    def cost(self) -> int:
        """Some ten operations over arrays for each unit of input of each layer."""
        sizes, chunks = self.network.sizes, -(-self.rows // CHUNK)
        return 20 * sum(sizes) * chunks + self.network.dimension * self.rows // 200

    @property
    def has_hessian(self) -> bool:
        """Always: products with the Hessian are exact."""
        return True

    @property
    def has_quick_products(self) -> bool:
        """Always: a product takes two passes more than a gradient."""
        return True

    @property
    def is_joint(self) -> bool:
        """Always: the loss comes on the way to the gradient."""
        return True

    def pointer(self, questions: Collection[str], store: KernelStore = NO_STORE) -> Pointer | None:
        """The code that all networks share, on this table."""
        code = store.answer(NETWORK_SOURCE)
        _LOADED[:] = [code]
        return Pointer(code.address, joint=True, rows=self._context, keep=code)

    @cached_property
    def _context(self) -> RowContext:
        return RowContext(self.table.by_column, self._room)

    def _room(self) -> Sequence[npt.NDArray[Any]]:
        """What the code works with: its numbers, and the scratch that they lead to."""
        network = self.network
        ones = (4 * sum(network.sizes) + network.targets) * CHUNK  # then losses of a chunk
        scratch = np.empty(ones + 2 * CHUNK + 2 * network.dimension)
        scratch[ones : ones + CHUNK] = 1.0
        codes = [network.activation_code, network.loss_code, scratch.ctypes.data]
        depth = len(network.sizes) - 1
        return np.array([depth, *codes, *network.sizes], dtype=np.int64), scratch

    def loss(self, w: Sequence[float] | Array, rows: Indices | None = None) -> float:
        """The mean loss over all rows or some."""
        return self._evaluated(w, rows, order=0)[0]

    def loss_and_gradient(
        self, w: Sequence[float] | Array, rows: Indices | None = None
    ) -> tuple[float, Array]:
        """The mean loss over all rows or some, and its gradient."""
        return self._evaluated(w, rows)

    def hessian_product(
        self, w: Sequence[float] | Array, v: Sequence[float] | Array, rows: Indices | None = None
    ) -> Array:
        """The Hessian at w times v, exact (Pearlmutter 1994)."""
        return self._evaluated(w, rows, np.asarray(v, dtype=np.float64), order=2)[1]

    def hessian_diagonal(self, w: Sequence[float] | Array, rows: Indices | None = None) -> Array:
        """The second derivative along each weight, by one product for each; shape (n,)."""
        units = np.eye(self.dimension)
        return np.array([self.hessian_product(w, unit, rows)[i] for i, unit in enumerate(units)])

    def hessian(self, w: Sequence[float] | Array, rows: Indices | None = None) -> Array:
        """All second derivatives at a point, by one product for each weight; shape (n, n)."""
        return np.array([self.hessian_product(w, unit, rows) for unit in np.eye(self.dimension)])

    @cached_property
    def test(self) -> NetworkProblem | None:
        """The same loss on the rows of the test, None where there are none."""
        if self.test_table is None:
            return None
        return replace(self, table=self.test_table, test_table=None)

    @property
    def has_accuracy(self) -> bool:
        """Whether the target is a label."""
        return self.network.loss == "cross_entropy"

    def loss_and_accuracy(
        self, w: Sequence[float] | Array, rows: Indices | None = None
    ) -> tuple[float, float]:
        """The mean loss, and the share of rows that get their own label as the likeliest."""
        share, out = self._evaluated(w, rows, order=-1)
        return float(out[0]), share

    def outputs(self, w: Sequence[float] | Array, inputs: Floats) -> Floats:
        """What the network answers to inputs (rows, inputs): shape (rows, outputs), in the
        precision of the inputs."""
        weights = np.asarray(w, dtype=np.float64)
        with np.errstate(all="ignore"):
            return outputs(self.network.sizes, self.network.activation_code, inputs, weights)

    def _evaluated(
        self,
        w: Sequence[float] | Array,
        rows: Indices | None = None,
        v: Array | None = None,
        order: int = 1,
    ) -> tuple[float, Array]:
        """The loss or accuracy, and a gradient or product, by ``order`` as in
        :func:`~optlab.core.problems.network_arrays.evaluate`: with compiled code once this process
        has it, else with NumPy."""
        weights = np.ascontiguousarray(w, dtype=np.float64)
        if _LOADED:
            return self._compiled(_LOADED[0], weights, rows, v, order)
        network, data = self.network, self.table.by_column
        data = data if rows is None else data[:, rows]
        codes = network.activation_code, network.loss_code
        with np.errstate(all="ignore"):
            return evaluate(network.sizes, *codes, data, weights, v, order)

    def _compiled(
        self, code: NativeCode, w: Array, rows: Indices | None, v: Array | None, order: int
    ) -> tuple[float, Array]:
        context, out = self._context.copy(), np.zeros_like(w)  # of its own, for other threads
        if rows is not None:
            ends = np.array([0, len(rows)], dtype=np.int64)
            context.take(RowBlock(1, np.ascontiguousarray(rows, dtype=np.int64), ends))
        along = w if v is None else np.ascontiguousarray(v)
        places = (array.ctypes.data for array in (w, along, out))
        step = 0 if rows is None else 1
        value = _ANSWER(code.address)(context.address, _ASKED[order], step, *places)
        return float(value), out


_INTEGER = ctypes.c_int64
_ANSWER = ctypes.CFUNCTYPE(ctypes.c_double, *(_INTEGER,) * 3, *(ctypes.c_void_p,) * 3)
_ASKED = {-1: ACCURACY, 0: LOSS, 1: GRADIENT, 2: PRODUCT}
_LOADED: list[NativeCode] = []
"""The compiled code, once some loop of this process has needed it; it gives the same bits."""


def network_problem(
    network: Network, table: Table, test: Table | None = None, seed: int = 0
) -> NetworkProblem:
    """The problem of a network on a table. Raises SettingError where they do not fit."""
    needed = network.sizes[0] + network.targets
    if len(table.names) != needed:
        inputs, targets = _count(network.sizes[0], "input"), _count(network.targets, "target")
        has = f"the data has {_count(len(table.names), 'column')} ({', '.join(table.names[:8])})"
        reason = f"{network.text} needs {inputs} and {targets}; {has}"
        raise SettingError("network", reason)
    if network.loss == "cross_entropy":
        for part in (table, test):
            _check_labels(network, part)
    n = network.dimension
    return NetworkProblem(
        network=network,
        table=table,
        test_table=test,
        seed=seed,
        weights=tuple(f"w{i}" for i in range(1, n + 1)),
        name=f"network {network.text}",
        window=(DEFAULT_RANGE,) * n,
        start=tuple(network.initial(seed).tolist()),
    )


def _check_labels(network: Network, table: Table | None) -> None:
    if table is None:
        return
    values = table.columns[table.target]
    classes = max(2, network.outputs)
    wrong = (values < 0) | (values >= classes) | (values != np.floor(values))
    if wrong.any():
        row = int(np.argmax(wrong))
        known = "0 or 1" if classes == 2 else f"a class number from 0 to {classes - 1}"
        where = f"column {table.target}, row {row + 1}"
        reason = f"cross_entropy needs {known} in {where}, not {values[row]:g}"
        raise SettingError("train_loss", reason)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
