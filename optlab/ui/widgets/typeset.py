"""A typeset line: a drawing in the colour of the theme, or text in the serif of formulas."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPixmap, QTextOption
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from optlab.ui import fonts, style
from optlab.ui.widgets.paint import set_tip

_SMALLEST = 0.72


class Typeset(QWidget):
    """Shows an SVG drawing when it fits at a readable size, else its text, wrapped.

    The drawing may be of any one colour; it is repainted in the theme's muted colour.
    """

    def __init__(self, text: str = "", svg: bytes | None = None, parent: QWidget | None = None):
        super().__init__(parent)
        self._text = ""
        self._svg: QSvgRenderer | None = None
        self.setFont(fonts.math_font(fonts.BASE))
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_content(text, svg)

    def set_content(self, text: str, svg: bytes | None = None) -> None:
        """Show ``svg``, with ``text`` as its words for screen readers and narrow panels."""
        self._text = text
        drawing = QSvgRenderer(QByteArray(svg)) if svg else None
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
        metrics = QFontMetricsF(self.font())
        area = QRectF(0, 0, max(width, 40), 10_000)
        flags = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
        return round(metrics.boundingRect(area, int(flags), self._text).height()) + 4

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        color = QColor(style.current().muted)
        drawn = self._drawn_size(self.width())
        if drawn is not None:
            painter.drawPixmap(0, 2, self._tinted(drawn, color))
            return
        painter.setPen(color)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        painter.drawText(QRectF(self.rect()).adjusted(0, 2, 0, 0), self._text, option)

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
        painter = QPainter(picture)
        if self._svg is not None:
            self._svg.render(painter, QRectF(picture.rect()))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(picture.rect(), color)
        painter.end()
        picture.setDevicePixelRatio(ratio)
        return picture
