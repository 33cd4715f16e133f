"""Source text of the loop over the steps for any number of weights, for Numba.

Every statement becomes a loop over the weights, neighbouring ones share a loop, and sums go from
the first weight on, so that the numbers are those of the scalar code.  A row of the trajectory
has room for each recorded vector, which is computed right there; the next step reads it there.
What the problem has to answer comes from a function pointer.
"""

from __future__ import annotations

from collections.abc import Sequence

from optlab.core.formula.emit import PLAIN, Assignment, straight_lines
from optlab.core.formula.nodes import Apply, Node, Symbol, postorder, substitute, symbols
from optlab.core.formula.operations import STRIDE
from optlab.core.native import Argument
from optlab.core.problems.compiled_calls import QUESTIONS
from optlab.core.run.equations import GRADIENT_NORM, STALE, Assign, Call, StepEquations, Total
from optlab.core.run.kernels.scalar_source import KERNEL, bases_of, series_begin, series_lines
from optlab.core.run.outcome import FARTHEST

_NUMBERS: tuple[Argument, ...] = ("integer", "number", *(("integer",) * 6))
_ARRAYS: tuple[Argument, ...] = (*(("numbers",) * 7), "indices", "indices")
ARRAY_ARGUMENTS: tuple[Argument, ...] = (*_NUMBERS, *_ARRAYS)
_NAMES = (
    "count, t, n, objective, context, joint, depth, width, "
    "inputs_, values_, noise_, out_, work_, tables_, past_, ages_, places_"
)
_GIVEN = ("n1", "n2", "u1", STALE)
"""Vectors that each step finds ready."""
_AHEAD = "ahead"
"""The gradient at the weights after a step, where it is computed together with the loss."""


def array_source(equations: StepEquations) -> str:
    """``steps(count, t, n, objective, context, joint, depth, width, inputs, values, noise, out,
    work, tables, past, ages, places)``.

    Returns the steps done.  ``objective`` and ``context`` are addresses; ``joint`` says that loss
    and gradient come out of one computation; ``work`` has n numbers for each of
    :func:`work_vectors`, ``tables`` 64 for each power; ``depth``, ``past`` and ``ages`` are those
    of a :class:`~optlab.core.run.sampling.StepFeed`.  A row of ``out`` has ``width`` numbers; the
    records begin at ``places`` in it.
    """
    return _Source(equations).text()


def work_vectors(equations: StepEquations) -> int:
    """How many vectors the loop needs beside those that it records."""
    return len(_Source(equations).buffers)


