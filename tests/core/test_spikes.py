"""The first break of a trajectory."""

from pathlib import Path

import numpy as np
import pytest

from optlab.core.analysis.spikes import find_spike
from optlab.core.problems import load_problem
from optlab.core.recordings import read_files
from optlab.core.rules import load_rule, rule_names
from optlab.core.run import RunSpec, Trajectory, recorded_trajectory, run

SHIPPED = Path(__file__).parents[2] / "resources" / "recordings"


def _falling(rows: int = 60) -> dict[str, np.ndarray]:
    w = np.stack([0.9 ** np.arange(rows), 0.8 ** np.arange(rows)], axis=1)
    return {"w": w, "loss": (w**2).sum(axis=1), "g": 2 * w, "m": w + 1}


def _trajectory(quantities: dict[str, np.ndarray]) -> Trajectory:
    return recorded_trajectory(quantities)


@pytest.mark.parametrize("name", ["adam", "adamw-warmup"])
def test_a_training_that_goes_well_has_none(name: str) -> None:
    assert find_spike(read_files(SHIPPED / f"{name}.optrec").trajectory) is None
    assert find_spike(_trajectory(_falling())) is None


@pytest.mark.parametrize("name", [n for n in rule_names() if n in ("gd", "adam", "lion", "yogi")])
def test_a_run_that_arrives_has_none(name: str) -> None:
    spec = RunSpec(load_problem("booth"), load_rule(name), {"eta": 0.01}, steps=100)
    assert find_spike(run(spec)) is None


def test_growth_is_found_before_the_end() -> None:
    spike = find_spike(read_files(SHIPPED / "blows-up.optrec").trajectory)
    assert spike is not None
    assert spike.quantity == "loss"
    assert 150 < spike.step < 250
    assert spike.sentence.startswith(f"the loss rises to {spike.value:.3g} at step {spike.step}")
    assert len(spike.steps) == len(spike.norms["dw"]) == 21


def test_one_weight_that_jumps_is_named_with_its_memory() -> None:
    numbers = _falling()
    numbers["w"][40:, 1] += 50.0
    numbers["loss"][40:] += 2500.0
    spike = find_spike(_trajectory(numbers))
    assert spike is not None
    assert (spike.row, spike.quantity) == (40, "loss")
    worst = spike.worst[0]
    assert worst.name == "w2" and worst.share > 0.99
    assert worst.update == pytest.approx(50, abs=0.01)
    assert dict(worst.numbers) == {"g": numbers["g"][40, 1], "m": numbers["m"][40, 1]}
    assert "100% of the update is in w2" in spike.sentence


def test_the_first_number_that_is_not_finite() -> None:
    numbers = _falling()
    numbers["m"][30:] = np.nan
    numbers["w"][31:] = np.inf
    numbers["loss"][31:] = np.nan
    spike = find_spike(_trajectory(numbers))
    assert spike is not None
    assert (spike.row, spike.quantity) == (30, "m")
    assert spike.sentence.startswith("m is not finite at step 30")
    assert spike.worst


def test_what_was_not_recorded_is_no_break() -> None:
    numbers = _falling()
    numbers["g"][0] = np.nan
    numbers["loss"][-1] = np.nan
    numbers["loss"][:5] = np.nan
    numbers["v"] = np.full(60, np.nan)
    assert find_spike(_trajectory(numbers)) is None


def test_updates_that_were_left_out_keep_their_numbers() -> None:
    numbers = _falling()
    numbers["loss"][40] = np.inf
    spike = find_spike(_trajectory(numbers | {"step": np.arange(60.0) * 10}))
    assert spike is not None
    assert (spike.row, spike.step) == (40, 400)
