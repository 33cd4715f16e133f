"""Which learning-rate schedules are recorded: torch schedulers beside OptLab's text for them.

Pure data. In a `Call` a text argument names the OptLab constant whose value it takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from reference_runs import Call


@dataclass(frozen=True)
class Part:
    """One schedule: its name and constants in OptLab and the torch scheduler that does the same."""

    name: str
    constants: Mapping[str, float]
    call: Call
    length: int = 0  # steps after which the next part takes over

    @property
    def text(self) -> str:
        """OptLab's text, `name:key=value,key=value`."""
        constants = ",".join(f"{key}={value!r}" for key, value in self.constants.items())
        return f"{self.name}:{constants}" if constants else self.name


@dataclass(frozen=True)
class ScheduleCase:
    """A schedule of one or several parts, recorded for `steps` steps from the rate `eta`."""

    parts: Sequence[Part]
    eta: float
    steps: int

    @property
    def text(self) -> str:
        """OptLab's text; parts are joined by `+`."""
        return "+".join(part.text for part in self.parts)

    @property
    def milestones(self) -> list[int]:
        """The steps k at which a next part begins to count from 0."""
        ends: list[int] = []
        for part in self.parts[:-1]:
            ends.append(part.length + (ends[-1] if ends else 0))
        return ends

    def source(self, eta: float) -> str:
        """The torch call as one would type it."""
        calls = [part.call.text({"eta": eta, **part.constants}, "optimizer") for part in self.parts]
        if len(calls) == 1:
            return calls[0]
        sequential = "torch.optim.lr_scheduler.SequentialLR"
        return f"{sequential}(optimizer, [{', '.join(calls)}], milestones={self.milestones})"

    def build(self, optimizer: Any, eta: float) -> Any:
        """The torch scheduler, attached to `optimizer`."""
        schedulers = [
            part.call.build({"eta": eta, **part.constants}, optimizer) for part in self.parts
        ]
        if len(schedulers) == 1:
            return schedulers[0]
        return torch.optim.lr_scheduler.SequentialLR(
            optimizer, schedulers, milestones=self.milestones
        )


def _part(name: str, scheduler: str, constants: Mapping[str, float], **arguments: Any) -> Part:
    call = Call(f"torch.optim.lr_scheduler.{scheduler}", **arguments)
    return Part(name, constants, call)


def _then(first: Part, length: int, second: Part) -> tuple[Part, Part]:
    return Part(first.name, first.constants, first.call, length), second


def _step(drop: float, every: int) -> Part:
    constants = {"drop": drop, "every": every}
    return _part("step", "StepLR", constants, step_size="every", gamma="drop")


def _exponential(gamma: float) -> Part:
    return _part("exponential", "ExponentialLR", {"gamma": gamma}, gamma="gamma")


def _polynomial(power: float, total: int) -> Part:
    constants = {"power": power, "total": total}
    return _part("polynomial", "PolynomialLR", constants, total_iters="total", power="power")


def _linear(start: float, end: float, total: int) -> Part:
    constants = {"start": start, "end": end, "total": total}
    return _part(
        "linear",
        "LinearLR",
        constants,
        start_factor="start",
        end_factor="end",
        total_iters="total",
    )


def _cosine(period: int, eta_min: float | None = None) -> Part:
    constants: dict[str, float] = {"T_max": period}
    if eta_min is None:
        return _part("cosine", "CosineAnnealingLR", constants, T_max="T_max")
    constants["eta_min"] = eta_min
    return _part("cosine", "CosineAnnealingLR", constants, T_max="T_max", eta_min="eta_min")


def _restarts(first: int, factor: int, eta_min: float) -> Part:
    return _part(
        "restarts",
        "CosineAnnealingWarmRestarts",
        {"T_0": first, "T_mult": factor, "eta_min": eta_min},
        T_0="T_0",
        T_mult="T_mult",
        eta_min="eta_min",
    )


def _onecycle(total: int, pct_start: float, div: float, final_div: float) -> Part:
    return _part(
        "onecycle",
        "OneCycleLR",
        {"total": total, "pct_start": pct_start, "div": div, "final_div": final_div},
        max_lr="eta",
        total_steps="total",
        pct_start="pct_start",
        cycle_momentum=False,
        div_factor="div",
        final_div_factor="final_div",
    )


def _cyclic(base: float, up: int, down: int) -> Part:
    return _part(
        "cyclic",
        "CyclicLR",
        {"base": base, "up": up, "down": down},
        base_lr="base",
        max_lr="eta",
        step_size_up="up",
        step_size_down="down",
        cycle_momentum=False,
    )


def _warmup(steps: int) -> Part:
    # Step k of the warm-up uses eta*(k + 1)/steps: it never stands still and ends on eta.
    call = Call("torch.optim.lr_scheduler.LinearLR", start_factor=1 / steps, total_iters=steps - 1)
    return Part("warmup", {"steps": steps}, call, steps)


SCHEDULES: dict[str, ScheduleCase] = {
    "step": ScheduleCase([_step(0.5, 10)], 0.1, 100),
    "step_coarse": ScheduleCase([_step(0.1, 37)], 0.05, 200),
    "exponential": ScheduleCase([_exponential(0.97)], 0.1, 200),
    "polynomial": ScheduleCase([_polynomial(2.0, 150)], 0.1, 200),
    "polynomial_root": ScheduleCase([_polynomial(0.5, 200)], 0.01, 201),
    "linear": ScheduleCase([_linear(1.0, 0.1, 120)], 0.1, 200),
    "linear_rising": ScheduleCase([_linear(0.2, 1.0, 50)], 0.1, 100),
    "cosine": ScheduleCase([_cosine(200)], 0.1, 201),
    "cosine_floor": ScheduleCase([_cosine(120, 0.004)], 0.05, 121),
    "restarts": ScheduleCase([_restarts(50, 1, 0.0)], 0.1, 200),
    "restarts_growing": ScheduleCase([_restarts(20, 2, 0.001)], 0.1, 300),
    "onecycle": ScheduleCase([_onecycle(200, 0.3, 25.0, 10000.0)], 0.1, 200),
    "onecycle_short": ScheduleCase([_onecycle(100, 0.45, 10.0, 100.0)], 0.02, 100),
    "cyclic": ScheduleCase([_cyclic(0.01, 20, 30)], 0.1, 200),
    "cyclic_even": ScheduleCase([_cyclic(0.001, 25, 25)], 0.05, 150),
    "warmup_cosine": ScheduleCase([_warmup(20), _cosine(180)], 0.1, 201),
    "linear_cosine": ScheduleCase(_then(_linear(0.05, 1.0, 30), 30, _cosine(100, 0.002)), 0.1, 131),
}
