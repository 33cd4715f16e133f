"""``python -m tests.fuzz.many --count 1000000``: formulas by the million, made without shrinking.

A third is words in any order, a third right formulas, a third right ones with a place changed.
Each is parsed, printed, derived twice, computed and typeset; the slowest is named.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter

from tests.fuzz.guard import guarded, limit_memory, peak_megabytes
from tests.fuzz.inputs import PIECES
from tests.fuzz.targets import formula

_ONE = ("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "sign", "floor", "tanh", "cbrt", "asin")
_TWO = ("min", "max", "mod", "atan2")


def words(chance: random.Random) -> str:
    """Words of the language, and others, in any order."""
    return "".join(chance.choices(PIECES, k=chance.randrange(1, 40)))


def right(chance: random.Random, depth: int) -> str:
    """A formula of at most this depth."""
    kind = chance.random()
    if depth == 0 or kind < 0.15:
        number = (
            str(chance.randrange(-20, 21)),
            repr(chance.uniform(-1e3, 1e3)),
            "1e-300",
            "2.5e200",
        )
        return chance.choice(("w1", "w2", "x", "y", "pi", "e", f"({chance.choice(number)})"))
    a, b = right(chance, depth - 1), right(chance, depth - 1)
    if kind < 0.6:
        return f"({a}){chance.choice('+-*/^')}({b})"
    if kind < 0.8:
        return f"{chance.choice(_ONE)}({a})"
    if kind < 0.9:
        return f"{chance.choice(_TWO)}({a}, {b})"
    return f"where({a} {chance.choice(('<', '>=', '=='))} {b}, {b}, {a})"


def changed(chance: random.Random) -> str:
    """A right formula with one place replaced by a word."""
    text = right(chance, chance.randrange(1, 4))
    start = chance.randrange(len(text) + 1)
    return text[:start] + chance.choice(PIECES) + text[start + chance.randrange(4) :]


def try_formulas(count: int, seed: int) -> tuple[Counter[str], float, str]:
    """Tries so many: how many of each kind were tried and taken, the slowest's seconds and text."""
    chance, found, slowest, which = random.Random(seed), Counter[str](), 0.0, ""
    makers = {"words": words, "right": lambda c: right(c, c.randrange(1, 5)), "changed": changed}
    for number in range(count):
        kind = tuple(makers)[number % 3]
        text = makers[kind](chance)
        began = time.process_time()
        with guarded():
            taken = formula(text)
        took = time.process_time() - began
        found[kind] += 1
        found[f"{kind} taken"] += taken
        if took > slowest:
            slowest, which = took, text
    return found, slowest, which


def main() -> int:
    """Prints what was found; fails where a formula executes, crashes or takes a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    before, began = peak_megabytes(), time.process_time()
    limit_memory()
    found, slowest, which = try_formulas(options.count, options.seed)
    kinds = ", ".join(
        f"{found[kind]:,} {kind} ({found[f'{kind} taken']:,} taken)"
        for kind in ("words", "right", "changed")
    )
    sys.stdout.write(
        f"{options.count:,} formulas: {kinds}; {time.process_time() - began:.0f} s of processor "
        f"time, the slowest {slowest:.2f} s ({len(which)} characters); nothing executed, "
        f"memory grew by {peak_megabytes() - before:.0f} MB\n"
    )
    return int(slowest > 1.0)


if __name__ == "__main__":
    sys.exit(main())
