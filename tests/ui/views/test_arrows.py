"""Labels of arrows stay readable, also where arrows point the same way."""

from itertools import combinations

from PySide6.QtCore import QPointF, QRectF

from optlab.ui.views.contour.arrows import Arrow, label_boxes

MAP = QRectF(0, 0, 400, 300)


def arrow(x, y, label, begin=(200, 150)):
    return Arrow(QPointF(*begin), QPointF(x, y), "#ffffff", label)


def test_a_label_alone_stands_ahead_of_the_tip(app):
    (box,) = label_boxes([arrow(260, 150, "Δw")], MAP)
    assert box.left() >= 260 and abs(box.center().y() - 150) < 1


def test_labels_of_arrows_in_one_direction_keep_off_each_other_and_the_shafts(app):
    arrows = [arrow(290, 140, "−m"), arrow(250, 145, "Δw"), arrow(210, 220, "−g")]
    boxes = label_boxes(arrows, MAP)
    assert not any(one.intersects(other) for one, other in combinations(boxes, 2))
    assert all(MAP.contains(box) for box in boxes)
    for number, box in enumerate(boxes):
        others = arrows[:number] + arrows[number + 1 :]
        assert not any(other.is_under(box.adjusted(2, 3, -2, -3)) for other in others)


def test_a_label_stays_inside_the_map(app):
    (box,) = label_boxes([arrow(396, 150, "−m")], MAP)
    assert MAP.contains(box)
