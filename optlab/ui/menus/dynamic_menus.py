"""Menus that are made from what there is: files used last, panels, shipped experiments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMenu, QWidget

from optlab import recording
from optlab.core.resources import data_folder
from optlab.files.encoding import decode_experiment
from optlab.files.experiment_files import (
    experiment_names,
    experiment_topics,
    shipped_experiment,
)
from optlab.ui.dialogs.documents import Documents
from optlab.ui.widgets.paint import menu_text


class RecentMenu(QMenu):
    """The files used last; those that are gone cannot be chosen."""

    def __init__(self, documents: Documents, parent: QWidget) -> None:
        super().__init__("Open recent", parent)
        self.setObjectName("open_recent")
        self.setToolTipsVisible(True)
        self._documents = documents
        self._paths: tuple[Path, ...] = ()
        self.aboutToShow.connect(self.fill)
        self.triggered.connect(self._choose)
        documents.recent_changed.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Looks again what there is."""
        self.clear()
        self._paths = self._documents.recent()
        names = [path.name for path in self._paths]
        for path in self._paths:
            there = path.is_file()
            twice = names.count(path.name) > 1
            text = f"{path.name} ({path.parent.name})" if twice else path.name
            action = QAction(menu_text(text if there else f"{text}: missing"), self)
            action.setData(str(path))
            action.setToolTip(str(path))
            action.setStatusTip(str(path))
            action.setEnabled(there)
            self.addAction(action)
        if self._paths:
            self.addSeparator()
            self.addAction("Clear")
        self.setEnabled(bool(self._paths))

    def _choose(self, action: QAction) -> None:
        if action.data():
            self._documents.open_file(Path(str(action.data())))
        else:
            self._documents.forget_recent()


class PanelsMenu(QMenu):
    """Which panels are shown; one that was closed comes back here."""

    def __init__(self, docks: Iterable[QDockWidget], parent: QWidget) -> None:
        super().__init__("Panels", parent)
        self.setObjectName("panels")
        for dock in docks:
            self.addAction(dock.toggleViewAction())


class ExperimentsMenu:
    """The shipped experiments by topic and title, each with its story as a tip."""

    def __init__(
        self,
        menu: QMenu,
        open_shipped: Callable[[str], object],
        open_recording: Callable[[Path], object],
    ) -> None:
        self._open, self._open_recording = open_shipped, open_recording
        titles = {name: (title, story) for name, title, story in shipped_titles()}
        topics, others = experiment_topics()
        for topic in topics:
            under = menu.addMenu(menu_text(topic.title))
            self._fill(under, {name: titles[name] for name in topic.experiments if name in titles})
        self._fill(menu, {name: titles[name] for name in titles if name in others})
        recorded = menu.addMenu("Recorded trainings")
        recorded.setToolTipsVisible(True)
        for path, title, tip in shipped_recordings():
            action = QAction(menu_text(title), recorded)
            action.setData(path)
            action.setStatusTip(tip)
            action.setToolTip(tip)
            recorded.addAction(action)
        # What is chosen in a menu below is told by those above it, too.
        menu.triggered.connect(self._choose)

    def _fill(self, menu: QMenu, titles: Mapping[str, tuple[str, str]]) -> None:
        menu.setToolTipsVisible(True)
        for name, (title, story) in titles.items():
            action = QAction(menu_text(title), menu)
            action.setData(name)
            action.setStatusTip(story)
            action.setToolTip(story)
            menu.addAction(action)

    def _choose(self, action: QAction) -> None:
        if isinstance(action.data(), Path):
            self._open_recording(action.data())
        elif isinstance(action.data(), str):
            self._open(action.data())


@cache
def shipped_recordings() -> list[tuple[Path, str, str]]:
    """Folder, title and rule of every shipped recording, by title."""
    entries = []
    for path in data_folder("recordings").glob(f"*{recording.SUFFIX}"):
        about = recording.read_about(Path(str(path)))
        title = str(about.get("name", path.stem)).replace("-", " ")
        maker = f"{about.get('rule', 'unknown rule')} of {about.get('library', 'another program')}"
        entries.append((Path(str(path)), title[:1].upper() + title[1:], f"Recorded: {maker}"))
    return sorted(entries, key=lambda entry: entry[1])


@cache
def shipped_titles() -> list[tuple[str, str, str]]:
    """Name, title and story of every shipped experiment, by title."""
    entries = []
    for name in experiment_names():
        # What its rules and surfaces are takes long to find out, and matters when it is opened.
        document = decode_experiment(shipped_experiment(name).read_bytes())
        entries.append((name, document.title or name.replace("_", " "), document.story))
    return sorted(entries, key=lambda entry: entry[1].lower())
