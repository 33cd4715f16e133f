"""Makes the statements of a step from a rule, a schedule and a treatment of the gradient."""

from __future__ import annotations

from functools import lru_cache

from optlab.core.formula.algebra import ONE, TWO, ZERO, call
from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import Apply, Node, Symbol, postorder, substitute, symbols
from optlab.core.formula.operations import CONSTANTS, VECTOR_FUNCTIONS
from optlab.core.gradient_transforms import CLIP, CLIP_STAGES, NOISE_STAGES, stage_tree
from optlab.core.rules import StateVariable, Variant
from optlab.core.rules.load import LEARNING_RATE
from optlab.core.rules.steppers import STEPPERS
from optlab.core.run.equations import (
    OFFSET,
    SHARE,
    STALE,
    STEP,
    Assign,
    Call,
    Question,
    Record,
    Statement,
    StepEquations,
    StepperCall,
    Total,
)
from optlab.core.schedules import Schedule

L2 = Symbol("c_l2")


@lru_cache(maxsize=512)
def step_equations(
    variant: Variant,
    parameters: tuple[str, ...],
    schedule: Schedule,
    treatment: tuple[str, ...],
    watches_gradient: bool,
    shifted: bool = False,
    features: tuple[str, ...] = (),
) -> StepEquations:
    """The step of a run. ``treatment`` names the active stages; no number enters here, so
    that a change of a number needs no new code.  ``shifted``: the schedule began before the rule.
    ``features`` as in :class:`StepEquations`.
    """
    builder = _Builder(variant, parameters, schedule, treatment, features)
    return builder.build(watches_gradient, shifted)


