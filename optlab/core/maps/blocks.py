"""Runs in memory: blocks of lanes, one row after the other for each number that a run has."""

from __future__ import annotations

from optlab.core.maps.source import LANES, Batch
from optlab.core.native.writer import Value, Variable, Writer


class Blocks:
    """Code that moves runs between ``runs``, ``again`` and the one block ``lanes``."""

    def __init__(self, writer: Writer, batch: Batch) -> None:
        self.w, self.batch, self.given = writer, batch, writer.given

    @property
    def size(self) -> int:
        """How many numbers a block holds."""
        return len(self.batch.kept) * LANES

    def count(self, count: Value) -> Value:
        """How many blocks so many runs fill."""
        b = self.w.builder
        return b.sdiv(b.add(count, self.w.whole(LANES - 1)), self.w.whole(LANES))

    def place(self, run: Value, row: Value) -> Value:
        """Where a row of a run is in ``runs`` or ``again``."""
        w, b = self.w, self.w.builder
        block = b.mul(b.lshr(run, w.whole(LANES.bit_length() - 1)), w.whole(len(self.batch.kept)))
        lane = b.and_(run, w.whole(LANES - 1))
        return b.add(b.mul(b.add(block, row), w.whole(LANES)), lane)

    def move(self, source: str, at: Value, target: str, to: Value) -> None:
        """One run to another place; the array ``lanes`` is one block."""
        w = self.w
        with w.loop(w.whole(0), w.whole(len(self.batch.kept))) as row:
            value = w.load(self.given[source], self.place(at, row))
            w.store(value, self.given[target], self.place(to, row))

    def copy(self, source: str, at: Value | None, target: str, to: Value | None) -> None:
        """A block to another place; ``at`` and ``to`` are runs."""
        w, b = self.w, self.w.builder
        zero = w.whole(0)
        begin, end = (zero if x is None else self.place(x, zero) for x in (at, to))
        with w.loop(zero, w.whole(self.size)) as i:
            value = w.load(self.given[source], b.add(begin, i))
            w.store(value, self.given[target], b.add(end, i))

    def filled_up(self, array: str, count: Variable, known: Variable) -> None:
        """The last block is filled up with its last run; ``known`` is for what count it is."""
        w, b = self.w, self.w.builder
        with b.if_then(w.less(known.get(), count.get(), "!=")):
            known.set(count.get())
            last = b.sub(count.get(), w.whole(1))
            full = b.mul(self.count(count.get()), w.whole(LANES))
            with w.loop(count.get(), full) as j:
                self.move(array, last, array, j)

    def real(self, begin: Value, count: Variable) -> Value:
        """How many lanes of a block are runs of their own."""
        w, b = self.w, self.w.builder
        left = b.sub(count.get(), begin)
        return b.select(w.less(left, w.whole(LANES)), left, w.whole(LANES))
