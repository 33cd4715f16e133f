"""The user guide in a window: pages at the left, the text at the right."""

from __future__ import annotations

import re
from typing import Any, Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QTextBrowser, QWidget

from optlab.core.resources import guide_folder
from optlab.ui.style import fonts

PAGES: Final = (
    ("index", "Start"),
    ("window", "The window"),
    ("surfaces", "Surfaces and formulas"),
    ("rules", "Optimizers and schedules"),
    ("worksheet", "The worksheet"),
    ("glossary", "Symbols"),
    ("maps", "Maps"),
    ("experiments", "Experiments"),
    ("exports", "Exports"),
    ("reports", "Reports"),
    ("lectures", "Lecture pages"),
    ("rule-files", "Writing a rule"),
    ("command-line", "Command line"),
    ("api", "From Python"),
)
"""The pages of the guide that are offered: file name and title."""


class _Pages(QTextBrowser):
    """Shows a page with its pictures no wider than itself."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        found = super().loadResource(kind, name)
        picture, link = QTextDocument.ResourceType.ImageResource.value, QUrl(name)
        if kind == picture:
            image = QImage(self.source().resolved(link).toLocalFile())
            room = self.viewport().width() - 24
            if image.width() > room > 0:
                mode = Qt.TransformationMode.SmoothTransformation
                return image.scaledToWidth(room, mode)
        return found


class HelpWindow(QDialog):
    """Pages of the user guide; links between them are followed, others open in a browser."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("help")
        self.setWindowTitle("OptLab guide")
        self.setAccessibleName("User guide")
        self._list = QListWidget()
        self._list.setAccessibleName("Pages of the guide")
        self._list.addItems([title for _, title in PAGES])
        self._list.setFixedWidth(200)
        self._text = _Pages()
        self._text.setAccessibleName("Page of the guide")
        self._text.setOpenLinks(False)
        self._text.document().setDocumentMargin(20)
        self._text.setFont(fonts.ui_font(fonts.BASE + 1))
        row = QHBoxLayout(self)
        row.addWidget(self._list)
        row.addWidget(self._text, 1)
        self.resize(920, 640)
        self._list.currentRowChanged.connect(self._on_row)
        self._text.anchorClicked.connect(self._follow)

    def show_topic(self, topic: str) -> None:
        """Show a page, ``window`` say, at a heading: ``window#measures``."""
        page, _, heading = topic.partition("#")
        names = [name for name, _ in PAGES]
        if page in names:
            self._list.setCurrentRow(names.index(page))
            self._load(page)
            self._go_to(heading)
        self.show()
        self.raise_()
        self.activateWindow()

    def text(self) -> QTextBrowser:
        """The page that is shown."""
        return self._text

    def page(self) -> str:
        """The name of the page that is shown."""
        return self._text.source().fileName().removesuffix(".md")

    def heading_shown(self) -> str:
        """The line at which the page was opened."""
        return self._text.textCursor().block().text()

    def _on_row(self, row: int) -> None:
        self._load(PAGES[row][0])

    def _load(self, page: str) -> None:
        if page != self.page():
            source = QUrl.fromLocalFile(str(guide_folder() / f"{page}.md"))
            self._text.setSource(source, QTextDocument.ResourceType.MarkdownResource)
            self._space_out()

    def _space_out(self) -> None:
        """Room above headings and paragraphs, which Markdown has none of here."""
        block = self._text.document().begin()
        while block.isValid():
            cursor = QTextCursor(block)
            if cursor.currentTable() is None and block.textList() is None:
                spaced = block.blockFormat()
                spaced.setTopMargin(18.0 if spaced.headingLevel() else 8.0)
                cursor.setBlockFormat(spaced)
            block = block.next()

    def _follow(self, link: QUrl) -> None:
        page = link.fileName().removesuffix(".md")
        if link.isRelative() or link.isLocalFile():
            self.show_topic(f"{page or self.page()}#{link.fragment()}")
        else:
            QDesktopServices.openUrl(link)

    def _go_to(self, heading: str) -> None:
        """Scroll to a heading, named as in the links of the guide; to the top without one."""
        block = self._text.document().begin()
        while heading and block.isValid():
            level = block.blockFormat().headingLevel()
            if level and _anchor(block.text()) == heading:
                break
            block = block.next()
        cursor = QTextCursor(block if block.isValid() else self._text.document().begin())
        self._text.moveCursor(QTextCursor.MoveOperation.End)
        self._text.setTextCursor(cursor)
        self._text.ensureCursorVisible()


def _anchor(heading: str) -> str:
    """The anchor of a heading, as the guide links to it."""
    return re.sub(r"[^\w-]+", "", heading.strip().lower().replace(" ", "-"))
