"""Labels: section titles, text that may be cut short with an ellipsis, one-line notices."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QByteArray, QEvent, QPointF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from optlab.pictures.theme import Theme
from optlab.ui.style import fonts
from optlab.ui.style.icons import svg_pixmap
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.paint import set_tip

_LATIN = frozenset(
    letter for letter in map(chr, range(0x250)) if letter.isalpha() and letter not in "µªº"
)


class Tone:
    """What a text is about, which decides its colour."""

    NORMAL = "normal"
    MUTED = "muted"
    GOOD = "good"
    WARNING = "warning"


def tone_color(tone: str, theme: Theme) -> str:
    """The colour of ``tone`` in ``theme``; an unknown tone is normal text."""
    known = {Tone.MUTED: theme.muted, Tone.GOOD: theme.good, Tone.WARNING: theme.warning}
    return known.get(tone, theme.text)


class ElidedLabel(QLabel):
    """One line of text that ends in an ellipsis when there is no room, and tells it in full then.

    Painting is direct, so the text is never taken for HTML and a change costs one repaint. It is a
    QLabel for screen readers only. A ``steady`` one keeps the widest room that it ever took, so
    that numbers which change while something is dragged do not push their neighbours.
    """

    def __init__(
        self,
        text: str = "",
        tone: str = Tone.NORMAL,
        parent: QWidget | None = None,
        *,
        steady: bool = False,
    ):
        super().__init__(parent)
        self._steady, self._widest = steady, 0
        self._text = text
        self._tone = tone
        self._tip = ""
        self._align = Qt.AlignmentFlag.AlignLeft
        self._sample = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def text(self) -> str:
        """The full text."""
        return self._text

    def set_text(self, text: str, tone: str | None = None) -> None:
        """Show ``text``, in another tone if given."""
        if text == self._text and tone in (None, self._tone):
            return
        room = self.sizeHint()
        self._text = text
        self._tone = self._tone if tone is None else tone
        self.setAccessibleName(text)
        self._refresh_tip()
        self._ask_for_room(room)
        self.update()

    def set_tip(self, tip: str) -> None:
        """Explain the text in a tooltip; without one the tooltip is the text when it is cut."""
        if tip != self._tip:
            self._tip = tip
            self._refresh_tip()

    def set_alignment(self, align: Qt.AlignmentFlag) -> None:
        """Left, right or centred."""
        if align != self._align:
            self._align = align
            self.update()

    def reserve(self, sample: str) -> None:
        """Never get narrower than ``sample``, so that neighbours stand still."""
        if sample != self._sample:
            room = self.sizeHint()
            self._sample = sample
            self._ask_for_room(room)

    def is_cut(self) -> bool:
        """Whether the text does not fit now."""
        return self.fontMetrics().horizontalAdvance(self.written(self._text)) > self.width()

    def written(self, text: str) -> str:
        """``text`` as it is painted."""
        return text

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        texts = (self.written(text) for text in (self._text, self._sample))
        widest = max(metrics.horizontalAdvance(text) for text in texts)
        if self._steady:
            self._widest = widest = max(widest, self._widest)
        return QSize(widest + 1, metrics.height())

    def minimumSizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        floor = metrics.horizontalAdvance(self.written(self._sample) or "…")
        return QSize(min(floor + 1, self.sizeHint().width()), metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            theme = theme_of(self)
            color = tone_color(self._tone, theme) if self.isEnabled() else theme.faint
            painter.setPen(QColor(color))
            shown = self.fontMetrics().elidedText(
                self.written(self._text), Qt.TextElideMode.ElideRight, self.width()
            )
            painter.drawText(self.rect(), int(self._align | Qt.AlignmentFlag.AlignVCenter), shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._refresh_tip()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._widest = 0
            self.updateGeometry()
        super().changeEvent(event)

    def _ask_for_room(self, before: QSize) -> None:
        """Has everything around placed anew, all the way up, where this needs other room."""
        if self.sizeHint() != before:
            self.updateGeometry()

    def _refresh_tip(self) -> None:
        full = self._text if self.is_cut() else ""
        set_tip(self, "\n".join(part for part in (full, self._tip) if part))


class SectionTitle(ElidedLabel):
    """A section's title: small capitals in the muted colour, Greek letters as they are."""

    def __init__(self, text: str = "", parent: QWidget | None = None):
        super().__init__(text, Tone.MUTED, parent)
        self.setFont(fonts.title_font())

    def written(self, text: str) -> str:
        """``text`` with Latin letters as capitals: η and Η are different symbols."""
        return capitals(text)


def capitals(text: str) -> str:
    """``text`` with its Latin letters as capitals and all others untouched."""
    return "".join(letter.upper() if letter in _LATIN else letter for letter in text)


class Notice(QLabel):
    """A sentence under a control, wrapped, gone while there is nothing to say."""

    def __init__(self, tone: str = Tone.WARNING, parent: QWidget | None = None):
        super().__init__(parent)
        self._tone = tone
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setFont(fonts.ui_font(fonts.NOTE))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.setVisible(False)

    def set_text(self, text: str, tone: str | None = None) -> None:
        """Show ``text``; an empty one hides the notice and gives its room back."""
        if tone is not None:
            self._tone = tone
        self.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            theme = theme_of(self)
            color = tone_color(self._tone, theme) if self.isEnabled() else theme.faint
            painter.setPen(QColor(color))
            flags = (
                Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
            )
            painter.drawText(self.contentsRect(), int(flags), self.text())


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
            if drawn is not None and self._svg is not None:
                ratio = self.devicePixelRatioF()
                painter.drawPixmap(0, 2, svg_pixmap(self._svg, drawn.toSizeF(), ratio, color))
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
