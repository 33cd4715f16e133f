"""Surfaces that are stretched, turned and moved; by substitution in the formula, so that every
derivative stays exact.

A place u of the original goes to T(u) = c + R·S·(u − c) + shift: first stretched along each axis
by S = diag(scale), then turned counter-clockwise by R(rotation), both about the centre c, then
moved.  The new loss is E'(w) = E(T⁻¹(w)), so E'(T(u)) = E(u) and ∇E'(T(u)) = R·S⁻¹·∇E(u).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from optlab.core.display import short
from optlab.core.formula import Node, Symbol, number, substitute
from optlab.core.formula.algebra import add, divide, multiply, subtract
from optlab.core.parameters import SettingError
from optlab.core.problems.formula import FormulaProblem
from optlab.core.problems.problem import Minimum

Pair = tuple[float, float]

LARGEST_ANGLE = 36_000.0
SCALES = (1e-6, 1e6)


@dataclass(frozen=True)
class Transform:
    """A change of a surface of two weights; the default changes nothing.

    ``rotation`` in degrees, counter-clockwise; ``scale`` of w1 and w2, 1e-6 to 1e6, above 1 makes
    the surface wider and flatter along the axis; ``shift`` moves it; ``centre`` is the place
    about which it is turned and stretched.  Raises :class:`SettingError` naming the setting.
    """

    rotation: float = 0.0
    scale: Pair = (1.0, 1.0)
    shift: Pair = (0.0, 0.0)
    centre: Pair = (0.0, 0.0)

    def __post_init__(self) -> None:
        for name in ("shift", "centre"):
            if not all(map(math.isfinite, getattr(self, name))):
                raise SettingError(name, "must be two finite numbers")
        if not (math.isfinite(self.rotation) and abs(self.rotation) <= LARGEST_ANGLE):
            limit = f"from −{LARGEST_ANGLE:g} to {LARGEST_ANGLE:g} degrees"
            raise SettingError("rotation", f"must be {limit}, not {self.rotation:g}")
        low, high = SCALES
        if not all(low <= factor <= high for factor in self.scale):
            raise SettingError("scale", f"must be two numbers from {low:g} to {high:g}")

    @property
    def is_identity(self) -> bool:
        """Whether it changes nothing."""
        return self.turn == (1.0, 0.0) and self.scale == (1.0, 1.0) and self.shift == (0.0, 0.0)

    @property
    def turn(self) -> Pair:
        """Cosine and sine of the rotation, exact for quarter turns."""
        quarter, rest = divmod(self.rotation % 360.0, 90.0)
        if rest == 0.0:
            return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarter) % 4]
        angle = math.radians(self.rotation % 360.0)
        return math.cos(angle), math.sin(angle)

    def place(self, point: Sequence[float]) -> Pair:
        """T(u): where a place of the original surface is now."""
        cos, sin = self.turn
        a, b = (s * (u - c) for s, u, c in zip(self.scale, point, self.centre, strict=True))
        turned = (cos * a - sin * b, sin * a + cos * b)
        moved = zip(self.centre, turned, self.shift, strict=True)
        return _pair(c + v + d for c, v, d in moved)

    def origin(self, point: Sequence[float]) -> Pair:
        """T⁻¹(w): which place of the original surface is at ``point`` now."""
        cos, sin = self.turn
        a, b = (w - c - d for w, c, d in zip(point, self.centre, self.shift, strict=True))
        turned = (cos * a + sin * b, cos * b - sin * a)
        return _pair(c + v / s for c, v, s in zip(self.centre, turned, self.scale, strict=True))

    @property
    def words(self) -> str:
        """For a title: ``rotated by 30°, scaled by (2, 1)``; empty where nothing changes."""
        parts = []
        if self.turn != (1.0, 0.0):
            parts.append(f"rotated by {short(self.rotation)}°")
        if self.scale != (1.0, 1.0):
            parts.append(f"scaled by {_words(self.scale)}")
        if self.shift != (0.0, 0.0):
            parts.append(f"shifted by {_words(self.shift)}")
        return ", ".join(parts)


IDENTITY = Transform()


@lru_cache(maxsize=256)
def transformed(problem: FormulaProblem, transform: Transform) -> FormulaProblem:
    """The problem on the changed surface; the very same problem where nothing changes.

    The known minima and the start go along; the window stays, and so does ``formula``, the text
    as written: what is computed is the tree.
    """
    if transform.is_identity:
        return problem
    if problem.dimension != 2:
        reason = f"turns and stretches surfaces of two weights; this one has {problem.dimension}"
        raise SettingError("transform", reason)
    originals = _originals(problem.weights, transform)
    return replace(
        problem,
        tree=substitute(problem.tree, dict(zip(problem.weights, originals, strict=True))),
        name=f"{problem.title}, {transform.words}",
        start=transform.place(problem.start),
        minima=tuple(Minimum(transform.place(m.at), m.value) for m in problem.minima),
    )


def _originals(names: Sequence[str], transform: Transform) -> list[Node]:
    """T⁻¹(w) as formulas of the weights."""
    cos, sin = map(number, transform.turn)
    a, b = (
        subtract(Symbol(name), number(c + d))
        for name, c, d in zip(names, transform.centre, transform.shift, strict=True)
    )
    turned = (
        add(multiply(cos, a), multiply(sin, b)),
        subtract(multiply(cos, b), multiply(sin, a)),
    )
    return [
        add(divide(node, number(s)), number(c))
        for node, s, c in zip(turned, transform.scale, transform.centre, strict=True)
    ]


def _pair(values: Iterable[float]) -> Pair:
    first, second = values
    return first + 0.0, second + 0.0  # no negative zeros


def _words(pair: Pair) -> str:
    return f"({short(pair[0])}, {short(pair[1])})"
