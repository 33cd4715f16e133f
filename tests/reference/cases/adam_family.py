"""Adam and its relatives."""

from reference_runs import Call

from cases.common import (
    ADAM,
    INSIDE,
    ODD_ADAM,
    ODD_PACED,
    OUTSIDE,
    PACED,
    PROBLEMS,
    RADAM,
    RATE,
    STEEP,
    TWO,
    Case,
    on,
    optax_adam,
    optax_rule,
    torch_adam,
)

# optax's Adan weights the gradient difference by 1 - beta2 where the paper has beta2 (in the
# convention of both libraries, where beta2 is the share kept): each has its own option.
DECAYS = {"beta1": 0.98, "beta2": 0.92, "beta3": 0.99, "epsilon": 1e-8}
ADAN = [
    Call(
        "pytorch_optimizer.Adan",
        lr="eta",
        betas=("beta1", "beta2", "beta3"),
        weight_decay="weight_decay",
        eps="epsilon",
    )
]

ADAM_FAMILY = [
    Case("adam", "adam", torch_adam(), PACED, ADAM, OUTSIDE),
    Case("adam_odd", "adam", torch_adam(), ODD_PACED, ODD_ADAM, OUTSIDE),
    Case(
        "adam_inside",
        "adam",
        optax_adam(eps=0.0, eps_root="epsilon"),
        {**PACED, **ODD_PACED},
        ODD_ADAM,
        INSIDE,
    ),
    Case(
        "adam_first_moment",
        "adam",
        optax_rule("ema", decay="beta1", debias=True),
        on(TWO, STEEP),
        {"beta1": 0.9},
        {"second_moment": False},
    ),
    Case(
        "adamw_inside",
        "adamw",
        [
            Call(
                "optax.adamw",
                learning_rate="eta",
                b1="beta1",
                b2="beta2",
                eps=0.0,
                eps_root="epsilon",
                weight_decay="weight_decay",
            )
        ],
        ODD_PACED,
        {**ODD_ADAM, "weight_decay": 0.1},
        INSIDE,
    ),
    Case(
        "adamw",
        "adamw",
        torch_adam("AdamW", weight_decay="weight_decay"),
        PACED,
        {**ADAM, "weight_decay": 0.1},
        OUTSIDE,
    ),
    Case("amsgrad", "amsgrad", torch_adam(amsgrad=True), PACED, ADAM, OUTSIDE),
    Case("amsgrad_odd", "amsgrad", torch_adam(amsgrad=True), ODD_PACED, ODD_ADAM, OUTSIDE),
    Case("adamax", "adamax", torch_adam("Adamax"), PACED, ADAM),
    Case(
        "nadam",
        "nadam",
        torch_adam("NAdam", momentum_decay="momentum_decay"),
        PACED,
        {**ADAM, "momentum_decay": 0.004},
        OUTSIDE,
    ),
    Case("radam", "radam", torch_adam("RAdam"), RADAM, ADAM),
    Case("radam_odd", "radam", torch_adam("RAdam"), on(TWO, RADAM), ODD_ADAM),
    Case(
        "adabelief",
        "adabelief",
        optax_adam("scale_by_belief", eps="epsilon", eps_root="epsilon_root"),
        PACED,
        {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "epsilon_root": 1e-8},
    ),
    Case(
        "yogi",
        "yogi",
        optax_adam("scale_by_yogi", eps="epsilon", initial_accumulator_value="initial"),
        PACED,
        {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-3, "initial": 1e-6, "initial_m": 1e-6},
        OUTSIDE,
    ),
    Case(
        "yogi_from_zero",
        "yogi",
        optax_adam("scale_by_yogi", eps="epsilon", initial_accumulator_value="initial"),
        on(TWO, PACED),
        {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-3, "initial": 0.0, "initial_m": 0.0},
        OUTSIDE,
    ),
    Case("adan", "adan", ADAN, PACED, {**DECAYS, "weight_decay": 0.0}, OUTSIDE),
    Case("adan_decay", "adan", ADAN, on(TWO, PACED), {**DECAYS, "weight_decay": 0.1}, OUTSIDE),
    Case(
        "lion",
        "lion",
        [
            Call("optax.scale_by_lion", b1="beta1", b2="beta2"),
            Call("optax.add_decayed_weights", weight_decay="weight_decay"),
            RATE,
        ],
        on(PROBLEMS, 0.01),
        {"beta1": 0.9, "beta2": 0.99, "weight_decay": 0.01},
    ),
    Case(
        "adan_optax",
        "adan",
        [
            Call("optax.scale_by_adan", b1="beta1", b2="beta2", b3="beta3", eps="epsilon"),
            Call("optax.add_decayed_weights", weight_decay="weight_decay"),
            RATE,
        ],
        on(TWO, PACED),
        {**DECAYS, "weight_decay": 0.1},
        {"change_weight": "rest", "decay": "decoupled", **OUTSIDE},
    ),
    Case(
        "amsgrad_corrected",
        "amsgrad",
        optax_adam("scale_by_amsgrad", eps="epsilon"),
        PACED,
        ADAM,
        {"largest": "corrected", **OUTSIDE},
    ),
    Case(
        "amsgrad_corrected_inside",
        "amsgrad",
        optax_adam("scale_by_amsgrad", eps=0.0, eps_root="epsilon"),
        ODD_PACED,
        ODD_ADAM,
        {"largest": "corrected", **INSIDE},
    ),
    Case(
        "adamax_odd",
        "adamax",
        optax_adam("scale_by_adamax", eps="epsilon"),
        on(("sincos",), PACED),
        ODD_ADAM,
    ),
    Case(
        "nadam_constant",
        "nadam",
        optax_adam(eps="epsilon", nesterov=True),
        PACED,
        ADAM,
        {"form": "constant", **OUTSIDE},
    ),
    Case(
        "radam_outside",
        "radam",
        optax_adam("scale_by_radam", eps="epsilon"),
        on(TWO, RADAM),
        ODD_ADAM,
        OUTSIDE,
    ),
    Case(
        "lamb",
        "lamb",
        [
            Call("optax.scale_by_adam", b1="beta1", b2="beta2", eps="epsilon"),
            Call("optax.add_decayed_weights", weight_decay="weight_decay"),
            Call("optax.scale_by_trust_ratio"),
            RATE,
        ],
        on(TWO, 0.01),
        {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-6, "weight_decay": 0.1},
        OUTSIDE,
    ),
    Case(
        "ademamix",
        "ademamix",
        [
            Call(
                "optax.contrib.ademamix",
                learning_rate="eta",
                b1="beta1",
                b2="beta2",
                b3="beta3",
                alpha="alpha",
                eps="epsilon",
            )
        ],
        on(TWO, 0.01),
        {"beta1": 0.9, "beta2": 0.999, "beta3": 0.99, "alpha": 2.0, "epsilon": 1e-8},
        OUTSIDE,
    ),
    Case(
        "adopt",
        "adopt",
        [Call("optax.contrib.adopt", learning_rate="eta", b1="beta1", b2="beta2", eps="epsilon")],
        on(("himmelblau", "sincos"), 0.01),
        {"beta1": 0.9, "beta2": 0.99, "epsilon": 1e-6},
    ),
]
