"""What the actions of the table do."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMessageBox

import optlab
from optlab.pictures.theme import DARK, LIGHT
from optlab.session.edits import run_edits
from optlab.session.session import Session
from optlab.session.view import View
from optlab.ui.controllers.comparison import ComparisonController
from optlab.ui.controllers.contour.display_options import DisplayController
from optlab.ui.controllers.contour.overlays import OverlaysController
from optlab.ui.controllers.contour.paths import ContourController
from optlab.ui.controllers.maps.maps import MapController
from optlab.ui.controllers.maps.measures import MeasuresController
from optlab.ui.controllers.panes import PanesController
from optlab.ui.controllers.parameters import ParametersController
from optlab.ui.controllers.runs import RunsController
from optlab.ui.controllers.status import StatusController
from optlab.ui.controllers.tabs import SwitchesController
from optlab.ui.controllers.training.data import DataController
from optlab.ui.controllers.training.plane import PlaneController
from optlab.ui.controllers.tuning.fair_comparison import FairController
from optlab.ui.controllers.tuning.studies import StudyController
from optlab.ui.dialogs.added_files import DropTarget, OwnFiles
from optlab.ui.dialogs.documents import Documents
from optlab.ui.dialogs.editing import Editing
from optlab.ui.dialogs.exporting import Exporter, MapExports
from optlab.ui.dialogs.run_dialogs import RunDialogs
from optlab.ui.dialogs.trial_exports import TrialExports
from optlab.ui.menus.clipboard import Copying
from optlab.ui.menus.curves_menu import CurvesMenu, PaneMenus
from optlab.ui.menus.display_menu import ArrowsMenu, LookMenu, MapMenus, PlaneMenu, SeedsMenu
from optlab.ui.menus.dynamic_menus import ExperimentsMenu, PanelsMenu, RecentMenu
from optlab.ui.menus.menus import Handler, Menus
from optlab.ui.shell.bridge import Bridge
from optlab.ui.shell.presentation import Presentation
from optlab.ui.shell.window import MainWindow
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.buttons import HelpButton

if TYPE_CHECKING:
    from optlab.ui.dialogs.help_window import HelpWindow
    from optlab.ui.dialogs.shortcut_sheet import ShortcutSheet
    from optlab.ui.dialogs.tour import Tour
    from optlab.ui.menus.palette import Palette


class Parts(Protocol):
    """What the commands act on: the parts of one open window."""

    settings: QSettings
    bridge: Bridge
    session: Session
    window: MainWindow
    contour: ContourController
    display: DisplayController
    overlays: OverlaysController
    panes: PanesController
    parameters: ParametersController
    plane: PlaneController
    comparison: ComparisonController
    status: StatusController
    data: DataController
    runs: RunsController
    presentation: Presentation
    measures: MeasuresController
    study: StudyController
    fair: FairController

    @property
    def maps(self) -> tuple[MapController, ...]: ...

    def set_theme(self, name: str) -> None: ...


class Commands:
    """The handlers of all actions, and the helpers that carry them out."""

    def __init__(self, laboratory: Parts) -> None:
        self._laboratory = laboratory
        self._session = laboratory.session
        self._window = laboratory.window
        say = laboratory.status.say
        status = laboratory.status
        self._exporter = Exporter(laboratory.session, laboratory.bridge, say, status.follow)
        self._window.status.cancel_pressed.connect(self._exporter.cancel)
        self.documents = Documents(self._session, self._window, laboratory.settings, say)
        self.own_files = OwnFiles(self._session, self._window, say)
        self.run_dialogs = RunDialogs(self._session, self._window, say)
        self.editing = Editing(self._session, laboratory.parameters, self._window, say)
        self._copying = Copying(self._session, self._window, say)
        self._maps = MapExports(
            laboratory.maps, laboratory.measures, self._window, self._exporter, say
        )
        self.trial_exports = TrialExports(
            laboratory.study, laboratory.fair, self._window, self._exporter, say
        )
        self.sheet: ShortcutSheet | None = None
        self.help: HelpWindow | None = None
        for button in self._window.findChildren(HelpButton):
            button.asked.connect(self.show_help)
        self._title = ""
        self.menus = Menus(self._window, self._handlers())
        self.recent = RecentMenu(self.documents, self._window)
        self.menus.insert_menu("add_file", self.recent)
        self._experiments = ExperimentsMenu(
            self.menus.menus["Experiments"], self.documents.open_shipped, self.documents.open_file
        )
        self.menus.insert_menu("dark_theme", ArrowsMenu(laboratory.overlays, self._window))
        self.menus.insert_menu("dark_theme", LookMenu(laboratory.display, self._window))
        self.menus.insert_menu("cancel", SeedsMenu(self._session, self._window))
        self.menus.insert_menu("dark_theme", PlaneMenu(laboratory.plane, self._window))
        self.menus.insert_menu("dark_theme", CurvesMenu(laboratory.panes, self._window))
        MapMenus(
            self._window.contour,
            laboratory.contour,
            laboratory.display,
            laboratory.overlays,
            self.menus.actions,
        )
        PaneMenus(laboratory.panes, self._window.panes, self.menus.actions["branch_run"])
        for panel in (self._window.runs, self._window.parameters, self._window.surface):
            panel.editor_asked.connect(self._ask_editor)
        self.menus.insert_menu("reset_layout", PanelsMenu(self._window.docks, self._window))
        self._drops = DropTarget(self._window, self.documents.open_file, self.own_files.take, say)
        self._session.view_changed.connect(self._mark)
        switches = SwitchesController(self._window.view_tabs, self.menus.actions)
        self.menus.check_shown.connect(switches.show_checked)
        self.menus.set_checked("dark_theme", theme_of(self._window).is_dark)
        laboratory.presentation.changed.connect(self._refresh)
        self._session.document_changed.connect(self._refresh)
        self._window.view_tabs.layout_chosen.connect(self._refresh)
        self._session.playback_changed.connect(self._refresh)
        self.documents.changed.connect(self._refresh)
        self._refresh()
        self._mark(self._session.view)

    # Made when they are asked for: the window is there sooner without them.

    @cached_property
    def palette(self) -> Palette:
        """The box in which every command is found by its name."""
        from optlab.ui.menus.palette import Palette

        return Palette(self._window)

    @cached_property
    def tour(self) -> Tour:
        """The way through the window's parts."""
        from optlab.ui.dialogs.tour import Tour, tour_stops

        return Tour(self._window, tour_stops(self._window))

    def _cluster(self) -> None:
        from optlab.ui.dialogs.cluster_dialog import ClusterDialog

        dialog = ClusterDialog(self._session, self._laboratory.status.say, self._window)
        dialog.exec()
        dialog.deleteLater()

    def _handlers(self) -> dict[str, Handler]:
        session, laboratory = self._session, self._laboratory
        return {
            "new": self.documents.new,
            "open": self.documents.ask_open,
            "add_file": self.own_files.ask,
            "import_data": self._import_data,
            "save": self.documents.save,
            "save_as": self.documents.ask_save,
            "export_csv": self._export_csv,
            "export_image": self._export_image,
            "export_animation": self._export_animation,
            "export_report": self._export_report,
            "export_lecture": self._export_lecture,
            "export_code": self.run_dialogs.code,
            "export_table": self._laboratory.comparison.ask_export,
            "export_trials": self.trial_exports.ask,
            "export_map": self._maps.ask,
            "quit": self._window.close,
            "undo": session.undo,
            "redo": session.redo,
            "copy_picture": self._copy_picture,
            "copy_window": self._copy_window,
            "copy_data": self._copy_data,
            "copy_table": self._laboratory.comparison.copy,
            "duplicate_run": self._duplicate,
            "branch_run": self.run_dialogs.branch,
            "then_run": self._window.parameters.then_asked.emit,
            "sweep_run": self.run_dialogs.sweep,
            **self.editing.handlers(),
            "remove_run": self._remove,
            "play": session.toggle_playing,
            "play_back": session.toggle_playing_back,
            "step_forward": self._forward,
            "step_back": self._back,
            "forward_10": self._forward_10,
            "back_10": self._back_10,
            "first_step": self._first,
            "last_step": self._last,
            "go_to_step": self._window.transport.step_label.begin,
            "slower": self._slower,
            "faster": self._faster,
            "loop": session.set_loop,
            "cancel": self._cancel,
            "cluster": self._cluster,
            "fit": self._fit,
            "zoom_paths": self._laboratory.display.zoom_to_paths,
            "log_levels": self._log_levels,
            "minima": self._minima,
            "arrows": self._arrows,
            "sizes": self._sizes,
            "curvature": self._curvature,
            "dark_theme": self._dark_theme,
            "full_screen": laboratory.presentation.set_full_screen,
            "presentation": laboratory.presentation.present,
            "reset_layout": self._window.reset_layout,
            "palette": self._show_palette,
            "shortcuts": self._show_shortcuts,
            "guide": partial(self.show_help, "index"),
            "help_formulas": partial(self.show_help, "surfaces#the-language"),
            "help_symbols": partial(self.show_help, "glossary"),
            **{
                f"help_{what}": partial(self.show_help, f"window#{what}")
                for what in ("arrows", "sizes", "curvature", "measures")
            },
            "tour": self._show_tour,
            "about": self._about,
        }

    # -- file ------------------------------------------------------------------------------

    def open_file(self, path: Path, keep_path: bool = True) -> bool:
        """Opens a file, after a question where something could be lost."""
        return self.documents.open_file(path, keep_path)

    def _import_data(self) -> None:
        if self._laboratory.data.ask():
            self._window.bottom_tabs.show_page("Data")

    def save_file(self, path: Path) -> bool:
        """Saves to a file."""
        return self.documents.save_file(path)

    def _export_csv(self) -> None:
        self._exporter.ask_csv(self._window)

    def _export_image(self) -> None:
        self._exporter.ask_image(self._window, self._shown_panes())

    def _export_animation(self) -> None:
        self._exporter.ask_animation(self._window, self._shown_panes())

    def _shown_panes(self) -> list[str]:
        return [choice.key for choice in self._laboratory.panes.choices() if choice.shown]

    def _export_report(self) -> None:
        self._exporter.ask_report(self._window)

    def _export_lecture(self) -> None:
        self._exporter.ask_lecture(self._window)

    def _cancel(self) -> None:
        if self._laboratory.presentation.is_on and self._session.work is None:
            self._laboratory.presentation.present(False)
        self._session.cancel()
        self._exporter.cancel()

    def _copy_picture(self) -> None:
        if not self._maps.copy_picture():
            self._copying.picture(self._window.view_tabs.stage)

    def _copy_data(self) -> None:
        if not self._maps.copy_data():
            self._copying.data()

    def _copy_window(self) -> None:
        self._copying.picture(self._window)

    # -- runs ------------------------------------------------------------------------------

    def _ask_editor(self, key: str) -> None:
        """An entry of a list that opens an editor: the action of its name."""
        self.menus.actions[key].trigger()

    def _duplicate(self) -> None:
        self._laboratory.runs.duplicate(self._session.selected)

    def _remove(self) -> None:
        session = self._session
        session.propose(run_edits.remove_run(session.document, session.selected))

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

    def _slower(self) -> None:
        self._session.change_speed(-1)

    def _faster(self) -> None:
        self._session.change_speed(1)

    # -- view ------------------------------------------------------------------------------

    def _fit(self) -> None:
        self._window.contour.fit()
        self._window.surface3d.reset()

    def _log_levels(self, on: bool) -> None:
        self._session.show(scale="log" if on else "linear")

    def _minima(self, on: bool) -> None:
        self._session.show(minima=on)

    def _mark(self, view: View) -> None:
        """Marks in the menus and on the switches what the view has."""
        marks = {"log_levels": view.scale == "log", "minima": view.minima}
        marks |= {key: key in view.overlays for key in ("arrows", "sizes", "curvature")}
        for key, on in marks.items():
            self.menus.set_checked(key, on)
            self._window.view_tabs.set_switch(key, on)

    def _arrows(self, on: bool) -> None:
        self._laboratory.overlays.switch("arrows", on)

    def _sizes(self, on: bool) -> None:
        self._laboratory.overlays.switch("sizes", on)

    def _curvature(self, on: bool) -> None:
        self._laboratory.overlays.switch("curvature", on)

    def _dark_theme(self, on: bool) -> None:
        self._laboratory.set_theme(DARK.name if on else LIGHT.name)

    # -- help ------------------------------------------------------------------------------

    def _show_palette(self) -> None:
        from optlab.ui.menus.palette import all_commands

        self.palette.open(
            all_commands(self._session, self.documents, self.menus, self._laboratory.display)
        )

    def _show_shortcuts(self) -> None:
        if self.sheet is None:
            from optlab.ui.dialogs.shortcut_sheet import ShortcutSheet

            self.sheet = ShortcutSheet(self._window)
        self.sheet.show()
        self.sheet.raise_()
        self.sheet.activateWindow()

    def show_help(self, topic: str) -> None:
        """Opens the guide at a page and heading, ``window#measures``."""
        if self.help is None:
            from optlab.ui.dialogs.help_window import HelpWindow

            self.help = HelpWindow(self._window)
        self.help.show_topic(topic)

    def _show_tour(self) -> None:
        self._laboratory.presentation.present(False)
        self._window.view_tabs.show_layout("Contour")
        for dock in self._window.docks:
            dock.show()
        self.tour.begin()

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
        for key in ("duplicate_run", "branch_run", "then_run", "sweep_run", "export_code"):
            actions[key].setEnabled(has_run)
        actions["remove_run"].setEnabled(has_run)
        self.menus.set_checked("loop", session.playback.loop)
        presentation = self._laboratory.presentation
        self.menus.set_checked("full_screen", presentation.is_full_screen)
        self.menus.set_checked("presentation", presentation.is_on)
        actions["copy_data"].setEnabled(has_run)
        actions["export_map"].setEnabled(self._maps.can_export)
        # A formula that is broken while it is typed is not yet another experiment.
        if session.formula_error is None:
            self._title = self.documents.title
        self._window.set_title(self._title, self.documents.unsaved)
