"""Formulas over the rows of a table: what is summed, and code that sums it.

``mean`` and ``sum`` are taken out of the formulas first: each becomes a name, and its argument a
formula that is computed for every row.  Sums begin with 0 and go from the first row on, in all
code, so that all of it gives the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optlab.core.formula.dialects.numexpr_dialect import GridFunction
from optlab.core.formula.dialects.numpy_dialect import ARRAY_NAMES, ARRAYS
from optlab.core.formula.emit import PLAIN, Array, Assignment, define, straight_lines
from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import Apply, Node, Symbol, postorder, substitute, symbols
from optlab.core.formula.operations import REDUCTIONS

_GRID_NUMBERS = 1 << 18
"""Numbers of a grid that are computed at once: rows times points, 2 MiB."""


@dataclass(frozen=True)
class RowFormulas:
    """Formulas of weights and columns, prepared for code.

    Weights are called ``w_0``, ``w_1``, ... in ``terms`` and ``outer``, columns ``c_0``, ..., of
    which only those in ``used`` are read.  ``terms`` are the lowered arguments of ``mean`` and
    ``sum``, each once; ``means``: which of them are divided by the number of rows; ``outer`` are
    the formulas with ``m_0``, ``m_1``, ... in their place.
    """

    weights: int
    terms: tuple[Node, ...]
    means: tuple[bool, ...]
    outer: tuple[Node, ...]
    used: tuple[int, ...]

    def lines(self, prefix: str) -> list[str]:
        """Python source that gives ``o0``, ``o1``, ... for the rows of a step.

        It reads ``w_0``, ..., ``count``, ``data`` (columns, rows), and ``rows`` where ``chosen``.
        """
        before, inside = self._hoisted(prefix)
        lines = [f"{name} = {text}" for name, text in before]
        sums = [f"{prefix}s{index}" for index in range(len(self.terms))]
        lines += [f"{name} = 0.0" for name in sums]
        lines += ["for i in range(count):", "    row = rows[i] if chosen else i"]
        lines += [f"    c_{column} = data[{column}, row]" for column in self.used]
        lines += [f"    {name} = {text}" for name, text in inside]
        lines += [f"    {name} += {prefix}t{index}" for index, name in enumerate(sums)]
        for index, (name, mean) in enumerate(zip(sums, self.means, strict=True)):
            lines.append(f"m_{index} = {name}{' / count' if mean else ''}")
        outer = [(f"o{index}", tree) for index, tree in enumerate(self.outer)]
        return lines + [f"{n} = {text}" for n, text in straight_lines(outer, PLAIN, f"{prefix}o")]

    def _hoisted(self, prefix: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Lines before the loop over the rows, for what is the same in all of them, and in it."""
        fixed: list[Assignment] = []
        done: dict[Node, Node] = {}
        varies: dict[Node, bool] = {}
        columns = {f"c_{column}" for column in self.used}
        for part in postorder(*self.terms):
            if not isinstance(part, Apply):
                varies[part] = isinstance(part, Symbol) and part.name in columns
                done[part] = part
                continue
            varies[part] = any(varies[arg] for arg in part.args)
            if not varies[part]:
                done[part] = part
                continue
            args = []
            for arg in part.args:
                if not varies[arg] and isinstance(done[arg], Apply):
                    fixed.append((f"{prefix}f{len(fixed)}", arg))
                    done[arg] = Symbol(fixed[-1][0])
                args.append(done[arg])
            done[part] = Apply(part.operation, tuple(args))
        terms = [(f"{prefix}t{index}", done[term]) for index, term in enumerate(self.terms)]
        return straight_lines(fixed, PLAIN, f"{prefix}b"), straight_lines(terms, PLAIN, prefix)

    @cached_property
    def values(self) -> Callable[[Array, Sequence[float]], tuple[float, ...]]:
        """The formulas as a function of the chosen columns (columns, rows) and the weights."""
        lines = [f"w_{index} = weights[{index}]" for index in range(self.weights)]
        lines += [f"c_{column} = data[{column}]" for column in self.used]
        terms = [(f"t_{index}", term) for index, term in enumerate(self.terms)]
        lines += [f"{name} = {text}" for name, text in straight_lines(terms, ARRAYS, "_t")]
        for index, mean in enumerate(self.means):
            divided = " / size" if mean else ""
            lines.append(f"m_{index} = (total(t_{index}, size) + 0.0){divided}")
        outer = [(f"o{index}", tree) for index, tree in enumerate(self.outer)]
        lines += [f"{name} = {text}" for name, text in straight_lines(outer, ARRAYS, "_o")]
        lines.append(f"return ({''.join(f'o{index}, ' for index in range(len(outer)))})")
        body = "".join(f"    {line}\n" for line in lines)
        function = define(f"def values(data, weights, size):\n{body}", "values", ARRAY_NAMES)

        def values(data: Array, weights: Sequence[float]) -> tuple[float, ...]:
            with np.errstate(all="ignore"):
                found: tuple[float, ...] = function(data, weights, data.shape[1])
            return found

        return values

    def grid(self, data: Array) -> Callable[..., Array]:
        """The first formula as a function of arrays of the weights that broadcast together; nan
        where it was ``cancelled`` on the way."""
        names = [f"w_{index}" for index in range(self.weights)]
        columns = [f"c_{column}" for column in self.used]
        terms = [GridFunction(term, [*names, *columns]) for term in self.terms]
        sums = [f"m_{index}" for index in range(len(self.terms))]
        outer = GridFunction(self.outer[0], [*names, *sums])

        def summed(
            term: GridFunction,
            weights: Sequence[Array],
            shape: tuple[int, ...],
            cancelled: Callable[[], bool],
        ) -> Array:
            result, rows = np.zeros(shape), data.shape[1]
            block = max(1, _GRID_NUMBERS // max(1, result.size))
            for first in range(0, rows, block):
                if cancelled():
                    return np.full(shape, np.nan)
                chosen = [data[column, first : first + block] for column in self.used]
                given = [part.reshape(-1, *(1,) * len(shape)) for part in chosen]
                parts = term(*weights, *given)
                count = min(block, rows - first)
                for part in np.broadcast_to(parts, (count, *shape)):
                    with np.errstate(all="ignore"):
                        result += part
            return result

        def values(*weights: Array, cancelled: Callable[[], bool] = lambda: False) -> Array:
            shape = np.broadcast_shapes(*(np.shape(w) for w in weights))
            found = [summed(term, weights, shape, cancelled) for term in terms]
            rows = data.shape[1]
            means = zip(found, self.means, strict=True)
            return outer(*weights, *(part / rows if mean else part for part, mean in means))

        return values


def row_formulas(
    trees: Sequence[Node], weights: Sequence[str], columns: Sequence[str]
) -> RowFormulas:
    """Formulas of weights and columns, taken apart."""
    names: Mapping[str, Node] = {name: Symbol(f"c_{i}") for i, name in enumerate(columns)} | {
        name: Symbol(f"w_{i}") for i, name in enumerate(weights)
    }
    lowered = [substitute(lower(tree), names) for tree in trees]
    terms: dict[Node, int] = {}
    means: list[bool] = []
    done: dict[Node, Node] = {}
    for part in postorder(*lowered):
        done[part] = part
        if not isinstance(part, Apply):
            continue
        args = tuple(done[arg] for arg in part.args)
        if part.operation in REDUCTIONS:
            if part not in terms:
                terms[part] = len(terms)
                means.append(part.operation == "mean")
            done[part] = Symbol(f"m_{terms[part]}")
        elif args != part.args:
            done[part] = Apply(part.operation, args)
    inside = tuple(part.args[0] for part in terms if isinstance(part, Apply))
    read = symbols(*inside)
    used = tuple(i for i in range(len(columns)) if f"c_{i}" in read)
    outer = tuple(done[tree] for tree in lowered)
    return RowFormulas(len(weights), inside, tuple(means), outer, used)
