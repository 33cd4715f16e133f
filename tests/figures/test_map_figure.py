"""Pictures of maps: what is written and drawn, for basins and every measure."""

from __future__ import annotations

import pytest

from optlab.core.maps import MEASURES
from optlab.figures.layout import Size
from optlab.figures.map_figure import draw_map
from optlab.figures.save import picture_bytes
from optlab.figures.setting import drawing
from optlab.session.experiment import Experiment, Run, Surface, Treatment
from optlab.session.jobs import JobControl
from optlab.session.maps.map_axes import usual_axis
from optlab.session.maps.map_request import MapWork, basin_request, sweep_request
from optlab.session.resolve import resolve
from tests.figures.layout_checks import check_apart

SCHEDULE = "warmup:steps=20+cosine:T_max=280"
RUN = Run(id="1", optimizer="adam", name="A $x$ & <b>", parameters={"eta": 0.1})


def document(formula: str = "", problem: str = "himmelblau", **fields: object) -> Experiment:
    surface = Surface(formula=formula, problem="" if formula else problem)
    return Experiment(surface=surface, runs=(RUN,), steps=60, **fields)  # type: ignore[arg-type]


def basins(experiment: Experiment) -> MapWork:
    resolved = resolve(experiment)
    return MapWork(basin_request(resolved.specs["1"], resolved.window, 24))(JobControl())


def texts(work: MapWork, experiment: Experiment) -> list[str]:
    figure = draw_map(work, RUN)
    with drawing():
        picture_bytes(figure, "svg", experiment)
    found = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        found += [axes.get_xlabel(), axes.get_ylabel()]
        found += [label.get_text() for label in axes.get_xticklabels()]
        found += [label.get_text() for label in axes.get_yticklabels()]
    return found


def test_a_picture_of_basins_says_what_it_shows() -> None:
    experiment = document()
    found = texts(basins(experiment), experiment)
    assert "Basins of A $x$ & <b> on Himmelblau" in found
    assert {"w₁", "w₂", "(3, 2)", "−4", "4"} <= set(found)
    assert any(text.endswith("%") for text in found)
    assert any("24 × 24 runs" in text and "60 steps" in text for text in found)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_picture_of_each_measure(measure: str) -> None:
    experiment = document()
    resolved = resolve(experiment)
    spec = resolved.specs["1"]
    axes = [usual_axis(spec, name, resolved.window, 16) for name in ("eta", "beta1")]
    work = MapWork(sweep_request(spec, axes[0], axes[1], 0.5), measure=measure)(JobControl())
    found = texts(work, experiment)
    assert any(text.lower().startswith(MEASURES[measure].title) for text in found)
    assert {"η", "β₁", "10⁻³", "0.8"} <= set(found)
    settings = next(text for text in found if "β₂" in text)
    assert "η" not in settings and "β₁" not in settings, "what varies is no setting"


@pytest.mark.parametrize(
    ("sides", "start"),
    [(("eta", "beta1"), "start (−2, 3)"), (("w1", "eta"), "start w₂ 3"), (("w2", "w1"), "")],
)
def test_a_start_that_varies_is_not_told(sides: tuple[str, str], start: str) -> None:
    experiment = document(start=(-2.0, 3.0))
    resolved = resolve(experiment)
    spec = resolved.specs["1"]
    axes = [usual_axis(spec, name, resolved.window, 16) for name in sides]
    found = texts(MapWork(sweep_request(spec, axes[0], axes[1]))(JobControl()), experiment)
    (facts,) = (text for text in found if "16 × 16 runs" in text)
    assert facts.startswith(start or "60 steps")
    assert start or "start" not in facts


@pytest.mark.parametrize("formula", ["log(w1) + w2^2", "0 w1", "w1^2 + 1e9", "-(w1^4) - w2^4"])
def test_any_surface_can_be_drawn(formula: str) -> None:
    experiment = document(formula)
    assert texts(basins(experiment), experiment)


@pytest.mark.parametrize("size", ["column", "page", "slide"])
def test_every_size_keeps_its_texts_apart(size: Size) -> None:
    experiment = document()
    resolved = resolve(experiment)
    spec = resolved.specs["1"]
    axes = [usual_axis(spec, name, resolved.window, 16) for name in ("eta", "beta1")]
    sweep = MapWork(sweep_request(spec, axes[0], axes[1], 0.5), measure="steps")(JobControl())
    for work in (basins(experiment), sweep):
        figure = draw_map(work, RUN, size)
        assert figure.get_size_inches()[0] == {"column": 3.4, "page": 6.8, "slide": 12.8}[size]
        check_apart(figure)


def test_a_side_of_words_is_written_along_it() -> None:
    run = Run(id="1", optimizer="adam", schedule="cosine:T_max=40")
    experiment = Experiment(surface=Surface(problem="himmelblau"), runs=(run,), steps=60)
    resolved = resolve(experiment)
    spec = resolved.specs["1"]
    axes = [usual_axis(spec, name, resolved.window, 16) for name in ("eta", "schedule.T_max")]
    work = MapWork(sweep_request(spec, axes[0], axes[1]))(JobControl())
    figure = draw_map(work, run)
    label = figure.axes[0].yaxis.label
    assert label.get_text() == "schedule T_max" and label.get_rotation() == 90


@pytest.mark.parametrize("size", ["column", "page", "slide"])
def test_a_long_title_and_settings_are_broken_into_lines(size: Size) -> None:
    run = Run(id="1", optimizer="adam", schedule=SCHEDULE, treatment=Treatment(l2=0.01))
    experiment = Experiment(surface=Surface(problem="himmelblau"), runs=(run,), steps=60)
    resolved = resolve(experiment)
    spec = resolved.specs["1"]
    axes = [usual_axis(spec, name, resolved.window, 8) for name in ("eta", "beta1")]
    work = MapWork(sweep_request(spec, axes[0], axes[1], 0.5), measure="steps")(JobControl())
    found = [text.get_text() for text in draw_map(work, run, size).figure.texts]
    assert not any("…" in text for text in found)
    whole = " ".join(found)
    assert "Steps to target of Adam on Himmelblau, by η and β₁" in whole
    assert SCHEDULE in whole and "l2 0.01" in whole
