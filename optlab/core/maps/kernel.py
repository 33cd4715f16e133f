"""The code of a kernel for many runs at once.

A tile of runs goes through its steps together, some steps at a time, in blocks of 64 lanes.  For
each step, what is the same for all of them is computed once.  The *quick* loop then takes the
steps of a block without branches and without looking at single runs, which LLVM turns into vector
instructions; it only notes whether anything happened: a run that ended, or a quotient that may be
wrong.  Such runs go through these steps once more in the *careful* loop, from where they were
before.  Runs that have ended leave the tile, and the last ones take their places.
"""

from __future__ import annotations

from optlab.core.formula.lower import lower
from optlab.core.formula.operations import STRIDE
from optlab.core.maps.lanes import Lane
from optlab.core.maps.source import ARGUMENTS, CELLS, LANES, MOST_STEPS, TILE, Batch
from optlab.core.native.flags import clear_flags, raised_flags
from optlab.core.native.quotient import LARGEST_DIVISOR, LEAST_DIVISOR
from optlab.core.native.writer import Value, Variable, Writer
from optlab.core.run.outcome import FARTHEST

_DISTRUST = 4
"""How many times the quick loop is left out after most of what it did was done again."""
_FEWEST_STEPS, _SHARE = 16, 8
"""Where runs may arrive: steps between two looks at least, and their share of those done."""


def batch_code(batch: Batch) -> str:
    """The module with the function ``cells`` that takes :data:`ARGUMENTS`, for LLVM."""
    return _Kernel(batch).text()


