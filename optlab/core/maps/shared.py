"""What of a step is the same for all runs of a map, and what each run has of its own.

Nothing here knows a rule: whether all runs share a value follows from what its tree is made of.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from optlab.core.formula.algebra import ONE
from optlab.core.formula.emit import Assignment
from optlab.core.formula.nodes import Apply, Node, Symbol, postorder, symbols, value_of
from optlab.core.formula.operations import CONSTANTS, OPERATIONS


@dataclass(frozen=True)
class Parts:
    """``shared``: assignments that are the same for all runs at a step; ``own``: those of each
    run; ``read``: names of shared values that the own ones read."""

    shared: tuple[Assignment, ...]
    own: tuple[Assignment, ...]
    read: tuple[str, ...]


def split(
    assignments: Sequence[Assignment], wanted: Collection[str], own: Collection[str]
) -> Parts:
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
    return Parts(tuple(shared), tuple(single), tuple(name for name, _ in shared if name in read))


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


def with_quotients(parts: Parts, own: Collection[str]) -> Quotients:
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
