import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from optlab.pictures.polyline import Skeleton, fresh_segments, inside_pieces
from optlab.ui.plots.painting import painter_path, polygon

RECT = QRectF(0, 0, 200, 200)
T = np.arange(60_001)


def circling():
    """In to a point on a spiral, then between the same places for ever."""
    angle, radius = T / 40, 60 * np.exp(-T / 300) + 8
    return 100 + np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))


def swinging():
    return np.column_stack((np.where(T % 2, 80.0, 120.0), np.full(len(T), 100.0)))


def leaving():
    return np.column_stack((100 + 160 * np.sin(T / 900), 20 + T / 400))


def cloud():
    return np.random.default_rng(0).normal((100, 100), 12, (len(T), 2)).clip(0, 200)


def drawn(draw):
    image = QImage(200, 200, QImage.Format.Format_ARGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw(painter)
    painter.end()
    return np.array(image.constBits()).reshape(200, 200, 4)[:, :, 0].astype(float)


PEN = QPen(
    QColor("black"),
    2.0,
    Qt.PenStyle.SolidLine,
    Qt.PenCapStyle.RoundCap,
    Qt.PenJoinStyle.RoundJoin,
)


def reduced(points, first, last):
    parts = [Skeleton(piece) for piece in inside_pieces(points, RECT.adjusted(-16, -16, 16, 16))]
    return [line for part in parts for _, line in part.lines(first, last)]


@pytest.mark.parametrize("path", [circling, swinging, leaving])
@pytest.mark.parametrize("last", [60_000, 31_117, 2_500])
def test_the_picture_is_that_of_the_whole_path(path, last):
    points = path()
    lines = reduced(points, 0, last)
    assert sum(len(line) for line in lines) < 15_000

    def whole(painter):
        painter.setPen(PEN)
        painter.drawPolyline(polygon(points[: last + 1]))

    difference = drawn(lambda painter: painter.strokePath(painter_path(lines), PEN)) - drawn(whole)
    assert np.count_nonzero(np.abs(difference) > 100) <= 12
    assert np.abs(difference).mean() < 0.5


def test_a_cloud_of_noise_keeps_its_extent():
    points = cloud()
    lines = reduced(points, 0, len(T) - 1)
    kept = np.concatenate(lines)
    assert len(kept) < 30_000
    assert np.allclose(kept.min(axis=0), points.min(axis=0), atol=12)
    assert np.allclose(kept.max(axis=0), points.max(axis=0), atol=12)


def test_a_stretch_begins_and_ends_where_it_is_asked_to():
    points = circling()
    lines = reduced(points, 10_001, 20_002)
    assert np.array_equal(lines[0][0], points[10_001])
    assert np.array_equal(lines[-1][-1], points[20_002])
    assert reduced(points, 7, 7) == []


def test_few_segments_all_stay():
    assert fresh_segments(swinging()[:100]).all()
    assert fresh_segments(np.zeros((1, 2))).size == 0


def test_what_was_drawn_is_not_drawn_again():
    assert np.count_nonzero(fresh_segments(swinging())) == 1
