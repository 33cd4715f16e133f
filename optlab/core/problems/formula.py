"""A formula of the weights as a problem, with exact first and second derivatives."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from optlab.core.data.batches import Indices
from optlab.core.formula import (
    SURFACE_NAMES,
    FormulaError,
    GridFunction,
    Node,
    gradient,
    hessian,
    parse,
    scalar_function,
)
from optlab.core.formula.algebra import add, multiply
from optlab.core.formula.nodes import Symbol
from optlab.core.formula.operations import CONSTANTS, OPERATIONS
from optlab.core.formula.tokens import tokenize
from optlab.core.native import NO_STORE, KernelStore
from optlab.core.parameters import SettingError
from optlab.core.problems.compiled_calls import Pointer, answer_source
from optlab.core.problems.problem import DEFAULT_RANGE, Array, Problem

MOST_WEIGHTS = 1000
"""Weights that a formula may have."""
_NUMBERED = re.compile(r"w([1-9][0-9]*)")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_COLUMNS = frozenset({"t", "loss", "eta", "clip", "epoch", "and", "or", "not", "if"})

GridForm = Callable[..., Array]
"""Takes an array for each weight, which broadcast together."""


@dataclass(frozen=True, kw_only=True)
class FormulaProblem(Problem):
    """A loss given by one formula.

    ``text`` is the formula as written, ``tree`` its parsed form, with a symbol for each weight;
    gradient and Hessian are derived from the tree.
    """

    text: str
    tree: Node

    @property
    def formula(self) -> str:
        """The formula as written."""
        return self.text

    @property
    def has_hessian(self) -> bool:
        """Always: second derivatives are derived from the tree."""
        return True

    @property
    def is_surface(self) -> bool:
        """Whether there are two weights, so that a map shows all of it."""
        return self.dimension == 2

    @cached_property
    def gradient_trees(self) -> tuple[Node, ...]:
        """∂E/∂w1, ∂E/∂w2, ... as formulas."""
        return gradient(self.tree, self.weights)

    @cached_property
    def hessian_trees(self) -> tuple[tuple[Node, ...], ...]:
        """The second derivatives as formulas, row by row."""
        return hessian(self.tree, self.weights)

    @cached_property
    def curvature_trees(self) -> tuple[Node, ...]:
        """∂²E/∂w1², ∂²E/∂w2², ... as formulas."""
        pairs = zip(self.gradient_trees, self.weights, strict=True)
        return tuple(gradient(tree, (name,))[0] for tree, name in pairs)

    @cached_property
    def along(self) -> tuple[str, ...]:
        """The symbols of the vector in :attr:`product_trees`."""
        return tuple(f"_along{i}" for i in range(1, self.dimension + 1))

    @cached_property
    def product_trees(self) -> tuple[Node, ...]:
        """The Hessian times a vector: the gradient of the slope along it."""
        slope: Node | None = None
        for tree, name in zip(self.gradient_trees, self.along, strict=True):
            term = multiply(Symbol(name), tree)
            slope = term if slope is None else add(slope, term)
        assert slope is not None
        return gradient(slope, self.weights)

    def loss(self, w: Sequence[float] | Array, rows: Indices | None = None) -> float:
        """E at a point; nan or ±inf outside the formula's domain."""
        return float(self._loss_function(*map(float, w))[0])

    def gradient(self, w: Sequence[float] | Array) -> tuple[float, ...]:
        """∇E at a point."""
        values: tuple[float, ...] = self._gradient_function(*map(float, w))
        return values

    def loss_and_gradient(
        self, w: Sequence[float] | Array, rows: Indices | None = None
    ) -> tuple[float, Array]:
        """E and ∇E at a point."""
        point = [float(value) for value in w]
        return float(self._loss_function(*point)[0]), np.array(self._gradient_function(*point))

    def hessian(self, w: Sequence[float] | Array, rows: Indices | None = None) -> Array:
        """The second derivatives at a point, shape (n, n)."""
        flat = self._hessian_function(*map(float, w))
        return np.array(flat).reshape(self.dimension, self.dimension)

    def hessian_diagonal(self, w: Sequence[float] | Array, rows: Indices | None = None) -> Array:
        """The second derivative along each weight, shape (n,)."""
        return np.array(self._curvature_function(*map(float, w)))

    def hessian_product(
        self, w: Sequence[float] | Array, v: Sequence[float] | Array, rows: Indices | None = None
    ) -> Array:
        """The Hessian at w times v, shape (n,)."""
        return np.array(self._product_function(*map(float, w), *map(float, v)))

    def pointer(self, questions: Collection[str], store: KernelStore = NO_STORE) -> Pointer | None:
        """The formula and its derivatives as machine code."""
        second = bool({"curvature", "hessian_product"} & set(questions))
        code = store.answer(_answer_source(self, second))
        return Pointer(code.address, joint=True, keep=code)

    def grid(self, w1: Array, w2: Array) -> Array:
        """E over arrays that broadcast together, float64, of their common shape."""
        return self._grid_function(w1, w2)

    def grid_of(self, tree: Node) -> GridForm:
        """A formula of the weights as a function of arrays that broadcast together."""
        return GridFunction(tree, self.weights)

    @cached_property
    def _loss_function(self):  # type: ignore[no-untyped-def]
        return scalar_function((self.tree,), self.weights)

    @cached_property
    def _gradient_function(self):  # type: ignore[no-untyped-def]
        return scalar_function(self.gradient_trees, self.weights)

    @cached_property
    def _hessian_function(self):  # type: ignore[no-untyped-def]
        rows = self.hessian_trees
        return scalar_function([entry for row in rows for entry in row], self.weights)

    @cached_property
    def _curvature_function(self):  # type: ignore[no-untyped-def]
        return scalar_function(self.curvature_trees, self.weights)

    @cached_property
    def _product_function(self):  # type: ignore[no-untyped-def]
        return scalar_function(self.product_trees, (*self.weights, *self.along))

    @cached_property
    def _grid_function(self) -> GridForm:
        return self.grid_of(self.tree)


