"""Pictures: every run can be drawn, the same one gives the same bytes, text stays text."""

import dataclasses
import itertools
import re
import warnings
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from PIL import Image

from optlab.figures import EXPERIMENT_KEY, draw_experiment, picture_bytes, setting
from optlab.figures.experiment_figure import ExperimentFigure
from optlab.figures.layout import SIZES, VIEWS, Size
from optlab.figures.options import PictureOptions
from optlab.figures.painting import Layer
from optlab.figures.panes.map_pane import picture_of
from optlab.figures.save import save_experiment_figure
from optlab.figures.setting import drawing
from optlab.figures.texts import Ruler
from optlab.files.experiment_files import DEFAULT_EXPERIMENT, load_experiment, shipped_experiment
from optlab.pictures.items import Item, Shape, Text
from optlab.pictures.theme import THEMES
from optlab.session.experiment import Run, Surface
from optlab.session.study import Study
from optlab.session.view import USUAL, CameraView, looking
from tests.figures.conftest import Make
from tests.figures.layout_checks import check_apart

HARD_NAMES = ("$x^2$", "日本 🎉", "<b>&amp;</b>", "", "a" * 300, "two\nlines", "\x00\x07")


def default(make: Make) -> Study:
    experiment = load_experiment(shipped_experiment(DEFAULT_EXPERIMENT))
    fields = {f: getattr(experiment, f) for f in ("surface", "runs", "start", "steps", "title")}
    return make(**fields)


@pytest.mark.parametrize(
    ("formula", "start", "eta", "steps"),
    [
        ("w1^2 + w2^2", (1.0, 1.0), 0.1, 0),
        ("w1^2 + w2^2", (1.0, 1.0), 0.1, 1),
        ("w1^2 + w2^2", (1.0, 1.0), 5.0, 500),
        ("log(w1)", (-1.0, 0.0), 0.1, 10),
        ("log(w1)", (2.0, 0.0), 0.5, 100),
        ("1/w1", (0.0, 0.0), 0.1, 10),
        ("sqrt(-1 - w1^2)", (0.0, 0.0), 0.1, 10),
        ("3", (0.0, 0.0), 0.1, 10),
        ("0 w1", (0.0, 0.0), 0.1, 10),
        ("w1 - w2", (0.0, 0.0), 1e3, 100),
        ("-exp(exp(w1))", (0.0, 0.0), 0.5, 50),
        ("1e300 w1", (0.0, 0.0), 1e-3, 50),
        ("1e-300 w1^2", (1.0, 1.0), 1.0, 50),
        ("floor(w1) + abs(w2)", (1e6, -1e6), 100.0, 50),
        ("w1^2", (1e29, 1e-29), 0.1, 20),
    ],
)
def test_whatever_a_run_does_can_be_drawn(
    make: Make, formula: str, start: tuple[float, float], eta: float, steps: int
) -> None:
    drawn = make(formula, etas=(eta, eta / 100), start=start, steps=steps)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        content = picture_bytes(draw_experiment(drawn), "png", drawn.experiment, dpi=50)
    assert len(content) > 5_000


def test_hard_names_are_drawn_without_a_warning(make: Make) -> None:
    runs = tuple(
        Run(id=str(i), optimizer="gd", name=name, color=i) for i, name in enumerate(HARD_NAMES * 2)
    )
    drawn = make("w1^2", runs=runs, title="$\\frac{$ 日本 " * 30, steps=3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for kind in ("png", "svg", "pdf"):
            content = picture_bytes(draw_experiment(drawn), kind, drawn.experiment, dpi=50)
            if kind == "svg":
                assert ElementTree.fromstring(content).tag.endswith("svg")


@pytest.mark.parametrize("count", [0, 1, 4, 5, 10, 11, 40])
def test_every_text_lies_inside_the_picture(make: Make, count: int) -> None:
    runs = tuple(
        Run(id=str(i), optimizer="adam", name="a name of some length " * (i % 3 + 1))
        for i in range(count)
    )
    if count == 0:
        experiment = make("w1^2", steps=3, title="T" * 500)
        drawn = Study(experiment.experiment, experiment.resolved, {})
    else:
        drawn = make("w1^2 + " * 100 + "w2", runs=runs, steps=3, title="T" * 500)
    with drawing():
        whole = ExperimentFigure(drawn, PictureOptions())
        whole.canvas.draw()
        width, height = whole.figure.bbox.size
        for text in whole.figure.texts:
            box = text.get_window_extent(whole.canvas.get_renderer())
            assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [1, 12])
