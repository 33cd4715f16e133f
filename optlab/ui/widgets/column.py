"""A column of panels that scrolls up and down, never sideways."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


class Column(QScrollArea):
    """Panels one below the other, as wide as the widest needs."""

    def __init__(self, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside = QWidget()
        self._panels = QVBoxLayout(self._inside)
        self._panels.setContentsMargins(0, 0, 0, 0)
        self._panels.setSpacing(0)
        self._panels.addStretch(1)
        self.setWidget(self._inside)
        self._inside.installEventFilter(self)

    def add(self, panel: QWidget) -> None:
        """Put ``panel`` below the others."""
        self._panels.insertWidget(self._panels.count() - 1, panel)

    def sizeHint(self) -> QSize:
        return QSize(max(300, self._narrowest()), 600)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._narrowest(), 160)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.setMinimumWidth(self._narrowest())
        return super().eventFilter(watched, event)

    def _narrowest(self) -> int:
        return self._inside.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
