"""The source of a kernel for many runs: Python that Numba compiles, in blocks of lanes.

What of a step is the same for all runs is computed once; each run has the rest of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from optlab.core.formula.algebra import ONE
from optlab.core.formula.emit import PLAIN, Assignment, Dialect, straight_lines
from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import Apply, Node, Symbol, postorder, substitute, symbols, value_of
from optlab.core.formula.operations import CONSTANTS, OPERATIONS, STRIDE
from optlab.core.maps.map_measures import StepNames, StepRecord
from optlab.core.maps.value_bounds import bounds
from optlab.core.native import LARGEST_DIVISOR, LEAST_DIVISOR, Argument
from optlab.core.run.equations import GRADIENT_NORM
from optlab.core.run.kernels.scalar_program import StepProgram
from optlab.core.run.outcome import FARTHEST

LANES = 64
"""Runs in a block."""
MOST_STEPS = 1024
"""Steps that one call takes at most."""
CELLS = "cells"
ARGUMENTS: tuple[Argument, ...] = (*("integer",) * 3, *("number",) * 2, *("numbers",) * 4)
"""``cells(blocks, done, count, target, near, values, noise, runs, table)``: ``count`` steps after
``done``.  Without steps it writes the losses, and at ``done`` 0 the memory before the first step.
``near`` is the largest squared norm of a gradient that is small enough; ``noise`` has a row for
each of the steps; ``runs`` are blocks of :attr:`CellCode.rows`; ``table`` is room to work in."""

GOING, CONVERGED = 1.0, -1.0
"""What the row ``going`` says; 0 for a run that broke, nan for one whose gradient broke it."""
_SQUARE, _LOSS_NOW = "norm_squared", "loss_now"
_BRANCHLESS = {"and": "({0} & {1})", "or": "({0} | {1})", "where": "select({0}, {1}, {2})"}
_DIALECT = Dialect(
    MappingProxyType({**PLAIN.templates, **_BRANCHLESS}), PLAIN.renamed, PLAIN.largest
)


@dataclass(frozen=True)
class CellCode:
    """Makes the source; ``varying`` names the numbers that each run has of its own, ``records``
    is what runs keep for measures.

    Divisions by what all runs share are quotients with its reciprocal, unless the code is to be
    ``exact`` for all numbers: the rows ``least`` and ``most`` tell the range of what was divided,
    and ``cells`` returns how many divisors were none for quotients.
    """

    program: StepProgram
    varying: tuple[str, ...] = ()
    records: tuple[StepRecord, ...] = ()
    exact: bool = False

    @cached_property
    def rows(self) -> dict[str, int]:
        """Where each number of a run stands in its block, in numbers.

        A power with the step as exponent, whose base is a run's own, brings a table: 64 low
        powers, one high power, and the value at this step.
        """
        records = [record.name for record in self.records]
        names = [*self.program.inputs, *self.varying, *records, "loss", "steps", "going"]
        names += ["least", "most"] if self.has_quotients else []
        powers = [name for name, base in self.program.series if not self._shares(base)]
        rows = {name: row for row, name in enumerate([*names, *powers])}
        for name in powers:
            rows |= {f"{name}_high": len(rows), f"{name}_low": len(rows) + 1}
            rows |= {f"{name}_low{i}": rows[f"{name}_low"] + i for i in range(1, STRIDE)}
        return {name: row * LANES for name, row in rows.items()}

    @property
    def table_size(self) -> int:
        """How many numbers the table holds."""
        return max(1, len(self._table)) * MOST_STEPS

    def _shares(self, base: Node) -> bool:
        return symbols(base).isdisjoint(self.varying)

    # -- what a step is made of -----------------------------------------------------------

    @cached_property
    def _held(self) -> dict[str, str]:
        return dict(self.program.columns)

    @property
    def _before(self) -> tuple[str, ...]:
        return self.program.inputs[: self.program.dimension]

    @property
    def _after(self) -> tuple[str, ...]:
        return self.program.carry[: self.program.dimension]

    def _assignments(self) -> list[Assignment]:
        """A step with its records, the squared norm in place of the norm where that will do."""
        found = list(self.program.assignments)
        if self._squares:
            norm = dict(found)[GRADIENT_NORM]
            assert isinstance(norm, Apply)
            (square,) = norm.args
            found = [
                (_SQUARE, square) if name == GRADIENT_NORM else (name, tree) for name, tree in found
            ]
        for record in self.records:
            names = StepNames(
                Symbol(record.name),
                tuple(map(Symbol, self._before)),
                tuple(map(Symbol, self._after)),
                Symbol(self._held["loss"]),
                Symbol("target"),
                Symbol("t"),
            )
            found.append((f"new_{record.name}", lower(record.step(names))))
        return found

    @cached_property
    def _squares(self) -> bool:
        """Whether the norm of the gradient is only compared, and by its square."""
        if not self.program.watches_gradient:
            return False
        trees = dict(self.program.assignments)
        tree = trees.pop(GRADIENT_NORM)
        root = isinstance(tree, Apply) and tree.operation == "sqrt"
        return root and GRADIENT_NORM not in symbols(*trees.values())

    @cached_property
    def _loss_now(self) -> Node:
        """The loss at the weights before a step."""
        here = dict(zip(self._after, map(Symbol, self._before), strict=True))
        return substitute(dict(self.program.assignments)[self._held["loss"]], here)

    @cached_property
    def _wanted(self) -> tuple[str, ...]:
        """The names that a step hands on."""
        wanted = [*self.program.carry, *(f"new_{record.name}" for record in self.records)]
        wanted += [self._held[f"g{i + 1}"] for i in range(self.program.dimension)]
        if self.program.watches_gradient:
            wanted.append(_SQUARE if self._squares else GRADIENT_NORM)
        inside = dict.fromkeys(self._before, (-FARTHEST, FARTHEST))
        if bounds(self._loss_now, inside) is None:
            wanted.append(self._held["loss"])
        return tuple(wanted)

    @property
    def has_quotients(self) -> bool:
        """Whether there are divisions that may be quotients."""
        return bool(self.quotients.dividends)

    @cached_property
    def quotients(self) -> Quotients:
        """The runs' own part of a step with quotients for divisions."""
        return with_quotients(self._parts, self._own)

    @property
    def _used(self) -> Quotients:
        return Quotients(self._parts.own) if self.exact else self.quotients

    @cached_property
    def _parts(self) -> CommonParts:
        return split(self._assignments(), self._wanted, self._own)

    @cached_property
    def _own(self) -> list[str]:
        own = [*self.program.inputs, *self.varying, *(record.name for record in self.records)]
        own += [name for name, base in self.program.series if not self._shares(base)]
        return own

    @cached_property
    def _table(self) -> dict[str, int]:
        read = symbols(*(tree for _, tree in self._used.own))
        given = [*self.program.noise, *(n for n, base in self.program.series if self._shares(base))]
        names = [*(name for name in given if name in read), *self._parts.read]
        names += [name for name, _ in self._used.reciprocals]
        return {name: row * MOST_STEPS for row, name in enumerate(names)}

    # -- the text -------------------------------------------------------------------------

    def source(self) -> str:
        """The text of the function ``cells``."""
        program, size = self.program, len(self.rows) * LANES
        head = [
            f"def {CELLS}(blocks, done, count, target, near, values_, noise_, runs_, table_):",
            f"    values = array(values_, ({max(1, len(program.values))},))",
            f"    noise = array(noise_, (count, {max(1, len(program.noise))}))",
            f"    runs = array(runs_, (blocks, {size}))",
            f"    table = array(table_, ({self.table_size},))",
            *(
                f"    {name} = values[{index}]"
                for index, name in enumerate(program.values)
                if name not in self.varying
            ),
        ]
        look = ["    if count == 0:", "        for b in range(blocks):"]
        look += ["            lanes = runs[b]", *self._begin(), *self._look(), "        return 0"]
        steps = ["    for b in range(blocks):", "        lanes = runs[b]"]
        steps += ["        for s in range(count):", "            t = float(done + s + 1)"]
        steps += [f"            {n} = table[{row} + s]" for n, row in self._table.items()]
        lines = [*head, *look, *self._shared(), *steps, *self._powers(), *self._step()]
        return "\n".join([*lines, "    return doubts", ""])

    def _lines(self, assignments: Iterable[Assignment], indent: int, prefix: str) -> list[str]:
        pairs = straight_lines(assignments, _DIALECT, prefix)
        return [f"{' ' * indent}{name} = {text}" for name, text in pairs]

    def _read(self, names: Iterable[str], indent: int) -> list[str]:
        return [f"{' ' * indent}{name} = lanes[{self.rows[name]} + i]" for name in names]

    def _write(self, values: Mapping[str, str], indent: int) -> list[str]:
        rows = self.rows
        return [f"{' ' * indent}lanes[{rows[n]} + i] = {text}" for n, text in values.items()]

    def _begin(self) -> list[str]:
        """Memory before the first step, and tables of powers."""
        program = self.program
        memory = dict(zip(program.inputs, program.starts, strict=True))
        memory = {name: memory[name] for name in program.inputs[program.dimension :]}
        own = [(name, base) for name, base in program.series if not self._shares(base)]
        if not memory and not own:
            return []
        lines = ["            if done == 0:", f"                for i in range({LANES}):"]
        lines += self._read([*self._before, *self.varying], 20)
        lines += self._lines([(f"{n}_base", lower(base)) for n, base in own], 20, "_b")
        lines += self._lines([(f"new_{n}", lower(tree)) for n, tree in memory.items()], 20, "_m")
        lines += self._write({name: f"new_{name}" for name in memory}, 20)
        for name, _ in own:
            lines.append(f"                    for r in range({STRIDE}):")
            row = f"{self.rows[f'{name}_low']} + r * {LANES} + i"
            lines.append(f"                        lanes[{row}] = pow({name}_base, float(r))")
        return lines

    def _look(self) -> list[str]:
        lines = [f"            for i in range({LANES}):", *self._read(self._before, 16)]
        lines += self._lines([(_LOSS_NOW, self._loss_now)], 16, "_l")
        return lines + self._write({"loss": _LOSS_NOW}, 16)

    def _shared(self) -> list[str]:
        """What all runs share at each step, into the table."""
        program = self.program
        lines = ["    doubts = 0", "    for s in range(count):", "        t = float(done + s + 1)"]
        lines += [f"        {name} = noise[s, {j}]" for j, name in enumerate(program.noise)]
        shared = [(name, base) for name, base in program.series if self._shares(base)]
        lines += [f"        low = float((done + s + 1) & {STRIDE - 1})"]
        for name, base in shared:
            lines += self._lines([(f"{name}_base", lower(base))], 8, f"{name}_")
            lines.append(f"        {name} = pow({name}_base, t - low) * pow({name}_base, low)")
        lines += self._lines([*self._parts.shared, *self._used.reciprocals], 8, "_")
        for name in self._used.divisors:
            near = f"({name} >= {LEAST_DIVISOR!r}) & ({name} <= {LARGEST_DIVISOR!r})"
            lines.append(f"        doubts = doubts + int(not ({near}))")
        return lines + [f"        table[{row} + s] = {n}" for n, row in self._table.items()]

    def _powers(self) -> list[str]:
        """Powers of each run's own base at a step; see operations.step_power."""
        own = [(name, base) for name, base in self.program.series if not self._shares(base)]
        if not own:
            return []
        lines = [
            f"            rest = (done + s + 1) & {STRIDE - 1}",
            "            if rest == 0 or s == 0:",
        ]
        lines += [f"                for i in range({LANES}):", *self._read(self.varying, 20)]
        lines += self._lines([(f"{n}_base", lower(base)) for n, base in own], 20, "_b")
        powers = {f"{n}_high": f"pow({n}_base, t - float(rest))" for n, _ in own}
        lines += [*self._write(powers, 20), f"            for i in range({LANES}):"]
        for name, _ in own:
            high, low = self.rows[f"{name}_high"], self.rows[f"{name}_low"]
            value = f"lanes[{high} + i] * lanes[{low} + rest * {LANES} + i]"
            lines += self._write({name: value}, 16)
        return lines

    def _step(self) -> list[str]:
        """One step of the lanes of a block; what has ended keeps its values."""
        program = self.program
        own = [name for name, base in program.series if not self._shares(base)]
        records = [record.name for record in self.records]
        kept = [*program.inputs, *records, "steps"]
        range_ = ["least", "most"] if self._used.dividends else []
        lines = [f"            for i in range({LANES}):"]
        lines += self._read([*kept, "going", *self.varying, *own, *range_], 16)
        divided = [(f"divided_{i}", tree) for i, tree in enumerate(self._used.dividends)]
        lines += self._lines([*self._used.own, *divided], 16, "_")
        for name, _ in divided:
            lines.append(f"                least = least_bits(least, {name})")
            lines.append(f"                most = select(abs({name}) > most, abs({name}), most)")
        lines += self._write({name: name for name in range_}, 16)
        fine = [f"(abs({name}) <= {FARTHEST!r})" for name in self._after]
        loss = self._held["loss"]
        fine += [f"(abs({loss}) < inf)"] if loss in self._wanted else []
        slope = " + ".join(f"0.0 * {self._held[f'g{i + 1}']}" for i in range(program.dimension))
        state = f"select({' & '.join(fine)}, {GOING}, {slope})"
        lines.append("                moves = going > 0.0")
        if program.watches_gradient:
            small = f"{_SQUARE} <= near" if self._squares else f"{GRADIENT_NORM} <= c_tolerance"
            lines.append(f"                arrived = {small}")
            state = f"select(arrived, {CONVERGED}, {state})"
        lines += self._write({"going": f"select(moves, {state}, going)"}, 16)
        if program.watches_gradient:
            lines.append("                moves = moves & (not arrived)")
        new = dict(zip(program.inputs, program.carry, strict=True)) | {"steps": "t"}
        new |= {name: f"new_{name}" for name in records}
        return lines + self._write({n: f"select(moves, {v}, {n})" for n, v in new.items()}, 16)


