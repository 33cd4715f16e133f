"""One step of one run as a list of scalar assignments: the form of a step for few weights.

The statements of :mod:`optlab.core.run.equations` are written out for each weight, with the
formulas of the problem in place of its answers, so that one piece of straight code does a whole
step.  A vector ``v_m_1`` becomes ``v_m_1_1``, ``v_m_1_2``, ...; every name is assigned once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce

from optlab.core.formula.algebra import call
from optlab.core.formula.emit import Assignment
from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import Node, Symbol, substitute
from optlab.core.problems.formula import FormulaProblem
from optlab.core.run.columns import Columns, columns_of
from optlab.core.run.equations import (
    Assign,
    Call,
    Statement,
    StepEquations,
    StepperCall,
    Total,
)


@dataclass(frozen=True)
class StepProgram:
    """What scalar code is generated from.

    ``inputs``: the weights, then the memory, as scalars; ``starts``: their values before the
    first step (the weights stand for themselves); ``values``: the numbers a run passes in;
    ``assignments``: a whole step; ``carry``: the new name of each input; ``columns``: the
    recorded quantities, column by column, with the name that holds them; ``vectors``: the
    quantities and their columns; ``noise``: names of this step's random numbers;
    ``series``: names of powers with the step as exponent, and their bases;
    ``gradients``: how many gradients a step takes.
    """

    inputs: tuple[str, ...]
    starts: tuple[Node, ...]
    values: tuple[str, ...]
    assignments: tuple[Assignment, ...]
    carry: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    vectors: Columns
    state: tuple[str, ...]
    noise: tuple[str, ...]
    watches_gradient: bool
    dimension: int
    gradients: int = 1
    series: tuple[tuple[str, Node], ...] = ()

    @property
    def cost(self) -> int:
        """How many steps of two weights a step of plain code costs, about."""
        return 1

    @property
    def features(self) -> tuple[str, ...]:
        """None: batches and older weights are for steps over whole vectors."""
        return ()

    @property
    def stepper(self) -> None:
        """None: scalar code is made from equations."""

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(name for name, _ in self.columns)


@lru_cache(maxsize=512)
def scalar_program(equations: StepEquations, problem: FormulaProblem) -> StepProgram:
    """The statements of a step written out for the weights of a formula."""
    return _Unrolled(equations, problem).program()


class _Unrolled:
    def __init__(self, equations: StepEquations, problem: FormulaProblem) -> None:
        self.equations = equations
        self.problem = problem
        self.size = problem.dimension
        self.replacements = [
            {name: Symbol(f"{name}_{i}") for name in equations.vectors}
            for i in range(1, self.size + 1)
        ]

    def program(self) -> StepProgram:
        equations, problem = self.equations, self.problem
        layout = columns_of(equations, problem.weights)
        holders = [name for item in equations.records for name in self.parts(item.holder)]
        noise = tuple(name for kind in ("n1", "n2") for name in self.parts(kind))
        starts: list[Node] = [Symbol(name) for name in self.parts("in_w")]
        for (_, vector), start in zip(equations.inputs[1:], equations.starts, strict=True):
            starts += self.components(start) if vector else [start]
        return StepProgram(
            inputs=tuple(part for name, _ in equations.inputs for part in self.parts(name)),
            starts=tuple(starts),
            values=equations.values,
            assignments=tuple(
                line for item in equations.statements for line in self.assignments(item)
            ),
            carry=tuple(part for name in equations.carry for part in self.parts(name)),
            columns=tuple(zip(layout.names, holders, strict=True)),
            vectors=layout,
            state=equations.state,
            noise=noise if equations.noisy else (),
            watches_gradient=equations.watches_gradient,
            dimension=self.size,
            gradients=equations.gradients,
            series=equations.powers,
        )

    def parts(self, name: str) -> list[str]:
        """The scalars that stand for a vector, or the one that is none."""
        if name not in self.equations.vectors:
            return [name]
        return [f"{name}_{i}" for i in range(1, self.size + 1)]

    def components(self, tree: Node) -> list[Node]:
        return [substitute(tree, names) for names in self.replacements]

    def assignments(self, item: Statement) -> list[Assignment]:
        match item:
            case Assign(target, tree, vector):
                if not vector:
                    return [(target, tree)]
                return list(zip(self.parts(target), self.components(tree), strict=True))
            case Total(target, tree):
                total = reduce(lambda a, b: call("add", a, b), self.components(tree))
                return [(target, total)]
            case Call():
                return list(zip(self.parts(item.target), self.answer(item), strict=True))
            case StepperCall():
                raise ValueError(f"{item.key} is computed by a function, not by equations")

    def answer(self, item: Call) -> list[Node]:
        problem = self.problem
        match item.question:
            case "loss":
                trees: list[Node] = [problem.tree]
            case "gradient":
                trees = list(problem.gradient_trees)
            case "curvature":
                trees = [row[i] for i, row in enumerate(problem.hessian_trees)]
            case "hessian_product":
                along = [Symbol(name) for name in self.parts(item.vector)]
                trees = [_product(row, along) for row in problem.hessian_trees]
        point: Mapping[str, Node] = dict(
            zip(problem.weights, map(Symbol, self.parts(item.point)), strict=True)
        )
        return [lower(substitute(tree, point)) for tree in trees]


def _product(row: tuple[Node, ...], along: list[Symbol]) -> Node:
    """A row of the Hessian times a vector, from the first component on."""
    terms = [call("mul", entry, part) for entry, part in zip(row, along, strict=True)]
    return reduce(lambda a, b: call("add", a, b), terms)