def test_every_view_has_its_size_and_keeps_its_texts_apart(
    make: Make, view: str, size: Size, count: int
) -> None:
    runs = tuple(
        Run(id=str(i), optimizer="gd", name="a name " * (i % 3 + 1), color=i) for i in range(count)
    )
    drawn = make("w1^2 + 3 w2^2", runs=runs, steps=9, start=(1.0, 1.0), title="T" * 200)
    figure = draw_experiment(drawn, PictureOptions(view, size))
    assert figure.get_size_inches()[0] == {"column": 3.4, "page": 6.8, "slide": 12.8}[size]
    assert (
        len(figure.axes)
        == {"sheet": 3, "contour": 2, "surface": 1, "worksheet": 0, "loss": 1}[view]
    )
    check_apart(figure)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_gives_the_same_bytes_and_carries_the_experiment(
    make: Make, tmp_path: Path, view: str
) -> None:
    drawn = make("w1^2 + 3 w2^2", etas=(0.1, 0.2), steps=9)
    for kind in ("png", "svg", "pdf"):
        for name in ("a", "b"):
            save_experiment_figure(
                drawn,
                tmp_path / f"{name}.{kind}",
                PictureOptions(view=view, size="column", dpi=300),
            )
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
    with Image.open(tmp_path / "a.png") as image:
        assert image.width == 1020 and round(image.info["dpi"][0]) == 300
        assert EXPERIMENT_KEY in image.info


def limits(drawn: Study) -> tuple[float, float]:
    """The decimal logarithms that the axis of the loss shows."""
    low, high = draw_experiment(drawn).axes[2].get_ylim()
    return float(low), float(high)


def test_a_run_that_diverges_does_not_flatten_the_others(make: Make) -> None:
    good = limits(make("w1^2 + w2^2", etas=(0.1,), steps=20))
    both = limits(make("w1^2 + w2^2", etas=(0.1, 4.0), steps=20))
    assert both == pytest.approx(good, abs=1.2)  # a decade shows where it goes
    alone = limits(make("w1^2 + w2^2", etas=(4.0,), steps=20))
    assert alone[1] > 6


def test_hidden_runs_are_not_drawn(make: Make) -> None:
    runs = tuple(
        Run(id=str(i), optimizer="gd", name=f"number {i}", visible=i == 0) for i in range(2)
    )
    drawn = make("w1^2", runs=runs, steps=3)
    svg = picture_bytes(draw_experiment(drawn), "svg", drawn.experiment).decode()
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    assert "number 0" in texts and "number 1" not in texts


def test_no_run_is_left_out_of_a_legend_without_a_word(make: Make) -> None:
    runs = tuple(Run(id=str(i), optimizer="gd", name=f"a long name {i}") for i in range(40))
    drawn = make("w1^2", runs=runs, steps=2)
    figure = draw_experiment(drawn, PictureOptions("contour", "column"))
    texts = [text.get_text() for text in figure.texts]
    shown = sum(text.startswith("a long name") for text in texts)
    assert f"and {40 - shown} more" in texts


def test_curves_of_one_run_say_whose_they_are(make: Make) -> None:
    runs = (Run(id="1", optimizer="gd"), Run(id="2", optimizer="adam", name="mine", visible=False))
    drawn = make("w1^2 + w2^2", runs=runs, steps=5)
    for view in ("s", "memory:2", "effective_step", "w", "g"):
        for size in SIZES:
            figure = draw_experiment(drawn, PictureOptions(view, size, of="2"))
            texts = " ".join(text.get_text() for text in figure.texts)
            assert "mine" in texts and "…" not in texts
    with pytest.raises(ValueError, match="worksheet, model, layers, loss"):
        draw_experiment(drawn, PictureOptions("s"))
    with pytest.raises(ValueError, match="no update 6; the run has 5"):
        draw_experiment(drawn, PictureOptions("worksheet", of="2", step=6))


