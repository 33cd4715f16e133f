"""The comparison table: what each run achieved, against a target and a baseline."""

from optlab.ui.views.comparison.model import CellShown, ColumnShown, RowShown
from optlab.ui.views.comparison.view import ComparisonView

__all__ = ["CellShown", "ColumnShown", "ComparisonView", "RowShown"]
