"""What every figure must keep: texts and panes inside of it, and texts apart."""

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from optlab.figures.setting import drawing


def check_apart(figure: Figure) -> None:
    """Fail where a text or a pane is cut off, or a text lies on another or on a pane."""
    with drawing():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        width, height = figure.bbox.size
        boxes = [text.get_window_extent(renderer) for text in figure.texts if text.get_text()]
        panes = [axes.get_tightbbox(renderer) for axes in figure.axes]
    for box in (*boxes, *panes):
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width + 1 and box.y1 <= height + 1
    for index, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:index])
        assert not any(box.overlaps(axes.bbox) for axes in figure.axes)