class _Kernel:
    """``runs`` holds the ``n`` runs under way, ``again`` the ``m`` of the careful loop, which come
    from the places ``holes`` in ``runs``; ``done`` steps are done, ``k`` are taken together."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.w = w = Writer(CELLS, ARGUMENTS)
        self.given = w.given
        zero = w.whole(0)
        self.n, self.m, self.k, self.done, self.doubt, self.filled, self.padded = (
            w.variable(zero) for _ in range(7)
        )
        self.over, self.all = (w.variable(w.builder.not_(w.less(zero, zero))) for _ in range(2))
        self.high = {name: w.variable(w.number(1.0)) for name, _ in batch.program.series}
        self.known = self._numbers()

    def text(self) -> str:
        """Writes everything."""
        w = self.w
        with w.loop(w.whole(0), self.given["count"], TILE) as first:
            self._tile(first)
        return w.text(self.given["count"])

    # -- what all runs share --------------------------------------------------------------

    def _numbers(self) -> dict[str, Value]:
        """The numbers of a run by name, and tables of the first powers of each series."""
        w, batch = self.w, self.batch
        known = {
            name: w.load(self.given["values"], w.whole(index))
            for index, name in enumerate(batch.program.values)
            if name not in batch.varying
        }
        for index, (name, base) in enumerate(batch.program.series):
            if batch.shares(base):
                known |= {f"{name}_base": w.assigned([("base", lower(base))], known)["base"]}
                with w.loop(w.whole(0), w.whole(STRIDE)) as i:
                    power = w.library("pow", known[f"{name}_base"], w.as_number(i))
                    place = w.builder.add(w.whole(index * STRIDE), i)
                    w.store(power, self.given["powers"], place)
        if "c_tolerance" in known:
            # No smaller square belongs to a norm above the tolerance, however it is rounded.
            square = w.builder.fmul(known["c_tolerance"], known["c_tolerance"])
            wider = w.builder.fmul(square, w.number(1.0 + 2.0**-40))
            known["near"] = w.builder.fadd(wider, w.number(2.0**-1022))
        return known

    def _fill_table(self) -> None:
        """Computes what all runs share at each of the next ``k`` steps."""
        w, b, batch = self.w, self.w.builder, self.batch
        with w.loop(w.whole(0), self.k.get()) as s:
            step = b.add(self.done.get(), s)
            known = self.known | {"t": w.as_number(b.add(step, w.whole(1)))}
            for index, name in enumerate(batch.program.noise):
                place = b.add(b.mul(step, w.whole(len(batch.program.noise))), w.whole(index))
                known[name] = w.load(self.given["noise"], place)
            known |= self._series(step, known["t"], w.less(s, w.whole(0), "=="))
            assignments = (*batch.parts.shared, *batch.quick.reciprocals)
            known = w.assigned(assignments, known)
            for name, row in batch.table.items():
                w.store(known[name], self.given["table"], b.add(w.whole(row * MOST_STEPS), s))
            for name in batch.quick.divisors:
                low = w.less(known[name], w.number(LEAST_DIVISOR), ">=")
                fine = w.all([low, w.less(known[name], w.number(LARGEST_DIVISOR), "<=")])
                self.doubt.set(b.select(fine, self.doubt.get(), w.whole(1)))

    def _series(self, step: Value, t: Value, first: Value) -> dict[str, Value]:
        w, b, series = self.w, self.w.builder, self.batch.program.series
        if not series:
            return {}
        rest = b.and_(b.add(step, w.whole(1)), w.whole(STRIDE - 1))
        whole = b.fsub(t, w.as_number(rest))
        known = {"whole_power": whole, "rest_power": w.as_number(rest)}
        for index, (name, base) in enumerate(series):
            if self.batch.shares(base):
                high = self.high[name]
                with b.if_then(w.any([w.less(rest, w.whole(0), "=="), first])):
                    high.set(w.library("pow", self.known[f"{name}_base"], whole))
                place = b.add(w.whole(index * STRIDE), rest)
                known[name] = b.fmul(high.get(), w.load(self.given["powers"], place))
        return known

    def _at_step(self, s: Value) -> dict[str, Value]:
        """What is known at step ``s`` of the ``k``, from the table."""
        w, b = self.w, self.w.builder
        t = w.as_number(b.add(b.add(self.done.get(), s), w.whole(1)))
        table = {
            name: w.load(self.given["table"], b.add(w.whole(row * MOST_STEPS), s))
            for name, row in self.batch.table.items()
        }
        return {**self.known, **table, "t": t}

    # -- tiles ----------------------------------------------------------------------------

    def _tile(self, first: Value) -> None:
        """One tile: at first all runs go through the careful loop, without a step, which finds
        those that do not begin."""
        w, b = self.w, self.w.builder
        left = b.sub(self.given["count"], first)
        self.n.set(b.select(w.less(left, w.whole(TILE)), left, w.whole(TILE)))
        self._begin(first)
        for variable in (self.done, self.k, self.doubt, self.padded):
            variable.set(w.whole(0))
        self._all_again()
        self.over.set(w.less(self.given["last_step"], w.whole(0), "=="))
        with w.endless() as leave:
            self._careful_pass()
            self.done.add(self.k.get())
            leave(w.any([self.over.get(), w.less(self.n.get(), w.whole(0), "==")]))
            self._next_steps()
            self._fill_table()
            self._filled_up("runs", self.n, self.padded)
            doubtful = w.any([self.over.get(), w.less(self.doubt.get(), w.whole(0), ">")])
            with b.if_else(doubtful) as (then, otherwise):
                with then:
                    blocks = b.mul(self._blocks(self.n.get()), w.whole(self._block_size))
                    with w.loop(w.whole(0), blocks) as i:
                        w.store(w.load(self.given["runs"], i), self.given["again"], i)
                    self._all_again()
                    less = b.sub(self.doubt.get(), w.whole(1))
                    some = w.less(less, w.whole(0), ">")
                    self.doubt.set(b.select(some, less, w.whole(0)))
                with otherwise:
                    self._quick_pass()

    def _next_steps(self) -> None:
        """How many steps are taken before anybody looks: few at first where runs may arrive,
        because in all of them an ending run is computed twice."""
        w, b = self.w, self.w.builder
        rest = b.sub(self.given["last_step"], self.done.get())
        self.over.set(w.less(rest, w.whole(0), "=="))
        some = w.whole(MOST_STEPS)
        if self.batch.program.watches_gradient:
            share = b.sdiv(self.done.get(), w.whole(_SHARE))
            some = b.select(w.less(share, w.whole(MOST_STEPS)), share, w.whole(MOST_STEPS))
            few = w.less(some, w.whole(_FEWEST_STEPS))
            some = b.select(few, w.whole(_FEWEST_STEPS), some)
        self.k.set(b.select(w.less(rest, some), rest, some))

    def _all_again(self) -> None:
        w = self.w
        self.m.set(self.n.get())
        self.all.set(w.less(w.whole(0), w.whole(1)))

    def _begin(self, first: Value) -> None:
        """Weights and memory before the first step, into ``again``; the last run fills up."""
        w, b = self.w, self.w.builder
        last = b.sub(self.given["count"], w.whole(1))
        zero, lanes = w.whole(0), w.whole(LANES)
        with w.loop(zero, self.n.get(), LANES) as begin, w.loop(zero, lanes) as i:
            number = b.add(b.add(first, begin), i)
            number = b.select(w.less(number, last), number, last)
            known = self._start(w.load(self.given["chosen"], number))
            place = b.add(self._place(begin, w.whole(0)), i)
            for name, row in self.batch.kept.items():
                w.store(known[name], self.given["again"], b.add(place, w.whole(row * LANES)))

    def _start(self, cell: Value) -> dict[str, Value]:
        """What a run takes along, before its first step."""
        w, b, batch = self.w, self.w.builder, self.batch
        program = batch.program
        known = dict(self.known)
        for index, name in enumerate(program.inputs[: batch.size]):
            place = b.add(b.mul(cell, w.whole(batch.size)), w.whole(index))
            known[name] = w.load(self.given["starts"], place)
        for index, name in enumerate(batch.varying):
            place = b.add(b.mul(self.given["total"], w.whole(index)), cell)
            known[name] = w.load(self.given["settings"], place)
        trees = dict(zip(program.inputs, program.starts, strict=True))
        memory = [(name, trees[name]) for name in program.inputs[batch.size :]]
        known = w.assigned(memory, known)
        known |= {"cell": w.as_number(cell), "length": w.number(0.0)}
        return known | {"reached": w.number(float("inf"))}

    # -- blocks ---------------------------------------------------------------------------

    @property
    def _block_size(self) -> int:
        return len(self.batch.kept) * LANES

    def _blocks(self, count: Value) -> Value:
        b = self.w.builder
        return b.sdiv(b.add(count, self.w.whole(LANES - 1)), self.w.whole(LANES))

    def _place(self, run: Value, row: Value) -> Value:
        """Where a row of a run is in ``runs`` or ``again``."""
        w, b = self.w, self.w.builder
        block = b.mul(b.lshr(run, w.whole(LANES.bit_length() - 1)), w.whole(len(self.batch.kept)))
        lane = b.and_(run, w.whole(LANES - 1))
        return b.add(b.mul(b.add(block, row), w.whole(LANES)), lane)

    def _move(self, source: str, at: Value, target: str, to: Value) -> None:
        """One run to another place; the array ``lanes`` is one block."""
        w = self.w
        with w.loop(w.whole(0), w.whole(len(self.batch.kept))) as row:
            value = w.load(self.given[source], self._place(at, row))
            w.store(value, self.given[target], self._place(to, row))

    def _copy(self, source: str, at: Value | None, target: str, to: Value | None) -> None:
        """A block to another place; ``at`` and ``to`` are runs."""
        w, b = self.w, self.w.builder
        zero = w.whole(0)
        begin, end = (zero if x is None else self._place(x, zero) for x in (at, to))
        with w.loop(zero, w.whole(self._block_size)) as i:
            value = w.load(self.given[source], b.add(begin, i))
            w.store(value, self.given[target], b.add(end, i))

    def _filled_up(self, array: str, count: Variable, known: Variable) -> None:
        """The last block is filled up with its last run; ``known`` is for what count it is."""
        w, b = self.w, self.w.builder
        with b.if_then(w.less(known.get(), count.get(), "!=")):
            known.set(count.get())
            last = b.sub(count.get(), w.whole(1))
            full = b.mul(self._blocks(count.get()), w.whole(LANES))
            with w.loop(count.get(), full) as j:
                self._move(array, last, array, j)

    def _real(self, begin: Value, count: Variable) -> Value:
        """How many lanes of a block are runs of their own."""
        w, b = self.w, self.w.builder
        left = b.sub(count.get(), begin)
        return b.select(w.less(left, w.whole(LANES)), left, w.whole(LANES))

    def _quick_pass(self) -> None:
        """All blocks of ``runs`` through ``k`` steps; what has to be done again goes to
        ``again`` as it was before."""
        w, b, zero = self.w, self.w.builder, self.w.whole(0)
        quotients = self.batch.quick.single != self.batch.parts.single
        self.m.set(zero)
        self.all.set(w.less(zero, zero))
        with w.loop(zero, self.n.get(), LANES) as begin:
            self._copy("runs", begin, "lanes", None)
            with w.loop(zero, w.whole(LANES)) as i:
                Lane(w, self.batch, i, {}).write("sum", w.number(0.0))
            if quotients:
                clear_flags(w)
            with w.loop(zero, self.k.get()) as s:
                known = self._at_step(s)
                with w.loop(zero, w.whole(LANES)) as i:
                    Lane(w, self.batch, i, known).quick_step()
            flags = raised_flags(w) if quotients else w.less(zero, zero)
            bad = w.variable(b.zext(flags, zero.type))
            with w.loop(zero, w.whole(LANES)) as i:
                bad.add(b.zext(b.not_(self._nothing_happened(i)), zero.type))
            some = b.select(w.less(bad.get(), zero, ">"), self._real(begin, self.n), zero)
            with w.loop(zero, some) as i:
                happened = w.any([flags, b.not_(self._nothing_happened(i))])
                with b.if_then(happened):
                    place = b.add(begin, i)
                    self._move("runs", place, "again", self.m.get())
                    w.store(place, self.given["holes"], self.m.get())
                    self.m.add(w.whole(1))
            self._copy("lanes", None, "runs", begin)
        most = w.less(b.mul(self.m.get(), w.whole(2)), self.n.get(), ">")
        self.doubt.set(b.select(most, w.whole(_DISTRUST), zero))

    def _nothing_happened(self, lane: Value) -> Value:
        total = Lane(self.w, self.batch, lane, {}).read("sum")
        return self.w.less(total, self.w.number(FARTHEST), "<=")

    def _careful_pass(self) -> None:
        """All blocks of ``again`` through ``k`` steps; runs that go on return to ``runs``: to the
        ``holes``, or one after the other where all runs are here."""
        w, b, zero = self.w, self.w.builder, self.w.whole(0)
        filled = self.filled
        filled.set(zero)
        padded = w.variable(zero)
        padded.set(zero)
        self._filled_up("again", self.m, padded)
        with w.loop(zero, self.m.get(), LANES) as begin:
            self._copy("again", begin, "lanes", None)
            with w.loop(zero, w.whole(LANES)) as i:
                Lane(w, self.batch, i, self.known).look(self.done.get())
            with w.loop(zero, self.k.get()) as s:
                known = self._at_step(s)
                with w.loop(zero, w.whole(LANES)) as i:
                    Lane(w, self.batch, i, known).careful_step()
            with w.loop(zero, w.whole(LANES)) as i:
                Lane(w, self.batch, i, {}).conclude()
            ended = w.variable(zero)
            ended.set(b.zext(self.over.get(), zero.type))
            with w.loop(zero, w.whole(LANES)) as i:
                ended.add(b.zext(b.not_(self._alive(i)), zero.type))
            aligned = w.less(b.and_(filled.get(), w.whole(LANES - 1)), zero, "==")
            together = w.all([self.all.get(), aligned, w.less(ended.get(), zero, "==")])
            with b.if_else(together) as (then, otherwise):
                with then:
                    self._copy("lanes", None, "runs", filled.get())
                    filled.add(self._real(begin, self.m))
                with otherwise, w.loop(zero, self._real(begin, self.m)) as i:
                    self._sort_out(i, filled)
        with b.if_else(self.all.get()) as (then, otherwise):
            with then:
                self.n.set(filled.get())
            with otherwise:
                self._close_up(filled.get())

    def _alive(self, lane: Value) -> Value:
        value = Lane(self.w, self.batch, lane, {}).read("alive")
        return self.w.less(value, self.w.number(0.0), ">")

    def _sort_out(self, lane: Value, filled: Variable) -> None:
        """One run back to ``runs``, or its results to its cell."""
        w, b = self.w, self.w.builder
        goes_on = w.all([self._alive(lane), b.not_(self.over.get())])
        with b.if_else(goes_on) as (then, otherwise):
            with then:
                hole = w.load(self.given["holes"], filled.get())
                place = b.select(self.all.get(), filled.get(), hole)
                self._move("lanes", lane, "runs", place)
                filled.add(w.whole(1))
            with otherwise:
                Lane(w, self.batch, lane, {}).results()

    def _close_up(self, filled: Value) -> None:
        """The last runs take the places of those that have ended, from the last hole on."""
        w, b = self.w, self.w.builder
        with w.loop(filled, self.m.get()) as i:
            number = b.sub(b.sub(b.add(self.m.get(), filled), i), w.whole(1))
            hole = w.load(self.given["holes"], number)
            self.n.set(b.sub(self.n.get(), w.whole(1)))
            with b.if_then(w.less(hole, self.n.get(), "!=")):
                self._move("runs", self.n.get(), "runs", hole)
