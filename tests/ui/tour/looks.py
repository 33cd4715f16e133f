"""What the parts of the window show, compared with the columns of the trajectories.

The expected numbers are worked out here from the columns, not asked from the code under test.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF

from optlab.core.analysis.eigenmodes import eigenmodes
from optlab.core.problems import Problem
from optlab.core.run import Trajectory
from optlab.core.run.sampling import Sampling
from optlab.session.check_claims import check_all
from optlab.session.experiment import Experiment
from optlab.ui.style import themes as style

STYLES = ("solid", "dash", "dot", "dashdot")
INDEX = "₁₂"


def number(text: str) -> float:
    """A number as people are shown it."""
    return float(text.replace("−", "-").replace("∞", "inf").replace("not a number", "nan"))


def near(shown: float, value: float, digits: int) -> bool:
    """Whether ``shown`` is the value with so many significant digits."""
    if math.isnan(value) or math.isinf(value):
        return shown == value or (math.isnan(shown) and math.isnan(value))
    return abs(shown - value) <= 0.51 * 10.0 ** (1 - digits) * abs(value) + 1e-300


# --- words --------------------------------------------------------------------------------


def story_is_told(view: Any, document: Experiment, walks: Mapping[str, Trajectory]) -> None:
    """Title and story, and that every claim holds with the numbers it was measured by."""
    assert view.title() == document.title
    assert document.story in view.text()
    verdicts = check_all(document, walks)
    assert len(view.rows()) == len(verdicts) > 0
    for row, verdict in zip(view.rows(), verdicts, strict=True):
        sentence, holds, measured = row.claim
        assert sentence.startswith(verdict.sentence)
        assert holds is verdict.holds is True
        assert measured == verdict.measured
        assert row.accessibleName().endswith(": holds")


def status_tells(line: Any, problem: Problem, walk: Trajectory, step: int) -> None:
    """Weights at the cursor, and the loss and the length of the gradient there."""
    step = min(step, walk.steps)
    texts = [label.text() for label in line._fields if label.isVisibleTo(line)]
    weights = [number(part) for part in texts[0].removeprefix("w (")[:-1].split(", ")]
    assert all(near(a, b, 4) for a, b in zip(weights, walk.weights[step], strict=True))
    assert near(number(texts[1].removeprefix("E ")), walk["loss"][step], 4)
    norm = math.hypot(*problem.gradient(walk.weights[step].tolist()))
    if math.isfinite(norm):
        assert near(number(texts[2].removeprefix("|∇E| ")), norm, 4)
    bad = walk.outcome.kind in ("diverged", "left_domain")
    assert not bad or walk.outcome.sentence in line._warning.text()


def rows_tell(panel: Any, document: Experiment, walks: Mapping[str, Trajectory]) -> None:
    """How each run ended, in its row."""
    for run in document.runs:
        item, walk = panel.row(run.id).item(), walks[run.id]
        assert item.name == run.name
        assert walk.outcome.sentence in item.tip
        if walk.outcome.kind in ("finished", "converged"):
            assert near(number(item.result), walk.final_loss, 2)
        else:
            assert item.result.endswith(f" {walk.outcome.step}")


def bar_counts(bar: Any, step: int, last: int) -> None:
    """The step in words, and the handle of the track."""
    assert bar.step_label.accessibleName() == f"step {step} of {last}"
    assert (bar._scrub.value(), bar._scrub.maximum()) == (step, last)


def table_compares(view: Any, resolved: Any, walks: Mapping[str, Trajectory]) -> None:
    """Each run's achievements, worked out from its columns."""
    titles = [column.title.replace("\n", " ") for column in view.table().source().columns()]
    target = view.target_field().value() or number(view.target_field().placeholderText())
    rows = view.table().source().rows()
    assert [row.run_id for row in rows] == list(walks)
    for row in rows:
        walk = walks[row.run_id]
        cells = dict(zip(titles, row.cells, strict=True))
        assert cells["outcome"].text.endswith(f" {walk.steps}")
        reached = np.flatnonzero(walk.loss <= target)
        assert cells["steps to target"].text == (str(reached[0]) if reached.size else "–")
        assert cells["final loss"].sort == walk.final_loss or math.isnan(walk.final_loss)
        with np.errstate(all="ignore"):
            length = np.hypot(walk["dw1"][1:], walk["dw2"][1:]).sum()
        assert math.isclose(cells["path length"].sort, length, rel_tol=1e-9)
        assert cells["loss rises"].text == str((np.diff(walk.loss) > 0).sum())
        assert cells["sign changes of g₁, g₂"].text == f"{turns(walk['g1'])}, {turns(walk['g2'])}"
        minima = [np.hypot(*(walk.weights[-1] - m.at)) for m in resolved.problem.minima]
        shown = cells["distance to minimum"]
        assert math.isclose(shown.sort, min(minima)) if minima else shown.text == "–"


