"""What surrounds a rule: L2, clipping and schedules."""

from collections.abc import Mapping, Sequence

from reference_runs import Call

from cases.common import (
    ADAM,
    HEAVY_BALL,
    MOMENTUM,
    OUTSIDE,
    PACED,
    RMS,
    RMS_PACED,
    RMSPROP,
    STEEP,
    TWO,
    Case,
    on,
    torch_adam,
    torch_rule,
)

SGD = Call("optax.sgd", learning_rate="eta")
SGD_MOMENTUM = Call("optax.sgd", learning_rate="eta", momentum="alpha")
OPTAX_ADAM = Call("optax.adam", learning_rate="eta", b1="beta1", b2="beta2", eps="epsilon")
L2 = Call("optax.add_decayed_weights", weight_decay="l2")
CLIP_NORM = Call("optax.clip_by_global_norm", max_norm="clip_norm")
CLIP_VALUE = Call("optax.clip", max_delta="clip_value")

TREATED = [
    Case(
        "gd_l2", "gd", torch_rule("SGD", weight_decay="l2"), on(TWO, STEEP), treatment={"l2": 0.5}
    ),
    Case(
        "adam_l2",
        "adam",
        torch_adam(weight_decay="l2"),
        on(TWO, PACED),
        ADAM,
        OUTSIDE,
        {"l2": 0.1},
    ),
    Case("gd_clip_norm", "gd", [CLIP_NORM, SGD], on(TWO, 0.01), treatment={"clip_norm": 5.0}),
    Case(
        "momentum_clip_norm",
        "momentum",
        [CLIP_NORM, SGD_MOMENTUM],
        on(TWO, STEEP),
        *HEAVY_BALL,
        {"clip_norm": 2.0},
    ),
    Case(
        "momentum_clip_value",
        "momentum",
        [CLIP_VALUE, SGD_MOMENTUM],
        on(TWO, STEEP),
        *HEAVY_BALL,
        {"clip_value": 2.0},
    ),
    Case(
        "adam_clip_value",
        "adam",
        [CLIP_VALUE, OPTAX_ADAM],
        on(TWO, PACED),
        ADAM,
        OUTSIDE,
        {"clip_value": 2.0},
    ),
    Case(
        "momentum_l2_clip_norm",
        "momentum",
        [L2, CLIP_NORM, SGD_MOMENTUM],
        on(TWO, STEEP),
        *HEAVY_BALL,
        {"l2": 0.5, "clip_norm": 2.0},
    ),
]


def _scheduled(
    schedule: str,
    optimizer: str,
    calls: Sequence[Call],
    eta: Mapping[str, float],
    parameters: Mapping[str, float] | None = None,
    options: Mapping[str, str | bool] | None = None,
) -> Case:
    return Case(
        f"{optimizer}_{schedule}",
        optimizer,
        calls,
        eta,
        parameters or {},
        options or {},
        schedule=schedule,
    )


SCHEDULED = [
    _scheduled("step_coarse", "gd", torch_rule("SGD"), on(TWO, STEEP)),
    _scheduled("warmup_cosine", "momentum", MOMENTUM, on(TWO, STEEP), *HEAVY_BALL),
    _scheduled("cosine", "adam", torch_adam(), on(TWO, PACED), ADAM, OUTSIDE),
    _scheduled("restarts_growing", "adam", torch_adam(), on(TWO, PACED), ADAM, OUTSIDE),
    _scheduled(
        "onecycle",
        "adamw",
        torch_adam("AdamW", weight_decay="weight_decay"),
        on(TWO, PACED),
        {**ADAM, "weight_decay": 0.1},
        OUTSIDE,
    ),
    _scheduled("exponential", "rmsprop", RMSPROP, on(TWO, RMS_PACED), RMS, OUTSIDE),
]
