"""A path on the surface as a ribbon on the graphics card."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL
from pyqtgraph.opengl.GLGraphicsItem import GLGraphicsItem
from pyqtgraph.opengl.shaders import ShaderProgram
from PySide6.QtGui import QColor
from PySide6.QtOpenGL import QOpenGLBuffer

from optlab.pictures.items import PATTERNS
from optlab.pictures.surface3d import marks
from optlab.pictures.surface3d.camera import Projection
from optlab.pictures.surface3d.marks import GLOW, path_width
from optlab.pictures.surface3d.paths import Spot, glow_begin, head_of
from optlab.pictures.surface3d.relief import Relief
from optlab.ui.views.surface3d.opengl.shaders import compiled
from optlab.ui.views.surface3d.scene import Laid, Scene

_EVER: Final = 3e38
# How much nearer than it is a path is drawn, as a share of the depth: 0.01 in ground units.
_NEARER: Final = 0.01 / 4.0
# Attributes of a corner: name, numbers, offset in numbers.
_ATTRIBUTES: Final = (
    ("a_position", 3, 0),
    ("a_end", 3, 3),
    ("a_before", 3, 6),
    ("a_after", 3, 9),
    ("a_corner", 4, 12),
    ("a_slopes", 4, 16),
)
_NUMBERS: Final = 20


class _Stroke(NamedTuple):
    """How a stretch of a path is drawn: where the surface hides it, or where it is seen."""

    hidden: bool
    color: tuple[float, float, float, float]
    width: float
    first: float
    last: float
    glows: bool = False


class PathItem(GLGraphicsItem):
    """Draws a laid path: faint after the current step, strong before, bright near the dot.

    What the surface hides is fainter still; the depth of each pixel says what that is.
    """

    def __init__(self, scene: Scene, program: ShaderProgram) -> None:
        super().__init__()
        self.setGLOptions("translucent")
        self._scene = scene
        self._program = program
        self._laid: Laid | None = None
        self._corners = np.empty((0, _NUMBERS), dtype=np.float32)
        self._sent = False
        self._measured: Projection | None = None
        self._head_key: tuple[Laid, Projection, int] | None = None
        self._head: Spot | None = None
        self._glow = 0.0
        self._places: dict[str, int] = {}
        self._buffer = QOpenGLBuffer(QOpenGLBuffer.Type.VertexBuffer)
        self._lengths = QOpenGLBuffer(QOpenGLBuffer.Type.VertexBuffer)

    @property
    def laid(self) -> Laid | None:
        """The path that is drawn."""
        return self._laid

    def set_laid(self, laid: Laid) -> None:
        """Draw another path."""
        if laid is not self._laid:
            self._laid = laid
            self._corners = ribbon(laid.points, laid.at, laid.relief)
            self._sent = False
            self._measured = None

    def head(self) -> Spot | None:
        """Where the path is at the current step, found once for each step and camera."""
        if self._laid is None:
            return None
        view, step = self._scene.projection, self._scene.step
        if self._head_key != (self._laid, view, step):
            self._head_key = self._laid, view, step
            self._head = head_of(self._laid, view, step)
            if self._head is not None:
                self._glow = glow_begin(self._laid, view, step, self._head, GLOW)
        return self._head

    def paint(self) -> None:
        """Draw all stretches, hidden ones first."""
        if self._laid is None or len(self._corners) == 0:
            return
        self.setupGLState()
        self._send()
        number = compiled(self._program)
        places = _attach(number, self._buffer, _ATTRIBUTES, _NUMBERS)
        if self._laid.path.style in PATTERNS:
            self._measure(self._laid)
            places += _attach(number, self._lengths, (("a_length", 2, 0),), 2)
        GL.glUseProgram(number)
        GL.glDepthMask(GL.GL_FALSE)
        try:
            self._set_common(number, self._laid)
            for stroke in self._strokes(self._laid):
                self._draw(number, stroke)
        finally:
            GL.glDepthMask(GL.GL_TRUE)
            GL.glDepthFunc(GL.GL_LESS)
            GL.glUseProgram(0)
            for place in places:
                GL.glDisableVertexAttribArray(place)

    def _send(self) -> None:
        if self._sent:
            return
        _fill(self._buffer, self._corners)
        self._sent = True

    def _measure(self, laid: Laid) -> None:
        """Send how long the path is in the picture: dashes are as long wherever they are seen."""
        view = self._scene.projection.magnified(self.view().devicePixelRatioF())
        if view != self._measured:
            _fill(self._lengths, lengths(laid.points, view))
            self._measured = view

    def _set_common(self, number: int, laid: Laid) -> None:
        ratio, projection = self.view().devicePixelRatioF(), self._scene.projection
        matrix = np.array(self.mvpMatrix().data(), dtype=np.float32)
        GL.glUniformMatrix4fv(self._uniform(number, "u_mvp"), 1, False, matrix)
        half = ratio * projection.width / 2, ratio * projection.height / 2
        GL.glUniform2f(self._uniform(number, "u_half"), *half)
        GL.glUniform1f(self._uniform(number, "u_nearer"), _NEARER)
        GL.glUniform3f(self._uniform(number, "u_towards"), *projection.towards)
        dash = [length * ratio for length in dashes(laid.path.style, path_width(laid.path))]
        GL.glUniform4f(self._uniform(number, "u_dash"), *dash)
        GL.glUniform4f(self._uniform(number, "u_bright"), *_rgba(laid.path.color))

    def _draw(self, number: int, stroke: _Stroke) -> None:
        assert self._laid is not None
        ratio = self.view().devicePixelRatioF()
        GL.glDepthFunc(GL.GL_GREATER if stroke.hidden else GL.GL_LEQUAL)
        GL.glUniform4f(self._uniform(number, "u_color"), *stroke.color)
        GL.glUniform1f(self._uniform(number, "u_width"), stroke.width * ratio)
        GL.glUniform2f(self._uniform(number, "u_steps"), stroke.first, stroke.last)
        GL.glUniform4f(
            self._uniform(number, "u_head"), *(self._glowing() if stroke.glows else (0,) * 4)
        )
        steps = self._corners[::6, 14:16]  # at which each segment begins and ends, rising
        first = int(np.searchsorted(steps[:, 1], stroke.first, side="left"))
        last = int(np.searchsorted(steps[:, 0], stroke.last, side="right"))
        if last > first:
            GL.glDrawArrays(GL.GL_TRIANGLES, 6 * first, 6 * (last - first))

    def _glowing(self) -> tuple[float, float, float, float]:
        """Dots from the middle of the view to the head, right and up; how far it glows; since."""
        projection, ratio = self._scene.projection, self.view().devicePixelRatioF()
        head = self.head()
        if head is None:
            return 0.0, 0.0, 0.0, 0.0
        right, up = head.x - projection.width / 2, projection.height / 2 - head.y
        return right * ratio, up * ratio, GLOW * ratio, self._glow

    def _uniform(self, number: int, name: str) -> int:
        """The place of a uniform in the program, asked for once."""
        if name not in self._places:
            self._places[name] = int(GL.glGetUniformLocation(number, name))
        return self._places[name]

    def _strokes(self, laid: Laid) -> list[_Stroke]:
        path, theme, step = laid.path, self._scene.theme, float(self._scene.step)
        width, faint = path_width(path), marks.FUTURE_WIDTH
        behind, strong = map(_rgba, marks.past_colors(path.color, theme))
        return [
            _Stroke(True, _rgba(path.color, marks.FAR_FUTURE), faint, step, _EVER),
            _Stroke(False, _rgba(path.color, marks.FUTURE), faint, step, _EVER),
            _Stroke(True, behind, marks.BEHIND_WIDTH, -1.0, step),
            _Stroke(False, strong, width, -1.0, step, glows=True),
        ]


def ribbon(
    points: NDArray[np.float64], at: NDArray[np.float64], relief: Relief
) -> NDArray[np.float32]:
    """The corners (6 s, 20) of two triangles for each of the s segments between finite points.

    ``points`` (n, 3) has rows of nan where the path is interrupted, ``at`` (n,) the steps.
    """
    there = np.asarray(np.isfinite(points).all(axis=1))
    joined = there[:-1] & there[1:]
    index = np.flatnonzero(joined)
    if index.size == 0:
        return np.empty((0, _NUMBERS), dtype=np.float32)
    begin, end = points[index], points[index + 1]
    known = np.concatenate(([False], joined, [False]))
    before = np.where(known[index][:, None], points[np.maximum(index - 1, 0)], begin)
    after_row = np.minimum(index + 2, len(points) - 1)
    after = np.where(known[index + 2][:, None], points[after_row], end)
    corners = np.empty((len(index), 6, _NUMBERS), dtype=np.float32)
    for column, values in ((0, begin), (3, end), (6, before), (9, after)):
        corners[:, :, column : column + 3] = values[:, None, :]
    corners[:, :, 12:14] = np.array([(0, -1), (1, -1), (0, 1), (0, 1), (1, -1), (1, 1)])
    corners[:, :, 14:16] = np.column_stack((at[index], at[index + 1]))[:, None, :]
    for column, (x, y) in ((16, begin[:, :2].T), (18, end[:, :2].T)):
        slopes = np.column_stack(relief.slopes_at(x, y))
        corners[:, :, column : column + 2] = slopes[:, None, :]
    return corners.reshape(-1, _NUMBERS)


def lengths(points: NDArray[np.float64], view: Projection) -> NDArray[np.float32]:
    """For the same corners (6 s, 2): pixels along the path up to both ends of their segment."""
    pixels = view.pixels(points)
    size = np.hypot(*np.diff(pixels, axis=0).T)
    size = size[np.isfinite(size)]
    sums = np.concatenate(([0.0], np.cumsum(size)))
    return np.repeat(np.column_stack((sums[:-1], sums[1:])), 6, axis=0).astype(np.float32)


def dashes(style: str, width: float) -> tuple[float, float, float, float]:
    """Pixels of line, gap, line, gap of a style; all 0 for a solid line."""
    pattern = PATTERNS.get(style)
    if pattern is None:
        return 0.0, 0.0, 0.0, 0.0
    stretch = max(1.0, width / 2.0)
    lengths = [length * stretch for length in (*pattern, *pattern)[:4]]
    return lengths[0], lengths[1], lengths[2], lengths[3]


def _fill(buffer: QOpenGLBuffer, numbers: NDArray[np.float32]) -> None:
    if not buffer.isCreated():
        buffer.create()
    buffer.bind()
    buffer.allocate(np.ascontiguousarray(numbers).tobytes(), numbers.nbytes)
    buffer.release()


def _attach(
    number: int, buffer: QOpenGLBuffer, attributes: Sequence[tuple[str, int, int]], row: int
) -> list[int]:
    """Have attributes (name, numbers, offset) come from a buffer with ``row`` numbers a corner."""
    places = []
    buffer.bind()
    for name, count, offset in attributes:
        place = int(GL.glGetAttribLocation(number, name))
        if place != -1:
            pointer = ctypes.c_void_p(offset * 4)
            GL.glVertexAttribPointer(place, count, GL.GL_FLOAT, False, row * 4, pointer)
            GL.glEnableVertexAttribArray(place)
            places.append(place)
    buffer.release()
    return places


def _rgba(color: str, alpha: float = 1.0) -> tuple[float, float, float, float]:
    made = QColor(color)
    return made.redF(), made.greenF(), made.blueF(), alpha
