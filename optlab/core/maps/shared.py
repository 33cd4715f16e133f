"""What all runs of a map share at a step: computed once, into a table."""

from __future__ import annotations

from optlab.core.formula.lower import lower
from optlab.core.formula.operations import STRIDE
from optlab.core.maps.source import MOST_STEPS, Batch
from optlab.core.native.quotient import LARGEST_DIVISOR, LEAST_DIVISOR
from optlab.core.native.writer import Value, Variable, Writer


class Shared:
    """Code for the table; ``known`` are the numbers that stay through the steps, by name."""

    def __init__(self, writer: Writer, batch: Batch) -> None:
        self.w, self.batch, self.given = writer, batch, writer.given
        self.high = {name: writer.variable(writer.number(1.0)) for name, _ in batch.program.series}
        self.known = self._numbers()

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

    def fill_table(self, done: Value, count: Value, doubt: Variable) -> None:
        """Computes what all runs share at each of ``count`` steps after ``done``; ``doubt`` becomes
        1 where a divisor is none that quotients are exact for."""
        w, b, batch = self.w, self.w.builder, self.batch
        with w.loop(w.whole(0), count) as s:
            step = b.add(done, s)
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
                doubt.set(b.select(fine, doubt.get(), w.whole(1)))

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

    def at_step(self, done: Value, s: Value) -> dict[str, Value]:
        """What is known at step ``s`` of those after ``done``, from the table."""
        w, b = self.w, self.w.builder
        t = w.as_number(b.add(b.add(done, s), w.whole(1)))
        table = {
            name: w.load(self.given["table"], b.add(w.whole(row * MOST_STEPS), s))
            for name, row in self.batch.table.items()
        }
        return {**self.known, **table, "t": t}
