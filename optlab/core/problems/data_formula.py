"""A formula over the rows of a table as a problem, with exact first and second derivatives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from optlab.core.data.batches import Indices
from optlab.core.data.row_context import COLUMNS, DATA, FIRST, INDICES, OFFSETS, STEPS, RowContext
from optlab.core.data.row_context import ROWS as ROW_COUNT
from optlab.core.data.table import Split, Table
from optlab.core.formula import FormulaError, Node, Symbol, number, parse, substitute
from optlab.core.formula.algebra import ONE, ZERO, call
from optlab.core.formula.dialects.numexpr_dialect import GridFunction
from optlab.core.formula.emit import MATH_NAMES
from optlab.core.formula.nodes import Apply, postorder, symbols
from optlab.core.formula.operations import CONSTANTS, FUNCTIONS, REDUCTIONS
from optlab.core.formula.over_rows import RowFormulas, row_formulas
from optlab.core.formula.parse import WORDS
from optlab.core.formula.tokens import tokenize
from optlab.core.native import NO_STORE, KernelStore
from optlab.core.parameters import SettingError
from optlab.core.problems.compiled_calls import (
    ACCURACY,
    CURVATURE,
    GRADIENT,
    LOSS,
    PRODUCT,
    QUESTIONS,
    Pointer,
)
from optlab.core.problems.formula import (
    FormulaProblem,
    GridForm,
    check_weight_names,
    highest_weight,
)
from optlab.core.problems.problem import DEFAULT_RANGE, Array

_SECOND = frozenset({"curvature", "hessian_product"})


@dataclass(frozen=True, kw_only=True)
class DataProblem(FormulaProblem):
    """A loss given by one formula over the rows of ``table``, such as ``mean((w1*x - y)^2)``.

    ``test_table`` has the rows that are kept for the test; ``labels`` are the values of a target
    that is a label; ``origin`` says where a catalogue problem has its rows from.
    """

    table: Table
    test_table: Table | None = None
    labels: tuple[float, ...] = ()
    origin: tuple[str, Split] | None = None

    @property
    def rows(self) -> int:
        """How many rows the data has."""
        return self.table.rows

    @property
    def is_joint(self) -> bool:
        """Always: loss and gradient go over the rows together."""
        return True

    @cached_property
    def cost(self) -> int:
        """Sums and products take a nanosecond a row in NumPy; other functions, which are computed
        number by number, a tenth of a microsecond."""
        parts = [part for part in postorder(self.tree, *self.gradient_trees) if _is_slow(part)]
        return 30 + self.rows * (len(parts) + self.has_accuracy * len(self.labels)) // 8

    @cached_property
    def test(self) -> DataProblem | None:
        """The same loss on the rows of the test, None where there are none."""
        if self.test_table is None:
            return None
        return replace(self, table=self.test_table, test_table=None)

    @property
    def has_accuracy(self) -> bool:
        """Whether the target is a label, and the loss is a mean over rows that contains it."""
        return self.accuracy_tree is not None

    def loss_and_accuracy(
        self, w: Sequence[float] | Array, rows: Indices | None = None
    ) -> tuple[float, float]:
        """E, and the share of rows for which no other label would have a smaller loss."""
        tree = self.accuracy_tree
        assert tree is not None
        right, loss = self._values(self._formulas((tree, self.tree)), w, rows)
        return float(loss), right

    @cached_property
    def row_loss(self) -> Node | None:
        """What a row with a target adds to the loss; None where that is not one formula."""
        terms = [
            part.args[0]
            for part in postorder(self.tree)
            if isinstance(part, Apply)
            and part.operation in REDUCTIONS
            and self.table.target in symbols(part)
        ]
        return terms[0] if len(terms) == 1 else None

    def row_losses(self, w: Sequence[float] | Array, columns: Sequence[Array]) -> Array:
        """:attr:`row_loss` of rows given by columns that broadcast together, in the order of the
        table."""
        assert self.row_loss is not None
        weights = [np.array(float(value)) for value in w]
        function = _row_function(self.row_loss, (*self.weights, *self.table.names))
        with np.errstate(all="ignore"):
            return function(*weights, *columns)

    @cached_property
    def accuracy_tree(self) -> Node | None:
        """1 for a row whose label has the least loss of all labels, the lower one where two have
        the same."""
        if not self.labels or self.row_loss is None:
            return None
        target = Symbol(self.table.target)
        known = ZERO
        for label in self.labels:
            least = call("eq", target, number(label))
            own = substitute(self.row_loss, {target.name: number(label)})
            for other in self.labels:
                if other == label:
                    continue
                loss = substitute(self.row_loss, {target.name: number(other)})
                least = call("and", least, call("le" if label < other else "lt", own, loss))
            known = call("where", least, ONE, known)
        return call("mean", known)

    # -- values -----------------------------------------------------------------------------

    def _formulas(self, trees: tuple[Node, ...]) -> RowFormulas:
        return _prepared(trees, self.weights, self.table.names)

    def _values(
        self, formulas: RowFormulas, w: Sequence[float] | Array, rows: Indices | None = None
    ) -> tuple[float, ...]:
        data = self.table.by_column if rows is None else self.table.by_column[:, rows]
        return formulas.values(data, [float(value) for value in w])

    def loss(self, w: Sequence[float] | Array, rows: Indices | None = None) -> float:
        """E at a point; nan or ±inf outside the formula's domain."""
        return float(self._values(self._formulas((self.tree,)), w, rows)[0])

    def gradient(self, w: Sequence[float] | Array) -> tuple[float, ...]:
        """∇E at a point."""
        return tuple(self.loss_and_gradient(w)[1].tolist())

    def loss_and_gradient(
        self, w: Sequence[float] | Array, rows: Indices | None = None
    ) -> tuple[float, Array]:
        """E and ∇E at a point."""
        formulas = self._formulas((self.tree, *self.gradient_trees))
        loss, *slopes = self._values(formulas, w, rows)
        return float(loss), np.array(slopes, dtype=np.float64)

    def hessian(self, w: Sequence[float] | Array, rows: Indices | None = None) -> Array:
        """The second derivatives at a point, shape (n, n)."""
        flat = tuple(tree for row in self.hessian_trees for tree in row)
        found = self._values(self._formulas(flat), w, rows)
        return np.array(found, dtype=np.float64).reshape(self.dimension, self.dimension)

    def hessian_diagonal(self, w: Sequence[float] | Array, rows: Indices | None = None) -> Array:
        """The second derivative along each weight, shape (n,)."""
        return np.array(self._values(self._formulas(self.curvature_trees), w, rows))

    def hessian_product(
        self,
        w: Sequence[float] | Array,
        v: Sequence[float] | Array,
        rows: Indices | None = None,
    ) -> Array:
        """The Hessian at w times v, shape (n,)."""
        formulas = _prepared(self.product_trees, (*self.weights, *self.along), self.table.names)
        return np.array(self._values(formulas, [*w, *v], rows))

    def pointer(self, questions: Collection[str], store: KernelStore = NO_STORE) -> Pointer | None:
        """The formula and its derivatives over the rows of a step, as machine code."""
        answers: list[tuple[Node, ...] | None] = [None] * len(QUESTIONS)
        if set(questions) == {"accuracy"} and self.accuracy_tree is not None:
            answers[ACCURACY] = (self.accuracy_tree, self.tree)
            return self._pointer(answers, store)
        answers[LOSS], answers[GRADIENT] = (self.tree,), (self.tree, *self.gradient_trees)
        if _SECOND & set(questions):
            answers[CURVATURE] = self.curvature_trees
            answers[PRODUCT] = self.product_trees
        return self._pointer(answers, store)

    def _pointer(self, answers: Sequence[tuple[Node, ...] | None], store: KernelStore) -> Pointer:
        code = store.answer(_source(tuple(answers), self.weights, self.along, self.table.names))
        return Pointer(code.address, joint=True, rows=RowContext(self.table.by_column), keep=code)

    def grid(self, w1: Array, w2: Array, cancelled: Callable[[], bool] = lambda: False) -> Array:
        """E over arrays that broadcast together; nan where it was ``cancelled`` on the way."""
        return self._grid_function(w1, w2, cancelled=cancelled)

    def grid_of(self, tree: Node) -> GridForm:
        """A formula of weights and columns as a function of arrays of the weights."""
        return self._formulas((tree,)).grid(self.table.by_column)


