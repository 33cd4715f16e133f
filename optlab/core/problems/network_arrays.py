"""Loss, gradient and Hessian products of a dense network with NumPy, to the bit those of
:mod:`optlab.core.problems.network_kernel`.

A chunk of rows is an array (units, rows), filled up with zeros to a multiple of the lanes.
Products of matrices are sums in a fixed order, so nothing here is a matrix product of NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from optlab.core.problems.network_kernel import (
    ACTIVATIONS,
    CHUNK,
    LANES,
    LEAST_EXPONENT,
    LN2_HIGH,
    LN2_LOW,
    LOG2_E,
    LOGISTIC,
    ODD_SERIES,
    ROUNDER,
    SERIES,
    SQUARED,
    TANH_SERIES,
)

Array: TypeAlias = npt.NDArray[np.float64]
Floats: TypeAlias = npt.NDArray[np.floating]


def _power_of_two(shifted: Array) -> Array:
    """2^k for k + 1.5·2^52."""
    return ((shifted.view(np.int64) + 1023) << 52).view(np.float64)


def _exp_less_1(t: Array) -> tuple[Array, Array]:
    """2^k and p for exp(t) = 2^k (1 + p)."""
    shifted = t * LOG2_E + ROUNDER
    k = shifted - ROUNDER
    r = (t - k * LN2_HIGH) - k * LN2_LOW
    p = np.full_like(t, SERIES[0])
    for term in SERIES[1:]:
        p = p * r + term
    return _power_of_two(shifted), p * r * r + r


def negative_exp(t: Array) -> Array:
    """exp(t) for t ≤ 0, within two units in the last place."""
    power, p = _exp_less_1(np.where(t < LEAST_EXPONENT, LEAST_EXPONENT, t))
    return power * p + power


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(−x)), within three units in the last place."""
    e = negative_exp(-np.abs(x))
    return np.where(x >= 0.0, 1.0, e) / (1.0 + e)


def log_1_more(u: Array) -> Array:
    """log(1 + u) for 0 ≤ u ≤ 1, within two units in the last place."""
    s = u / (2.0 + u)
    q = s * s
    p = np.full_like(u, ODD_SERIES[0])
    for term in ODD_SERIES[1:]:
        p = p * q + term
    return 2.0 * (s + s * (q * p))


def tanh(x: Array) -> Array:
    """tanh(x), within three units in the last place."""
    h = np.abs(x)
    h = np.where(h > 40.0, 40.0, h)
    shifted = h * (2 * LOG2_E) + ROUNDER
    k = shifted - ROUNDER
    s = (h - k * (LN2_HIGH / 2)) - k * (LN2_LOW / 2)
    q = s * s
    p = np.full_like(x, TANH_SERIES[0])
    for term in TANH_SERIES[1:]:
        p = p * q + term
    u, power = p * q * s + s, _power_of_two(shifted)
    less, more = power - 1.0, power + 1.0
    y = (less + u * more) / (more + u * less)
    return np.where(x < 0.0, -y, y)


def activate(kind: int, z: Array) -> Array:
    """The activation of the inputs of units."""
    if kind == 0:
        return tanh(z)
    if kind == 1:
        return np.where((z > 0.0) | (z != z), z, 0.0)
    return sigmoid(z) if kind == 2 else z


def _slope(kind: int, a: Array) -> Array | float:
    """The derivative of the activation, from its value."""
    if kind == 0:
        return 1.0 - a * a
    if kind == 1:
        return np.where(a > 0.0, 1.0, 0.0)
    return a * (1.0 - a) if kind == 2 else 1.0


def _bend(kind: int, a: Array, change: Array) -> Array | None:
    """The second derivative of the activation times the change of its input."""
    if kind == 0:
        return -2.0 * a * change
    return (1.0 - 2.0 * a) * change if kind == 2 else None


def _products(matrix: Array, below: Array, start: Array) -> Array:
    """start + matrix · below, from the first unit on."""
    total = start
    for i in range(matrix.shape[1]):
        total = total + matrix[:, i : i + 1] * below[i]
    return total


def _outer(above: Array, below: Array) -> Array:
    """Sums over the rows of a chunk of above (o, m) times below (i, m): shape (o, i)."""
    shape = above.shape[1] // LANES, LANES
    left, right = above.reshape(-1, 1, *shape), below.reshape(1, -1, *shape)
    lanes = np.zeros((len(above), len(below), LANES))
    for group in range(shape[0]):
        lanes = lanes + left[:, :, group] * right[:, :, group]
    while lanes.shape[2] > 1:
        half = lanes.shape[2] // 2
        lanes = lanes[:, :, :half] + lanes[:, :, half:]
    return lanes[:, :, 0]


