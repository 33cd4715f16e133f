"""Names of single weights: ``w17``, and ``W1[3,2]`` where the weights are several arrays."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import numpy as np

from optlab.core.parameters import SettingError
from optlab.core.problems.problem import Problem


def weight_titles(problem: Problem) -> Iterator[str]:
    """The name of each weight, such as ``w17 = W1[3,2]``; indices count from 1."""
    if len(problem.shapes) == 1:
        yield from problem.weights
        return
    names = iter(problem.weights)
    for array, shape in problem.shapes:
        for place in np.ndindex(shape):
            yield f"{next(names)} = {array}[{','.join(str(i + 1) for i in place)}]"


def weight_title(problem: Problem, index: int) -> str:
    """The name of the weight with an index from 0."""
    first = index
    for array, shape in problem.shapes if len(problem.shapes) > 1 else ():
        if first < math.prod(shape):
            place = ",".join(str(int(i) + 1) for i in np.unravel_index(first, shape))
            return f"{problem.weights[index]} = {array}[{place}]"
        first -= math.prod(shape)
    return problem.weights[index]


def weight_index(problem: Problem, text: str) -> int:
    """The index, from 0, of the weight that is called so, in either way.

    Raises :class:`SettingError` where there is none.
    """
    name = text.partition("=")[0].strip()
    if name in problem.weights:
        return problem.weights.index(name)
    match = re.fullmatch(r"(\w+)\[\s*(\d+)\s*(?:,\s*(\d+)\s*)?\]", name, re.ASCII)
    first = 0
    for array, shape in problem.shapes:
        if match is not None and match[1] == array:
            place = tuple(int(number) - 1 for number in match.groups()[1:] if number)
            inside = len(place) == len(shape)
            if inside and all(0 <= i < size for i, size in zip(place, shape, strict=True)):
                return first + int(np.ravel_multi_index(place, shape))
        first += math.prod(shape)
    arrays = [f"{array}[{','.join(map(str, shape))}]" for array, shape in problem.shapes]
    known = " to ".join(dict.fromkeys((problem.weights[0], problem.weights[-1])))
    more = f", or {', '.join(arrays)} at most" if len(arrays) > 1 else ""
    raise SettingError("weight", f"there is no '{text[:40]}'; known are {known}{more}")