class _Source:
    def __init__(self, equations: StepEquations) -> None:
        self.equations = equations
        self.inputs = [name for name, _ in equations.inputs]
        self.slots: dict[str, str] = {}
        self.places = [f"place{index}" for index in range(len(equations.records))]
        for record, place in zip(equations.records, self.places, strict=True):
            if record.vector and record.holder not in (*self.inputs, *_GIVEN):
                self.slots.setdefault(record.holder, place)
        self.ahead = not {"batch", "delay"} & set(equations.features)
        self.buffers = [_AHEAD, *self._kept()]
        self.losses: dict[str, str] = {}
        self.lines: list[str] = []

    def _kept(self) -> list[str]:
        """The vectors that are needed outside the loop that computes them, and not recorded."""
        kept: dict[str, None] = {}
        own: set[str] = set()
        for item in self.equations.statements:
            if isinstance(item, Assign):
                read = symbols(item.tree) - own
                own.add(item.target)
            else:
                read = symbols(item.tree) if isinstance(item, Total) else frozenset()
                if isinstance(item, Call):
                    read = frozenset({item.point, item.vector})
                    if item.question != "loss":
                        kept[item.target] = None
                own = set()
            kept |= dict.fromkeys(sorted(read))
        targets = {item.target for item in self.equations.statements if hasattr(item, "target")}
        vectors = self.equations.vectors & targets
        return [name for name in kept if name in vectors and name not in self.slots]

    def text(self) -> str:
        equations = self.equations
        self._head()
        self.add(0, "for i in range(count):")
        self.add(1, "t += 1.0", "base = i * width", *series_lines(equations.powers))
        for holder, place in self.slots.items():
            self.add(1, f"{holder} = out[base + {place}:base + {place} + n]")
        drawn = ["n1", "n2"] * equations.noisy + ["u1"] * ("share" in equations.features)
        self.add(1, *(f"{name} = noise[i, {k} * n:{k + 1} * n]" for k, name in enumerate(drawn)))
        if "delay" in equations.features:
            self.add(1, "aged = (depth + i - ages[i]) * n", f"{STALE} = past[aged:aged + n]")
        self._statements()
        self._records()
        self._stop()
        self._carry()
        self.add(0, "return count")
        body = "\n".join(self.lines)
        return f"def {KERNEL}({_NAMES}):\n{body}\n"

    def add(self, level: int, *texts: str) -> None:
        """Lines in the function (``level`` 0), in the loop over the steps (1) or deeper."""
        self.lines += [f"{'    ' * (level + 1)}{text}" for text in texts]

    def _head(self) -> None:
        equations = self.equations
        self._place_inputs()
        noise = f"(count, {equations.random} * n)" if equations.random else "(1, 1)"
        lines = [
            f"values = array(values_, ({max(1, len(equations.values))},))",
            f"noise = array(noise_, {noise})",
            "out = array(out_, (count * width,))",
            f"places = array(places_, ({len(self.places)},))",
            f"work = array(work_, ({len(self.buffers)} * n,))",
            f"tables = array(tables_, ({max(1, len(equations.powers))}, {STRIDE}))",
        ]
        if "delay" in equations.features:
            lines.append("past = array(past_, ((depth + 1 + count) * n,))")
            lines.append("ages = array(ages_, (count,))")
        lines += [f"{name} = places[{i}]" for i, name in enumerate(self.places)]
        lines += [f"{name} = values[{i}]" for i, name in enumerate(equations.values)]
        lines += [f"{name} = work[{i} * n:{i + 1} * n]" for i, name in enumerate(self.buffers)]
        self.lines += [f"    {line}" for line in lines]
        for index, (name, base) in enumerate(bases_of(equations.powers, PLAIN)):
            self.lines += [line for line in base.splitlines() if line]
            self.lines.append(f"    {name}_low = tables[{index}]")
            self.lines.append(f"    for i in range({STRIDE}):")
            self.lines.append(f"        {name}_low[i] = pow({name}_base, float(i))")
        self.lines += [line for line in series_begin(equations.powers).splitlines() if line]
        if self.ahead:
            self.lines.append("    if joint:")
            self.lines.append(f"        {self._ask('gradient', 'in_w', 'in_w', _AHEAD)}")

    def _place_inputs(self) -> None:
        vectors = scalars = 0
        lines = []
        for name, vector in self.equations.inputs:
            place = f"{vectors} * n + {scalars}"
            lines.append(
                f"{name} = inputs[{place}:{place} + n]" if vector else f"{name} = inputs[{place}]"
            )
            vectors, scalars = vectors + vector, scalars + (not vector)
        self.lines.append(f"    inputs = array(inputs_, ({vectors} * n + {scalars},))")
        self.lines += [f"    {line}" for line in lines]

    def _ask(self, question: str, point: str, vector: str, out: str) -> str:
        given = f"{point}.ctypes.data, {vector}.ctypes.data, {out}.ctypes.data"
        return f"ask(objective, context, {QUESTIONS[question]}, int(t), {given})"

    # -- statements -------------------------------------------------------------------------

    def _statements(self) -> None:
        group: list[Assign] = []
        for index, item in enumerate(self.equations.statements):
            if isinstance(item, Assign):
                group.append(item)
                if item.target == GRADIENT_NORM and self.equations.watches_gradient:
                    self._group(group, index)
                    group = []
                    self.add(1, f"if {item.target} <= c_tolerance:", "    return i")
                continue
            self._group(group, index)
            group = []
            if isinstance(item, Total):
                self._total(item, index)
            elif isinstance(item, Call):
                self._call(item)
        self._group(group, len(self.equations.statements))

    def _group(self, group: Sequence[Assign], index: int) -> None:
        """Neighbouring assignments: scalars first, then one loop over the weights."""
        scalars = [(item.target, item.tree) for item in group if not item.vector]
        vectors = []
        for item in group:
            if item.vector:
                tree, moved = self._hoisted(item.tree, f"h{index}_{len(scalars)}")
                scalars += moved
                vectors.append((item.target, tree))
        self._straight(1, scalars, f"s{index}_")
        if not vectors:
            return
        targets = [target for target, _ in vectors]
        names = self.equations.vectors
        read = symbols(*(tree for _, tree in vectors)) & names
        self.add(1, "for j in range(n):")
        self.add(2, *(f"{name}__j = {name}[j]" for name in sorted(read - set(targets))))
        local = [(f"{target}__j", self._local(tree)) for target, tree in vectors]
        self._straight(2, local, f"e{index}_")
        held = [name for name in targets if name in self.slots or name in self.buffers]
        self.add(2, *(f"{name}[j] = {name}__j" for name in held))

    def _straight(self, level: int, assignments: Sequence[Assignment], prefix: str) -> None:
        lines = straight_lines(assignments, PLAIN, prefix)
        self.add(level, *(f"{target} = {text}" for target, text in lines))

    def _local(self, tree: Node) -> Node:
        """The tree with the component of each vector."""
        return substitute(tree, {name: Symbol(f"{name}__j") for name in self.equations.vectors})

    def _hoisted(self, tree: Node, prefix: str) -> tuple[Node, list[Assignment]]:
        """The tree with names for what is the same for all weights, and their assignments."""
        vectors = self.equations.vectors
        varies: dict[Node, bool] = {}
        for part in postorder(tree):
            if isinstance(part, Apply):
                varies[part] = any(varies[arg] for arg in part.args)
            else:
                varies[part] = isinstance(part, Symbol) and part.name in vectors
        moved: list[Assignment] = []
        done: dict[Node, Node] = {}

        def settled(part: Node) -> Node:
            if varies[part] or not isinstance(part, Apply):
                return done[part]
            if not isinstance(done[part], Symbol):
                moved.append((f"{prefix}_{len(moved)}", part))
                done[part] = Symbol(moved[-1][0])
            return done[part]

        for part in postorder(tree):
            done[part] = part
            if isinstance(part, Apply) and varies[part]:
                done[part] = Apply(part.operation, tuple(settled(arg) for arg in part.args))
        return settled(tree), moved

    def _total(self, item: Total, index: int) -> None:
        tree, moved = self._hoisted(item.tree, f"h{index}")
        self._straight(1, moved, f"s{index}_")
        read = sorted(symbols(tree) & self.equations.vectors)
        term, local = f"x{index}", self._local(tree)
        for first in (True, False):
            level = 1 if first else 2
            if first:
                self.add(1, "j = 0")
            else:
                self.add(1, "for j in range(1, n):")
            self.add(level, *(f"{name}__j = {name}[j]" for name in read))
            self._straight(level, [(term, local)], f"e{index}_")
            total = term if first else f"{item.target} + {term}"
            self.add(level, f"{item.target} = {total}")

    def _call(self, item: Call) -> None:
        asked = self._ask(item.question, item.point, item.vector or item.point, item.target)
        if item.question == "loss":
            asked = self._ask("loss", item.point, item.point, _AHEAD)
            both = self._ask("gradient", item.point, item.point, _AHEAD)
            if item.point in self.losses:
                self.add(1, f"{item.target} = {self.losses[item.point]} if joint else {asked}")
            elif self.ahead and item.target == self._holder("loss"):
                self.add(1, f"{item.target} = {both} if joint else {asked}")
            else:
                self.add(1, f"{item.target} = {asked}")
        elif item.question == "gradient" and item.point == "in_w" and self.ahead:
            self.add(1, "if joint:", "    for j in range(n):")
            self.add(3, f"{item.target}[j] = {_AHEAD}[j]")
            self.add(1, "else:")
            self.add(2, asked)
        elif item.question == "gradient":
            self.losses[item.point] = f"{item.target}_loss"
            self.add(1, f"{item.target}_loss = {asked}")
        else:
            self.add(1, asked)

    def _holder(self, name: str) -> str:
        return next(record.holder for record in self.equations.records if record.name == name)

    # -- the end of a step ------------------------------------------------------------------

    def _records(self) -> None:
        """What is not where it is recorded: scalars, and vectors that are recorded elsewhere."""
        for record, place in zip(self.equations.records, self.places, strict=True):
            if not record.vector:
                self.add(1, f"out[base + {place}] = {record.holder}")
            elif self.slots.get(record.holder) != place:
                self.add(1, "for j in range(n):")
                self.add(2, f"out[base + {place} + j] = {record.holder}[j]")

    def _stop(self) -> None:
        w, loss = self.equations.carry[0], self._holder(self.equations.watched)
        if "delay" in self.equations.features:
            self.add(1, "for j in range(n):", f"    past[(depth + i + 1) * n + j] = {w}[j]")
        self.add(1, "inside = True", "for j in range(n):")
        self.add(2, f"inside = inside and -{FARTHEST} <= {w}[j] <= {FARTHEST}")
        self.add(1, f"if not (inside and -inf < {loss} < inf):", "    return i + 1")

    def _carry(self) -> None:
        places = {
            record.name: place
            for record, place in zip(self.equations.records, self.places, strict=True)
        }
        for (name, vector), new in zip(self.equations.inputs, self.equations.carry, strict=True):
            place = places[name.removeprefix("in_")]
            if vector:
                self.add(1, f"{name} = out[base + {place}:base + {place} + n]")
            elif name != new:
                self.add(1, f"{name} = {new}")
