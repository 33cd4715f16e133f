"""A cell of a map is the single run with its settings, to the bit, whatever is mapped."""

from __future__ import annotations

import numpy as np
import pytest

from optlab.core.analysis.metrics import path_length
from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.maps import RECORDS, Cells, cell_spec, run_cells, sweep_cells, sweep_names
from optlab.core.problems import load_problem, surface_names
from optlab.core.rules import load_rule, rule_names
from optlab.core.run import RunSpec, run
from optlab.core.run.outcome import OUTCOMES
from optlab.core.schedules import parse_schedule
from optlab.session.maps.map_axes import usual_axis

RULES, SURFACES = rule_names(), surface_names()
SCHEDULES = ["constant", "cosine:T_max=15", "step:drop=0.5,every=4", "warmup:steps=3"]
TREATMENTS = [
    GradientTransforms(),
    GradientTransforms(l2=0.05, clip_norm=2.0),
    GradientTransforms(noise=0.3, noise_relative=0.2, clip_value=0.7),
]


def any_cells(rule: str, draw: int) -> Cells:
    """A map over two settings of the rule; all else is drawn, for each rule always the same."""
    place = RULES.index(rule) + 101 * draw
    drawn = np.random.default_rng(place)
    spec = RunSpec(
        load_problem(SURFACES[7 * place % len(SURFACES)]),
        load_rule(rule),
        schedule=parse_schedule(SCHEDULES[place % len(SCHEDULES)]),
        treatment=TREATMENTS[place % len(TREATMENTS)],
        steps=22 + 130 * (place % 3 == 0),
        seed=place,
        stop_gradient=(None, 0.5)[place % 2],
    )
    # The rule's own settings first: they are what kernels may take for shared.
    names = drawn.permutation([name for name in sweep_names(spec) if name in spec.parameters])
    across, upwards = [*names.tolist(), "w1", "w2"][:2]
    columns, rows = (usual_axis(spec, name, spec.problem.window, 3) for name in (across, upwards))
    return sweep_cells(spec, columns, rows)


DRAWN = [(rule, 0) for rule in RULES] + [(rule, draw) for draw in (1, 2) for rule in RULES[draw::4]]
"""Every rule, and some of them on other surfaces and with other schedules and treatments."""


@pytest.mark.parametrize(("rule", "draw"), DRAWN)
def test_cells_are_single_runs(rule: str, draw: int) -> None:
    cells = any_cells(rule, draw)
    ends = run_cells(cells, 1.0, records=RECORDS)
    for index in range(len(cells.starts)):
        walk = run(cell_spec(cells, index))
        np.testing.assert_array_equal(ends.weights[index], walk.final_weights)
        np.testing.assert_array_equal(ends.loss[index], walk.final_loss)
        assert ends.steps[index] == walk.steps
        assert OUTCOMES[ends.outcome[index]] == walk.outcome.kind
        hits = np.flatnonzero(walk.loss <= 1.0)
        assert ends.records["reached"][index] == (hits[0] if hits.size else np.inf)
        np.testing.assert_array_equal(ends.records["length"][index], path_length(walk.weights))