def _is_slow(part: Node) -> bool:
    return isinstance(part, Apply) and part.operation in MATH_NAMES and part.operation != "sqrt"


@lru_cache(maxsize=256)
def _prepared(
    trees: tuple[Node, ...], weights: tuple[str, ...], columns: tuple[str, ...]
) -> RowFormulas:
    return row_formulas(trees, weights, columns)


@lru_cache(maxsize=64)
def _row_function(tree: Node, names: tuple[str, ...]) -> GridFunction:
    return GridFunction(tree, names)


@lru_cache(maxsize=64)
def _source(
    answers: tuple[tuple[Node, ...] | None, ...],
    weights: tuple[str, ...],
    along: tuple[str, ...],
    columns: tuple[str, ...],
) -> str:
    """``answer`` for these formulas, the same for all numbers in the table."""
    size = len(weights)
    lines = [
        "head = array(integers_at(context), (8,))",
        f"data = array(numbers_at(head[{DATA}]), (head[{COLUMNS}], head[{ROW_COUNT}]))",
        f"w = array(w_, ({size},))",
        f"out = array(out_, ({size},))",
        f"count, first, chosen = head[{ROW_COUNT}], 0, False",
        f"if step > 0 and head[{STEPS}] > 0:",
        f"    offsets = array(integers_at(head[{OFFSETS}]), (head[{STEPS}] + 1,))",
        f"    first = offsets[step - head[{FIRST}]]",
        f"    count = offsets[step - head[{FIRST}] + 1] - first",
        "    chosen = True",
        f"rows = array(integers_at(head[{INDICES}]), (first + count,))[first:]",
    ]
    lines += [f"w_{index} = w[{index}]" for index in range(size)]
    for question, trees in enumerate(answers):
        if trees is None:
            continue
        product = question == PRODUCT
        names = (*weights, *along) if product else weights
        formulas = _prepared(trees, names, columns)
        lines.append(f"if question == {question}:")
        if product:
            lines.append(f"    v = array(v_, ({size},))")
            lines += [f"    w_{size + index} = v[{index}]" for index in range(size)]
        lines += [f"    {line}" for line in formulas.lines(f"q{question}")]
        joint = question in (GRADIENT, ACCURACY)
        first = 1 if joint else 0
        given = range(first, len(trees)) if joint or len(trees) > 1 or product else range(0)
        lines += [f"    out[{place}] = o{index}" for place, index in enumerate(given)]
        lines.append("    return o0")
    lines.append("return 0.0")
    body = "".join(f"    {line}\n" for line in lines)
    return f"def answer(context, question, step, w_, v_, out_):\n{body}"