@lru_cache(maxsize=64)
def _answer_source(problem: FormulaProblem, second: bool) -> str:
    """``second``: it answers questions about second derivatives, too."""
    answers: list[tuple[Node | None, tuple[Node, ...]]] = [(problem.tree, ())]
    answers.append((problem.tree, problem.gradient_trees))
    if second:
        answers += [(None, problem.curvature_trees), (None, problem.product_trees)]
    return answer_source(problem.weights, problem.along, answers)


@lru_cache(maxsize=256)
def formula_problem(text: str, weights: tuple[str, ...] = ()) -> FormulaProblem:
    """The problem of a typed formula.

    ``weights`` names its weights, in order; without them they are w1 ... wn, where n is the
    highest number used, at least 2, and ``x`` and ``y`` stand for w1 and w2 where n is 2.
    Raises FormulaError with the column, SettingError for a name that no weight can have.
    """
    names = check_weight_names(weights) if weights else numbered_weights(text)
    tree = parse(text, names, aliases=None if names == SURFACE_NAMES else {})
    size = len(names)
    return FormulaProblem(
        text=text,
        tree=tree,
        weights=names,
        window=(DEFAULT_RANGE,) * size,
        start=(1.0,) * size,
    )


def numbered_weights(text: str) -> tuple[str, ...]:
    """w1 ... wn for the highest number that a formula uses. Raises FormulaError."""
    most = max(len(SURFACE_NAMES), highest_weight(text))
    return tuple(f"w{i}" for i in range(1, most + 1))


def highest_weight(text: str, columns: Collection[str] = ()) -> int:
    """The highest number of a w1, w2, ... in a formula that is no column; 0 where there is none.

    Raises FormulaError.
    """
    most = 0
    for token in tokenize(text):
        found = _NUMBERED.fullmatch(token.text) if token.kind == "name" else None
        if found is None or token.text in columns:
            continue
        if len(found[1]) > 6 or int(found[1]) > MOST_WEIGHTS:
            reason = f"a formula has at most {MOST_WEIGHTS} weights"
            raise FormulaError(reason, text, token.column, len(token.text))
        most = max(most, int(found[1]))
    return most


def check_weight_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names of the weights, once each. Raises SettingError for one that has a meaning."""
    if len(names) > MOST_WEIGHTS:
        raise SettingError("weights", f"must be at most {MOST_WEIGHTS}, not {len(names)}")
    for name in names:
        if not _NAME.fullmatch(name):
            raise SettingError("weights", f"'{name}' is not a name of letters, digits and _")
        if name in _COLUMNS or name in CONSTANTS or name in OPERATIONS:
            raise SettingError("weights", f"'{name}' has a meaning of its own")
        if list(names).count(name) > 1:
            raise SettingError("weights", f"'{name}' stands there twice")
    return tuple(names)
