"""The map that is shown, for files and for the clipboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from optlab.files.map_files import map_csv
from optlab.ui.controllers.maps import MapController
from optlab.ui.copying import MOST_ROWS, picture_of
from optlab.ui.exporting import Exporter
from optlab.ui.telling import Say

if TYPE_CHECKING:
    from optlab.api import MapResult


class MapExports(QObject):
    """Exports and copies what is on the map pages; ``say`` tells what became of it or why not."""

    def __init__(
        self, maps: Sequence[MapController], window: QWidget, exporter: Exporter, say: Say
    ) -> None:
        super().__init__(window)
        self._maps = tuple(maps)
        self._window = window
        self._exporter = exporter
        self._say = say
        for controller in self._maps:
            controller.page.export_pressed.connect(self.ask)
            controller.page.copy_pressed.connect(self.copy_data)

    @property
    def shown(self) -> MapController | None:
        """The map page that can be seen."""
        return next((one for one in self._maps if one.page.isVisible()), None)

    def ask(self) -> None:
        """Asks for a file name and writes the map: a picture or its numbers."""
        result = self._result()
        if result is not None:
            self._exporter.ask_map(self._window, result)

    def copy_picture(self) -> bool:
        """Copies map and legend as they are on the screen; False where no map is shown."""
        if self.shown is None:
            return False
        QGuiApplication.clipboard().setImage(picture_of(*self.shown.page.picture()))
        self._say("Picture copied", good=True)
        return True

    def copy_data(self) -> bool:
        """Copies a row for each run, as CSV; False where no map is shown."""
        if self.shown is None:
            return False
        result = self._result()
        if result is None:
            return True
        rows = result.x_axis.count * result.y_axis.count
        if rows > MOST_ROWS:
            self._say(f"{rows:,} rows are too many for the clipboard: export the map as CSV")
        else:
            QGuiApplication.clipboard().setText(b"".join(map_csv(result.work)).decode())
            self._say(f"{rows:,} runs copied as CSV", good=True)
        return True

    def _result(self) -> MapResult | None:
        """The map that is shown; says why there is none."""
        if self.shown is None:
            self._say("Show the basins or the parameter map to export it")
            return None
        result = self.shown.result()
        if result is None:
            self._say("The map is not complete yet: wait for it, or press Compute")
        return result