@dataclass(frozen=True)
class CommonParts:
    """``shared``: assignments that are the same for all runs at a step; ``own``: those of each
    run; ``read``: names of shared values that the own ones read."""

    shared: tuple[Assignment, ...]
    own: tuple[Assignment, ...]
    read: tuple[str, ...]


def split(
    assignments: Sequence[Assignment], wanted: Collection[str], own: Collection[str]
) -> CommonParts:
    """The assignments that ``wanted`` names need; ``own`` names differ from run to run.

    Parts of trees that all runs share become assignments of their own (``h_0``, ``h_1`` …).
    """
    needed = set(wanted)
    chosen = []
    for target, tree in reversed(assignments):
        if target in needed:
            chosen.append((target, tree))
            needed |= symbols(tree)
    names, shared, single = set(own), list[Assignment](), list[Assignment]()
    for target, tree in reversed(chosen):
        if symbols(tree) & names:
            names.add(target)
            single.append((target, tree))
        else:
            shared.append((target, tree))
    lifted: dict[Node, Symbol] = {}
    single = [(target, _lift(tree, names, lifted)) for target, tree in single]
    shared += [(symbol.name, tree) for tree, symbol in lifted.items()]
    read = {*wanted, *symbols(*(tree for _, tree in single))}
    return CommonParts(
        tuple(shared), tuple(single), tuple(name for name, _ in shared if name in read)
    )