class _Builder:
    def __init__(
        self,
        variant: Variant,
        parameters: tuple[str, ...],
        schedule: Schedule,
        treatment: tuple[str, ...],
        features: tuple[str, ...],
    ) -> None:
        self.features = features
        self.base = STALE if "delay" in features else "in_w"
        self.variant = variant
        self.schedule = schedule
        self.treatment = treatment
        self.statements: list[Statement] = []
        self.versions: dict[str, int] = {}
        self.vectors = {"in_w", "n1", "n2", "u1", STALE}
        self.gradients = 0
        self.answers: dict[tuple[Question, str, str], str] = {}
        self.totals: dict[Node, str] = {}
        self.powers: dict[Node, str] = {}
        self.scope: dict[str, Node] = {name: Symbol(f"p_{name}") for name in parameters}

    def build(self, watches_gradient: bool, shifted: bool) -> StepEquations:
        memory = self.memory()
        inputs = tuple((f"in_{name}", f"in_{name}" in self.vectors) for name in memory)
        starts = tuple(lower(self.expand(variable.start)) for variable in self.variant.state)
        if watches_gradient:
            raw = self.ask("gradient", "in_w")
            self.assign("_gradient_norm", self.norm(raw))
        self.scope["t"] = STEP
        k = call("sub", STEP, ONE)
        if shifted:
            k = call("add", k, Symbol(OFFSET))
        rates = {LEARNING_RATE: Symbol(f"p_{LEARNING_RATE}")}
        rate = substitute(self.schedule.expression(k, Symbol("c_horizon")), rates)
        self.assign(LEARNING_RATE, rate)
        if self.variant.needs_gradient:
            self.assign("g", self.gradient(self.base), vector=True)
        if "batch" in self.features:
            self.scope["batch_loss"] = self.ask("loss", self.base)
        for equation in self.variant.equations:
            value = self.expand(equation.tree)
            self.assign(equation.target, value, vector=self.declared(equation.target, value))
        if self.variant.stepper:
            self.stepper()
        if "share" in self.features:
            written = call("lt", Symbol("u1"), SHARE)
            self.assign("w", call("where", written, self.scope["w"], Symbol("in_w")), vector=True)
        if "batch" not in self.features:
            self.scope["loss"] = self.ask("loss", self.name_of(self.scope["w"]))
        return self.equations(inputs, starts, memory, watches_gradient)

    # -- names ------------------------------------------------------------------------------

    def memory(self) -> list[str]:
        """Declares the weights and the memory as inputs; their names, weights first."""
        self.scope["w"] = Symbol("in_w")
        for variable in self.variant.state:
            name = f"in_{variable.name}"
            self.scope[variable.name] = Symbol(name)
            if not variable.scalar:
                self.vectors.add(name)
        return ["w", *(variable.name for variable in self.variant.state)]

    def is_vector(self, tree: Node) -> bool:
        return not self.vectors.isdisjoint(symbols(tree))

    def declared(self, target: str, value: Node) -> bool:
        """Whether the target of an equation is a vector; a scalar value stands for all weights."""
        scalars = {variable.name for variable in self.variant.state if variable.scalar}
        vectors = {"w", "g", *(variable.name for variable in self.variant.state)} - scalars
        vector = self.is_vector(value)
        if target in scalars and vector:
            raise ValueError(f"{self.variant.rule}: '{target}' is a scalar, its equation is not")
        return vector or target in vectors

    def fresh(self, name: str, vector: bool) -> str:
        version = self.versions.get(name, 0) + 1
        self.versions[name] = version
        target = f"v_{name}_{version}"
        if vector:
            self.vectors.add(target)
        return target

    def assign(self, name: str, value: Node, vector: bool | None = None) -> str:
        """Gives ``name`` a value under a new name of the program, which is returned.

        What the problem has answered keeps the name that it has.
        """
        if isinstance(value, Symbol) and value.name in self.answers.values():
            self.scope[name] = value
            return value.name
        vector = self.is_vector(value) if vector is None else vector
        tree = self.with_powers(lower(value))
        target = self.fresh(name, vector)
        self.statements.append(Assign(target, tree, vector))
        self.scope[name] = Symbol(target)
        return target

    def name_of(self, value: Node) -> str:
        """The name of a vector; a formula gets one, so that it is computed once."""
        if isinstance(value, Symbol) and value.name in self.vectors:
            return value.name
        return self.assign("_at", value, vector=True)

    def with_powers(self, tree: Node) -> Node:
        """The tree with names for powers of constants that have the step as exponent."""
        if self.variant.stepper or STEP.name not in symbols(tree):
            return tree
        constants = {name for name in symbols(tree) if name.startswith("p_")}
        done: dict[Node, Node] = {}
        for part in postorder(tree):
            done[part] = part
            if is_step_power(part, constants) and isinstance(part, Apply):
                name = self.powers.setdefault(part.args[0], f"r_{len(self.powers)}")
                done[part] = Symbol(name)
            elif isinstance(part, Apply):
                done[part] = Apply(part.operation, tuple(done[arg] for arg in part.args))
        return done[tree]

    # -- values -----------------------------------------------------------------------------

    def expand(self, tree: Node) -> Node:
        """A formula of a rule in the names of the program; calls become statements."""
        done: dict[Node, Node] = {}
        for part in postorder(tree):
            if isinstance(part, Symbol):
                done[part] = self.scope.get(part.name, part)
            elif isinstance(part, Apply):
                args = tuple(done[arg] for arg in part.args)
                special = part.operation in VECTOR_FUNCTIONS
                done[part] = (
                    self.special(part.operation, args) if special else call(part.operation, *args)
                )
            else:
                done[part] = part
        return done[tree]

    def special(self, operation: str, args: tuple[Node, ...]) -> Node:
        match operation:
            case "dot":
                return self.dot(*args)
            case "norm":
                return self.norm(*args)
            case "grad":
                point = substitute(args[0], {"in_w": Symbol(self.base)})
                return self.gradient(self.name_of(point))
            case "loss":
                return self.loss(self.name_of(*args))
            case "curvature":
                return self.second("curvature", self.name_of(*args), ONE)
            case "hessian_product":
                vector = self.name_of(*args)
                at = self.name_of(self.scope["w"])
                return self.second("hessian_product", at, Symbol(vector))
        raise ValueError(f"{operation} is not known here")

    def dot(self, a: Node, b: Node) -> Node:
        """The sum of the products, from the first component on."""
        tree = self.with_powers(lower(call("mul", a, b)))
        if tree not in self.totals:
            self.totals[tree] = self.fresh("_dot", False)
            self.statements.append(Total(self.totals[tree], tree))
        return Symbol(self.totals[tree])

    def norm(self, a: Node) -> Node:
        """The Euclidean length."""
        return call("sqrt", self.dot(a, a))

    # -- problem and treatment --------------------------------------------------------------

    def ask(self, question: Question, point: str, vector: str = "") -> Node:
        """What the problem answers at a point; asked once."""
        key = question, point, vector
        if key not in self.answers:
            self.answers[key] = self.fresh(f"_{question}", question != "loss")
            self.statements.append(Call(self.answers[key], question, point, vector))
        return Symbol(self.answers[key])

    def loss(self, point: str) -> Node:
        """The loss that a rule minimises, with its L2 term."""
        value = self.ask("loss", point)
        if "l2" not in self.treatment:
            return value
        square = self.dot(Symbol(point), Symbol(point))
        return call("add", value, call("div", call("mul", L2, square), TWO))

    def second(self, question: Question, point: str, along: Node) -> Node:
        """Second derivatives, with those of the L2 term; never clipped."""
        vector = along.name if isinstance(along, Symbol) else ""
        value = self.ask(question, point, vector)
        if "l2" not in self.treatment:
            return value
        return call("add", value, L2 if along == ONE else call("mul", L2, along))

    def gradient(self, point: str) -> Node:
        """The treated gradient at a point."""
        self.gradients += 1
        value = self.ask("gradient", point)
        outer = dict(self.scope)
        unclipped: Node | None = None
        for stage in self.treatment:
            if stage in CLIP_STAGES:
                value = Symbol(self.assign("_unclipped", value, vector=True))
                unclipped = unclipped or value
            noise = {name: Symbol(name) for name in ("n1", "n2")}
            strength = Symbol(f"c_{stage}")
            self.scope.update({"g": value, "w": Symbol(point), stage: strength, **noise})
            value = self.expand(stage_tree(stage))
        self.scope = outer
        return value if unclipped is None else self.clipped(unclipped, value)

    def clipped(self, before: Node, after: Node) -> Node:
        """The clipped gradient; notes what is left of its norm, the least where a step has
        several gradients."""
        result = Symbol(self.assign("_clipped", after, vector=True))
        size = self.norm(before)
        factor = call("where", call("gt", size, ZERO), call("div", self.norm(result), size), ONE)
        if CLIP in self.scope:
            factor = call("min", self.scope[CLIP], factor)
        self.assign(CLIP, factor)
        return result

    # -- the result -------------------------------------------------------------------------

    def stepper(self) -> None:
        """Gives names to what a stepper hands back, as if equations had assigned it."""
        stepper = STEPPERS[self.variant.stepper]
        scalars = {name for name, is_scalar in stepper.records.items() if is_scalar}
        scalars |= {variable.name for variable in self.variant.state if variable.scalar}
        for name in ("w", *(v.name for v in self.variant.state), *stepper.records):
            self.scope[name] = Symbol(f"new_{name}")
            if name not in scalars:
                self.vectors.add(f"new_{name}")
        call_ = StepperCall(
            self.variant.stepper,
            self.variant.options,
            self.variant.parameters,
            self.variant.state,
            "l2" in self.treatment,
        )
        self.statements.append(call_)

    def equations(
        self,
        inputs: tuple[tuple[str, bool], ...],
        starts: tuple[Node, ...],
        memory: list[str],
        watches_gradient: bool,
    ) -> StepEquations:
        holders = {
            name: value.name for name, value in self.scope.items() if isinstance(value, Symbol)
        }
        states: dict[str, StateVariable] = {item.name: item for item in self.variant.state}
        loss = "batch_loss" if "batch" in self.features else "loss"
        recorded = ["w", loss, "g", LEARNING_RATE, *memory[1:], *self.variant.intermediates]
        recorded += [CLIP] * (CLIP in holders)
        records = tuple(
            Record(name, holders[name], holders[name] in self.vectors, states.get(name))
            for name in recorded
        )
        trees = [item.tree for item in self.statements if isinstance(item, Assign | Total)]
        used = symbols(*trees, *starts, *self.powers)
        for item in self.statements:
            if isinstance(item, StepperCall):
                used |= {f"p_{name}" for name in item.parameters} | ({"c_l2"} if item.l2 else set())
        prefixes = ("p_", "c_", *(f"s{index}_" for index in range(len(self.schedule.pieces))))
        values = sorted(name for name in used if name.startswith(prefixes))
        return StepEquations(
            inputs=inputs,
            starts=starts,
            values=tuple(values + ["c_tolerance"] * watches_gradient),
            statements=tuple(self.statements),
            carry=tuple(holders[name] for name in memory),
            records=records,
            vectors=frozenset(self.vectors),
            noisy=any(stage in NOISE_STAGES for stage in self.treatment),
            watches_gradient=watches_gradient,
            gradients=self.gradients,
            powers=tuple((name, base) for base, name in self.powers.items()),
            features=self.features,
        )


def is_step_power(node: Node, constants: frozenset[str] | set[str]) -> bool:
    """Whether a node is a power of something that stays, with the step as its exponent."""
    if not (isinstance(node, Apply) and node.operation == "pow" and node.args[1] == STEP):
        return False
    return symbols(node.args[0]) <= {*constants, *CONSTANTS}