def turns(values: Any) -> int:
    """How often the sign changes, zeros passed over."""
    signs = [value > 0 for value in values[1:] if value != 0 and math.isfinite(value)]
    return sum(one != other for one, other in pairwise(signs))


# --- the map ------------------------------------------------------------------------------


def paths_are_drawn(
    view: Any, document: Experiment, walks: Mapping[str, Trajectory], step: int
) -> None:
    """Each visible run has its path, in its colour and style, its dot where it is."""
    plane, theme = view.pixel_map(), style.theme_of(view)
    traces = {trace.path.run_id: trace for trace in view.traces()}
    assert set(traces) == set(walks)
    assert view.shown.step == step
    for run_id, walk in walks.items():
        trace, run = traces[run_id], document.run(run_id)
        assert np.array_equal(trace.path.w, walk.weights[:, :2], equal_nan=True)
        assert trace.path.color == theme.run(run.color)
        assert trace.path.style == STYLES[run.style % 4]
        at = walk.weights[min(step, trace.last)]
        head = trace.head(step)
        inside = plane.rect.contains(plane.point(*at))
        assert (head is not None) or not inside
        if head is not None:
            pixel = max(abs(high - low) for low, high in view.window_shown()) / 200
            assert np.allclose(plane.world(QPointF(*head)), at, atol=pixel)


def start_is_marked(view: Any, start: tuple[float, ...]) -> None:
    assert view.shown.start == tuple(start)


def arrows_point(view: Any, spec: Any, walk: Trajectory, step: int) -> None:
    """Against the gradient, from where it was taken, and along the update that comes next."""
    arrows = {arrow.label: arrow for arrow in view.shown.arrows}
    if step >= walk.steps:
        assert not arrows
        return
    ways = {
        "−g": (-walk["g1"][step + 1], -walk["g2"][step + 1]),
        "Δw": (walk["dw1"][step + 1], walk["dw2"][step + 1]),
    }
    for label, (one, other) in ways.items():
        size = math.hypot(one, other)
        if not (math.isfinite(size) and size > 1e-300):
            continue
        arrow = arrows[label]
        if label == "Δw" or spec.treatment.active() or spec.sampling != Sampling():
            assert arrow.at == tuple(walk.weights[step])
        else:
            assert np.allclose(spec.problem.gradient(arrow.at), (-one, -other), rtol=1e-9)
        long = math.hypot(*arrow.change)
        assert np.allclose(np.array(arrow.change) / long, np.array([one, other]) / size)


# --- panes and worksheet ------------------------------------------------------------------


