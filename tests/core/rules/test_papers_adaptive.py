"""Adaptive rules are what their papers say: once more in NumPy, from the formulas alone.

Each is a generator that takes the gradient function, the start, the learning rate of every step
and the paper's constants, and yields the weights after each step.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path as File

import numpy as np
import numpy.typing as npt
import pytest

from optlab.core.rules import load_rule, rule_names

Vector = npt.NDArray[np.float64]
Gradient = Callable[[Vector], Vector]
Path = Iterator[Vector]
Rates = Sequence[float]


def adagrad(grad: Gradient, x: Vector, rates: Rates, *, delta: float) -> Path:
    """Duchi, Hazan & Singer 2011: H = δI + diag(‖g(1:t)‖₂), x = x − ηH⁻¹g."""
    total = np.zeros_like(x)
    for eta in rates:
        g = grad(x)
        total += g**2
        x = x - eta * g / (delta + np.sqrt(total))
        yield x


def graves(grad: Gradient, x: Vector, rates: Rates) -> Path:
    """Graves 2013, equations 38 to 41."""
    n, mean, move = (np.zeros_like(x) for _ in range(3))
    for eta in rates:
        g = grad(x)
        n = 0.95 * n + 0.05 * g**2
        mean = 0.95 * mean + 0.05 * g
        move = 0.9 * move - eta * g / np.sqrt(n - mean**2 + 1e-4)
        x = x + move
        yield x


def hinton(grad: Gradient, x: Vector, rates: Rates, *, epsilon: float) -> Path:
    """Tieleman & Hinton 2012; an ε under the root, which the lecture has not."""
    square = np.zeros_like(x)
    for eta in rates:
        g = grad(x)
        square = 0.9 * square + 0.1 * g**2
        x = x - eta * g / np.sqrt(square + epsilon)
        yield x


def adadelta(grad: Gradient, x: Vector, rates: Rates, *, rho: float, epsilon: float) -> Path:
    """Zeiler 2012, algorithm 1 (the learning rate is a factor that the paper has not)."""
    squares, moves = np.zeros_like(x), np.zeros_like(x)
    for factor in rates:
        g = grad(x)
        squares = rho * squares + (1 - rho) * g**2
        move = -np.sqrt(moves + epsilon) / np.sqrt(squares + epsilon) * g
        moves = rho * moves + (1 - rho) * move**2
        x = x + factor * move
        yield x


def adam(
    grad: Gradient, x: Vector, rates: Rates, *, b1: float = 0.9, b2: float = 0.999, decay: float = 0
) -> Path:
    """Kingma & Ba 2015, algorithm 1; with ``decay`` Loshchilov & Hutter 2019, algorithm 2, where
    the schedule multiplies λ, and α multiplies the other part alone."""
    m, v = np.zeros_like(x), np.zeros_like(x)
    for t, alpha in enumerate(rates, 1):
        g = grad(x)
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
        schedule = alpha / rates[0]
        x = x - schedule * (rates[0] * m_hat / (np.sqrt(v_hat) + 1e-8) + decay * x)
        yield x


def adamax(grad: Gradient, x: Vector, rates: Rates) -> Path:
    """Kingma & Ba 2015, algorithm 2."""
    m, u = np.zeros_like(x), np.zeros_like(x)
    for t, alpha in enumerate(rates, 1):
        g = grad(x)
        m, u = 0.9 * m + 0.1 * g, np.maximum(0.999 * u, np.abs(g))
        x = x - alpha / (1 - 0.9**t) * m / u
        yield x


def amsgrad(grad: Gradient, x: Vector, rates: Rates, *, epsilon: float) -> Path:
    """Reddi, Kale & Kumar 2018, algorithm 2; an ε beside the root, which the paper has not."""
    m, v, largest = (np.zeros_like(x) for _ in range(3))
    for alpha in rates:
        g = grad(x)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        largest = np.maximum(largest, v)
        x = x - alpha * m / (np.sqrt(largest) + epsilon)
        yield x


def adabelief(grad: Gradient, x: Vector, rates: Rates) -> Path:
    """Zhuang et al. 2020, algorithm 2."""
    m, s = np.zeros_like(x), np.zeros_like(x)
    for t, alpha in enumerate(rates, 1):
        g = grad(x)
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * (g - m) ** 2 + 1e-8
        x = x - alpha * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
        yield x


def adabound(grad: Gradient, x: Vector, rates: Rates) -> Path:
    """Luo et al. 2019, algorithm 2, with the bounds of its experiments."""
    m, v = np.zeros_like(x), np.zeros_like(x)
    for t, alpha in enumerate(rates, 1):
        g = grad(x)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        lower, upper = 0.1 - 0.1 / (0.001 * t + 1), 0.1 + 0.1 / (0.001 * t)
        x = x - np.clip(alpha / np.sqrt(v), lower, upper) / np.sqrt(t) * m
        yield x


def adan(grad: Gradient, x: Vector, rates: Rates, *, decay: float) -> Path:
    """Xie et al. 2022, algorithm 1; m(0) = g(0), v(1) = g(1) − g(0), n(0) = g(0)²."""
    b1, b2, b3 = 0.02, 0.08, 0.01
    before = m = v = n = None
    for k, eta in enumerate(rates):
        g = grad(x)
        if k == 0:
            m, v, n = g, np.zeros_like(g), g**2
        else:
            change = g - before
            m = (1 - b1) * m + b1 * g
            v = change if k == 1 else (1 - b2) * v + b2 * change
            n = (1 - b3) * n + b3 * (g + (1 - b2) * change) ** 2
        before = g
        x = (x - eta / (np.sqrt(n) + 1e-8) * (m + (1 - b2) * v)) / (1 + decay * eta)
        yield x


def nadam(grad: Gradient, x: Vector, rates: Rates) -> Path:
    """Dozat 2016, algorithm 2, with μ(t) = μ(1 − ½·0.96^(t/250))."""
    m, n, product = np.zeros_like(x), np.zeros_like(x), 1.0
    for t, alpha in enumerate(rates, 1):
        g = grad(x)
        mu, following = (0.9 * (1 - 0.5 * 0.96 ** (k / 250)) for k in (t, t + 1))
        product *= mu
        m, n = mu * m + (1 - mu) * g, 0.999 * n + 0.001 * g**2
        m_hat = following * m / (1 - product * following) + (1 - mu) * g / (1 - product)
        n_hat = 0.999 * n / (1 - 0.999**t)
        x = x - alpha / (np.sqrt(n_hat) + 1e-8) * m_hat
        yield x


def radam(grad: Gradient, x: Vector, rates: Rates) -> Path:
    """Liu et al. 2020, algorithm 2."""
    m, v = np.zeros_like(x), np.zeros_like(x)
    longest = 2 / (1 - 0.999) - 1
    for t, alpha in enumerate(rates, 1):
        g = grad(x)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        m_hat = m / (1 - 0.9**t)
        rho = longest - 2 * t * 0.999**t / (1 - 0.999**t)
        if rho > 4:
            r = (rho - 4) * (rho - 2) * longest / ((longest - 4) * (longest - 2) * rho)
            x = x - alpha * math.sqrt(r) * m_hat * np.sqrt((1 - 0.999**t) / v)
        else:
            x = x - alpha * m_hat
        yield x


def yogi(grad: Gradient, x: Vector, rates: Rates) -> Path:
    """Zaheer et al. 2018, algorithm 2; v starts with 1e-6, m with 0."""
    m, v = np.zeros_like(x), np.full_like(x, 1e-6)
    for eta in rates:
        g = grad(x)
        m = 0.9 * m + 0.1 * g
        v = v - 0.001 * np.sign(v - g**2) * g**2
        x = x - eta * m / (np.sqrt(v) + 1e-3)
        yield x


def qhadam(grad: Gradient, x: Vector, rates: Rates) -> Path:
    """Ma & Yarats 2019, ν₁ = 0.7, ν₂ = 1, β₁ = 0.995, β₂ = 0.999."""
    m, v = np.zeros_like(x), np.zeros_like(x)
    for t, alpha in enumerate(rates, 1):
        g = grad(x)
        m, v = 0.995 * m + 0.005 * g, 0.999 * v + 0.001 * g**2
        m_hat, v_hat = m / (1 - 0.995**t), v / (1 - 0.999**t)
        x = x - alpha * (0.3 * g + 0.7 * m_hat) / (np.sqrt(v_hat) + 1e-8)
        yield x


def lamb(grad: Gradient, x: Vector, rates: Rates, *, decay: float) -> Path:
    """You et al. 2020, algorithm 2, φ(x) = x, one layer."""
    m, v = np.zeros_like(x), np.zeros_like(x)
    for t, eta in enumerate(rates, 1):
        g = grad(x)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        r = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-6)
        u = r + decay * x
        x = x - eta * np.linalg.norm(x) / np.linalg.norm(u) * u
        yield x


def novograd(grad: Gradient, x: Vector, rates: Rates, *, decay: float) -> Path:
    """Ginsburg et al. 2019, algorithm 1, one layer; without its ε."""
    v = m = None
    for eta in rates:
        g = grad(x)
        if v is None:
            v, m = g @ g, g / np.linalg.norm(g) + decay * x
        else:
            v = 0.98 * v + 0.02 * (g @ g)
            m = 0.95 * m + (g / np.sqrt(v) + decay * x)
        x = x - eta * m
        yield x


def adopt(grad: Gradient, x: Vector, rates: Rates) -> Path:
    """Taniguchi et al. 2024, algorithm 2; what we count as the first step makes v(0)."""
    v, m = grad(x) ** 2, np.zeros_like(x)
    yield x
    for t, alpha in enumerate(rates[1:], 1):
        g = grad(x)
        limit = t**0.25
        m = 0.9 * m + 0.1 * np.clip(g / np.maximum(np.sqrt(v), 1e-6), -limit, limit)
        x = x - alpha * m
        v = 0.9999 * v + 0.0001 * g**2
        yield x


def ademamix(grad: Gradient, x: Vector, rates: Rates, *, warmup: float, decay: float) -> Path:
    """Pagliardini, Ablin & Grangier 2024, algorithm 1 with the warm-up of α and β₃."""
    m, slow, v = (np.zeros_like(x) for _ in range(3))
    start, end = math.log(0.9), math.log(0.9999)
    for t, eta in enumerate(rates, 1):
        g = grad(x)
        share = t / warmup
        alpha = min(5.0 * share, 5.0)
        bottom = (1 - share) * end + share * start
        b3 = min(math.exp(start * end / bottom), 0.9999)
        m, slow = 0.9 * m + 0.1 * g, b3 * slow + (1 - b3) * g
        v = 0.999 * v + 0.001 * g**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        x = x - eta * ((m_hat + alpha * slow) / (np.sqrt(v_hat) + 1e-8) + decay * x)
        yield x


Diagonal = Callable[[Vector], Vector]


def adahessian(grad: Gradient, x: Vector, rates: Rates, *, diagonal: Diagonal) -> Path:
    """Yao et al. 2021 with the exact diagonal and without averaging over neighbours."""
    m, v = np.zeros_like(x), np.zeros_like(x)
    for t, eta in enumerate(rates, 1):
        m, v = 0.9 * m + 0.1 * grad(x), 0.999 * v + 0.001 * diagonal(x) ** 2
        x = x - eta * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-4)
        yield x


def sophia(grad: Gradient, x: Vector, rates: Rates, *, diagonal: Diagonal, decay: float) -> Path:
    """Liu et al. 2023, algorithm 3, the exact diagonal in every step."""
    m, h = np.zeros_like(x), np.zeros_like(x)
    for eta in rates:
        m, h = 0.96 * m + 0.04 * grad(x), 0.99 * h + 0.01 * diagonal(x)
        x = x - eta * decay * x
        x = x - eta * np.clip(m / np.maximum(0.01 * h, 1e-12), -1, 1)
        yield x


PAPERS = [
    # rule, preset, settings, the paper, its constants
    ("adagrad", "paper", {"eta": 0.5}, adagrad, {"delta": 1e-8}),
    ("rmsprop", "paper", {}, hinton, {"epsilon": 1e-8}),
    ("rmsprop", "graves", {"eta": 0.05, "alpha": 0.9}, graves, {}),
    ("adadelta", "paper", {"eta": 1.0}, adadelta, {"rho": 0.95, "epsilon": 1e-6}),
    ("adam", "paper", {}, adam, {}),
    ("adamw", "paper", {"weight_decay": 0.02}, adam, {"decay": 0.02}),
    ("adamax", "paper", {}, adamax, {}),
    ("amsgrad", "paper", {}, amsgrad, {"epsilon": 1e-8}),
    ("adabelief", "paper", {}, adabelief, {}),
    ("adabound", "paper", {}, adabound, {}),
    ("adan", "paper", {"weight_decay": 0.1}, adan, {"decay": 0.1}),
    ("nadam", "paper", {}, nadam, {}),
    ("radam", "paper", {"epsilon": 1e-100}, radam, {}),
    ("yogi", "paper", {}, yogi, {}),
    ("qhadam", "paper", {}, qhadam, {}),
    ("lamb", "paper", {"weight_decay": 0.1}, lamb, {"decay": 0.1}),
    (
        "novograd",
        "paper",
        {"eta": 0.05, "epsilon": 1e-100, "weight_decay": 0.1},
        novograd,
        {"decay": 0.1},
    ),
    ("adopt", "paper", {}, adopt, {}),
    (
        *("ademamix", "paper", {"warmup": 100.0, "weight_decay": 0.1}),
        *(ademamix, {"warmup": 100.0, "decay": 0.1}),
    ),
    ("adahessian", "paper", {}, adahessian, {"with_diagonal": True}),
    ("sophia", "paper", {"weight_decay": 0.1}, sophia, {"with_diagonal": True, "decay": 0.1}),
]


@pytest.mark.parametrize("case", PAPERS, ids=[f"{case[0]}-{case[1]}" for case in PAPERS])
def test_rule_is_the_one_of_its_paper(case, assert_follows) -> None:
    assert_follows(*case)


def test_every_preset_called_paper_is_held_against_its_paper() -> None:
    claimed = {key for key in rule_names() if "paper" in load_rule(key).presets}
    others = File(__file__).with_name("test_papers.py").read_text(encoding="utf-8")
    held = {case[0] for case in PAPERS} | {
        node.value for node in ast.walk(ast.parse(others)) if isinstance(node, ast.Constant)
    }
    assert claimed <= held
