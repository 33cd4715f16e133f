"""The main window: where the views stand. What they do is in the controllers."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QStatusBar, QToolBar, QWidget

from optlab.pictures.theme import Theme
from optlab.ui.shell.bottom_tabs import BottomTabs
from optlab.ui.shell.docks import Dock
from optlab.ui.shell.view_tabs import ViewTabs
from optlab.ui.views.comparison import ComparisonView
from optlab.ui.views.contour import ContourView
from optlab.ui.views.data import DataPanel
from optlab.ui.views.maps import BasinsPage, SweepPage
from optlab.ui.views.measures import MeasuresView
from optlab.ui.views.network import NetworkPanel
from optlab.ui.views.panes import PanesView
from optlab.ui.views.parameters import ParametersPanel
from optlab.ui.views.plane_bar import PlaneBar
from optlab.ui.views.recording import RecordingView
from optlab.ui.views.runs import RunsPanel
from optlab.ui.views.status import StatusLine
from optlab.ui.views.story import StoryView
from optlab.ui.views.surface import SurfacePanel
from optlab.ui.views.surface3d import Surface3DView
from optlab.ui.views.training import TrainingPage
from optlab.ui.views.transport import Transport
from optlab.ui.views.tuning import TuningPages
from optlab.ui.views.worksheet import WorksheetView
from optlab.ui.widgets.layouts import Column

_LONGEST_TITLE = 48
LAYOUT_VERSION = 2
_LEFT, _RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
_BELOW = Qt.DockWidgetArea.BottomDockWidgetArea
_USUAL = QSize(1440, 900)
"""Of the window at the first start, with its frame, where the screen has as much."""
_DETAILS_SHARE, _DETAILS_LEAST, _LOW = 0.26, 216, 660
"""What the details take at first: a share of the window's height, and pixels at least, unless the
window is lower than the last number."""
_SETUP_SHARE = 0.21
_PANES_SHARE, _PANES_LEAST, _PANES_NARROW, _NARROW = 0.25, 340, 280, 1200
"""The same for the widths of setup and curves, whose read-outs need so much."""


SWITCHES = (
    (
        "arrows",
        "arrows",
        "The directions of the next update, from here: −g, the memory, and Δw",
        "arrows",
    ),
    (
        "sizes",
        "sizes",
        "The memory of squared gradients, as half-axes at the current step",
        "sizes",
    ),
    (
        "curvature",
        "curvature",
        "Contours of the quadratic model at the current step, and its axes",
        "curvature",
    ),
    ("minima", "minima", "Crosses at the known minima", "minima"),
    ("log_levels", "log", "Levels evenly spaced in log(E − Emin), so that valleys show", ""),
)


class MainWindow(QMainWindow):
    """All views in their places; no behaviour but layout and closing."""

    closing = Signal(QCloseEvent)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("main")
        self.setAccessibleName("OptLab")
        self.setDockNestingEnabled(True)
        self.contour = ContourView()
        self.surface3d = Surface3DView()
        self.basins = BasinsPage()
        self.sweep = SweepPage()
        self.training = TrainingPage()
        self.network = NetworkPanel()
        self.data = DataPanel()
        self.surface = SurfacePanel()
        self.runs = RunsPanel()
        self.parameters = ParametersPanel()
        self.panes = PanesView()
        self.measures = MeasuresView()
        self.tuning = TuningPages()
        self.transport = Transport()
        self.status = StatusLine()
        self.worksheet = WorksheetView()
        self.comparison = ComparisonView()
        self.story = StoryView()
        self.recording = RecordingView()
        self.bottom_tabs = BottomTabs()
        for title, page, head in (
            ("Worksheet", self.worksheet, self.worksheet.header()),
            ("Comparison", self.comparison, self.comparison.header()),
            ("Story", self.story, None),
            ("Data", self.data, self.data.header()),
            ("Recording", self.recording, None),
        ):
            self.bottom_tabs.add(title, page, head)
        self.setup = Column("Surface, runs and parameters")
        for panel in (self.surface, self.network, self.runs, self.parameters):
            self.setup.add(panel)
        self.docks = (
            Dock("setup", "Surface and runs", self.setup),
            Dock("panes", "Curves over the steps", self.panes),
            Dock("details", "Details", self.bottom_tabs),
        )
        layouts: tuple[tuple[str, list[QWidget]], ...] = (
            ("Contour", [self.contour]),
            ("3D", [self.surface3d]),
            ("Both", [self.contour, self.surface3d]),
            ("Basins", [self.basins]),
            ("Parameter map", [self.sweep]),
            ("Measures", [self.measures]),
            ("Training", [self.training]),
            ("Tune", [self.tuning]),
        )
        surfaces = (self.contour, self.surface3d)
        self.plane_bar = PlaneBar()
        self.view_tabs = ViewTabs(layouts, SWITCHES, surfaces, self.plane_bar)
        self.setCentralWidget(self.view_tabs)
        self.addDockWidget(_LEFT, self.docks[0])
        self.addDockWidget(_RIGHT, self.docks[1])
        self.addDockWidget(_BELOW, self.docks[2])
        # The panels at the sides keep the whole height.
        self.setCorner(Qt.Corner.BottomLeftCorner, _LEFT)
        self.setCorner(Qt.Corner.BottomRightCorner, _RIGHT)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, _bar("transport", self.transport))
        self._title = _corner_label("document-title")
        self.menuBar().setCornerWidget(self._title, Qt.Corner.TopRightCorner)
        # The menu bar does not keep a corner widget alive: without the attribute it is gone.
        self._name = _corner_label("program-name")
        self._name.setText("OptLab")
        self.menuBar().setCornerWidget(self._name, Qt.Corner.TopLeftCorner)
        self.setStatusBar(_status_bar(self.status))
        self.resize(_USUAL.boundedTo(self.screen().availableSize()))
        self._begins_as: QSize | None = self.size()
        self._factory = QByteArray()

    def set_theme(self, theme: Theme) -> None:
        """Tells the views that paint themselves."""
        self.contour.set_theme(theme)
        self.surface3d.set_theme(theme)
        self.basins.set_theme(theme)
        self.sweep.set_theme(theme)
        self.measures.set_theme(theme)
        self.training.models.set_theme(theme)
        self.tuning.set_theme(theme)
        self.panes.set_theme(theme)
        self.worksheet.set_theme(theme)

    def set_title(self, title: str, unsaved: bool) -> None:
        """Names the experiment, with a mark where it has changes that are not saved."""
        short = title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"
        text = f"{short} *" if unsaved else short
        if text == self._title.text():
            return
        self._title.setText(text)
        self.setWindowTitle(f"{text} – OptLab")
        # A menu bar gives its corners room only when it is resized itself.
        bar = self.menuBar()
        QApplication.sendEvent(bar, QResizeEvent(bar.size(), bar.size()))

    def arrange(self) -> None:
        """The sizes that the panels begin with."""
        setup = min(self.setup.sizeHint().width(), round(_SETUP_SHARE * self.width()))
        least = _PANES_LEAST if self.width() >= _NARROW else _PANES_NARROW
        panes = max(least, round(_PANES_SHARE * self.width()))
        self.resizeDocks(list(self.docks[:2]), [setup, panes], Qt.Orientation.Horizontal)
        least = _DETAILS_LEAST if self.height() >= _LOW else 0
        height = max(least, round(_DETAILS_SHARE * self.height()))
        self.resizeDocks([self.docks[2]], [height], Qt.Orientation.Vertical)

    def fit_screen(self) -> None:
        """Makes the window, with its frame, no larger than the screen, and puts it on it."""
        room, frame = self.screen().availableGeometry(), self.frameGeometry()
        borders = frame.size() - self.size()
        self.resize(self.size().boundedTo(room.size() - borders))
        frame = self.frameGeometry()
        left = max(room.left(), min(frame.left(), room.right() + 1 - frame.width()))
        top = max(room.top(), min(frame.top(), room.bottom() + 1 - frame.height()))
        if (left, top) != (frame.left(), frame.top()):
            self.move(left, top)

    def reset_layout(self) -> None:
        """All panels where they were at first."""
        self.restoreState(self._factory, LAYOUT_VERSION)
        for dock in self.docks:
            dock.show()
            dock.setFloating(False)
        self.arrange()

    def save_layout(self, settings: QSettings) -> None:
        """Remembers size and panels."""
        settings.setValue("window/geometry", self.saveGeometry())
        settings.setValue("window/state", self.saveState(LAYOUT_VERSION))
        settings.setValue("window/room", self.size())
        settings.setValue("window/details", self.bottom_tabs.page())

    def restore_layout(self, settings: QSettings) -> None:
        """Size and panels as they were left; anything unreadable is ignored.

        Panels that were left in a larger window get their usual sizes: theirs would leave nothing
        for the map.
        """
        self.arrange()
        self._factory = self.saveState(LAYOUT_VERSION)
        geometry, state = settings.value("window/geometry"), settings.value("window/state")
        self.bottom_tabs.show_page(str(settings.value("window/details")))
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
            self.fit_screen()
            self._begins_as = self.size()
        if not isinstance(state, QByteArray) or not self.restoreState(state, LAYOUT_VERSION):
            self.arrange()
            return
        room = settings.value("window/room")
        if not isinstance(room, QSize) or room.boundedTo(self.size()) != room:
            self.arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """The frame is known only a moment after the window was shown for the first time."""
        super().showEvent(event)
        if self._begins_as == self.size():
            QTimer.singleShot(0, self, self.fit_screen)
        self._begins_as = None

    def closeEvent(self, event: QCloseEvent) -> None:
        """Lets the application decide."""
        self.closing.emit(event)


def _corner_label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setAlignment(Qt.AlignmentFlag.AlignVCenter)
    label.setContentsMargins(14, 5, 14, 5)
    return label


def _status_bar(line: StatusLine) -> QStatusBar:
    bar = QStatusBar()
    bar.setSizeGripEnabled(False)
    bar.addWidget(line, 1)
    return bar


def _bar(name: str, widget: QWidget) -> QToolBar:
    bar = QToolBar()
    bar.setObjectName(name)
    bar.setMovable(False)
    bar.setFloatable(False)
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    bar.addWidget(widget)
    return bar
