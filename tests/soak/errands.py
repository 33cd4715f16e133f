"""What a person does beside clicking: files, exports, pages, panels, the palette."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optlab.ui.shell.app import Laboratory

_MOST_STEPS = 200_000
"""Longer runs than this are not exported: the disk is everybody's."""
_MOST_FILES = 12
_WORDS = ("adam", "rosen", "new", "view", "open exp", "surface", "copy", "zzz", "dark", "")
_DAMAGED = (b"", b"{", b'{"steps": 1e999}', b"\xff\xd8\xff\xe0", b"%PDF-1.7\n")


class Errands:
    """Each does one thing and returns; files go to ``folder`` and are cleared away."""

    def __init__(self, lab: Laboratory, chance: random.Random, folder: Path) -> None:
        self._lab = lab
        self._chance = chance
        self._folder = folder
        self._number = 0
        self._answers = True

    def ways(self) -> tuple[tuple[float, Callable[[], None]], ...]:
        """How often each is done, of some hundred."""
        return (
            (2.0, self.show_page),
            (1.0, self.move_panel),
            (0.5, self.use_palette),
            (0.5, self.open_document),
            (0.3, self.save_document),
            (0.15, self.export),
            (0.1, self.open_damage),
        )

    def answer_file_dialogs(self) -> None:
        """Dialogs of the system answer by themselves from now on, half of them with a file."""
        from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox

        from optlab.ui.dialogs.picture_dialog import PictureDialog

        def save(_parent: object, _title: str, _place: str, kinds: str) -> tuple[str, str]:
            kind = self._chance.choice(kinds.split(";;"))
            name = self._new(kind.partition("(*")[2].partition(")")[0])
            willing = self._small() and self._chance.random() < 0.5
            return (str(name), kind) if willing else ("", "")

        def load(*_what: object) -> tuple[str, str]:
            files = self._files()
            return (str(self._chance.choice(files)), "") if files else ("", "")

        PictureDialog.exec = lambda _: int(  # type: ignore[method-assign]
            PictureDialog.DialogCode.Accepted
        )
        QFileDialog.getSaveFileName = staticmethod(save)  # type: ignore[assignment]
        QFileDialog.getOpenFileName = staticmethod(load)  # type: ignore[assignment]
        for name in ("getText", "getItem"):
            setattr(QInputDialog, name, staticmethod(lambda *_a, **_k: ("", False)))
        for name in ("about", "information", "warning", "critical", "question"):
            setattr(QMessageBox, name, staticmethod(lambda *_a, **_k: None))

    def show_page(self) -> None:
        """Another page of the middle, maps included."""
        centre = self._lab.window.view_tabs
        centre.show_layout(self._chance.choice(list(centre._layouts)))

    def move_panel(self) -> None:
        """A panel floats, hides, or goes to another side."""
        from PySide6.QtCore import Qt

        window = self._lab.window
        dock = self._chance.choice(list(window.docks))
        sides = Qt.DockWidgetArea
        what = self._chance.randrange(4)
        if what == 0:
            dock.setFloating(not dock.isFloating())
        elif what == 1:
            dock.setVisible(dock.isHidden())
        elif what == 2:
            area = self._chance.choice((sides.LeftDockWidgetArea, sides.RightDockWidgetArea))
            window.addDockWidget(area, dock)
        else:
            window.reset_layout()

    def use_palette(self) -> None:
        """Opens the palette, types a word and takes what it finds."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication

        self._lab.commands.menus.actions["palette"].trigger()
        QApplication.processEvents()
        target = QApplication.focusWidget() or self._lab.window
        QTest.keyClicks(target, self._chance.choice(_WORDS))
        for _ in range(self._chance.randrange(4)):
            QTest.keyClick(target, Qt.Key.Key_Down)
        QTest.keyClick(target, self._chance.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape)))

    def open_document(self) -> None:
        """One of the catalogue, one that was saved or exported, or a new one."""
        from optlab.files.experiment_files import experiment_names

        documents, files = self._lab.commands.documents, self._files()
        what = self._chance.randrange(3)
        if what == 0:
            documents.new()
        elif what == 1 or not files:
            documents.open_shipped(self._chance.choice(experiment_names()))
        else:
            documents.open_file(self._chance.choice(files))

    def open_damage(self) -> None:
        """A file that is none."""
        path = self._new(".optlab")
        path.write_bytes(self._chance.choice(_DAMAGED))
        assert not self._lab.commands.documents.open_file(path)
        path.unlink()

    def save_document(self) -> None:
        """Saves under a name, and once more."""
        documents = self._lab.commands.documents
        assert documents.save_file(self._new(".optlab")) and documents.save()

    def export(self) -> None:
        """Numbers, a picture or a report, by the menu."""
        names = [n for n in self._lab.commands.menus.actions if n.startswith("export_")]
        action = self._lab.commands.menus.actions[self._chance.choice(names)]
        if action.isEnabled():
            action.trigger()

    def _small(self) -> bool:
        session = self._lab.session
        return sum(t.steps for t in dict(session.trajectories).values()) < _MOST_STEPS

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.*"))

    def _new(self, suffix: str) -> Path:
        for old in self._files()[:-_MOST_FILES]:
            old.unlink(missing_ok=True)
        self._number += 1
        return self._folder / f"{self._number:06}{suffix}"