def _output(
    kind: int, z: Array, y: Array, weight: float, change: Array
) -> tuple[list[float], Array, Array]:
    """The loss of each row of a chunk, the slopes of the output, and the slopes' changes."""
    if kind == SQUARED:
        error = z - y
        return (error * error).T.ravel().tolist(), 2.0 * error / weight, 2.0 * change / weight
    if kind == LOGISTIC:
        e = negative_exp(-np.abs(z))
        p = np.where(z >= 0.0, 1.0, e) / (1.0 + e)
        losses = np.where(z > 0.0, z, 0.0) - z * y + log_1_more(e)
        bend = e / ((1.0 + e) * (1.0 + e))
        return losses[0].tolist(), (p - y) / weight, bend * change / weight
    labels = y[0].astype(np.int64)
    rows = np.arange(z.shape[1])
    most, scale, mean = z[0], np.zeros(len(rows)), np.zeros(len(rows))
    for row in z[1:]:
        most = np.where(row > most, row, most)
    p = negative_exp(z - most)
    for row in p:
        scale = scale + row
    p = p / scale
    for row, moved in zip(p, change, strict=True):
        mean = mean + row * moved
    logs = np.array([math.log(value) for value in scale.tolist()])
    hits = np.zeros_like(z)
    hits[labels, rows] = 1.0
    losses = logs + (most - z[labels, rows])
    return losses.tolist(), (p - hits) / weight, p * (change - mean) / weight


def _hits(kind: int, z: Array, labels: Array) -> float:
    """How many rows of a chunk get their own label as the likeliest."""
    found = z[0] > 0.0 if kind == LOGISTIC else z.argmax(axis=0)
    return float(np.sum(np.isfinite(z).all(axis=0) & (found == labels)))


def _layers(sizes: Sequence[int], w: Array) -> list[tuple[Array, Array]]:
    """Views of the matrix (outputs, inputs) and the bias (outputs, 1) of each layer."""
    found, at = [], 0
    for below, above in pairwise(sizes):
        matrix = w[at : at + above * below].reshape(above, below)
        at += above * below
        found.append((matrix, w[at : at + above].reshape(above, 1)))
        at += above
    return found


def evaluate(
    sizes: Sequence[int],
    activation: int,
    kind: int,
    data: Array,
    w: Array,
    v: Array | None = None,
    order: int = 1,
) -> tuple[float, Array]:
    """The loss over data of shape (columns, rows); with ``order`` 1 the gradient, with 2 the
    Hessian times v, shape (n,), otherwise zeros.  With ``order`` -1 the accuracy, and the loss as
    the first number of the array."""
    layers, result = _layers(sizes, w), np.zeros_like(w)
    moves = _layers(sizes, np.zeros_like(w) if v is None else v)
    results = _layers(sizes, result)
    targets = sizes[-1] if kind == SQUARED else 1
    weight = float(data.shape[1] * targets)
    total, right, second, last = 0.0, 0.0, order == 2, len(layers) - 1
    kinds = [activation] * last + [3]
    for begin in range(0, data.shape[1], CHUNK):
        part = data[:, begin : begin + CHUNK]
        m = part.shape[1]
        padded = -(-m // LANES) * LANES
        columns = np.zeros((len(part), padded))
        columns[:, :m] = part
        values, changes = [columns[: sizes[0]]], [np.zeros((sizes[0], padded))]
        for (matrix, bias), (moved, shift), unit in zip(layers, moves, kinds, strict=True):
            below = values[-1]
            blank = np.zeros((len(matrix), padded))
            values.append(activate(unit, _products(matrix, below, blank + bias)))
            if second:
                change = _products(moved, below, blank + shift)
                change = _products(matrix, changes[-1], change)
                changes.append(change * _slope(unit, values[-1]))
        z, y = values[-1][:, :m], columns[sizes[0] :, :m]
        if order < 0:
            right += _hits(kind, z, y[0])
        found = _output(kind, z, y, weight, changes[-1][:, :m] if second else np.zeros_like(z))
        part_total = 0.0
        for loss in found[0]:
            part_total += loss
        total += part_total
        if order <= 0:
            continue
        d, rd = np.zeros((2, sizes[-1], padded))
        d[:, :m], rd[:, :m] = found[1:]
        ones = np.ones((1, padded))
        for index in range(last, -1, -1):
            a, (matrix, _), (moved, _) = values[index], layers[index], moves[index]
            if second:
                results[index][0][:] += _outer(rd, a) + _outer(d, changes[index])
            else:
                results[index][0][:] += _outer(d, a)
            results[index][1][:] += _outer(rd if second else d, ones)
            if index == 0:
                continue
            pulled = _products(matrix.T, d, np.zeros_like(a))
            if second:
                rd = _products(matrix.T, rd, np.zeros_like(a))
                rd = _products(moved.T, d, rd) * _slope(activation, a)
                bend = _bend(activation, a, changes[index])
                rd = rd if bend is None else rd + bend * pulled
            d = pulled * _slope(activation, a)
    if order < 0:
        result[0] = total / weight
        return right / float(data.shape[1]), result
    return total / weight, result


def outputs(sizes: Sequence[int], activation: int, inputs: Floats, w: Array) -> Floats:
    """What the network answers to inputs (rows, inputs): shape (rows, outputs), before any
    logistic or softmax, in the precision of the inputs.

    For pictures: NumPy's own functions and products of matrices, thirty times as fast in single
    precision as the exact loss.
    """
    layers = _layers(sizes, w.astype(inputs.dtype))
    bend = _BENDS[ACTIVATIONS[activation]]
    values = inputs.T
    for index, (matrix, bias) in enumerate(layers):
        values = matrix @ values + bias
        values = values if index == len(layers) - 1 else bend(values)
    return values.T


_BENDS: Mapping[str, Callable[[Floats], Floats]] = {
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: np.tanh(x / 2) / 2 + 0.5,
    "linear": lambda x: x,
}