@pytest.mark.parametrize("formula", ["log(w1) + w2^2", "3", "1e300 w1", "1/w1", "sqrt(-1 - w1^2)"])
def test_any_surface_can_be_drawn_in_space(make: Make, formula: str) -> None:
    drawn = make(formula, etas=(0.1, 50.0), steps=20, start=(1.0, 1.0))
    content = picture_bytes(
        draw_experiment(drawn, PictureOptions("surface")), "png", drawn.experiment, 50
    )
    assert len(content) > 3000


def test_another_camera_gives_another_picture(make: Make) -> None:
    fields = {"etas": (0.1,), "steps": 20, "start": (1.0, 1.0)}
    plain = make("w1^2 + 3 w2^2", **fields)
    views = (
        USUAL,
        looking(USUAL, camera=CameraView(azimuth=-60.0)),
        looking(USUAL, height="linear"),
        looking(USUAL, camera=CameraView(distance=0.5)),
    )
    made = set()
    for view in views:
        seen = make("w1^2 + 3 w2^2", **fields, view=view)
        figure = draw_experiment(seen, PictureOptions("surface"))
        made.add(picture_bytes(figure, "png", plain.experiment, 60))
    assert len(made) == len(views)
    usual = picture_bytes(
        draw_experiment(plain, PictureOptions("surface")), "png", plain.experiment, 60
    )
    assert usual in made


def items_of(figure: Figure) -> list[Item]:
    """What the layers of a figure draw."""
    layers = [each for each in figure.findobj() if isinstance(each, Layer)]
    return [item for layer in layers for item in layer.items]


def test_arrows_of_the_first_updates_are_drawn_with_their_names(make: Make) -> None:
    near = Surface(formula="3 w1^2 + 10 w2^2", window=((-15.1, -14.8), (19.1, 20.1)))
    drawn = make(surface=near, etas=(0.001,), steps=2, start=(-15.0, 20.0))
    figure = draw_experiment(drawn, PictureOptions("contour", arrows=(1, 2)))
    items = items_of(figure)
    texts = {item.text for item in items if isinstance(item, Text)}
    assert {"−g", "Δw", "w(1)"} <= texts and not {"w(0)", "w(2)"} & texts
    heads = [item for item in items if isinstance(item, Shape) and len(item.points) == 3]
    assert len(heads) >= 4
    for wrong in ((0, 1), (2, 1), (1, 99)):
        with pytest.raises(ValueError, match="arrows are those of up to 12 updates"):
            draw_experiment(drawn, PictureOptions("contour", arrows=wrong))


def test_sizes_and_curvature_are_drawn_where_the_view_has_them(make: Make) -> None:
    runs = (Run(id="1", optimizer="adam"),)
    fields = {"runs": runs, "steps": 5, "start": (1.0, 1.0)}
    for overlays, shown in ((("arrows", "sizes", "curvature"), True), (("arrows",), False)):
        drawn = make("w1^2 + 3 w2^2", **fields, view=looking(USUAL, overlays=overlays))
        figure = draw_experiment(drawn, PictureOptions("contour"))
        texts = {item.text for item in items_of(figure) if isinstance(item, Text)}
        assert ({"√s", "λ = 2", "λ = 6"} <= texts) is shown


def test_a_million_steps_are_drawn_with_few_points(make: Make) -> None:
    drawn = make("w1^2 + w2^2", etas=(1e-6,), steps=1)
    trajectory = drawn.trajectories["0"]
    data = np.repeat(trajectory.data[:1], 1_000_001, axis=0)
    data[:, 0] = 4 * np.cos(np.linspace(0, 600, len(data)))
    data[:, 1] = 4 * np.sin(np.linspace(0, 700, len(data)))
    data[:, 2] = 1 + data[:, 0] ** 2
    long = dataclasses.replace(trajectory, data=data)
    figure = draw_experiment(Study(drawn.experiment, drawn.resolved, {"0": long}))
    assert len(picture_bytes(figure, "svg", drawn.experiment)) < 4_000_000


