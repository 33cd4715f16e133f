"""Problems and steps as JavaScript functions, from the same equations as every other code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce

from optlab.core.formula.algebra import call
from optlab.core.formula.dialects.javascript_dialect import (
    JAVASCRIPT,
    javascript_function,
    javascript_lines,
)
from optlab.core.formula.emit import straight_lines
from optlab.core.formula.nodes import Node, Symbol, substitute
from optlab.core.formula.over_rows import RowFormulas, row_formulas
from optlab.core.problems import DataProblem, FormulaProblem
from optlab.core.run.equations import (
    GRADIENT_NORM,
    STALE,
    Assign,
    Call,
    Statement,
    StepEquations,
    Total,
)

DATA, TEST = "D", "T"
"""What hold the columns of the table and of the rows for the test, in code over rows."""
ROWS = "R"
"""What holds the numbers of the rows of a step, or nothing where it takes all."""


# -- the problem ---------------------------------------------------------------------------------


def problem_functions(problem: FormulaProblem, questions: frozenset[str]) -> str:
    """An object with ``loss`` and the answers to the other ``questions``: functions of one number
    for each weight (and for each component of a vector), in the code of a page."""
    along = problem.along
    trees: Mapping[str, tuple[Sequence[Node], Sequence[str]]] = {
        "loss": ((problem.tree,), problem.weights),
        "gradient": (problem.gradient_trees, problem.weights),
    }
    if questions & {"curvature", "hessian_product"}:
        products = [_row_times(row, along) for row in problem.hessian_trees]
        diagonal = [row[i] for i, row in enumerate(problem.hessian_trees)]
        trees = {
            **trees,
            "curvature": (diagonal, problem.weights),
            "hessian_product": (products, (*problem.weights, *along)),
        }
    parts = [
        f"{name}:{_function(problem, found, names)}"
        for name, (found, names) in trees.items()
        if name in questions | {"loss"}
    ]
    if isinstance(problem, DataProblem):
        parts += _measured(problem)
    return "{" + ",\n".join(parts) + "}"


def _measured(problem: DataProblem) -> Iterator[str]:
    """What is read off the data after each step: accuracy, and both on the rows for the test."""
    own, accuracy = problem.table.names, problem.accuracy_tree
    loss = row_formulas((problem.tree,), problem.weights, own)
    if problem.test_table is not None:
        yield f"test_loss:{_over_rows(loss, TEST, single=True)}"
    if accuracy is not None:
        share = row_formulas((accuracy,), problem.weights, own)
        yield f"accuracy:{_over_rows(share, DATA, single=True)}"
        if problem.test_table is not None:
            yield f"test_accuracy:{_over_rows(share, TEST, single=True)}"


def _row_times(row: Sequence[Node], along: Sequence[str]) -> Node:
    """A row of the Hessian times a vector, from the first component on."""
    terms = [call("mul", entry, Symbol(name)) for entry, name in zip(row, along, strict=True)]
    return reduce(lambda a, b: call("add", a, b), terms)


def _function(problem: FormulaProblem, trees: Sequence[Node], names: Sequence[str]) -> str:
    if isinstance(problem, DataProblem):
        formulas = row_formulas(trees, names, problem.table.names)
        return _over_rows(formulas, DATA, single=len(trees) == 1)
    arguments = {name: f"w_{index}" for index, name in enumerate(names)}
    symbols: Mapping[str, Node] = {name: Symbol(short) for name, short in arguments.items()}
    renamed = [substitute(tree, symbols) for tree in trees]
    return javascript_function(renamed, tuple(arguments.values()))


def _over_rows(formulas: RowFormulas, data: str, *, single: bool) -> str:
    """Formulas over the rows of a table, all or those that are given, from the first one on."""
    terms = [(f"t_{index}", term) for index, term in enumerate(formulas.terms)]
    outer = [(f"o_{index}", tree) for index, tree in enumerate(formulas.outer)]
    sums = "".join(f"let s_{index}=0;" for index in range(len(terms)))
    columns = "".join(f"const c_{index}={data}[{index}][i];" for index in formulas.used)
    inside = _constants(straight_lines(terms, JAVASCRIPT))
    adding = "".join(f"s_{index}+=t_{index};" for index in range(len(terms)))
    means = "".join(
        f"const m_{index}=s_{index}{'/count' if mean else ''};"
        for index, mean in enumerate(formulas.means)
    )
    end = _constants(straight_lines(outer, JAVASCRIPT, "_o"))
    returned = "o_0" if single else f"[{','.join(name for name, _ in outer)}]"
    names = ",".join([*(f"w_{index}" for index in range(formulas.weights)), ROWS])
    sums = f"const count={ROWS}?{ROWS}.length:{data}[0].length;{sums}"
    loop = f"for(let k=0;k<count;k++){{const i={ROWS}?{ROWS}[k]:k;{columns}{inside}{adding}}}"
    return f"({names})=>{{{sums}{loop}{means}{end}return {returned}}}"


def _constants(lines: Sequence[tuple[str, str]]) -> str:
    return "".join(f"const {name}={text};" for name, text in lines)


# -- a step --------------------------------------------------------------------------------------


class StepText:
    """The step of a leg as text, written out for so many weights.

    The functions take ``t`` (the number of the step before), ``x`` (weights and memory), ``v``
    (the numbers of the run, in the order of ``equations.values``), ``n`` (random numbers), and
    where a step has them ``R`` (the rows of its batch), ``S`` (the older weights of its gradient)
    and ``u`` (random numbers that say which weights it writes).
    """

    def __init__(self, equations: StepEquations, dimension: int, *, noisy: bool = False) -> None:
        self.equations = equations
        self.size = dimension
        self.noisy = noisy or equations.noisy

    def parts(self, name: str) -> list[str]:
        """The numbers that stand for a vector, or the one that is none."""
        if name not in self.equations.vectors:
            return [name]
        return [f"{name}_{i}" for i in range(1, self.size + 1)]

    def step(self, places: Mapping[str, int]) -> str:
        """A function that takes a step: it writes what is recorded into the row ``o``, whose
        columns begin at ``places``, and the new weights and memory into ``x``.  It returns false,
        and changes nothing, where the gradient is so small that the run ends."""
        records = "".join(
            f"o[{places[record.name] + index}]={name};"
            for record in self.equations.records
            for index, name in enumerate(self.parts(record.holder))
        )
        carried = (part for name in self.equations.carry for part in self.parts(name))
        carry = "".join(f"x[{index}]={name};" for index, name in enumerate(carried))
        return f"(t,x,v,n,o,R,S,u)=>{{{self._body()}{records}{carry}return true}}"

    def starts(self) -> str:
        """A function that gives the memory before the first step, as flat numbers."""
        trees: list[Node] = []
        for (_, vector), start in zip(
            self.equations.inputs[1:], self.equations.starts, strict=True
        ):
            trees += self._components(start) if vector else [start]
        names = [f"start_{index}" for index in range(len(trees))]
        lines = _constants(javascript_lines(list(zip(names, trees, strict=True))))
        weights = _read("x", self.parts("in_w"))
        weights += _read("v", self.equations.values)
        return f"(x,v)=>{{{weights}{lines}return [{','.join(names)}]}}"

    def values_of(self, names: Sequence[str]) -> str:
        """A function that gives the values of quantities that the step records, as flat numbers."""
        holders = {record.name: record.holder for record in self.equations.records}
        found = [part for name in names for part in self.parts(holders[name])]
        return f"(t,x,v,n,R,S,u)=>{{{self._body()}return [{','.join(found)}]}}"

    def size_of(self, name: str) -> int:
        """How many numbers a recorded quantity has."""
        holders = {record.name: record.holder for record in self.equations.records}
        return len(self.parts(holders[name]))

    def _components(self, tree: Node) -> list[Node]:
        return [
            substitute(tree, {name: Symbol(f"{name}_{i}") for name in self.equations.vectors})
            for i in range(1, self.size + 1)
        ]

    def _body(self) -> str:
        equations = self.equations
        inputs = [part for name, _ in equations.inputs for part in self.parts(name)]
        noise = [part for kind in ("n1", "n2") for part in self.parts(kind)]
        text = _read("x", inputs) + _read("v", equations.values)
        text += _read("n", noise) if self.noisy else ""
        text += _read("S", self.parts(STALE)) if "delay" in equations.features else ""
        text += _read("u", self.parts("u1")) if "share" in equations.features else ""
        text += "t+=1;"
        for name, base in equations.powers:
            lines = javascript_lines([(f"{name}_base", base)], f"{name}_")
            text += f"{_constants(lines)}const {name}=stepPower({name}_base,t);"
        for index, statement in enumerate(equations.statements):
            text += "".join(self._statement(statement, f"_{index}_"))
        return text

    def _statement(self, item: Statement, prefix: str) -> Iterator[str]:
        match item:
            case Assign(target, tree, vector):
                trees = self._components(tree) if vector else [tree]
                pairs = list(zip(self.parts(target), trees, strict=True))
                yield _constants(javascript_lines(pairs, prefix))
                if self.equations.watches_gradient and target == GRADIENT_NORM:
                    yield f"if({target}<=c_tolerance)return false;"
            case Total(target, tree):
                total = reduce(lambda a, b: call("add", a, b), self._components(tree))
                yield _constants(javascript_lines([(target, total)], prefix))
            case Call(target, question, point, vector_name):
                given = [*self.parts(point), *(self.parts(vector_name) if vector_name else ())]
                given += [ROWS] if "batch" in self.equations.features else []
                found = ",".join(self.parts(target))
                found = found if question == "loss" else f"[{found}]"
                yield f"const {found}=E.{question}({','.join(given)});"
            case _:
                raise ValueError(f"{item.key} is computed by a function, not by equations")


def _read(array: str, names: Sequence[str]) -> str:
    """The names get the numbers of an array, in order."""
    return f"const [{','.join(names)}]={array};" if names else ""
