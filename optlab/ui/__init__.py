"""The window: PySide6 and pyqtgraph. Nothing below imports it.

PySide6 reads the source of every module that is imported after it, to see whether it is a user of
Qt.  What the window stands on is none, and is imported before: 30 ms of each start.
"""

import optlab.core.analysis.worksheet
import optlab.files.recovery
import optlab.files.run_files
import optlab.pictures.charts.curves
import optlab.pictures.contour
import optlab.pictures.surface3d.render
import optlab.session.session  # noqa: F401
