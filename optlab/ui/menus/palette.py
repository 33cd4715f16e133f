"""The command palette: everything there is to do, found by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from optlab.session.actions import ACTIONS
from optlab.session.edits import model_edits
from optlab.session.edits.choices import rule_choices, surface_choices
from optlab.session.session import Session
from optlab.ui.controllers.contour.display_options import CHOICES, SWITCHES, DisplayController
from optlab.ui.controllers.runs import add_run
from optlab.ui.dialogs.documents import Documents
from optlab.ui.menus.dynamic_menus import shipped_titles
from optlab.ui.menus.menus import Menus
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.command_list import Command
from optlab.ui.widgets.paint import GRID, MARGIN, box
from optlab.ui.widgets.search_list import SearchList

_WIDTH = 620
_ROWS = 11
_TOP = 64


class _Panel(QFrame):
    """The box in which the field and the list stand."""

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        with QPainter(self) as painter:
            box(painter, QRectF(self.rect()), theme.panel, theme.border, 10)


class Palette(QWidget):
    """A layer over the window with a field and a list. Escape and a click beside it close it.

    Type to filter, arrows to choose, Enter to do. ``closed`` comes however it ends.
    """

    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("palette")
        self.setAccessibleName("Command palette")
        self._before: QWidget | None = None
        self._panel = _Panel(self)
        shadow = QGraphicsDropShadowEffect(self._panel, blurRadius=36)
        shadow.setOffset(0, 8)
        shadow.setColor(QColor(0, 0, 0, 110))
        self._panel.setGraphicsEffect(shadow)
        self._search = SearchList("Commands", "What do you want to do?", _ROWS)
        self._search.set_names("Commands", "Find a command")
        self._column = column = QVBoxLayout(self._panel)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.addWidget(self._search)
        self._search.chosen.connect(self._do)
        self._search.given_up.connect(self.dismiss)
        self._search.filtered.connect(self._fit)
        window.installEventFilter(self)
        self.hide()

    def open(self, commands: Sequence[Command]) -> None:
        """Shows these commands; the keyboard comes back to where it was at the end."""
        self._before = self.window().focusWidget()
        self._search.set_commands(commands)
        self.raise_()
        self.show()
        self._fit()
        self._search.field().setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        """Closes without doing anything."""
        if self.isHidden():
            return
        before, self._before = self._before, None
        self.hide()
        self._search.set_commands(())
        # What had the keyboard may be gone meanwhile, as the name of a run that was removed is.
        if before is not None and isValid(before):
            before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()

    def field(self) -> QLineEdit:
        """The field to type in."""
        return self._search.field()

    def titles(self) -> list[str]:
        """What is offered now, the best first."""
        return self._search.titles()

    def _do(self, command: Command) -> None:
        self.dismiss()
        command.run()

    def _fit(self) -> None:
        """Over the whole window; the panel at the top, as high as its rows."""
        self.setGeometry(self.window().rect())
        width = min(_WIDTH, self.width() - 2 * MARGIN)
        height = min(self._column.totalSizeHint().height(), self.height() - 2 * MARGIN)
        top = min(_TOP, max(MARGIN, self.height() - height - MARGIN))
        self._panel.setGeometry((self.width() - width) // 2, top, width, height)

    # -- events ----------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The size of the window."""
        if not self.isHidden() and event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the panel closes."""
        if not self._panel.geometry().contains(event.position().toPoint()):
            self.dismiss()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil, so that the panel stands out."""
        with QPainter(self) as painter:
            veil = QColor(theme_of(self).window)
            veil.setAlphaF(0.35)
            painter.fillRect(self.rect(), veil)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, 400)


_NOT_OFFERED = ("palette",)


def all_commands(
    session: Session, documents: Documents, menus: Menus, look: DisplayController
) -> list[Command]:
    """Every command, the actions first."""
    return [
        *_actions(menus),
        *_looks(look),
        *_files(documents),
        *(_experiment(documents, name, title) for name, title, _ in shipped_titles()),
        *_surfaces(session),
        *_runs(session),
    ]


def _actions(menus: Menus) -> list[Command]:
    commands = []
    for entry in ACTIONS:
        if entry.id in _NOT_OFFERED:
            continue
        action = menus.actions[entry.id]
        commands.append(
            Command(
                entry.title,
                action.trigger,
                entry.menu,
                entry.keys,
                action.isEnabled(),
                action.isChecked() if entry.toggles else None,
            )
        )
    return commands


def _looks(look: DisplayController) -> list[Command]:
    commands = [
        Command(
            title,
            partial(look.choose, field, not look.value(field)),
            "View",
            on=bool(look.value(field)),
        )
        for field, title in SWITCHES
    ]
    for choice in CHOICES:
        for value, text in choice.values:
            choose = partial(look.choose, choice.field, value)
            is_chosen = look.value(choice.field) == value
            commands.append(Command(f"{choice.title}: {text}", choose, "View", on=is_chosen))
    return commands


def _files(documents: Documents) -> list[Command]:
    return [
        Command(f"Open recent: {path.name}", partial(documents.open_file, path), path.parent.name)
        for path in documents.recent()
        if path.is_file()
    ]


def _experiment(documents: Documents, name: str, title: str) -> Command:
    open_it: Callable[[], object] = partial(documents.open_shipped, name)
    return Command(f"Open experiment: {title}", open_it, "Experiments")


def _surfaces(session: Session) -> list[Command]:
    def choose(key: str) -> None:
        session.propose(model_edits.choose_problem(session.document, key))

    titles = surface_choices(session.document)
    return [Command(f"Surface: {t.name}", partial(choose, t.key)) for t in titles]


def _runs(session: Session) -> list[Command]:
    titles = rule_choices(session.document)
    return [
        Command(
            f"Add run: {title.name}" + "".join(f", {alias}" for alias in title.aliases),
            partial(add_run, session, title.key),
        )
        for title in titles
    ]