def _lift(root: Node, own: Collection[str], lifted: dict[Node, Symbol]) -> Node:
    """The tree with names for the largest parts without ``own`` names; leaves and yes or no stay
    as they are."""
    shared: dict[Node, bool] = {}
    done: dict[Node, Node] = {}

    def named(part: Node) -> Node:
        if not shared[part] or not isinstance(part, Apply) or value_of(part) is not None:
            return done[part]
        if OPERATIONS[part.operation].is_condition:
            return part
        return lifted.setdefault(part, Symbol(f"h_{len(lifted)}"))

    for part in postorder(root):
        done[part] = part
        shared[part] = not (isinstance(part, Symbol) and part.name in own)
        if isinstance(part, Apply):
            shared[part] = all(shared[arg] for arg in part.args)
            if not shared[part]:
                done[part] = Apply(part.operation, tuple(named(arg) for arg in part.args))
    return done[root]


@dataclass(frozen=True)
class Quotients:
    """Assignments with ``quotient(a, b, 1/b)`` for divisions by what all runs share.

    ``reciprocals``: of the shared ``divisors``; ``dividends``: the trees that are divided.
    """

    own: tuple[Assignment, ...]
    reciprocals: tuple[Assignment, ...] = ()
    divisors: tuple[str, ...] = ()
    dividends: tuple[Node, ...] = ()


def with_quotients(parts: CommonParts, own: Collection[str]) -> Quotients:
    """The runs' own assignments with quotients; ``own`` names differ from run to run."""
    names = {*own, *(target for target, _ in parts.own)}
    divisors: dict[str, str] = {}
    dividends: dict[Node, None] = {}
    done: dict[Node, Node] = {}
    for part in postorder(*(tree for _, tree in parts.own)):
        done[part] = part
        if isinstance(part, Apply):
            args = tuple(done[arg] for arg in part.args)
            done[part] = Apply(part.operation, args)
            divisor = part.args[-1]
            shared = isinstance(divisor, Symbol) and divisor.name not in {*names, *CONSTANTS}
            if part.operation == "div" and shared and symbols(part.args[0]) & names:
                assert isinstance(divisor, Symbol)
                name = divisors.setdefault(divisor.name, f"y_{len(divisors)}")
                dividends[args[0]] = None
                done[part] = Apply("quotient", (*args, Symbol(name)))
    return Quotients(
        tuple((target, done[tree]) for target, tree in parts.own),
        tuple((name, Apply("div", (ONE, Symbol(of)))) for of, name in divisors.items()),
        tuple(divisors),
        tuple(dividends),
    )
