"""What two gradients in a row do to a step: does a rule speed up or slow down?

Each measure compares the second step of a rule with the second step of the same rule without the
part in question, for one weight, from its gradients ``g1`` and ``g2``.  Positive values speed up,
negative ones slow down.  All functions are element-wise over arrays that broadcast together, so
that a map over (g1, g2) is one call.
"""

from __future__ import annotations

import numpy as np

from optlab.core.formula.compiled import Array


def momentum_measure(g1: Array, g2: Array, alpha: float) -> Array:
    """C_m: what momentum adds to the movement along the first gradient.

    With m(1) = g1 and m(2) = α g1 + g2, the change m(2) − m(1) where g1 is not negative, and
    m(1) − m(2) where it is; it jumps at g1 = 0.  ``alpha`` from 0 to 1.
    """
    g1, g2 = np.asarray(g1, np.float64), np.asarray(g2, np.float64)
    change = alpha * g1 + g2 - g1
    return np.where(g1 >= 0, change, -change)


def adaptive_measure(
    g1: Array, g2: Array, beta2: float, eta: float = 1.0, epsilon: float = 1e-8
) -> Array:
    """C_a: how much longer the second step is for being divided by the recent size of the slope.

    |η v(2)| − |η g2| with v(2) = g2/√(s(2) + ε), s(2) = (1 − β2)(β2 g1² + g2²).
    ``beta2`` from 0 to 1, ``epsilon`` above 0.
    """
    g1, g2 = np.asarray(g1, np.float64), np.asarray(g2, np.float64)
    second = _second_moment(g1, g2, beta2)
    return np.abs(eta * g2 / np.sqrt(second + epsilon)) - np.abs(eta * g2)


def adam_measure(
    g1: Array,
    g2: Array,
    beta1: float = 0.9,
    beta2: float = 0.999,
    *,
    corrected: bool = True,
    eta: float = 1.0,
    epsilon: float = 1e-8,
) -> Array:
    """C_A: how much longer Adam's second step is than that of gradient descent.

    |η m̂(2)/√(ŝ(2) + ε)| − |η g2|, where m(2) = β1(1 − β1)g1 + (1 − β1)g2 and s(2) likewise with
    β2 and squares.  ``corrected`` divides the moments by 1 − β² first; without it the moments
    themselves are used.  ``beta1`` and ``beta2`` from 0, below 1.
    """
    g1, g2 = np.asarray(g1, np.float64), np.asarray(g2, np.float64)
    first = (1 - beta1) * (beta1 * g1 + g2)
    second = _second_moment(g1, g2, beta2)
    if corrected:
        first = first / (1 - beta1**2)
        second = second / (1 - beta2**2)
    return np.abs(eta * first / np.sqrt(second + epsilon)) - np.abs(eta * g2)


def correction_factor(beta1: float = 0.9, beta2: float = 0.999) -> float:
    """√(1 − β2²)/(1 − β1²): by how much the correction changes the second step, but for ε."""
    return float(np.sqrt(1 - beta2**2) / (1 - beta1**2))


def _second_moment(g1: Array, g2: Array, beta2: float) -> Array:
    return (1 - beta2) * (beta2 * g1**2 + g2**2)
