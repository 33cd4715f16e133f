"""Maps under way: from coarse to fine, cancelled, asked for again, and cells that become runs."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.maps import (
    NUMBER,
    UNKNOWN,
    Axis,
    BasinPicture,
    CompiledCells,
    SweepPicture,
)
from optlab.core.parameters import SettingError
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run
from optlab.core.run.spec import MAX_STEPS
from optlab.core.schedules import parse_schedule
from optlab.pictures.map_colors import basin_colors, measure_colors
from optlab.pictures.maps import map_drawing
from optlab.pictures.theme import DARK, LIGHT
from optlab.session.experiment import (
    DataSet,
    Experiment,
    NetworkModel,
    Run,
    Surface,
    Treatment,
    changed,
)
from optlab.session.jobs import JobControl
from optlab.session.maps import map_compute
from optlab.session.maps.map_axes import add_varied_run, settings_of, usual_axis
from optlab.session.maps.map_request import (
    BasinRequest,
    MapWork,
    basin_request,
    coarser,
    effort,
    sweep_request,
)
from optlab.session.maps.planes import flat, start_plane
from optlab.session.resolve import resolve
from tests.patience import PATIENCE

HIMMELBLAU = load_problem("himmelblau")
SPEC = RunSpec(HIMMELBLAU, load_rule("adam"), {"eta": 0.1}, steps=150)
WINDOW = HIMMELBLAU.window
ETA, BETA = Axis("eta", 1e-3, 10.0, 24, "log"), Axis("beta1", 0.0, 0.99, 16)


class Stopping(JobControl):
    """Asks to stop once so much is done; notes all progress."""

    def __init__(self, at: float = 2.0) -> None:
        super().__init__()
        self.at = at
        self.heard: list[float] = []

    def progress(self, done: int, total: int) -> None:
        super().progress(done, total)
        self.heard.append(self.fraction)
        if self.fraction >= self.at:
            self.cancel()


class Watched(MapWork):
    """Keeps every picture."""

    seen: tuple[BasinPicture | SweepPicture, ...] = ()

    def draw(self) -> None:
        super().draw()
        assert self.picture is not None
        self.seen = (*self.seen, self.picture)


def test_pictures_come_from_coarse_to_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_compute, "_BLINK", 0.0)  # no pass is quick enough to be left out
    control = Stopping()
    work = Watched(basin_request(SPEC, WINDOW, 48))
    assert work(control) is work
    assert work.complete and control.heard == sorted(control.heard) and control.heard[-1] == 1.0
    assert len(work.seen) == 4 and work.changes == 4
    last = work.seen[-1]
    assert isinstance(last, BasinPicture)
    for width, picture in zip((8, 4, 2, 1), work.seen, strict=True):
        assert isinstance(picture, BasinPicture)
        assert (picture.labels != UNKNOWN).all()
        blocks = picture.labels.reshape(48 // width, width, 48 // width, width)
        assert (blocks == blocks[:, :1, :, :1]).all()
        # What was computed is already what it will be.
        np.testing.assert_array_equal(
            picture.labels[::width, ::width], last.labels[::width, ::width]
        )


def test_a_cancelled_map_keeps_what_was_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_compute, "_MOST_CELLS", 256)
    control, real, tiles = Stopping(at=0.1), CompiledCells.fill, itertools.count(1)

    def not_far_ahead(self: CompiledCells, *arguments: object, **others: object) -> object:
        # The cores may finish small tiles faster than their progress is heard.
        tile = next(tiles)
        while tile > len(control.heard) + 2 and not control.cancelled():
            time.sleep(0.001)
        return real(self, *arguments, **others)

    monkeypatch.setattr(CompiledCells, "fill", not_far_ahead)
    work = Watched(basin_request(SPEC, WINDOW, 64))
    work(control)
    monkeypatch.setattr(CompiledCells, "fill", real)
    known = work.buffer.known
    assert not work.complete and 0.1 <= known.mean() <= 0.25
    picture = work.picture
    assert isinstance(picture, BasinPicture) and (picture.labels != UNKNOWN).all()
    whole = MapWork(basin_request(SPEC, WINDOW, 64))
    whole(JobControl())
    np.testing.assert_array_equal(work.buffer.ends.weights[known], whole.buffer.ends.weights[known])


def test_stopped_before_the_first_tile_there_is_no_picture() -> None:
    control = JobControl()
    control.cancel()
    work = MapWork(basin_request(SPEC, WINDOW, 32))
    work(control)
    assert work.picture is None and not work.complete and work.shown_cell(3, 3) is None


def test_an_interruption_ends_the_work_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_compute, "_MOST_CELLS", 64)
    computed = 0
    real = CompiledCells.fill

    def counted(*arguments: object, **others: object) -> object:
        nonlocal computed
        computed += 1
        return real(*arguments, **others)  # type: ignore[arg-type]

    class Interrupted(JobControl):
        def progress(self, done: int, total: int) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(CompiledCells, "fill", counted)
    with pytest.raises(KeyboardInterrupt):
        MapWork(basin_request(SPEC, WINDOW, 512))(Interrupted())
    assert computed <= 64  # the tiles of the first pass, of more than four thousand


def test_a_cancellation_is_heard_within_a_run() -> None:
    """Ten million steps take seconds; what counts is that none of the runs comes to its end."""
    spec = replace(SPEC, steps=MAX_STEPS, parameters={**SPEC.parameters, "eta": 1e-9})
    for treatment in (GradientTransforms(), GradientTransforms(noise=1.0)):
        work = MapWork(basin_request(replace(spec, treatment=treatment), WINDOW, 64))
        control = JobControl()
        asked: list[int] = []

        def cancelled(control: JobControl = control, asked: list[int] = asked) -> bool:
            asked.append(1)
            return len(asked) > 20

        control.cancelled = cancelled  # type: ignore[method-assign]
        work(control)
        assert not work.complete and not work.buffer.known.any()
        assert len(asked) < 200


def test_a_picture_of_a_pass_that_is_not_over_shows_what_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(map_compute, "_MOST_CELLS", 64)
    monkeypatch.setattr(map_compute, "_SHOWN_EVERY", 0.0)
    drawn = threading.Event()
    real, calls = CompiledCells.fill, []

    class Telling(Watched):
        def draw(self) -> None:
            super().draw()
            drawn.set()

    def patient(*arguments: object, **others: object) -> object:
        """From the third tile on, there is a picture before there is more."""
        calls.append(arguments)
        if len(calls) > 3:
            assert drawn.wait(PATIENCE)
        return real(*arguments, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(CompiledCells, "fill", patient)
    work = Telling(basin_request(SPEC, WINDOW, 128))
    work(JobControl())
    first, last = work.seen[0], work.seen[-1]
    assert isinstance(first, BasinPicture) and isinstance(last, BasinPicture)
    assert (first.labels == UNKNOWN).any() and (first.labels != UNKNOWN).any()
    assert (last.labels != UNKNOWN).all()


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_each_cell_is_drawn_in_the_colour_of_its_end(theme) -> None:
    work = MapWork(basin_request(SPEC, WINDOW, 32))
    work(JobControl())
    picture = work.picture
    assert isinstance(picture, BasinPicture)
    colors = basin_colors(picture, theme)
    assert colors.shape == (32, 32, 4) and (colors[..., 3] == 255).all()
    hues = {
        label: {tuple(c) for c in colors[picture.labels == label][:, :3].tolist()}
        for label in np.unique(picture.labels).tolist()
    }
    assert len(hues) == 4
    for label, own in hues.items():
        assert all(own.isdisjoint(other) for key, other in hues.items() if key != label)


def test_a_measure_can_be_changed_without_computing() -> None:
    work = MapWork(sweep_request(SPEC, ETA, BETA, 0.1))
    work(JobControl())
    assert work.picture is not None and work.picture.measure == "loss"
    pictures = {}
    for measure in ("steps", "length", "outcome"):
        work.measure = measure
        work.draw()
        assert isinstance(work.picture, SweepPicture)
        pictures[measure] = measure_colors(work.picture, DARK)
        assert pictures[measure].shape == (16, 24, 4)
    work.measure = "steps"
    work.draw()
    shown = work.picture
    assert isinstance(shown, SweepPicture)
    ends = work.buffer.ends
    np.testing.assert_array_equal(
        (shown.codes == NUMBER).ravel(), np.isfinite(ends.records["reached"])
    )


def test_requests_for_the_same_map_are_equal() -> None:
    moved = replace(SPEC, start=(1.0, 1.0))
    assert basin_request(SPEC, WINDOW, 64) == basin_request(moved, WINDOW, 64)
    assert basin_request(SPEC, WINDOW, 64) != basin_request(SPEC, WINDOW, 64, 0.5)
    other = replace(SPEC, parameters={**SPEC.parameters, "eta": 0.3, "beta1": 0.2})
    assert sweep_request(SPEC, ETA, BETA) == sweep_request(other, ETA, BETA)
    assert sweep_request(SPEC, ETA, BETA) != sweep_request(moved, ETA, BETA)
    across = Axis("w1", -5.0, 5.0, 9)
    assert sweep_request(SPEC, ETA, across) == sweep_request(
        replace(SPEC, start=(2.0, SPEC.start[1])), ETA, across
    )


def test_coarser_maps_and_their_effort() -> None:
    request = basin_request(SPEC, WINDOW, 512)
    assert isinstance(coarser(request, 64), BasinRequest)
    assert effort(request) == 512 * 512 * 150 and effort(coarser(request, 64)) == 64 * 64 * 150
    sweep = coarser(sweep_request(SPEC, ETA, BETA), 20)
    assert (sweep.columns.count, sweep.rows.count) == (20, 16)
    in_python = RunSpec(HIMMELBLAU, load_rule("newton"), steps=60)
    assert effort(basin_request(in_python, WINDOW, 512)) > 100 * effort(request)


@pytest.mark.parametrize(
    ("columns", "rows", "message"),
    [
        (ETA, ETA, "both axes"),
        (Axis("eta", -1.0, 1.0, 4), BETA, "eta must be above 0"),
        (Axis("beta1", 0.5, 1.0, 4), ETA, "beta1 must be"),
        (Axis("speed", 0.5, 1.0, 4), ETA, "speed cannot be varied"),
        (Axis("schedule.T_max", 0.0, 10.0, 4), ETA, "T_max must be"),
    ],
)
def test_maps_that_cannot_be(columns: Axis, rows: Axis, message: str) -> None:
    spec = replace(SPEC, schedule=parse_schedule("cosine"))
    with pytest.raises(SettingError, match=message):
        sweep_request(spec, columns, rows)


# -- cells become runs -----------------------------------------------------------------------

TREATED = replace(
    SPEC,
    schedule=parse_schedule("warmup:steps=5+cosine:T_max=40"),
    treatment=GradientTransforms(clip_norm=5.0),
)


def test_every_setting_has_a_usual_range_that_can_be_mapped() -> None:
    names = list(settings_of(TREATED))
    assert {"eta", "beta1", "schedule.steps", "schedule2.T_max", "clip_norm", "w1"} <= set(names)
    for name in names:
        axis = usual_axis(TREATED, name, WINDOW, 5)
        other = "w2" if name != "w2" else "w1"
        request = sweep_request(TREATED, axis, usual_axis(TREATED, other, WINDOW, 5))
        values = axis.values()
        assert request.columns == axis and np.isfinite(values).all()
        assert axis.low <= settings_of(TREATED)[name].value <= axis.high


@pytest.mark.parametrize("key", ["gd", "momentum", "rprop", "newton"])
def test_every_rule_has_two_settings(key: str) -> None:
    spec = RunSpec(HIMMELBLAU, load_rule(key), steps=5)
    first, second = list(settings_of(spec))[:2]
    axes = [usual_axis(spec, name, WINDOW, 3) for name in (first, second)]
    work = MapWork(sweep_request(spec, axes[0], axes[1]))
    work(JobControl())
    assert work.complete


@pytest.mark.parametrize(
    ("across", "upwards"),
    [("eta", "beta1"), ("schedule2.T_max", "clip_norm"), ("w1", "w2"), ("beta2", "schedule.steps")],
)
def test_a_run_added_from_a_cell_ends_where_the_cell_does(across: str, upwards: str) -> None:
    original = Run(
        id="1",
        optimizer="adam",
        name="Adam",
        parameters={"eta": 0.1},
        schedule="warmup:steps=5+cosine:T_max=40",
        treatment=Treatment(clip_norm=5.0),
    )
    document = Experiment(surface=Surface(problem="himmelblau"), runs=(original,), steps=60)
    spec = resolve(document).specs["1"]
    axes = [usual_axis(spec, name, WINDOW, 7) for name in (across, upwards)]
    work = MapWork(sweep_request(spec, axes[0], axes[1], 0.1))
    work(JobControl())
    for index in (0, 10, 24, 48):
        values = {
            across: float(axes[0].values()[index % 7]),
            upwards: float(axes[1].values()[index // 7]),
        }
        more = add_varied_run(document, "1", spec, values)
        assert len(more.runs) == 2 and more.runs[0] == original
        assert more.runs[1].name.startswith("Adam ") and more.runs[1].id != "1"
        added = resolve(more).specs[more.runs[1].id]
        walk = run(added)
        np.testing.assert_array_equal(walk.final_weights, work.buffer.ends.weights[index])
        assert walk.steps == work.buffer.ends.steps[index]
        # And it is a cell of the same map.
        assert sweep_request(added, axes[0], axes[1], 0.1) == work.request


def test_a_basin_cell_is_the_run_from_its_start() -> None:
    request = basin_request(SPEC, WINDOW, 16, tolerance=0.5)
    work = MapWork(request)
    work(JobControl())
    assert work.cells is not None
    for index in (0, 37, 200, 255):
        start = tuple(work.cells.starts[index].tolist())
        walk = run(replace(SPEC, start=start, stop_gradient=0.5))
        np.testing.assert_array_equal(walk.final_weights, work.buffer.ends.weights[index])
        assert walk.steps == work.buffer.ends.steps[index]


NETWORK = Experiment(
    surface=Surface(network=NetworkModel(sizes="2-3-1"), data=DataSet(source="moons:n=30")),
    runs=(Run("1", "adam", parameters={"eta": 0.1}, treatment=Treatment(batch=8)),),
    steps=12,
    seed=3,
)


def test_starts_lie_on_a_plane_of_many_weights() -> None:
    """Each cell is the run that begins at that point of the plane, for basins and for sides."""
    resolved = resolve(NETWORK)
    spec = resolved.specs["1"]
    starts = start_plane(flat(NETWORK, resolved, {"1": run(spec)}))
    assert starts is not None
    work = MapWork(basin_request(spec, starts.window, 16, starts=starts))(JobControl())
    sides = [usual_axis(spec, name, resolved.window, 16, starts) for name in ("c1", "c2")]
    sweep = MapWork(sweep_request(spec, sides[0], sides[1], starts=starts))(JobControl())
    assert work.cells is not None and (work.request.columns.name, sweep.complete) == ("c1", True)
    np.testing.assert_allclose(work.cells.starts, sweep.cells.starts)
    x, y = (side.values() for side in sides)
    for index in (0, 37, 255):
        place = np.array([[x[index % 16], y[index // 16]]])
        (point,) = starts.plane.points(place)
        walk = run(replace(spec, start=tuple(point.tolist()), stop_gradient=0.01))
        np.testing.assert_array_equal(walk.final_weights, work.buffer.ends.weights[index])
        values = {"c1": float(place[0, 0]), "c2": float(place[0, 1])}
        added = add_varied_run(NETWORK, "1", spec, values, starts).runs[1]
        np.testing.assert_allclose(added.start, point)
    settings = settings_of(spec, starts)
    place = starts.plane.coordinates(np.array([spec.start]))[0]
    assert [settings[name].value for name in ("c1", "c2")] == pytest.approx(place.tolist())
    assert {"c1", "c2"}.isdisjoint(settings_of(spec))
    for theme in (DARK, LIGHT):
        drawing = map_drawing(work, theme)
        assert drawing is not None and drawing.across.symbol == "c₁"


def test_a_side_goes_over_seeds() -> None:
    """Each cell is the run of an experiment with that seed: initial weights and batches."""
    spec = resolve(NETWORK).specs["1"]
    eta, seeds = replace(ETA, high=0.5, count=3), Axis("seed", 2, 5, 64)
    work = MapWork(sweep_request(spec, seeds, eta))(JobControl())
    assert work.request.columns.values().tolist() == [2, 3, 4, 5]
    for index, seed in ((0, 2), (5, 3), (11, 5)):
        rate = float(eta.values()[index // 4])
        other = msgspec.structs.replace(NETWORK.runs[0], parameters={"eta": rate})
        document = changed(NETWORK, seed=seed, runs=(other,))
        walk = run(resolve(document).specs["1"])
        np.testing.assert_array_equal(walk.final_weights, work.buffer.ends.weights[index])
    assert coarser(work.request, 2).columns.count == 4
    with pytest.raises(SettingError, match="whole numbers"):
        sweep_request(spec, replace(seeds, low=0.5), eta)
    with pytest.raises(SettingError, match="the experiment has it"):
        add_varied_run(NETWORK, "1", spec, {"seed": 4.0})
    assert "seed" not in settings_of(SPEC)
    noisy = replace(SPEC, treatment=GradientTransforms(noise=0.1), steps=20)
    work = MapWork(sweep_request(noisy, Axis("seed", 0, 3, 4), BETA))(JobControl())
    walk = run(replace(noisy, seed=2, parameters={**noisy.parameters, "beta1": 0.0}))
    np.testing.assert_array_equal(walk.final_weights, work.buffer.ends.weights[2])


def test_names_of_added_runs_do_not_grow() -> None:
    document = Experiment(
        surface=Surface(problem="himmelblau"), runs=(Run(id="1", optimizer="adam", name="Adam"),)
    )
    once = add_varied_run(document, "1", resolve(document).specs["1"], {"eta": 0.25})
    new = once.runs[1]
    assert new.name == "Adam η 0.25" and new.parameters == {"eta": 0.25}
    twice = add_varied_run(once, new.id, resolve(once).specs[new.id], {"beta1": 0.5})
    assert twice.runs[2].name == "Adam η 0.25 β₁ 0.5"
    assert twice.runs[2].parameters == {"eta": 0.25, "beta1": 0.5}
    with pytest.raises(SettingError):
        add_varied_run(document, "1", resolve(document).specs["1"], {"eta": -1.0})
