"""Long lines are stroked in stretches, and look as they do when they are stroked whole."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from optlab.pictures.items import Line
from optlab.ui.plots import painting

WIDTH, HEIGHT = 300, 120
ACROSS = np.linspace(5.0, WIDTH - 5.0, 400)
WAVE = np.column_stack((ACROSS, 60.0 + 40.0 * np.sin(ACROSS / 12.0)))
SPIKES = np.column_stack((ACROSS, 60.0 + 40.0 * (-1.0) ** np.arange(400)))


def painted(points, style: str, alpha: float, stretch: int, monkeypatch) -> np.ndarray:
    """The pixels of a line (height, width, 4) that is stroked so many points at once."""
    monkeypatch.setattr(painting, "_STRETCH", stretch)
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGBA8888)
    image.fill(QColor("#16191f"))
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painting.paint_items(painter, [Line((points,), "#ffb000", 1.5, alpha, style)])
    return np.frombuffer(image.constBits(), np.uint8).reshape(HEIGHT, WIDTH, 4).astype(int)


@pytest.mark.parametrize("style", ["solid", "dash", "dot"])
@pytest.mark.parametrize("points", [WAVE, SPIKES], ids=["wave", "spikes"])
def test_a_line_in_stretches_is_the_whole_line(app, monkeypatch, points, style):
    whole = painted(points, style, 1.0, 10_000, monkeypatch)
    parts = painted(points, style, 1.0, 32, monkeypatch)
    ground = np.array(QColor("#16191f").getRgb())
    drawn = np.abs(whole - ground).sum(axis=2) > 0
    differ = np.abs(whole - parts).max(axis=2) > 60
    assert drawn.sum() > 500
    assert differ.sum() <= 0.01 * drawn.sum()


def test_a_translucent_line_shows_no_joins(app, monkeypatch):
    whole = painted(WAVE, "solid", 0.4, 10_000, monkeypatch)
    np.testing.assert_array_equal(painted(WAVE, "solid", 0.4, 32, monkeypatch), whole)


def test_a_single_point_and_an_empty_line_are_drawn_without_harm(app, monkeypatch):
    for points in (WAVE[:1], WAVE[:0]):
        painted(points, "dash", 1.0, 32, monkeypatch)