@lru_cache(maxsize=64)
def data_problem(
    text: str, table: Table, weights: tuple[str, ...] = (), test: Table | None = None
) -> DataProblem:
    """The problem of a formula over a table.

    ``weights`` names its weights; without them they are w1 ... wn, where n is the highest number
    used.  Raises FormulaError with the column, SettingError for a name that no weight can have.
    """
    names = check_weight_names(weights) or _numbered(text, table)
    for name in names:
        if name in table.names:
            raise SettingError("weights", f"'{name}' is a column of the data")
    columns = usable_columns(table)
    tree = parse(text, names, aliases={}, columns=columns)
    if not symbols(tree) & set(columns):
        reason = f"uses no column of the data; known are {', '.join(columns)}"
        raise FormulaError(reason, text)
    return DataProblem(
        text=text,
        tree=tree,
        weights=names,
        table=table,
        test_table=test,
        labels=table.labels,
        window=(DEFAULT_RANGE,) * len(names),
        start=(1.0,) * len(names),
    )


def names_rows(text: str, table: Table) -> bool:
    """Whether a formula names a column, or sums over rows. Raises FormulaError."""
    words = {token.text for token in tokenize(text) if token.kind == "name"}
    return bool(words & {*REDUCTIONS, *usable_columns(table)})


def _numbered(text: str, table: Table) -> tuple[str, ...]:
    """w1 ... wn for the highest number that a formula uses, which no column has."""
    return tuple(f"w{i}" for i in range(1, max(1, highest_weight(text, table.names)) + 1))


def usable_columns(table: Table) -> tuple[str, ...]:
    """The columns that a formula can name."""
    taken = FUNCTIONS | REDUCTIONS | CONSTANTS.keys() | WORDS
    return tuple(
        name for name in table.names if name.isascii() and name.isidentifier() and name not in taken
    )
