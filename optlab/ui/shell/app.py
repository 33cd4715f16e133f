"""The application: one session, one window, and what holds them together."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QIcon
from PySide6.QtWidgets import QApplication

from optlab.core.resources import resources_folder
from optlab.files.embedded_experiment import is_carrier
from optlab.files.experiment_files import DEFAULT_EXPERIMENT, load_experiment, shipped_experiment
from optlab.files.temp_files import abandon_parts
from optlab.pictures.theme import DARK, THEMES
from optlab.session.embedded.recordings import is_recording
from optlab.session.experiment import Experiment
from optlab.session.kernel_cache import Kernels, kernel_store
from optlab.session.maps.planes import Flat
from optlab.session.resolve import Resolved
from optlab.session.session import Session
from optlab.ui.controllers.background import QuietMoments
from optlab.ui.controllers.comparison import ComparisonController
from optlab.ui.controllers.contour.display_options import DisplayController, RenderingController
from optlab.ui.controllers.contour.outside import OutsideController
from optlab.ui.controllers.contour.overlays import OverlaysController
from optlab.ui.controllers.contour.paths import ContourController, Surface3DController
from optlab.ui.controllers.maps.basins import BasinsController
from optlab.ui.controllers.maps.measures import MeasuresController
from optlab.ui.controllers.maps.stability import StabilityController
from optlab.ui.controllers.maps.sweep import SweepController
from optlab.ui.controllers.panes import PanesController
from optlab.ui.controllers.parameters import ParametersController
from optlab.ui.controllers.repetition import Repetition
from optlab.ui.controllers.runs import RunsController
from optlab.ui.controllers.status import StatusController
from optlab.ui.controllers.story import StoryController
from optlab.ui.controllers.surface import SurfaceController
from optlab.ui.controllers.tabs import TabsController, usual_view
from optlab.ui.controllers.training.data import DataController, NetworkController
from optlab.ui.controllers.training.models import TrainingController
from optlab.ui.controllers.training.plane import PlaneController
from optlab.ui.controllers.training.recordings import RecordingController, RecordingFollower
from optlab.ui.controllers.transport import TransportController
from optlab.ui.controllers.tuning.fair_comparison import FairController
from optlab.ui.controllers.tuning.studies import StudyController
from optlab.ui.controllers.worksheet import WorksheetController
from optlab.ui.menus.commands import Commands
from optlab.ui.shell.autosave import Autosave, RecoveryOffer
from optlab.ui.shell.bridge import Bridge
from optlab.ui.shell.errors import ErrorReporter
from optlab.ui.shell.interrupts import Interrupts
from optlab.ui.shell.keys import KeyGuard
from optlab.ui.shell.presentation import Presentation
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.shell.window import MainWindow
from optlab.ui.style import typesetting
from optlab.ui.style.themes import apply, prepare, theme_of

_TYPESETTING = "typesetting"
"""The channel of work."""
_WARM_UP_AFTER = 200
"""Milliseconds from the start: the first frame has the processor for itself."""
SETTLED_AFTER = 5000
"""Milliseconds from the start after which what has been made is there to stay."""


class Laboratory:
    """Everything of one open window."""

    def __init__(self, document: Experiment, settings: QSettings) -> None:
        self.settings = settings
        prepare(_application(), THEMES.get(str(settings.value("theme")), DARK))
        self.bridge = Bridge()
        usual = usual_view(settings)
        self.session = Session(document, self.bridge, Kernels(kernel_store()), usual)
        self.window = MainWindow()
        window, session = self.window, self.session
        self.redraw = redraw = Redraw(session, window)
        self.repetition = repetition = Repetition(session, redraw)
        self.contour = ContourController(session, window.contour, redraw, repetition)
        self.surface3d = Surface3DController(session, window.surface3d, redraw, repetition)
        self.tabs = TabsController(session, window.view_tabs, window.bottom_tabs, settings)
        self.display = DisplayController(session, window.contour, window.surface3d, settings)
        self.overlays = OverlaysController(session, window.contour, redraw, repetition)
        self.outside = OutsideController(session, window.contour, self.display, redraw)
        self.plane = PlaneController(session, window.plane_bar, window.view_tabs, redraw)
        self.panes = PanesController(session, window.panes, redraw, repetition)
        self.maps = (
            BasinsController(session, window.basins, redraw),
            SweepController(session, window.sweep, redraw),
        )
        self.measures = MeasuresController(window.measures, redraw)
        self.study = StudyController(session, window.tuning.study, redraw)
        self.fair = FairController(session, window.tuning.fair, redraw)
        self.training = TrainingController(session, window.training, redraw)
        self.data = DataController(session, window.data, redraw)
        self.stability = StabilityController(session, window.measures.stability, redraw)
        self._follow_surface(session)
        self.quiet = QuietMoments(session, window)
        self.runs = RunsController(session, window.runs)
        self.parameters = ParametersController(session, window.parameters, redraw)
        self.controllers = (
            SurfaceController(session, window.surface),
            NetworkController(session, window.network),
            TransportController(session, window.transport),
        )
        self.status = StatusController(session, window.status, redraw)
        self.rendering = RenderingController(
            window.surface3d, window.status, self.status.say, settings
        )
        window.view_tabs.layout_chosen.connect(self.rendering.show)
        self.worksheet = WorksheetController(session, window.worksheet, redraw, self.status.say)
        self.comparison = ComparisonController(
            session, window.comparison, redraw, self.status.say, repetition
        )
        self.story = StoryController(session, window.story, window.bottom_tabs, redraw)
        self.recording = RecordingController(
            session,
            window.recording,
            window.bottom_tabs,
            redraw,
            self.status.say,
            self.status.follow,
        )
        window.status.cancel_pressed.connect(self.recording.cancel)
        self.follower = RecordingFollower(session, window)
        self.overlays.warned.connect(self.status.note)
        self.presentation = Presentation(window)
        self.presentation.restyled.connect(self._restyle)
        self.commands = Commands(self)
        self.autosave = Autosave(session, self.commands.documents, self.bridge, self.status.say)
        self.recovery: RecoveryOffer | None = None
        self.keys = KeyGuard(_application(), window, window.view_tabs.keyboard_view)
        window.closing.connect(self._close)
        self.set_theme(str(settings.value("theme", DARK.name)))
        window.restore_layout(settings)
        window.contour.setFocus()

    def _follow_surface(self, session: Session) -> None:
        """The middle shows what the surface has, from now on."""
        self._say_no_map(session.flat)
        session.flat_changed.connect(self._say_no_map)
        self._offer_tabs(session.resolved)
        session.resolved_changed.connect(self._offer_tabs)
        self._say_seen()
        self.window.view_tabs.layout_chosen.connect(self._say_seen)

    def _say_seen(self, _layout: str = "") -> None:
        """No plane is computed for maps that are hidden."""
        self.session.shown_map.set_seen(self.window.view_tabs.uses_plane)

    def _offer_tabs(self, resolved: Resolved) -> None:
        """The tabs that mean something for the surface."""
        self.window.view_tabs.offer("Training", resolved.problem.rows > 0)

    def _say_no_map(self, flat: Flat) -> None:
        """The views of the surface, or why there are none."""
        window, resolved = self.window, self.session.resolved
        window.view_tabs.set_reason((window.contour, window.surface3d), flat.why_not)
        reason = flat.why_not if resolved.no_map else ""
        window.view_tabs.set_reason((window.basins,), reason)

    def start(self) -> None:
        """Shows the window, then computes and offers what a crash left."""
        self.window.show()
        self.session.compute_all()
        typesetting.expect_warm_up()
        QTimer.singleShot(_WARM_UP_AFTER, self.window, self._warm_up)
        self.recovery = RecoveryOffer(
            self.window, self.commands.documents, self.autosave, self.status.say
        )

    def _warm_up(self) -> None:
        self.session.ask(_TYPESETTING, lambda control: typesetting.warm_up(), lambda made: None)

    def settle(self) -> None:
        """Keeps collections of garbage short, now and once all that lasts is there."""
        self.bridge.settle()
        QTimer.singleShot(SETTLED_AFTER, self.bridge, self.bridge.settle)

    def set_theme(self, name: str) -> None:
        """Dresses everything in a theme."""
        theme = THEMES.get(name, DARK)
        run = self.session.document.run(self.session.selected)
        accent = None if run is None else theme.run(run.color)
        apply(_application(), theme.with_accent(accent))
        self.window.set_theme(theme_of(self.window))
        self.redraw.request(Change.THEME)
        self.settings.setValue("theme", theme.name)

    def _restyle(self) -> None:
        self.set_theme(theme_of(self.window).name)

    def leave(self) -> None:
        """Ends at once without a question; what is not saved is offered at the next start."""
        if self.commands.documents.unsaved:
            self.autosave.secure()
        _application().exit()

    def _close(self, event: QCloseEvent) -> None:
        if not self.commands.documents.may_leave():
            event.ignore()
            return
        if self.recovery is not None:
            self.recovery.close()
        self.autosave.close()
        self.presentation.present(False)
        self.window.save_layout(self.settings)
        self.settings.sync()
        self.session.close()
        event.accept()


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application


def make_application(arguments: list[str]) -> QApplication:
    """The Qt application, with the names that settings and folders are found by."""
    # Before the application: without it an OpenGL view that moves to another window is empty.
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    application = QApplication(arguments)
    application.setApplicationName("OptLab")
    application.setOrganizationName("OptLab")
    application.setApplicationDisplayName("")
    application.setDesktopFileName("org.optlab.OptLab")
    application.setWindowIcon(QIcon(str(resources_folder().joinpath("icons", "app", "optlab.svg"))))
    return application


def main(path: Path | None = None) -> int:
    """Opens the window on an experiment file, or on the default experiment.

    Raises FileProblemError for a file that cannot be used.
    """
    document = load_experiment(path or shipped_experiment(DEFAULT_EXPERIMENT))
    application = make_application(sys.argv[:1])
    errors = ErrorReporter()
    errors.install()
    laboratory = Laboratory(document, QSettings())
    laboratory.session.failed.connect(errors.report)
    if path is not None and not (is_carrier(path) or is_recording(path)):
        laboratory.commands.documents.opened(path)
    interrupts = Interrupts(laboratory.window.close, laboratory.leave)
    laboratory.settle()
    QTimer.singleShot(0, laboratory.start)
    status = application.exec()
    interrupts.remove()
    if not laboratory.bridge.close():
        # A compilation cannot be interrupted, and nobody waits for its result any more.
        abandon_parts()
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)
    return status
