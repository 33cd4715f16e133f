"""What the actions of the table do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMessageBox

import optlab
from optlab.session import edits
from optlab.session.experiment import Experiment
from optlab.session.files import (
    DEFAULT_EXPERIMENT,
    SUFFIX,
    FileProblemError,
    load_experiment,
    save_experiment,
    shipped_experiment,
)
from optlab.session.resolve import ExperimentError
from optlab.ui.controllers.switches import SwitchesController
from optlab.ui.exporting import Exporter
from optlab.ui.menus import Handler, Menus
from optlab.ui.theme import DARK, LIGHT

if TYPE_CHECKING:
    from optlab.ui.app import Laboratory


class Commands:
    """The handlers of all actions, and what they need to remember: the file and its state."""

    def __init__(self, laboratory: Laboratory) -> None:
        self._laboratory = laboratory
        self._session = laboratory.session
        self._window = laboratory.window
        self._exporter = Exporter(laboratory.session, laboratory.bridge, laboratory.status.say)
        self._path: Path | None = None
        self._saved: Experiment = self._session.document
        self.menus = Menus(self._window, self._handlers())
        self.menus.set_checked("log_levels", self._session.style.scale == "log")
        self.menus.set_checked("minima", True)
        self.menus.set_checked("arrows", laboratory.overlays.is_on("arrows"))
        SwitchesController(self._window.centre, self.menus.actions)
        self.menus.set_checked(
            "dark_theme", str(laboratory.settings.value("theme", DARK.name)) == DARK.name
        )
        self._session.document_changed.connect(self._refresh)
        self._session.playback_changed.connect(self._refresh)
        self._refresh()

    def _handlers(self) -> dict[str, Handler]:
        session = self._session
        return {
            "new": self.new,
            "open": self.open,
            "save": self.save,
            "save_as": self.save_as,
            "export_csv": self._export_csv,
            "export_image": self._export_image,
            "quit": self._window.close,
            "undo": session.undo,
            "redo": session.redo,
            "duplicate_run": self._duplicate,
            "remove_run": self._remove,
            "play": session.toggle_playing,
            "step_forward": self._forward,
            "step_back": self._back,
            "forward_10": self._forward_10,
            "back_10": self._back_10,
            "first_step": self._first,
            "last_step": self._last,
            "loop": session.set_loop,
            "cancel": session.cancel,
            "fit": self._window.contour.fit,
            "log_levels": self._log_levels,
            "minima": self._minima,
            "arrows": self._arrows,
            "sizes": self._sizes,
            "curvature": self._curvature,
            "dark_theme": self._dark_theme,
            "reset_layout": self._window.reset_layout,
            "about": self._about,
        }

    # -- file ------------------------------------------------------------------------------

    def new(self) -> None:
        """Begins again with the default experiment."""
        self.open_file(shipped_experiment(DEFAULT_EXPERIMENT), keep_path=False)

    def open(self) -> None:
        """Asks for an experiment file and opens it."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open experiment", "", f"Experiments (*{SUFFIX})"
        )
        if name:
            self.open_file(Path(name))

    def open_file(self, path: Path, keep_path: bool = True) -> bool:
        """Opens a file; says what is wrong with it in the status line."""
        try:
            self._session.open(load_experiment(path))
        except (FileProblemError, ExperimentError) as error:
            self._laboratory.status.say(str(error))
            return False
        self._path = path if keep_path else None
        self._saved = self._session.document
        self._refresh()
        return True

    def save(self) -> bool:
        """Saves to the file it came from, or asks for one."""
        return self.save_as() if self._path is None else self.save_file(self._path)

    def save_as(self) -> bool:
        """Asks for a file and saves to it."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save experiment", f"experiment{SUFFIX}", f"Experiments (*{SUFFIX})"
        )
        if not name:
            return False
        path = Path(name)
        return self.save_file(path if path.suffix else path.with_suffix(SUFFIX))

    def save_file(self, path: Path) -> bool:
        """Saves; says what went wrong in the status line."""
        try:
            save_experiment(self._session.document, path)
        except FileProblemError as error:
            self._laboratory.status.say(str(error))
            return False
        self._path, self._saved = path, self._session.document
        self._refresh()
        return True

    def _export_csv(self) -> None:
        self._exporter.ask_csv(self._window)

    def _export_image(self) -> None:
        self._exporter.ask_image(self._window)

    # -- runs ------------------------------------------------------------------------------

    def _duplicate(self) -> None:
        session = self._session
        session.propose(edits.duplicate_run(session.document, session.selected))

    def _remove(self) -> None:
        session = self._session
        session.propose(edits.remove_run(session.document, session.selected))

    # -- cursor ----------------------------------------------------------------------------

    def _forward(self) -> None:
        self._session.step_by(1)

    def _back(self) -> None:
        self._session.step_by(-1)

    def _forward_10(self) -> None:
        self._session.step_by(10)

    def _back_10(self) -> None:
        self._session.step_by(-10)

    def _first(self) -> None:
        self._session.seek(0)

    def _last(self) -> None:
        self._session.seek(self._session.playback.last)

    # -- view ------------------------------------------------------------------------------

    def _log_levels(self, on: bool) -> None:
        style = replace(self._session.style, scale="log" if on else "linear")
        self._session.set_style(style)

    def _minima(self, on: bool) -> None:
        self._window.contour.set_style(minima=on)

    def _arrows(self, on: bool) -> None:
        self._laboratory.overlays.switch("arrows", on)

    def _sizes(self, on: bool) -> None:
        self._laboratory.overlays.switch("sizes", on)

    def _curvature(self, on: bool) -> None:
        self._laboratory.overlays.switch("curvature", on)

    def _dark_theme(self, on: bool) -> None:
        self._laboratory.set_theme(DARK.name if on else LIGHT.name)

    def _about(self) -> None:
        QMessageBox.about(
            self._window,
            "About OptLab",
            f"<b>OptLab {optlab.__version__}</b><br>A laboratory for gradient-based optimizers.",
        )

    def _refresh(self, _what: object = None) -> None:
        session = self._session
        actions = self.menus.actions
        actions["undo"].setEnabled(session.can_undo)
        actions["redo"].setEnabled(session.can_redo)
        has_run = bool(session.document.runs)
        actions["duplicate_run"].setEnabled(has_run)
        actions["remove_run"].setEnabled(has_run)
        self.menus.set_checked("loop", session.playback.loop)
        title = session.document.title or session.resolved.problem.title
        self._window.set_title(title, session.document != self._saved)
