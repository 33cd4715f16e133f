"""One row of the list of runs."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from optlab.ui.style import fonts
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.buttons import IconButton, Swatch
from optlab.ui.widgets.labels import ElidedLabel, Tone
from optlab.ui.widgets.paint import box, focus_ring, note_focus, shows_focus, slim_height

_INDENT = 14


@dataclass(frozen=True)
class RunItem:
    """What a row shows. ``tone`` is one of good, normal, warning; it colours the result.

    ``style`` is that of its line: 0 solid, 1 dashed, 2 dotted, 3 both.  A branch stands ``depth``
    places to the right.
    """

    id: str
    name: str
    color: int = 0
    result: str = ""
    tone: str = "normal"
    visible: bool = True
    tip: str = ""
    style: int = 0
    depth: int = 0


class _NameEdit(QLineEdit):
    """The name while it is being changed: Enter keeps it, Escape does not."""

    given_up = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)


class RunRow(QWidget):
    """Colour, name, result and an eye. Tells what a person does to it; changes nothing itself."""

    selected = Signal(str)
    renamed = Signal(str, str)
    colored = Signal(str, int)
    shown = Signal(str, bool)
    key_pressed = Signal(str, QKeyEvent)
    menu_asked = Signal(str, QPoint)
    dragged = Signal(str, int)
    dropped = Signal(str)

    def __init__(self, item: RunItem, parent: QWidget | None = None):
        super().__init__(parent)
        self._item = item
        self.is_selected = False
        self._press: QPoint | None = None
        self._dragging = False
        self.swatch = Swatch(item.color)
        self._name = ElidedLabel()
        self._result = ElidedLabel(steady=True)
        self._eye = IconButton("eye", "Hide")
        self.name_edit: _NameEdit | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(6, 0, 2, 0)
        self._line.setSpacing(6)
        self._line.addWidget(self.swatch)
        self._line.addWidget(self._name, 1)
        self._line.addWidget(self._result)
        self._line.addWidget(self._eye)
        self._result.setFont(fonts.number_font(fonts.NOTE))
        self._result.set_alignment(Qt.AlignmentFlag.AlignRight)
        self.swatch.picked.connect(self._on_picked)
        self._eye.clicked.connect(self._on_eye)
        self.set_item(item)

    def item(self) -> RunItem:
        """What the row shows."""
        return self._item

    def set_item(self, item: RunItem) -> None:
        """Show another item of the same run."""
        self._item = item
        self._line.setContentsMargins(6 + _INDENT * item.depth, 0, 2, 0)
        self.swatch.set_color(item.color, hollow=not item.visible)
        self.swatch.setAccessibleName(f"Colour of {item.name}")
        self._name.set_text(item.name, Tone.NORMAL if item.visible else Tone.MUTED)
        self._name.set_tip(item.tip)
        tone = item.tone if item.tone in (Tone.GOOD, Tone.WARNING) else Tone.MUTED
        self._result.set_text(item.result, tone)
        self._eye.set_icon("eye" if item.visible else "eye-off")
        self._eye.setAccessibleName(f"{'Hide' if item.visible else 'Show'} {item.name}")
        self._eye.set_tip("Hide this run" if item.visible else "Show this run")
        hidden = "" if item.visible else ", hidden"
        self.setAccessibleName(f"Run {item.name}{hidden}")
        self.setAccessibleDescription(item.result)
        self._reveal_eye()

    def set_selected(self, selected: bool) -> None:
        """Show the row as the selected one."""
        if selected != self.is_selected:
            self.is_selected = selected
            self.update()

    def begin_rename(self) -> None:
        """Put a field over the name."""
        if self.name_edit is not None:
            return
        edit = _NameEdit(self._item.name)
        edit.setAccessibleName(f"New name of {self._item.name}")
        edit.setMaxLength(80)
        edit.setPlaceholderText("named by its settings")
        edit.setFixedHeight(self.height() - 4)
        self.name_edit = edit
        self._line.insertWidget(1, edit, 2)
        self._name.hide()
        self._result.hide()
        edit.selectAll()
        edit.setFocus(Qt.FocusReason.OtherFocusReason)
        edit.editingFinished.connect(self._on_name)
        edit.given_up.connect(self._end_rename)

    def eye(self) -> IconButton:
        """The button that hides and shows."""
        return self._eye

    def sizeHint(self) -> QSize:
        return QSize(180, slim_height(self))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        with QPainter(self) as painter:
            area = QRectF(self.rect())
            if self.is_selected:
                box(painter, area, theme.selection)
            elif self.underMouse():
                box(painter, area, theme.hover_row)
            if shows_focus(self):
                focus_ring(painter, self, area)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press = event.position().toPoint()
            if not self.is_selected:
                self.selected.emit(self._item.id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is None:
            return
        moved = abs(event.position().toPoint().y() - self._press.y())
        if self._dragging or moved >= QApplication.startDragDistance():
            self._dragging = True
            self.dragged.emit(self._item.id, self.mapToParent(event.position().toPoint()).y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._press = None
        if self._dragging:
            self._dragging = False
            self.dropped.emit(self._item.id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._press = None
        self.begin_rename()

    def contextMenuEvent(self, event: QEvent) -> None:
        self.menu_asked.emit(self._item.id, event.globalPos())  # type: ignore[attr-defined]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self.begin_rename()
            return
        event.ignore()
        self.key_pressed.emit(self._item.id, event)
        if not event.isAccepted():
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        note_focus(self, event)
        super().focusInEvent(event)
        self._reveal_eye()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._reveal_eye()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._reveal_eye()

    def _reveal_eye(self) -> None:
        """The eye shows itself where it is of use and keeps its place where it is not."""
        self._eye.set_faint(self._item.visible and not self.underMouse())

    def _on_picked(self, color: int) -> None:
        self.colored.emit(self._item.id, color)

    def _on_eye(self) -> None:
        self.shown.emit(self._item.id, not self._item.visible)

    def _on_name(self) -> None:
        if self.name_edit is None:
            return
        name = self.name_edit.text().strip()
        self._end_rename()
        if name != self._item.name:
            self.renamed.emit(self._item.id, name)

    def _end_rename(self) -> None:
        if self.name_edit is None:
            return
        edit, self.name_edit = self.name_edit, None
        had_focus = edit.hasFocus()
        edit.hide()
        edit.deleteLater()
        self._name.show()
        self._result.show()
        if had_focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
