"""What a kernel for many runs does in a lane: one step, quick or careful, and the results."""

from __future__ import annotations

from collections.abc import Mapping

from optlab.core.formula.bounds import bounds
from optlab.core.formula.emit import Assignment
from optlab.core.formula.nodes import Apply, Node, Symbol, substitute, symbols
from optlab.core.maps.source import LANES, Batch
from optlab.core.native.writer import BYTE, Value, Writer
from optlab.core.run.equations import GRADIENT_NORM
from optlab.core.run.outcome import FARTHEST

_SQUARE = "norm_squared"
_INFINITE = float("inf")


class Lane:
    """Code for one lane of the block in ``lanes``; ``index`` is which, or a later lane's.

    ``known`` holds values by name: the numbers of the run, what is shared at this step, ``t``.
    """

    def __init__(
        self, writer: Writer, batch: Batch, index: Value, known: Mapping[str, Value]
    ) -> None:
        self.writer, self.batch, self.index = writer, batch, index
        self.known = dict(known)
        self.weights = batch.program.inputs[: batch.size]
        self.moved = batch.program.carry[: batch.size]
        columns = dict(batch.program.columns)
        self.loss = columns["loss"]
        self.gradient = [columns[f"g{i + 1}"] for i in range(batch.size)]

    # -- rows -----------------------------------------------------------------------------

    def read(self, name: str) -> Value:
        """What the lane has in a row."""
        return self.writer.load(self.writer.given["lanes"], self._place(name))

    def write(self, name: str, value: Value) -> None:
        """Changes what the lane has in a row."""
        self.writer.store(value, self.writer.given["lanes"], self._place(name))

    def _place(self, name: str) -> Value:
        first = self.writer.whole(self.batch.rows[name] * LANES)
        return self.writer.builder.add(first, self.index, flags=["nsw", "nuw"])

    def _inputs(self) -> None:
        for name in (*self.batch.program.inputs, *self.batch.varying):
            self.known[name] = self.read(name)
        w, known = self.writer, self.known
        for name, base in self.batch.program.series:
            if not self.batch.shares(base):
                value = w.assigned([("base", base)], known)["base"]
                high, low = (
                    w.library("pow", value, known[power]) for power in ("whole_power", "rest_power")
                )
                known[name] = w.builder.fmul(high, low)

    # -- steps ----------------------------------------------------------------------------

    def quick_step(self) -> None:
        """One step as if nothing could happen.

        What does happen is seen at a sum: it stays below :data:`FARTHEST` only while all weights
        and losses do.
        """
        w, batch = self.writer, self.batch
        self._inputs()
        single = list(batch.quick.single)
        seen = [*self.moved, self.loss]
        if "reached" not in batch.extras and self._always_finite():
            single = [(name, tree) for name, tree in single if name != self.loss]
            seen.remove(self.loss)
        small = None
        if batch.program.watches_gradient:
            single, small, limit = self._arrival(single)
        names = w.assigned(single, self.known)
        terms = [w.intrinsic("fabs", names[name]) for name in seen]
        if small is not None:
            arrived = w.less(names[small], names[limit], "<=")
            infinite, nothing = w.number(_INFINITE), w.number(0.0)
            terms.append(w.builder.select(arrived, infinite, nothing))
        before = self.read("sum")
        if "length" in batch.extras:
            length = w.builder.fadd(self.read("length"), self._distance(names))
            self.write("length", length)
        if "reached" in batch.extras:
            self._note_hit(names[self.loss], names["t"], None)
        for name, new in zip(batch.program.inputs, batch.program.carry, strict=True):
            self.write(name, names[new])
        self.write("sum", w.total([*terms, before]))

    def _always_finite(self) -> bool:
        """Whether the loss is a finite number wherever no weight is beyond the farthest."""
        known = dict.fromkeys(self.moved, (-FARTHEST, FARTHEST))
        return bounds(self._loss_tree(), known) is not None

    def _loss_tree(self) -> Node:
        return dict(self.batch.program.assignments)[self.loss]

    def _arrival(self, single: list[Assignment]) -> tuple[list[Assignment], str, str]:
        """What is compared with what to see that the gradient may be small enough: no root."""
        tree = dict(single).get(GRADIENT_NORM)
        others = symbols(*(part for _, part in single))
        if not isinstance(tree, Apply) or tree.operation != "sqrt" or GRADIENT_NORM in others:
            return single, GRADIENT_NORM, "c_tolerance"
        (square,) = tree.args
        squared = [(_SQUARE, square) if name == GRADIENT_NORM else (name, t) for name, t in single]
        return squared, _SQUARE, "near"

    def _distance(self, names: Mapping[str, Value]) -> Value:
        """How far a step went."""
        w = self.writer
        squares = []
        for new, old in zip(self.moved, self.weights, strict=True):
            way = w.builder.fsub(names[new], names[old])
            squares.append(w.builder.fmul(way, way))
        return w.intrinsic("sqrt", w.total(squares))

    def _note_hit(self, loss: Value, step: Value, going: Value | None) -> None:
        """Keeps the first step whose loss is not above the target."""
        w, before = self.writer, self.read("reached")
        first = [w.less(loss, w.given["target"], "<="), w.less(before, step, ">")]
        hit = w.all([*first, *([] if going is None else [going])])
        self.write("reached", w.builder.select(hit, step, before))

    def look(self, done: Value) -> None:
        """Where a run stands after ``done`` steps: its loss, and whether it goes on."""
        w = self.writer
        here = {new: Symbol(old) for new, old in zip(self.moved, self.weights, strict=True)}
        known = self.known | {name: self.read(name) for name in self.weights}
        tree = substitute(self._loss_tree(), here)
        loss = w.assigned([("loss", tree)], known)["loss"]
        step = w.as_number(done)
        self.write("loss", loss)
        self.write("steps", step)
        for name in ("converged", *(f"g_{i}" for i in range(self.batch.size))):
            self.write(name, w.number(0.0))
        if "reached" in self.batch.extras:
            self._note_hit(loss, step, None)
        fine = self._fine([known[name] for name in self.weights], loss)
        self.write("alive", w.builder.select(fine, w.number(1.0), w.number(0.0)))

    def _fine(self, weights: list[Value], loss: Value) -> Value:
        """Whether a run goes on from here."""
        w = self.writer
        inside = [w.less(w.intrinsic("fabs", x), w.number(FARTHEST), "<=") for x in weights]
        return w.all([*inside, self._finite(loss)])

    def _finite(self, value: Value) -> Value:
        return self.writer.less(
            self.writer.intrinsic("fabs", value), self.writer.number(_INFINITE), "<"
        )

    def careful_step(self) -> None:
        """One step; what has ended keeps its values."""
        w, batch = self.writer, self.batch
        select = w.builder.select
        self._inputs()
        names = w.assigned(batch.parts.single, self.known)
        go = w.less(self.read("alive"), w.number(0.0), ">")
        if batch.program.watches_gradient:
            norm = names[GRADIENT_NORM]
            arrived = w.all([go, w.less(norm, names["c_tolerance"], "<=")])
            self.write("converged", select(arrived, w.number(1.0), self.read("converged")))
            large = w.less(norm, names["c_tolerance"], ">")
            go = w.all([go, w.any([large, w.less(norm, norm, "!=")])])
        pairs = zip(batch.program.inputs, batch.program.carry, strict=True)
        new = {name: names[after] for name, after in pairs}
        new |= {"loss": names[self.loss], "steps": names["t"]}
        new |= {f"g_{i}": names[name] for i, name in enumerate(self.gradient)}
        if "length" in batch.extras:
            new["length"] = w.builder.fadd(self.read("length"), self._distance(names))
        if "reached" in batch.extras:
            self._note_hit(names[self.loss], names["t"], go)
        for name, value in new.items():
            self.write(name, select(go, value, self.read(name)))
        fine = w.all([go, self._fine([names[name] for name in self.moved], names[self.loss])])
        self.write("alive", select(fine, w.number(1.0), w.number(0.0)))

    # -- results --------------------------------------------------------------------------

    def results(self) -> None:
        """Writes how a run ended, to the place of its cell."""
        w, size = self.writer, self.batch.size
        cell = w.builder.fptosi(self.read("cell"), w.whole(0).type)
        loss, last = self.read("loss"), self.read("steps")
        for index, name in enumerate(self.weights):
            place = w.builder.add(w.builder.mul(cell, w.whole(size)), w.whole(index))
            w.store(self.read(name), w.given["weights"], place)
        # Without a target, only a loss of -inf is not above it, and that ends a run.
        below = w.less(loss, w.given["target"], "<=")
        found = {
            "loss": loss,
            "steps": last,
            "reached": w.builder.select(below, last, w.number(_INFINITE)),
        }
        found |= {name: self.read(name) for name in self.batch.extras}
        for name, value in found.items():
            w.store(value, w.given[name], cell)
        w.store(w.builder.fptosi(self.read("kind"), BYTE), w.given["outcome"], cell)

    def conclude(self) -> None:
        """Decides what the end of a run is called, if this is one.

        The same decision as :func:`optlab.core.run.outcome.broken_outcome`; the numbers count into
        :data:`optlab.core.maps.batch.OUTCOMES`.
        """
        w, select = self.writer, self.writer.builder.select
        finished, converged, diverged, left = (w.number(float(kind)) for kind in range(4))
        loss, last = self.read("loss"), self.read("steps")
        weights = [self.read(name) for name in self.weights]
        moved = w.less(last, w.number(0.0), ">")
        absolute = [w.intrinsic("fabs", x) for x in weights]
        far = w.any([w.less(x, w.number(FARTHEST), ">") for x in absolute])
        infinite = w.less(w.intrinsic("fabs", loss), w.number(_INFINITE), "==")
        at_loss = select(w.all([infinite, moved]), diverged, left)
        steep = w.all([self._finite(self.read(f"g_{i}")) for i in range(self.batch.size)])
        nowhere = select(w.all([w.builder.not_(steep), moved]), left, diverged)
        inside = select(far, diverged, at_loss)
        broken = select(w.all([self._finite(x) for x in weights]), inside, nowhere)
        arrived = w.less(self.read("converged"), w.number(0.0), ">")
        ended = select(arrived, converged, broken)
        alive = w.less(self.read("alive"), w.number(0.0), ">")
        self.write("kind", select(alive, finished, ended))