def test_the_surface_window_of_the_document_is_drawn(make: Make) -> None:
    surface = Surface(formula="w1^2", window=((0.001, 0.002), (-3e8, 1e9)))
    axes = draw_experiment(make(surface=surface, steps=2, start=(5.0, 5.0))).axes[0]
    assert axes.get_xlim() == (0.001, 0.002) and axes.get_ylim() == (-3e8, 1e9)


def test_settings_and_formula_are_broken_into_lines_before_they_are_cut(make: Make) -> None:
    schedule = "warmup:steps=20+cosine:T_max=280"
    runs = tuple(Run(id=str(i), optimizer="adam", schedule=schedule) for i in range(4))
    drawn = make("(1 - w1)^2 + 100*(w2 - w1^2)^2", runs=runs, steps=9, title="Four of them")
    for size in SIZES:
        figure = draw_experiment(drawn, PictureOptions("sheet", size))
        texts = [text.get_text() for text in figure.texts]
        assert sum(schedule in text for text in texts) == 4
        formula = [each for each in figure.artists if isinstance(each, PathPatch)]
        assert formula and formula[-1].get_path().vertices[:, 0].max() > 5
        assert not any("…" in text for text in texts)


def test_lines_break_between_settings_and_between_the_terms_of_a_schedule() -> None:
    with drawing():
        ruler, font = Ruler(1.0), setting.font(setting.TEXT, 9.5)
        text = "η 0.1   warmup:steps=20+cosine:T_max=1e+5,eta_min=0.001   noise 0.1"
        lines = ruler.wrap(text, font, 1.6, 9)
        assert lines == [
            "η 0.1",
            "warmup:steps=20+",
            "cosine:T_max=1e+5,",
            "eta_min=0.001   noise 0.1",
        ]
        assert all(ruler.width(line, font) <= 1.6 for line in lines)
        cut = ruler.wrap(text, font, 1.6, 2)
        assert cut[0] == "η 0.1" and len(cut) == 2 and cut[1].endswith("…")
        assert ruler.wrap("", font, 1.6, 3) == [""]


@pytest.mark.parametrize("size", SIZES)
def test_the_numbers_of_the_height_stand_apart(make: Make, size: Size) -> None:
    drawn = default(make)
    figure = draw_experiment(drawn, PictureOptions("surface", size))
    with drawing():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        (axes,) = figure.axes
        upright = [text for text in axes.texts if text.get_ha() == "right"]
        boxes = [text.get_window_extent(canvas.get_renderer()) for text in upright]
    assert len(boxes) >= 3
    for index, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:index])


def test_style_title_and_runs_are_chosen(make: Make) -> None:
    drawn = make("w1^2 + 3 w2^2", etas=(0.1, 0.2), steps=9, title="Two runs")
    grounds = set()
    for style, theme in THEMES.items():
        for view in VIEWS:
            figure = draw_experiment(drawn, PictureOptions(view, style=style))
            grounds.add((theme.window, to_hex(figure.get_facecolor())))
    assert grounds == {(theme.window, theme.window) for theme in THEMES.values()}
    for view, size in itertools.product(("sheet", "contour", "loss"), SIZES):
        bare = draw_experiment(drawn, PictureOptions(view, size, titled=False, listed=False))
        texts = " ".join(text.get_text() for text in bare.figure.texts)
        assert "Two runs" not in texts and "run 0" not in texts
    with pytest.raises(ValueError, match="no style 'blue'; known are dark, light"):
        draw_experiment(drawn, PictureOptions(style="blue"))


