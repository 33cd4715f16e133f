"""Makes the program of a step: equations over vectors become assignments to scalars."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from optlab.core.formula.algebra import ONE, TWO, ZERO, call
from optlab.core.formula.emit import Assignment
from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import Apply, Node, Symbol, postorder, substitute, symbols
from optlab.core.gradient import CLIP, CLIP_STAGES, NOISE_STAGES, stage_tree
from optlab.core.problems import Problem
from optlab.core.rules import StateVariable, Variant
from optlab.core.rules.load import LEARNING_RATE
from optlab.core.rules.steppers import STEPPERS
from optlab.core.run.components import Value, column_titles, dot, holders_of, norm, parts
from optlab.core.run.program import STEP, StepperPart, StepProgram, is_step_power
from optlab.core.schedules import Schedule


@lru_cache(maxsize=512)
def step_program(
    problem: Problem,
    variant: Variant,
    parameters: tuple[str, ...],
    schedule: Schedule,
    treatment: tuple[str, ...],
    watches_gradient: bool,
) -> StepProgram:
    """The step of a run. ``treatment`` names the active stages; no number enters here, so
    that a change of a number needs no new code."""
    return _Builder(problem, variant, parameters, schedule, treatment, watches_gradient).build()


class _Builder:
    def __init__(
        self,
        problem: Problem,
        variant: Variant,
        parameters: tuple[str, ...],
        schedule: Schedule,
        treatment: tuple[str, ...],
        watches_gradient: bool,
    ) -> None:
        self.problem = problem
        self.variant = variant
        self.schedule = schedule
        self.treatment = treatment
        self.watches_gradient = watches_gradient
        self.size = problem.dimension
        self.assignments: list[Assignment] = []
        self.versions: dict[str, int] = {}
        self.gradients = 0
        self.series: dict[Node, str] = {}
        self.scope: dict[str, Value] = {name: Symbol(f"p_{name}") for name in parameters}
        self.noise = tuple(f"n{kind}_{i}" for kind in (1, 2) for i in self.components())

    def components(self) -> range:
        return range(1, self.size + 1)

    def build(self) -> StepProgram:
        memory = self.memory()
        inputs = [part for name in memory for part in holders_of(self.scope[name])]
        starts = self.starts()
        if self.watches_gradient:
            raw = self.raw_gradient(self.vector("w"))
            self.assign("_gradient_norm", norm(raw))
        self.scope["t"] = STEP
        k = call("sub", STEP, ONE)
        rate = substitute(self.schedule.expression(k, Symbol("c_horizon")), self.rates())
        self.assign(LEARNING_RATE, rate)
        if self.variant.needs_gradient:
            self.assign("g", self.gradient(self.vector("w")))
        for equation in self.variant.equations:
            value = self.expand(equation.tree)
            self.assign(equation.target, self.as_declared(equation.target, value))
        stepper = self.stepper() if self.variant.stepper else None
        self.assign("loss", self.loss(self.vector("w")))
        return self.program(inputs, starts, memory, stepper)

    def stepper(self) -> StepperPart:
        """Gives names to what a stepper hands back, as if equations had assigned it."""
        old = self.vector("w")
        objective = self.loss(old)
        rows = [tuple(self.at(tree, old) for tree in row) for row in self.problem.hessian_trees]
        if "l2" in self.treatment:
            strength = Symbol("c_l2")
            half = call("div", call("mul", strength, dot(old, old)), TWO)
            objective = call("add", objective, half)
            rows = [
                tuple(call("add", tree, strength) if i == j else tree for j, tree in enumerate(row))
                for i, row in enumerate(rows)
            ]
        records = STEPPERS[self.variant.stepper].records
        scalars = {name for name, scalar in records.items() if scalar}
        matrices = {v.name: len(v.titles(self.size)) for v in self.variant.state}
        scalars |= {v.name for v in self.variant.state if v.scalar}
        for name in ("w", *matrices, *records):
            count = matrices.get(name, self.size)
            names = tuple(Symbol(f"new_{name}_{i}") for i in range(1, count + 1))
            self.scope[name] = names[0] if name in scalars else names
        return StepperPart(
            key=self.variant.stepper,
            options=self.variant.options,
            parameters=self.variant.parameters,
            memory=tuple((v.name, self.shape(v)) for v in self.variant.state),
            objective=lower(objective),
            hessian=tuple(lower(tree) for row in rows for tree in row),
        )

    def shape(self, variable: StateVariable) -> tuple[int, ...]:
        """The shape of the array that a stepper gets."""
        count = len(variable.titles(self.size))
        return (count // self.size, self.size) if variable.rows is not None else (count,)

    def memory(self) -> list[str]:
        """Declares the weights and the memory as inputs; their names, weights first."""
        self.scope["w"] = tuple(Symbol(f"in_w_{i}") for i in self.components())
        for variable in self.variant.state:
            stem = f"in_{variable.name}"
            count = len(variable.titles(self.size))
            names = tuple(Symbol(f"{stem}_{i}") for i in range(1, count + 1))
            self.scope[variable.name] = Symbol(stem) if variable.scalar else names
        return ["w", *(variable.name for variable in self.variant.state)]

    def starts(self) -> tuple[Node, ...]:
        starts: list[Node] = list(parts(self.scope["w"]))
        for variable in self.variant.state:
            value = self.expand(variable.start)
            count = len(variable.titles(self.size))
            starts += value if isinstance(value, tuple) else (value,) * count
        return tuple(lower(start) for start in starts)

    def rates(self) -> dict[str, Node]:
        return {LEARNING_RATE: Symbol(f"p_{LEARNING_RATE}")}

    # -- values ---------------------------------------------------------------------------

    def vector(self, name: str) -> tuple[Node, ...]:
        value = self.scope[name]
        assert isinstance(value, tuple)
        return value

    def broadcast(self, value: Value) -> tuple[Node, ...]:
        return value if isinstance(value, tuple) else (value,) * self.size

    def as_declared(self, target: str, value: Value) -> Value:
        scalars = {variable.name for variable in self.variant.state if variable.scalar}
        vectors = {"w", "g", *(variable.name for variable in self.variant.state)} - scalars
        if target in scalars and isinstance(value, tuple):
            raise ValueError(f"{self.variant.rule}: '{target}' is a scalar, its equation is not")
        return self.broadcast(value) if target in vectors else value

    def assign(self, name: str, value: Value) -> None:
        """Gives ``name`` a value under a new scalar name for each component."""
        version = self.versions.get(name, 0) + 1
        self.versions[name] = version
        stem = f"v_{name}_{version}"
        if isinstance(value, tuple):
            targets = [f"{stem}_{i}" for i in self.components()]
            nodes = value
        else:
            targets, nodes = [stem], (value,)
        for target, node in zip(targets, nodes, strict=True):
            self.assignments.append((target, self.with_series(lower(node))))
        fresh = tuple(Symbol(target) for target in targets)
        self.scope[name] = fresh if isinstance(value, tuple) else fresh[0]

    def with_series(self, tree: Node) -> Node:
        """The tree with names for powers of constants that have the step as exponent."""
        if self.variant.stepper or STEP.name not in symbols(tree):
            return tree
        constants = {name for name in symbols(tree) if name.startswith("p_")}
        done: dict[Node, Node] = {}
        for part in postorder(tree):
            done[part] = part
            if is_step_power(part, constants) and isinstance(part, Apply):
                name = self.series.setdefault(part.args[0], f"r_{len(self.series)}")
                done[part] = Symbol(name)
            elif isinstance(part, Apply):
                done[part] = Apply(part.operation, tuple(done[arg] for arg in part.args))
        return done[tree]

    def expand(self, tree: Node) -> Value:
        """A formula over vectors as one formula per component (or one, for a scalar)."""
        done: dict[Node, Value] = {}
        for part in postorder(tree):
            if isinstance(part, Symbol):
                done[part] = self.scope.get(part.name, part)
            elif isinstance(part, Apply):
                done[part] = self.apply(part.operation, [done[arg] for arg in part.args])
            else:
                done[part] = part
        return done[tree]

    def apply(self, operation: str, args: list[Value]) -> Value:
        special: Mapping[str, Callable[..., Value]] = {
            "dot": lambda a, b: dot(self.broadcast(a), self.broadcast(b)),
            "norm": lambda a: norm(self.broadcast(a)),
            "grad": lambda point: self.gradient(self.named_point(point)),
            "curvature": lambda point: self.curvature(self.named_point(point)),
            "loss": lambda point: self.loss(self.named_point(point)),
        }
        if operation in special:
            return special[operation](*args)
        if any(isinstance(arg, tuple) for arg in args):
            rows = zip(*(self.broadcast(arg) for arg in args), strict=True)
            return tuple(call(operation, *row) for row in rows)
        return call(operation, *(arg for arg in args if not isinstance(arg, tuple)))

    # -- problem and treatment ------------------------------------------------------------

    def named_point(self, point: Value) -> tuple[Node, ...]:
        """The point under names of its own, so that it is computed once."""
        nodes = self.broadcast(point)
        if all(isinstance(node, Symbol) for node in nodes):
            return nodes
        self.assign("_at", nodes)
        return self.vector("_at")

    def at(self, tree: Node, point: tuple[Node, ...]) -> Node:
        return substitute(tree, dict(zip(self.problem.variables, point, strict=True)))

    def loss(self, point: tuple[Node, ...]) -> Node:
        return self.at(self.problem.tree, point)

    def raw_gradient(self, point: tuple[Node, ...]) -> tuple[Node, ...]:
        return tuple(self.at(tree, point) for tree in self.problem.gradient_trees)

    def curvature(self, point: tuple[Node, ...]) -> tuple[Node, ...]:
        """The second derivative along each weight, with that of the L2 term; never clipped."""
        rows = self.problem.hessian_trees
        value: Value = tuple(self.at(row[i], point) for i, row in enumerate(rows))
        if "l2" in self.treatment:
            value = self.apply("add", [value, Symbol("c_l2")])
        return self.broadcast(value)

    def gradient(self, point: tuple[Node, ...]) -> tuple[Node, ...]:
        """The treated gradient at a point."""
        self.gradients += 1
        value: Value = self.raw_gradient(point)
        outer = dict(self.scope)
        unclipped: tuple[Node, ...] | None = None
        for stage in self.treatment:
            if stage in CLIP_STAGES:
                self.assign("_unclipped", value)
                value = self.vector("_unclipped")
                unclipped = unclipped or value
            noise = {f"n{kind}": self.noise_part(kind) for kind in (1, 2)}
            self.scope.update({"g": value, "w": point, stage: Symbol(f"c_{stage}"), **noise})
            value = self.expand(stage_tree(stage))
        self.scope = outer
        return self.broadcast(value if unclipped is None else self.clipped(unclipped, value))

    def clipped(self, before: tuple[Node, ...], after: Value) -> tuple[Node, ...]:
        """The clipped gradient; notes what is left of its norm, the least where a step has
        several gradients."""
        self.assign("_clipped", after)
        result = self.vector("_clipped")
        size = norm(before)
        factor = call("where", call("gt", size, ZERO), call("div", norm(result), size), ONE)
        if CLIP in self.scope:
            factor = call("min", *parts(self.scope[CLIP]), factor)
        self.assign(CLIP, factor)
        return result

    def noise_part(self, kind: int) -> tuple[Node, ...]:
        return tuple(Symbol(f"n{kind}_{i}") for i in self.components())

    # -- the result -----------------------------------------------------------------------

    def program(
        self,
        inputs: list[str],
        starts: tuple[Node, ...],
        memory: list[str],
        stepper: StepperPart | None,
    ) -> StepProgram:
        carry = [part for name in memory for part in holders_of(self.scope[name])]
        recorded = ["w", "loss", "g", LEARNING_RATE, *memory[1:], *self.variant.intermediates]
        recorded += [CLIP] * (CLIP in self.scope)
        declared = {v.name: v.titles(self.size) for v in self.variant.state}
        columns: list[tuple[str, str]] = []
        vectors: list[tuple[str, tuple[str, ...]]] = []
        for name in recorded:
            value = self.scope[name]
            holders = holders_of(value)
            titles = declared.get(name) or column_titles(
                name, len(holders), isinstance(value, tuple)
            )
            columns += zip(titles, holders, strict=True)
            vectors.append((name, titles))
        trees = [*(tree for _, tree in self.assignments), *starts, *self.series]
        used = symbols(*trees)
        prefixes = ("p_", "c_", *(f"s{index}_" for index in range(len(self.schedule.pieces))))
        if stepper is not None:
            used |= symbols(stepper.objective, *stepper.hessian)
            used |= {f"p_{name}" for name in stepper.parameters}
        values = sorted(name for name in used if name.startswith(prefixes))
        noisy = any(stage in NOISE_STAGES for stage in self.treatment)
        return StepProgram(
            inputs=tuple(inputs),
            starts=starts,
            values=tuple(values + ["c_tolerance"] * self.watches_gradient),
            assignments=tuple(self.assignments),
            carry=tuple(carry),
            columns=tuple(columns),
            vectors=tuple(vectors),
            state=tuple(memory[1:]),
            noise=self.noise if noisy else (),
            watches_gradient=self.watches_gradient,
            dimension=self.size,
            gradients=self.gradients,
            series=tuple((name, base) for base, name in self.series.items()),
            stepper=stepper,
        )
