"""The data: where they come from, their rows, and a picture of them."""

from optlab.ui.views.data.panel import DataNumber, DataPanel

__all__ = ["DataNumber", "DataPanel"]