def test_a_height_limit_cuts_the_surface_off(make: Make) -> None:
    look = looking(USUAL, height_limit=10.0, levels=8)
    drawn = make("w1^2 + 3 w2^2", steps=3, view=look)
    surface = picture_of(drawn.resolved.problem, ((-5.0, 5.0), (-5.0, 5.0)), look)
    assert surface.finite.high == surface.colors.high == 10.0
    assert surface.contours.levels.max() < 10.0 and surface.loss.max() > 99.0
    free = picture_of(drawn.resolved.problem, ((-1.0, 1.0), (-1.0, 1.0)), look)
    assert free.finite.high == 4.0


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("count", "whole"), [(1, True), (3, False), (7, True)])
def test_many_panes_stand_in_columns_and_a_page_holds_them(
    make: Make, size: Size, count: int, whole: bool
) -> None:
    runs = tuple(Run(id=str(i), optimizer="adam", name=f"number {i}", color=i) for i in range(3))
    drawn = make("w1^2 + 3 w2^2", runs=runs, steps=9, start=(1.0, 1.0))
    panes = ("loss", "eta", "m", "s", "w", "g", "update_norm")[:count]
    choices = PictureOptions(size=size, panes=panes, titled=whole, listed=whole)
    figure = draw_experiment(drawn, choices)
    _, height = figure.get_size_inches()
    assert len(figure.axes) == 2 + count and height <= 9.05
    assert all(axes.get_position().height * height > 0.4 for axes in figure.axes)
    assert not any("…" in text.get_text() for text in figure.texts)
    assert any(text.get_text() == "number 1" for text in figure.texts) is whole
    check_apart(figure)


def test_panes_below_each_other_have_one_axis(make: Make) -> None:
    runs = (Run(id="1", optimizer="gd", name="long"), Run(id="2", optimizer="adam", name="wild"))
    drawn = make("w1^4", runs=runs, steps=40, start=(3.0, 1.0))
    options = PictureOptions(panes=("loss", "m"), of="2")
    axes = draw_experiment(drawn, options).axes
    assert [pane.get_xlim() for pane in axes[2:]] == [(0.0, 40.0)] * 2
    cut = draw_experiment(drawn, dataclasses.replace(options, span=(5, 20))).axes
    assert [pane.get_xlim() for pane in cut[2:]] == [(5.0, 20.0)] * 2
    with pytest.raises(ValueError, match="from a step to a later one"):
        PictureOptions(span=(5, 5))


def test_lines_that_hide_each_other_are_marked(make: Make) -> None:
    same = tuple(Run(id=str(i), optimizer="gd", color=i) for i in range(3))
    marked = make("w1^2 + w2^2", runs=same, steps=30, start=(1.0, 2.0))
    apart = make("w1^2 + 9 w2^2", etas=(0.001, 0.05), steps=30, start=(1.0, 2.0))
    counts = []
    for study in (marked, apart):
        items = items_of(draw_experiment(study, PictureOptions("loss", "page")))
        counts.append(Counter(item.color for item in items if isinstance(item, Shape)))
    assert len(counts[0]) == 3 and min(counts[0].values()) > 3
    assert set(counts[1].values()) == {2}  # in the legend, and the dots at the end


def test_a_film_says_the_loss_of_its_frame(make: Make) -> None:
    drawn = make("w1^2", etas=(0.1, 3.0), steps=60, start=(1.0, 0.0))
    with drawing():
        figure = ExperimentFigure(drawn, PictureOptions())
        shown = {}
        for step in (0, 3, 60):
            figure.show(step)
            shown[step] = [text.get_text() for text in figure.figure.texts]
    assert shown[0].count("E 1") == 2
    assert "E 0.2621" in shown[3] and "E 1.562\u00b710⁴" in shown[3]
    assert any(text.startswith("diverged at step") for text in shown[60])
    assert not any("diverged" in text for text in (*shown[0], *shown[3]))


@pytest.mark.parametrize(("size", "scale"), [("column", 0.74), ("page", 0.8), ("slide", 1.0)])
def test_lines_and_letters_on_the_map_fit_the_size(make: Make, size: Size, scale: float) -> None:
    figure = draw_experiment(make("w1^2 + w2^2", steps=3), PictureOptions("contour", size))
    with drawing():
        FigureCanvasAgg(figure).draw()
    layers = [each for each in figure.findobj() if isinstance(each, Layer)]
    (start,) = [
        text for each in layers for text in each._texts.values() if text.get_text() == "start"
    ]
    tick = figure.axes[0].get_xticklabels()[0]
    assert start.get_fontsize() == pytest.approx(tick.get_fontsize(), rel=0.1)
    assert tick.get_fontsize() == pytest.approx(10 * scale)
