"""The interface: PySide6 and pyqtgraph. Nothing below imports it."""