def panes_plot(plots: Any, controller: Any, session: Any, step: int) -> None:
    """Every curve is its column, every dot on it, and hovering tells its value."""
    layout = plots.layout_of_panes()
    keys = [choice.key for choice in controller.choices() if choice.shown]
    assert [pane.spec.key for pane in plots.panes()] == keys
    assert plots._step == step
    for index, pane in enumerate(plots.panes()):
        values = expected_curves(pane.spec.key, session.resolved.problem)
        by_run: dict[str, list[Any]] = {}
        for curve in pane.spec.curves:
            by_run.setdefault(curve.run_id, []).append(curve.values)
        for run_id, curves in by_run.items():
            for shown, column in zip(curves, values(session.trajectories[run_id]), strict=True):
                assert np.allclose(shown, column, rtol=1e-12, atol=0, equal_nan=True)
        assert plots.plot(index).pane is pane
        shown = plots.plot(index).box.window_shown()
        # Linked axes agree to the last digits: pyqtgraph reckons with the pixels of each.
        assert np.allclose(shown, ((0.0, plots._last), (pane.low, pane.high)), atol=1e-9)
        for made, curve in zip(pane.made, pane.curves, strict=True):
            height = made.height(step)
            if not pane.low <= height <= pane.high:
                continue
            value = 10.0**height if pane.spec.log else height
            room = 1e-6 * (abs(value) if pane.spec.log else pane.high - pane.low)
            assert math.isclose(value, curve.values[step], abs_tol=max(room, 1e-300))
        assert pane.low < pane.high
    selected = [curve for curve in plots.panes()[0].curves if curve.selected]
    at = QPointF(plots.step_pixel(step), layout.plots[0].center().y())
    if selected and step < len(selected[0].values):
        assert f"step {step}<" in plots.readout(at)


def expected_curves(key: str, problem: Problem) -> Callable[[Trajectory], list[Any]]:
    """The values of the components of a quantity, from the columns of a trajectory."""

    def norm(walk: Trajectory, one: str, other: str) -> Any:
        return np.hypot(walk[one], walk[other])

    def cosine(walk: Trajectory, name: str) -> Any:
        first, second = walk.vectors[name]
        product = walk["g1"] * walk[first] + walk["g2"] * walk[second]
        return product / (norm(walk, "g1", "g2") * norm(walk, first, second))

    def values(walk: Trajectory) -> list[Any]:
        kind, _, name = key.partition(":")
        if kind == "rule":
            return [walk[column] for column in walk.vectors[name]]
        if kind == "memory":
            return [walk[column] for column in walk.vectors[walk.state[int(name) - 1]]]
        if kind == "all":
            return [walk[name]] if name in walk else []
        if kind == "cosine":
            return [cosine(walk, walk.state[int(name) - 1])]
        known = {
            "loss": lambda: [walk["loss"]],
            "excess": lambda: [walk["loss"] - problem.lowest_value],
            "modes": lambda: list(eigenmodes(problem).amplitudes(walk.weights).T),
            "eta": lambda: [walk["eta"]],
            "gradient_norm": lambda: [norm(walk, "g1", "g2")],
            "update_norm": lambda: [norm(walk, "dw1", "dw2")],
            "effective_step": lambda: [abs(walk[f"dw{i}"] / walk[f"g{i}"]) for i in (1, 2)],
            "w": lambda: [walk["w1"], walk["w2"]],
            "g": lambda: [walk["g1"], walk["g2"]],
        }
        return known.get(kind, lambda: [walk[kind]] if kind in walk else [])()

    def quietly(walk: Trajectory) -> list[Any]:
        with np.errstate(all="ignore"):
            return values(walk)

    return quietly


def update_is_taken_apart(view: Any, walk: Trajectory, step: int) -> None:
    """Every row ends in the numbers of the trajectory; the table writes them to six digits."""
    sheet, step = view.worksheet(), min(step, walk.steps)
    if step == 0:
        assert sheet is None
        return
    assert sheet.step == step
    model = view.table().sheet_model
    last_of = {row.line.target: place for place, row in enumerate(sheet.rows)}
    assert {"g", "w"} <= set(last_of)
    for target, place in last_of.items():
        if target not in walk.vectors:
            continue
        columns = walk.vectors[target]
        recorded = [float(walk[column][step]) for column in columns]
        assert np.array_equal(sheet.rows[place].values, recorded, equal_nan=True), target
        for text, value in zip(model.results(place), recorded, strict=True):
            assert near(number(text.replace("NaN", "nan")), value, 6)
