"""The code of a kernel for many runs at once.

A tile of runs goes through its steps together, some steps at a time, in blocks of 64 lanes.  For
each step, what is the same for all of them is computed once.  The *quick* loop then takes the
steps of a block without branches and without looking at single runs, which LLVM turns into vector
instructions; it only notes whether anything happened: a run that ended, or a quotient that may be
wrong.  Such runs go through these steps once more in the *careful* loop, from where they were
before.  Runs that have ended leave the tile, and the last ones take their places.
"""

from __future__ import annotations

from optlab.core.maps.blocks import Blocks
from optlab.core.maps.lanes import Lane
from optlab.core.maps.shared import Shared
from optlab.core.maps.source import ARGUMENTS, CELLS, LANES, MOST_STEPS, TILE, Batch
from optlab.core.native.flags import clear_flags, raised_flags
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
        self.blocks, self.shared = Blocks(w, batch), Shared(w, batch)

    def text(self) -> str:
        """Writes everything."""
        w = self.w
        with w.loop(w.whole(0), self.given["count"], TILE) as first:
            self._tile(first)
        return w.text(self.given["count"])

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
            self.shared.fill_table(self.done.get(), self.k.get(), self.doubt)
            self.blocks.filled_up("runs", self.n, self.padded)
            doubtful = w.any([self.over.get(), w.less(self.doubt.get(), w.whole(0), ">")])
            with b.if_else(doubtful) as (then, otherwise):
                with then:
                    blocks = b.mul(self.blocks.count(self.n.get()), w.whole(self.blocks.size))
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
            place = b.add(self.blocks.place(begin, w.whole(0)), i)
            for name, row in self.batch.kept.items():
                w.store(known[name], self.given["again"], b.add(place, w.whole(row * LANES)))

    def _start(self, cell: Value) -> dict[str, Value]:
        """What a run takes along, before its first step."""
        w, b, batch = self.w, self.w.builder, self.batch
        program = batch.program
        known = dict(self.shared.known)
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

    # -- passes ---------------------------------------------------------------------------

    def _quick_pass(self) -> None:
        """All blocks of ``runs`` through ``k`` steps; what has to be done again goes to
        ``again`` as it was before."""
        w, b, zero = self.w, self.w.builder, self.w.whole(0)
        quotients = self.batch.quick.single != self.batch.parts.single
        self.m.set(zero)
        self.all.set(w.less(zero, zero))
        with w.loop(zero, self.n.get(), LANES) as begin:
            self.blocks.copy("runs", begin, "lanes", None)
            with w.loop(zero, w.whole(LANES)) as i:
                Lane(w, self.batch, i, {}).write("sum", w.number(0.0))
            if quotients:
                clear_flags(w)
            with w.loop(zero, self.k.get()) as s:
                known = self.shared.at_step(self.done.get(), s)
                with w.loop(zero, w.whole(LANES)) as i:
                    Lane(w, self.batch, i, known).quick_step()
            flags = raised_flags(w) if quotients else w.less(zero, zero)
            bad = w.variable(b.zext(flags, zero.type))
            with w.loop(zero, w.whole(LANES)) as i:
                bad.add(b.zext(b.not_(self._nothing_happened(i)), zero.type))
            some = b.select(w.less(bad.get(), zero, ">"), self.blocks.real(begin, self.n), zero)
            with w.loop(zero, some) as i:
                happened = w.any([flags, b.not_(self._nothing_happened(i))])
                with b.if_then(happened):
                    place = b.add(begin, i)
                    self.blocks.move("runs", place, "again", self.m.get())
                    w.store(place, self.given["holes"], self.m.get())
                    self.m.add(w.whole(1))
            self.blocks.copy("lanes", None, "runs", begin)
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
        self.blocks.filled_up("again", self.m, padded)
        with w.loop(zero, self.m.get(), LANES) as begin:
            self.blocks.copy("again", begin, "lanes", None)
            with w.loop(zero, w.whole(LANES)) as i:
                Lane(w, self.batch, i, self.shared.known).look(self.done.get())
            with w.loop(zero, self.k.get()) as s:
                known = self.shared.at_step(self.done.get(), s)
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
                    self.blocks.copy("lanes", None, "runs", filled.get())
                    filled.add(self.blocks.real(begin, self.m))
                with otherwise, w.loop(zero, self.blocks.real(begin, self.m)) as i:
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
                self.blocks.move("lanes", lane, "runs", place)
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
                self.blocks.move("runs", self.n.get(), "runs", hole)
