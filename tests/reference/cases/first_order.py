"""Gradient descent, momentum and the rules that look at signs."""

from reference_runs import Call

from cases.common import (
    HEAVY_BALL,
    MOMENTUM,
    PROBLEMS,
    RATE,
    STEEP,
    TWO,
    Case,
    on,
    optax_rule,
    torch_rule,
)

POLYAK = [Call("optax.polyak_sgd", max_learning_rate="eta", f_min="f_min")]

FIRST_ORDER = [
    Case("gd", "gd", torch_rule("SGD"), STEEP),
    Case("gd_unstable", "gd", torch_rule("SGD"), {"quadratic": 0.11}),
    Case("momentum", "momentum", MOMENTUM, STEEP, *HEAVY_BALL),
    Case(
        "momentum_velocity",
        "momentum",
        [RATE, Call("optax.trace", decay="alpha")],
        on(TWO, STEEP),
        {"alpha": 0.9},
        {"form": "velocity"},
    ),
    Case(
        "momentum_average",
        "momentum",
        optax_rule("ema", decay="alpha", debias=False),
        STEEP,
        {"alpha": 0.9},
        {"form": "average"},
    ),
    Case(
        "nesterov",
        "nesterov",
        torch_rule("SGD", momentum="alpha", nesterov=True),
        STEEP,
        {"alpha": 0.9},
        {"form": "pytorch"},
    ),
    Case(
        "sgd_dampening",
        "sgd_dampening",
        torch_rule("SGD", momentum="alpha", dampening="dampening"),
        on(TWO, STEEP),
        {"alpha": 0.9, "dampening": 0.4},
    ),
    Case(
        "sgd_dampening_without_momentum",
        "sgd_dampening",
        torch_rule("SGD", momentum="alpha", dampening="dampening"),
        on(TWO, STEEP),
        {"alpha": 0.0, "dampening": 0.4},
    ),
    Case(
        "signum",
        "signum",
        [Call("optax.signum", learning_rate="eta", beta="beta1")],
        on(("himmelblau", "sincos"), 0.01),
        {"beta1": 0.9},
    ),
    Case(
        "qhm",
        "qhm",
        [Call("pytorch_optimizer.QHM", lr="eta", momentum="alpha", nu="nu")],
        on(TWO, STEEP),
        {"alpha": 0.9, "nu": 0.7},
    ),
    Case(
        "rprop",
        "rprop",
        torch_rule("Rprop", etas=("eta_minus", "eta_plus"), step_sizes=("rate_min", "rate_max")),
        on(PROBLEMS, 0.01),
        {"eta_minus": 0.5, "eta_plus": 1.2, "rate_min": 1e-6, "rate_max": 50.0},
    ),
    Case("sign", "sign_descent", optax_rule("scale_by_sign"), on(("himmelblau", "sincos"), 0.01)),
    # The learning rate is the longest step Polyak's rule may take. Recorded for as long as the
    # gradient is not small: optax stands still where |g|^2 falls below 2.2e-16.
    Case(
        "polyak",
        "polyak",
        POLYAK,
        {"quadratic": 0.08, "himmelblau": 0.01},
        {"f_min": 0.0},
        steps=30,
    ),
    Case("polyak_below_zero", "polyak", POLYAK, {"sincos": 1.5}, {"f_min": -2.0}, steps=20),
]
