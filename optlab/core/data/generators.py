"""Tables that are made: by name, with numbers that decide every row.

The text form is ``moons:n=200,noise=0.1,seed=1``.  A generator gives inputs ``x`` or ``x1 x2 ...``
and the target ``y``, which is a number for ``line`` and ``sparse`` and a class (0, 1, ...) for the
others.  Equal text gives equal numbers on every machine, up to the last digit of sine and cosine.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from optlab.core.data.table import Array, Table, TableError
from optlab.core.formula.nodes import number_text

MOST_ROWS = 1_000_000
MOST_SEED = 2**53
_SIDE = 8
"""Width and height of the pictures of digits."""

Numbers = Mapping[str, float]
Source: TypeAlias = "np.random.Generator"


@dataclass(frozen=True)
class GeneratorNumber:
    """A parameter of a generator: its default and its range, ``whole`` for counts."""

    default: float
    low: float
    high: float
    whole: bool = False


@dataclass(frozen=True)
class Generator:
    """``make(source, numbers)`` gives the inputs (rows, columns) and the target (rows,)."""

    name: str
    summary: str
    numbers: Mapping[str, GeneratorNumber]
    make: Callable[[Source, Numbers], tuple[Array, Array]]

    @property
    def defaults(self) -> str:
        """Its parameters with their defaults, as one types them."""
        return ",".join(f"{key}={number_text(float(n.default))}" for key, n in self.numbers.items())

    def table(self, text: str = "") -> Table:
        """The table for settings such as ``n=200,noise=0.1``.

        Raises :class:`TableError` with what would be right.
        """
        given = self.settings(text)
        key = (int(given["seed"]), zlib.crc32(self.name.encode()))
        source = np.random.Generator(np.random.Philox(np.random.SeedSequence(key)))
        inputs, target = self.make(source, given)
        width = inputs.shape[1]
        names = ("x",) if width == 1 else tuple(f"x{i}" for i in range(1, width + 1))
        columns = dict(zip(names, inputs.T, strict=True)) | {"y": target}
        head = ",".join(f"{key}={number_text(value)}" for key, value in given.items())
        return Table(columns, f"{self.name}:{head}")

    def settings(self, text: str) -> dict[str, float]:
        """Every parameter of the generator, by the text or its default."""
        values = {key: float(number.default) for key, number in self.numbers.items()}
        seen = set()
        for part in text.split(",") if text.strip() else ():
            key, equals, value = (piece.strip() for piece in part.partition("="))
            if not equals or key not in self.numbers:
                known = ", ".join(self.numbers)
                reason = f"{part.strip()[:40]!r} is no setting of {self.name}; known are {known}"
                raise TableError(reason)
            if key in seen:
                raise TableError(f"{self.name}: {key} is given twice")
            seen.add(key)
            values[key] = _value(f"{self.name}: {key}", value, self.numbers[key])
        if values.get("centers", 0) > values["n"]:
            raise TableError(f"{self.name}: n must be at least centers")
        return values


def _value(name: str, text: str, number: GeneratorNumber) -> float:
    try:
        value = float(text)
    except ValueError:
        raise TableError(f"{name}: {text[:40]!r} is not a number") from None
    if not number.low <= value <= number.high or (number.whole and not value.is_integer()):
        kind = "a whole number" if number.whole else "a number"
        limits = f"from {number_text(float(number.low))} to {number_text(float(number.high))}"
        raise TableError(f"{name}: must be {kind} {limits}, not {text[:40]}")
    return value


def _line(source: Source, given: Numbers) -> tuple[Array, Array]:
    x = source.uniform(-1.0, 1.0, int(given["n"]))
    noise = given["noise"] * source.standard_normal(len(x))
    return x[:, None], given["slope"] * x + given["intercept"] + noise


def _classes(given: Numbers, count: int = 2) -> Array:
    """As many of each class as there can be, one class after another."""
    rows = int(given["n"])
    return np.sort(np.arange(rows) % count).astype(np.float64)


def _spread(source: Source, given: Numbers, points: Array) -> Array:
    return points + given["noise"] * source.standard_normal(points.shape)


def _around(angles: Array, radius: Array | float) -> Array:
    return np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1)


def _blobs(source: Source, given: Numbers) -> tuple[Array, Array]:
    count = int(given["centers"])
    labels = _classes(given, count)
    middles = _around(2 * np.pi * np.arange(count) / count + np.pi / 4, 2.0)
    return _spread(source, given, middles[labels.astype(int)]), labels


def _gauss(source: Source, given: Numbers) -> tuple[Array, Array]:
    labels = _classes(given)
    middles = np.array([[-1.0, -1.0], [1.0, 1.0]])
    return _spread(source, given, middles[labels.astype(int)]), labels


def _moons(source: Source, given: Numbers) -> tuple[Array, Array]:
    labels = _classes(given)
    outer = _around(source.uniform(0.0, np.pi, len(labels)), 1.0)
    inner = np.stack([1.0 - outer[:, 0], 0.5 - outer[:, 1]], axis=1)
    return _spread(source, given, np.where(labels[:, None] > 0, inner, outer)), labels


def _circles(source: Source, given: Numbers) -> tuple[Array, Array]:
    labels = _classes(given)
    angles = source.uniform(0.0, 2 * np.pi, len(labels))
    return _spread(
        source, given, _around(angles, np.where(labels > 0, given["factor"], 1.0))
    ), labels


def _spirals(source: Source, given: Numbers) -> tuple[Array, Array]:
    labels = _classes(given)
    way = np.sqrt(source.uniform(0.0, 1.0, len(labels)))
    angles = 2 * np.pi * given["turns"] * way + np.pi * labels
    return _spread(source, given, _around(angles, way)), labels


def _squares(source: Source, given: Numbers, cells: int) -> tuple[Array, Array]:
    points = source.uniform(-1.0, 1.0, (int(given["n"]), 2))
    labels = np.floor((points + 1.0) * cells / 2.0).sum(axis=1) % 2
    return _spread(source, given, points), labels


def _xor(source: Source, given: Numbers) -> tuple[Array, Array]:
    return _squares(source, given, 2)


def _checkerboard(source: Source, given: Numbers) -> tuple[Array, Array]:
    return _squares(source, given, int(given["cells"]))


def _sparse(source: Source, given: Numbers) -> tuple[Array, Array]:
    rows, count = int(given["n"]), int(given["p"])
    inputs = np.zeros((rows, count))
    for column in range(count):
        share = given["density"] ** (column / (count - 1) if count > 1 else 1.0)
        chosen = source.permutation(rows)[: max(1, round(share * rows))]
        inputs[chosen, column] = source.choice([-1.0, 1.0], len(chosen))
    weights = np.where(np.arange(count) % 2, -1.0, 1.0)
    target = inputs @ weights + given["noise"] * source.standard_normal(rows)
    return inputs, target


_GLYPHS = (
    "01110 10001 10011 10101 11001 10001 01110",
    "00100 01100 00100 00100 00100 00100 01110",
    "01110 10001 00001 00110 01000 10000 11111",
    "01110 10001 00001 00110 00001 10001 01110",
    "00010 00110 01010 10010 11111 00010 00010",
    "11111 10000 11110 00001 00001 10001 01110",
    "00110 01000 10000 11110 10001 10001 01110",
    "11111 00001 00010 00100 01000 01000 01000",
    "01110 10001 10001 01110 10001 10001 01110",
    "01110 10001 10001 01111 00001 00010 01100",
)
"""The digits on five by seven points."""


def _digits(source: Source, given: Numbers) -> tuple[Array, Array]:
    count = int(given["classes"])
    labels = _classes(given, count)
    pictures = np.zeros((len(labels), _SIDE, _SIDE))
    for index, label in enumerate(labels.astype(int).tolist()):
        rows = [[float(point) for point in row] for row in _GLYPHS[label].split()]
        down, right = source.integers(0, 2), source.integers(0, 4)
        strength = source.uniform(0.6, 1.0)
        pictures[index, down : down + 7, right : right + 5] = strength * np.array(rows)
    noise = given["noise"] * source.standard_normal(pictures.shape)
    return np.clip(pictures + noise, 0.0, 1.0).reshape(len(labels), -1), labels


def _generator(
    name: str,
    summary: str,
    make: Callable[[Source, Numbers], tuple[Array, Array]],
    rows: int = 200,
    noise: float = 0.1,
    **others: GeneratorNumber,
) -> Generator:
    numbers = {"n": GeneratorNumber(rows, 1, MOST_ROWS, True), **others}
    numbers |= {
        "noise": GeneratorNumber(noise, 0.0, 1e6),
        "seed": GeneratorNumber(0, 0, MOST_SEED, True),
    }
    return Generator(name, summary, MappingProxyType(numbers), make)


_ANY = 1e6
GENERATORS: Mapping[str, Generator] = MappingProxyType(
    {
        made.name: made
        for made in (
            _generator(
                "line",
                "points around a straight line: x, y",
                _line,
                100,
                0.3,
                slope=GeneratorNumber(2.0, -_ANY, _ANY),
                intercept=GeneratorNumber(1.0, -_ANY, _ANY),
            ),
            _generator(
                "blobs",
                "round clouds, one for each class",
                _blobs,
                noise=0.6,
                centers=GeneratorNumber(2, 2, 20, True),
            ),
            _generator("moons", "two half moons, one in the other", _moons),
            _generator(
                "circles", "a circle in a circle", _circles, factor=GeneratorNumber(0.5, 0.0, 1.0)
            ),
            _generator(
                "spirals",
                "two spirals, one in the other",
                _spirals,
                noise=0.03,
                turns=GeneratorNumber(1.0, 0.0, 10.0),
            ),
            _generator("xor", "a square of four fields, classes by turns", _xor, noise=0.0),
            _generator(
                "checkerboard",
                "a board of fields, classes by turns",
                _checkerboard,
                noise=0.0,
                cells=GeneratorNumber(4, 2, 100, True),
            ),
            _generator("gauss", "two clouds, at (−1, −1) and (1, 1)", _gauss, noise=0.8),
            _generator(
                "sparse",
                "inputs of −1, 0, 1: the first is never 0, the last in a share density of the rows",
                _sparse,
                p=GeneratorNumber(2, 1, 1000, True),
                density=GeneratorNumber(0.02, 1e-6, 1.0),
            ),
            _generator(
                "digits",
                "pictures of digits on 8 × 8 points, shifted, faint and noisy",
                _digits,
                300,
                classes=GeneratorNumber(10, 2, 10, True),
            ),
        )
    }
)
"""All generators by name."""
