"""The learning rate over the steps: pieces, each a formula, joined end to end.

Steps are counted by k from 0: the first update uses the value at k = 0.  A formula may use
``eta`` (the rule's own learning rate), ``k``, ``t`` = k + 1, ``T`` (all steps of the run) and
the schedule's parameters.  In a joined schedule each piece counts its own k from 0.

A piece with ``unit=epochs`` counts whole epochs instead, as a training that sets its rate once an
epoch: its k, t, T and all of its lengths are epochs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from types import MappingProxyType

from optlab.core.formula.algebra import add, call, choose, divide, multiply, subtract
from optlab.core.formula.nodes import Node, Symbol, number, number_text, substitute
from optlab.core.library_calls import LibraryCall, built_in
from optlab.core.parameters import Interval, SettingError

TYPED = "formula"
"""The kind of a piece that a person typed as a formula."""
LENGTH = "steps"
"""The setting that says how many steps a piece lasts, for every kind of schedule."""
FORMULA_NAMES = ("eta", "k", "t", "T")
CALL_NAMES = ("eta", "lasts", "alone")
"""What a library's call may use beside the parameters: η, the steps that the piece lasts, and
whether (1 or 0) it is the whole schedule."""
_JOINED = {
    "torch": "torch.optim.lr_scheduler.SequentialLR(optimizer, [{}], milestones=[{}])",
    "optax": "optax.join_schedules([{}], boundaries=[{}])",
}
UNIT = "unit"
"""The setting that says what a piece counts: one of :data:`UNITS`."""
UNITS = ("steps", "epochs")
EPOCH_STEPS, EPOCH_PHASE, EPOCHS = "c_epoch_steps", "c_epoch_phase", "c_epochs"
"""The steps of an epoch, those of its first one before the schedule began, all epochs of a run."""

_PHASE = Symbol(EPOCH_PHASE)


@dataclass(frozen=True)
class EpochCount:
    """Epochs of ``steps`` steps; ``phase`` steps of the first are over when a schedule begins."""

    steps: int
    phase: int = 0

    def done(self, k: float) -> int:
        """The whole epochs that are over after ``k`` steps of a schedule."""
        return math.floor((k + self.phase) / self.steps)

    def first_step(self, epoch: float) -> float:
        """The steps of a schedule before an epoch, from 0, begins."""
        return epoch * self.steps - self.phase


@dataclass(frozen=True)
class ScheduleParameter:
    """A constant of a schedule; a default of None stands for all steps that are left of the run
    when the piece begins."""

    name: str
    default: float | None
    range: Interval
    help: str


@dataclass(frozen=True, eq=False)
class ScheduleKind:
    """A schedule as its data file describes it; ``key`` is the file's name.

    ``length`` names the parameter that says how many steps it takes, empty where it has no end.
    ``opening``: it leads up to the full rate, so that another one like it cannot follow at once.
    ``builtins`` are libraries' calls of it.
    """

    key: str
    name: str
    summary: str
    reference: str
    formula: str
    tree: Node
    parameters: Mapping[str, ScheduleParameter]
    length: str = ""
    opening: bool = False
    builtins: tuple[LibraryCall, ...] = ()


@dataclass(frozen=True)
class SchedulePiece:
    """One schedule with its constants as given (in the order typed); no constant twice.

    ``epochs``: it counts epochs, in its formula and in its constants.
    """

    kind: ScheduleKind
    values: tuple[tuple[str, float], ...] = ()
    epochs: bool = False

    @property
    def length(self) -> float | None:
        """How many steps or epochs the piece lasts, or None for all that are left."""
        given = dict(self.values)
        declared = self.kind.parameters.get(self.kind.length)
        default = given.get(declared.name, declared.default) if declared else None
        return given.get(LENGTH, default)


@dataclass(frozen=True)
class Schedule:
    """Joined pieces; ``text`` is the form for command line and file."""

    pieces: tuple[SchedulePiece, ...]
    text: str = field(compare=False)

    @property
    def is_constant(self) -> bool:
        """Whether η stays what it is."""
        return all(piece.kind.tree == Symbol("eta") for piece in self.pieces)

    @property
    def counts_epochs(self) -> bool:
        """Whether a piece counts epochs, so that data are needed."""
        return any(piece.epochs for piece in self.pieces)

    def expression(self, k: Node, steps: Node, phase: Node = _PHASE) -> Node:
        """η as a formula of ``eta`` and of the schedule's constants, given k and T in steps.

        The constants are the symbols ``s0_drop``, ``s1_T_max``, ... of :meth:`constants`, and
        those of :class:`EpochCount` where it counts epochs.
        """
        each = Symbol(EPOCH_STEPS)

        def epochs_done(after: Node) -> Node:
            return call("floor", divide(add(after, phase), each))

        step: Node = number(0.0)
        epoch: Node | None = number(0.0)
        parts: list[Node] = []
        ends: list[Node] = []
        for index, piece in enumerate(self.pieces):
            if piece.epochs and epoch is None:
                epoch = epochs_done(step)
            now = epochs_done(k) if piece.epochs else k
            begun = epoch if piece.epochs and epoch is not None else step
            horizon = Symbol(EPOCHS) if piece.epochs else steps
            own_k = subtract(now, begun)
            names: dict[str, Node] = {"k": own_k, "t": add(own_k, number(1.0)), "T": horizon}
            for parameter in piece.kind.parameters.values():
                names[parameter.name] = Symbol(f"s{index}_{parameter.name}")
            parts.append(substitute(piece.kind.tree, names))
            end = add(begun, Symbol(f"s{index}_{LENGTH}"))
            ends.append(call("lt", now, end))
            step = subtract(multiply(end, each), phase) if piece.epochs else end
            epoch = end if piece.epochs else None
        whole = parts[-1]
        for tree, lasts in zip(parts[-2::-1], ends[-2::-1], strict=True):
            whole = choose(lasts, tree, whole)
        return whole

    def as_formula(self, steps: int, epochs: EpochCount | None = None) -> Node:
        """η as a formula of ``eta`` and k alone, for a run of so many steps in such epochs."""
        tree = self.expression(Symbol("k"), number(float(steps)))
        constants = self.constants(steps, epochs)
        return substitute(tree, {name: number(value) for name, value in constants.items()})

    def with_formula(self, steps: int, epochs: EpochCount | None = None) -> Schedule:
        """The same rates as one formula, which holds for runs of any length."""
        tree = self.as_formula(steps, epochs)
        kind = ScheduleKind(TYPED, self.text, "", "", "", tree, MappingProxyType({}))
        return Schedule((SchedulePiece(kind),), self.text)

    def piece_at(self, k: float, epochs: EpochCount | None = None) -> tuple[int, float]:
        """The piece in force after ``k`` steps of the schedule, and the k that it counts."""
        step: float = 0.0
        for index, piece in enumerate(self.pieces):
            counts = epochs if piece.epochs else None
            now, begun = (k, step) if counts is None else (counts.done(k), counts.done(step))
            if piece.length is None or index + 1 == len(self.pieces) or now < begun + piece.length:
                break
            end = begun + piece.length
            step = end if counts is None else counts.first_step(end)
        return index, now - begun

    def with_constant(self, index: int, name: str, value: float) -> Schedule:
        """The schedule with another value for a constant of a piece (counted from 0).

        Raises :class:`SettingError` outside the constant's range.
        """
        piece = self.pieces[index]
        others = tuple(pair for pair in piece.values if pair[0] != name)
        changed = replace(piece, values=(*others, (name, value)))
        pieces = (*self.pieces[:index], changed, *self.pieces[index + 1 :])
        check_pieces(pieces)
        return Schedule(pieces, self.text)

    def constants(self, steps: int, epochs: EpochCount | None = None) -> dict[str, float]:
        """The values of the constants for a run of so many steps, in such epochs."""
        values: dict[str, float] = {}
        left = float(steps)
        for index, piece in enumerate(self.pieces):
            each = epochs.steps if epochs is not None and piece.epochs else 1
            given = dict(piece.values)
            for parameter in piece.kind.parameters.values():
                rest = float(max(math.ceil(left / each), 1))
                default = rest if parameter.default is None else parameter.default
                values[f"s{index}_{parameter.name}"] = given.get(parameter.name, default)
            if piece.length is not None:
                values[f"s{index}_{LENGTH}"] = piece.length
                left -= piece.length * each
        if epochs is not None and self.counts_epochs:
            whole = float(-(-steps // epochs.steps))
            own = float(epochs.steps), float(epochs.phase), whole
            values |= dict(zip((EPOCH_STEPS, EPOCH_PHASE, EPOCHS), own, strict=True))
        return values

    def built_in(self, library: str, eta: float, steps: int) -> str:
        """How ``torch`` or ``optax`` has it for a run of so many steps; empty where it has not."""
        if self.counts_epochs:
            return ""
        constants, offset = self.constants(steps), 0.0
        calls: list[str] = []
        ends: list[float] = []
        for index, piece in enumerate(self.pieces):
            names = piece.kind.parameters
            values = {name: constants[f"s{index}_{name}"] for name in names}
            last = index == len(self.pieces) - 1
            lasts = steps - offset if last or piece.length is None else piece.length
            values = {"eta": eta, "lasts": lasts, "alone": float(len(self.pieces) == 1)} | values
            call = built_in(piece.kind.builtins, library, values)
            if call is None or lasts != int(lasts):
                return ""
            calls.append(call.text("optimizer" if library == "torch" else ""))
            offset += lasts
            ends.append(offset)
        if len(calls) == 1:
            return calls[0]
        return _JOINED[library].format(", ".join(calls), ", ".join(map(number_text, ends[:-1])))


def check_pieces(pieces: tuple[SchedulePiece, ...]) -> None:
    """Raises :class:`SettingError` for a constant out of range, for a piece without its length,
    and for an opening that begins again where one has just ended."""
    for piece in pieces:
        for name, value in piece.values:
            parameter = piece.kind.parameters.get(name)
            if parameter is not None:
                interval = parameter.range
            elif name == LENGTH:
                interval = Interval(low=1.0, low_open=False)
            else:
                known = ", ".join(piece.kind.parameters) or "none"
                reason = f"is not a constant of {piece.kind.key}; known are {known}"
                raise SettingError(f"{piece.kind.key}:{name}", reason)
            if not interval.contains(value):
                reason = f"must be {interval.sentence()}, not {value:g}"
                raise SettingError(f"{piece.kind.key}:{name}", reason)
    for piece in pieces[:-1]:
        if piece.length is None:
            name = piece.kind.length or LENGTH
            reason = f"needs {name}=N, because another schedule follows"
            raise SettingError(piece.kind.key, reason)
    for piece, following in pairwise(pieces):
        if piece.kind.opening and following.kind.opening:
            reason = f"cannot follow {piece.kind.key}: the full rate is reached there already"
            raise SettingError(following.kind.key, reason)
