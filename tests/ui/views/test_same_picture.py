"""A picture in a file is that of the window: same levels, colours, paths and marks."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from optlab.core.run import run
from optlab.figures.options import PictureOptions
from optlab.figures.painting import UNITS
from optlab.figures.panes.geometry import shown_window, starts_of
from optlab.figures.panes.map_pane import picture_of
from optlab.figures.save import draw_experiment
from optlab.files.experiment_files import load_experiment, shipped_experiment
from optlab.pictures.contour import path_drawings
from optlab.pictures.surface3d.camera import camera_of
from optlab.pictures.theme import THEMES
from optlab.session.compute import compute_picture, picture_style
from optlab.session.experiment import changed
from optlab.session.resolve import resolve_strictly
from optlab.session.study import Study
from optlab.session.view import CameraView, looking
from optlab.ui.views.contour import ContourView
from optlab.ui.views.surface3d import Surface3DView

CASES = (
    ("three_ways_down", "light", {}),
    ("rosenbrock_three_rules", "dark", {}),
    ("clipping_prevents_a_blow_up", "light", {"color_map": "viridis"}),
    ("momentum_overshoots", "dark", {"scale": "linear", "levels": 12}),
    ("adam_along_the_axes", "light", {"lines": False}),
    ("nesterov_forms", "dark", {"color_map": "CET grey", "minima": False}),
)
"""Experiments that ship, a style, and what of their view is changed."""
FAR = 48
"""Of 255: pixels that differ more show something else."""


def studied(name, fields):
    document = load_experiment(shipped_experiment(name))
    document = changed(document, view=looking(document.shown, **fields))
    resolved = resolve_strictly(document)
    return Study(document, resolved, {key: run(s) for key, s in resolved.specs.items()})


def of_file(study, options):
    figure = draw_experiment(study, options)
    figure.set_dpi(UNITS)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    box, pixels = figure.axes[0].get_window_extent(), np.asarray(canvas.buffer_rgba())
    rows = slice(round(pixels.shape[0] - box.y1), round(pixels.shape[0] - box.y0))
    return pixels[rows, round(box.x0) : round(box.x1), :3].astype(int)


def of_window(view, width, height):
    for _ in range(3):
        rect = view.map_rect()
        view.resize(
            round(view.width() + width - rect.width()),
            round(view.height() + height - rect.height()),
        )
    return of_widget(view, view.map_rect().toRect())


def of_widget(view, rect):
    image = view.grab(rect).toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return flat[:, :, 2::-1].astype(int)


@pytest.mark.parametrize(("name", "style", "fields"), CASES, ids=[case[0] for case in CASES])
def test_the_map_of_a_file_is_the_map_of_the_window(show, name, style, fields):
    study = studied(name, fields)
    document, resolved, trajectories = study.experiment, study.resolved, study.trajectories
    window, look = shown_window(study), document.shown
    last = max(walk.steps for walk in trajectories.values())
    surface = compute_picture(resolved.problem, window, picture_style(look))
    fine = picture_of(resolved.problem, window, look)
    assert np.array_equal(surface.contours.levels, fine.contours.levels)
    assert surface.colors == fine.colors

    view = ContourView()
    view.set_theme(THEMES[style])
    view.set_style(color_map=look.color_map, lines=look.lines, minima=look.minima)
    view.set_picture(surface)
    view.set_paths(path_drawings(document, trajectories, THEMES[style]))
    view.set_minima([(minimum.at[0], minimum.at[1]) for minimum in resolved.problem.minima])
    view.set_start(*starts_of(resolved)[0])
    view.set_step(last)
    show(view, 800, 600)

    expected = of_file(study, PictureOptions("contour", style=style))
    height, width, _ = expected.shape
    found = of_window(view, width, height)
    assert_same(found, expected)


def assert_same(found, expected):
    """Letters and edges are smoothed differently; whatever is drawn elsewhere would be seen."""
    sizes = zip(found.shape[:2], expected.shape[:2], strict=True)
    # Without the frame, which lies half outside in a file.
    inner = tuple(slice(3, min(one, other) - 3) for one, other in sizes)
    assert np.abs(np.subtract(found.shape, expected.shape)).max() <= 1
    away = np.abs(found[inner] - expected[inner]).max(axis=2)
    assert away.mean() < 3.0
    assert (away > FAR).mean() < 0.003


@pytest.mark.parametrize("style", ["light", "dark"])
def test_the_surface_of_a_file_is_seen_as_in_the_window(show, style):
    camera = CameraView(azimuth=-50.0, elevation=35.0, distance=0.8)
    study = studied("rosenbrock_three_rules", {"camera": camera, "height": "log"})
    document, resolved, trajectories = study.experiment, study.resolved, study.trajectories
    view = Surface3DView()
    view.set_renderer("software")
    view.set_theme(THEMES[style])
    window, look = shown_window(study), document.shown
    view.set_picture(compute_picture(resolved.problem, window, picture_style(look)))
    view.set_paths(path_drawings(document, trajectories, THEMES[style]))
    view.set_minima([(minimum.at[0], minimum.at[1]) for minimum in resolved.problem.minima])
    view.set_start(*starts_of(resolved)[0])
    view.set_camera(camera_of(look))
    view.set_step(max(walk.steps for walk in trajectories.values()))
    expected = of_file(study, PictureOptions("surface", style=style))
    height, width, _ = expected.shape
    show(view, width, height)
    QTest.qWait(400)  # a picture at rest is finer
    found = of_widget(view, view.rect())
    assert_same(found, expected)
