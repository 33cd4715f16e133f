"""The worksheet: every equation of one update with its numbers and its result."""

from optlab.ui.views.worksheet.view import WorksheetView

__all__ = ["WorksheetView"]
