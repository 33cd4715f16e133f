"""The contour map as data: colour maps, images made of them, labels of arrows."""

from itertools import combinations

import numpy as np
import pytest

from optlab.core.contours import surface_picture
from optlab.pictures.color_tables import COLOR_MAPS, QUIET, color_table
from optlab.pictures.contour import ContourPicture, surface_colors
from optlab.pictures.overlays import PlacedArrow, label_boxes
from optlab.pictures.places import Frame
from optlab.pictures.theme import DARK, LIGHT


@pytest.mark.parametrize("name", COLOR_MAPS)
def test_every_map_is_256_colours(name):
    table = color_table(name, DARK)
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8


def test_the_quiet_map_is_the_theme():
    assert tuple(color_table(QUIET, DARK)[0]) == (0x0F, 0x17, 0x20)
    assert tuple(color_table(QUIET, LIGHT)[-1]) == (0xF7, 0xF9, 0xFA)


def test_an_unknown_map_is_refused():
    with pytest.raises(ValueError, match="jet"):
        color_table("jet", DARK)


def test_an_image_is_clear_where_there_is_no_value():
    surface = surface_picture(lambda w1, w2: np.log(w1), ((-1.0, 1.0), (0.0, 1.0)), 3, "log", 3)
    colors = surface_colors(ContourPicture(DARK, surface=surface))
    assert colors.shape == (3, 3, 4)
    assert (colors[:, :2, 3] == 0).all() and (colors[:, 2, 3] == 255).all()
    top = color_table(QUIET, DARK)[round(float(surface.shading[0, 2]) * 255)]
    assert tuple(colors[0, 2, :3]) == tuple(top)


MAP = Frame(0, 0, 400, 300)


def measure(text, _font, size):
    return 0.6 * size * len(text), 1.2 * size


def arrow(x, y, label, begin=(200.0, 150.0)):
    return PlacedArrow(begin, (x, y), "#ffffff", label)


def test_a_label_alone_stands_ahead_of_the_tip():
    (box,) = label_boxes([arrow(260.0, 150.0, "Δw")], MAP, measure)
    assert box.x0 >= 260 and abs(box.y0 + box.y1 - 300) < 2


def test_labels_of_arrows_in_one_direction_keep_off_each_other_and_the_shafts():
    arrows = [arrow(290.0, 140.0, "−m"), arrow(250.0, 145.0, "Δw"), arrow(210.0, 220.0, "−g")]
    boxes = label_boxes(arrows, MAP, measure)
    assert not any(one.meets(other) for one, other in combinations(boxes, 2))
    assert all(MAP.has(box) for box in boxes)
    for number, box in enumerate(boxes):
        others = arrows[:number] + arrows[number + 1 :]
        inner = Frame(box.x0 + 2, box.y0 + 3, box.x1 - 2, box.y1 - 3)
        assert not any(other.is_under(inner) for other in others)


def test_a_label_stays_inside_the_map():
    (box,) = label_boxes([arrow(396.0, 150.0, "−m")], MAP, measure)
    assert MAP.has(box)
