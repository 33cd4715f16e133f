"""Rules are what their papers say: once more in NumPy, written from the formulas alone.

Each is a generator that takes the gradient function, the start, the learning rate of every step
and the paper's constants, and yields the weights after each step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pytest

Vector = npt.NDArray[np.float64]
Gradient = Callable[[Vector], Vector]
Path = Iterator[Vector]
Rates = Sequence[float]


def heavy_ball(grad: Gradient, x: Vector, rates: Rates, *, beta: float) -> Path:
    """Polyak 1964: x(k+1) = x(k) − α∇f(x(k)) + β(x(k) − x(k−1))."""
    before = x
    for alpha in rates:
        x, before = x - alpha * grad(x) + beta * (x - before), x
        yield x


def nesterov_1983(grad: Gradient, x: Vector, rates: Rates) -> Path:
    """Nesterov 1983 with the step 1/L: y from a(k), a(k+1) = (1 + √(4a(k)² + 1))/2."""
    y, before, a = x, x, 1.0
    for alpha in rates:
        x = y - alpha * grad(y)
        following = (1 + np.sqrt(4 * a**2 + 1)) / 2
        y = x + (a - 1) * (x - before) / following
        before, a = x, following
        yield x


def sutskever(grad: Gradient, x: Vector, rates: Rates, *, mu: float) -> Path:
    """Sutskever et al. 2013: v = μv − ε∇f(θ + μv), θ = θ + v."""
    v = np.zeros_like(x)
    for epsilon in rates:
        v = mu * v - epsilon * grad(x + mu * v)
        x = x + v
        yield x


def schedule_free(grad: Gradient, x: Vector, rates: Rates, *, beta: float) -> Path:
    """Defazio et al. 2024: y = (1−β)z + βx, z = z − γ∇f(y), x = (1−c)x + cz, c = 1/(t+1)."""
    z = x
    for t, gamma in enumerate(rates, 1):
        y = (1 - beta) * z + beta * x
        z = z - gamma * grad(y)
        c = 1 / (t + 1)
        x = (1 - c) * x + c * z
        yield x


def polyak_juditsky(grad: Gradient, x: Vector, rates: Rates) -> Path:
    """Polyak & Juditsky 1992: the mean of x(0) ... x(t−1)."""
    visited = []
    for gamma in rates:
        visited.append(x)
        x = x - gamma * grad(x)
        yield np.mean(visited, axis=0)


def barzilai_borwein(grad: Gradient, x: Vector, rates: Rates) -> Path:
    """Barzilai & Borwein 1988, the long rate; the first step takes the learning rate."""
    g = grad(x)
    alpha = rates[0]
    for _ in rates:
        following = x - alpha * g
        change = grad(following) - g
        move = following - x
        x, g = following, g + change
        alpha = move @ move / (move @ change)
        yield x


def rprop(grad: Gradient, x: Vector, rates: Rates, *, least: float, most: float) -> Path:
    """Riedmiller & Braun 1993, with the step back after a change of sign."""
    delta, before = np.full_like(x, rates[0]), np.zeros_like(x)
    step = np.zeros_like(x)
    for _ in rates:
        g = grad(x)
        x = x.copy()
        for i, product in enumerate(before * g):
            if product > 0:
                delta[i] = min(1.2 * delta[i], most)
                step[i] = -np.sign(g[i]) * delta[i]
                before[i] = g[i]
            elif product < 0:
                delta[i] = max(0.5 * delta[i], least)
                step[i] = -step[i]
                before[i] = 0.0
            else:
                step[i] = -np.sign(g[i]) * delta[i]
                before[i] = g[i]
            x[i] += step[i]
        yield x


def sam(grad: Gradient, x: Vector, rates: Rates, *, rho: float) -> Path:
    """Foret et al. 2021, p = 2: the gradient at w + ρ∇f/‖∇f‖."""
    for eta in rates:
        g = grad(x)
        x = x - eta * grad(x + rho * g / np.linalg.norm(g))
        yield x


def delta_bar_delta(
    grad: Gradient, x: Vector, rates: Rates, *, kappa: float, phi: float, theta: float
) -> Path:
    """Jacobs 1988."""
    rate, mean = np.full_like(x, rates[0]), np.zeros_like(x)
    for _ in rates:
        g = grad(x)
        rate = np.where(mean * g > 0, rate + kappa, np.where(mean * g < 0, rate - phi * rate, rate))
        mean = (1 - theta) * g + theta * mean
        x = x - rate * g
        yield x


def hypergradient(grad: Gradient, x: Vector, rates: Rates, *, beta: float) -> Path:
    """Baydin et al. 2018, the multiplicative rule (its appendix: normalised)."""
    alpha, before = rates[0], None
    for _ in rates:
        g = grad(x)
        if before is not None:
            alpha *= 1 + beta * (g @ before) / (np.linalg.norm(g) * np.linalg.norm(before))
        x, before = x - alpha * g, g
        yield x


def dog(grad: Gradient, x: Vector, rates: Rates, *, reach: float) -> Path:
    """Ivgi, Hinder & Carmon 2023: η = max‖x(i) − x(0)‖/√(Σ‖g‖²)."""
    origin, far, total = x, reach, 0.0
    for factor in rates:
        g = grad(x)
        far, total = max(far, np.linalg.norm(x - origin)), total + g @ g
        x = x - factor * far / np.sqrt(total) * g
        yield x


def triple_momentum(grad: Gradient, x: Vector, rates: Rates, *, rho: float) -> Path:
    """Van Scoy, Freeman & Lynch 2018: output x(k) of the states ξ(k), ξ(k−1)."""
    beta, gamma = rho**2 / (2 - rho), rho**2 / ((1 + rho) * (2 - rho))
    delta = rho**2 / (1 - rho**2)
    now = before = x
    for alpha in rates:
        y = (1 + gamma) * now - gamma * before
        now, before = (1 + beta) * now - beta * before - alpha * grad(y), now
        yield (1 + delta) * now - delta * before


def signum(grad: Gradient, x: Vector, rates: Rates, *, beta: float) -> Path:
    """Bernstein et al. 2018."""
    m = np.zeros_like(x)
    for delta in rates:
        m = beta * m + (1 - beta) * grad(x)
        x = x - delta * np.sign(m)
        yield x


def lion(grad: Gradient, x: Vector, rates: Rates, *, decay: float) -> Path:
    """Chen et al. 2023."""
    m = np.zeros_like(x)
    for eta in rates:
        g = grad(x)
        c = 0.9 * m + 0.1 * g
        x = x - eta * (np.sign(c) + decay * x)
        m = 0.99 * m + 0.01 * g
        yield x


def qhm(grad: Gradient, x: Vector, rates: Rates, *, beta: float, nu: float) -> Path:
    """Ma & Yarats 2019."""
    d = np.zeros_like(x)
    for alpha in rates:
        g = grad(x)
        d = beta * d + (1 - beta) * g
        x = x - alpha * ((1 - nu) * g + nu * d)
        yield x


PAPERS = [
    # rule, preset, settings, the paper, its constants
    ("momentum", "paper", {"eta": 0.01, "alpha": 0.9}, heavy_ball, {"beta": 0.9}),
    ("accelerated", "paper", {"eta": 0.005}, nesterov_1983, {}),
    ("nesterov", "paper", {"eta": 0.005, "alpha": 0.9}, sutskever, {"mu": 0.9}),
    ("schedule_free", "paper", {"eta": 0.01}, schedule_free, {"beta": 0.9}),
    ("averaged_sgd", "paper", {"eta": 0.01}, polyak_juditsky, {}),
    (
        "barzilai_borwein",
        "paper",
        {"eta": 0.01, "rate_max": 1e9},
        barzilai_borwein,
        {"surface": "quadratic", "steps": 7},
    ),
    ("rprop", "paper", {"eta": 0.1}, rprop, {"least": 1e-6, "most": 50.0}),
    ("sam", "paper", {"eta": 0.01, "rho": 0.05}, sam, {"rho": 0.05}),
    (
        *("delta_bar_delta", "", {"eta": 0.005, "kappa": 0.001, "phi": 0.3, "theta": 0.7}),
        *(delta_bar_delta, {"kappa": 0.001, "phi": 0.3, "theta": 0.7}),
    ),
    ("hypergradient", "", {"eta": 0.005, "hyper": 0.02}, hypergradient, {"beta": 0.02}),
    ("dog", "", {"reach": 0.01}, dog, {"reach": 0.01}),
    ("triple_momentum", "", {"eta": 0.005, "rho": 0.6}, triple_momentum, {"rho": 0.6}),
    ("signum", "", {"eta": 0.1, "beta1": 0.9}, signum, {"beta": 0.9}),
    ("lion", "paper", {"eta": 0.05, "weight_decay": 0.1}, lion, {"decay": 0.1}),
    ("qhm", "paper", {"eta": 0.02}, qhm, {"beta": 0.999, "nu": 0.7}),
]


@pytest.mark.parametrize("case", PAPERS, ids=[case[0] for case in PAPERS])
def test_rule_is_the_one_of_its_paper(case, assert_follows) -> None:
    assert_follows(*case)
