"""A typeset line: a drawing in the colour of the theme, or text in the serif of formulas."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QTextLayout, QTextOption
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from optlab.ui.style import fonts
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.paint import set_tip

_SMALLEST = 0.72


class Typeset(QWidget):
    """Shows an SVG drawing when it fits at a readable size, else its text, wrapped.

    The drawing may be of any one colour and is repainted in the theme's muted colour. Its glyphs
    must be plain paths (ziamath makes them so with ``config.svg2 = False``).
    """

    def __init__(self, text: str = "", svg: bytes | None = None, parent: QWidget | None = None):
        super().__init__(parent)
        self._text = ""
        self._svg: QSvgRenderer | None = None
        self.setFont(fonts.math_font(fonts.BASE))
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_content(text, svg)

    def set_content(self, text: str, svg: bytes | None = None) -> None:
        """Show ``svg``, with ``text`` as its words for screen readers and narrow panels."""
        self._text = text
        # Qt draws no glyphs that are symbols used by reference; such a drawing would look empty.
        plain = svg is not None and b"<symbol" not in svg
        drawing = QSvgRenderer(QByteArray(svg)) if svg is not None and plain else None
        self._svg = drawing if drawing is not None and drawing.isValid() else None
        self.setAccessibleName(text)
        set_tip(self, text)
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        drawn = self._drawn_size(width)
        if drawn is not None:
            return drawn.height() + 4
        return ceil(self._wrapped(width).boundingRect().height()) + 4

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(240))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            theme = theme_of(self)
            color = QColor(theme.muted if self.isEnabled() else theme.faint)
            drawn = self._drawn_size(self.width())
            if drawn is not None:
                painter.drawPixmap(0, 2, self._tinted(drawn, color))
                return
            painter.setPen(color)
            self._wrapped(self.width()).draw(painter, QPointF(0, 2))

    def _wrapped(self, width: int) -> QTextLayout:
        """The text in lines of at most ``width`` pixels."""
        layout = QTextLayout(self._text, self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        top = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width, 40))
            line.setPosition(QPointF(0, top))
            top += line.height()
        layout.endLayout()
        return layout

    def _drawn_size(self, width: int) -> QSize | None:
        """The size to draw the formula at, or None when it would be too small to read."""
        if self._svg is None:
            return None
        natural = self._svg.defaultSize()
        if natural.width() <= 0 or width <= 0:
            return None
        factor = min(1.0, width / natural.width())
        if factor < _SMALLEST:
            return None
        return QSize(round(natural.width() * factor), round(natural.height() * factor))

    def _tinted(self, size: QSize, color: QColor) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(size * ratio)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as painter:
            if self._svg is not None:
                self._svg.render(painter, QRectF(picture.rect()))
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
            painter.fillRect(picture.rect(), color)
        picture.setDevicePixelRatio(ratio)
        return picture
