"""The panel of runs: which optimizers are side by side, and how each did."""

from optlab.ui.views.runs.panel import RunsPanel
from optlab.ui.views.runs.row import RunItem, RunRow

__all__ = ["RunItem", "RunRow", "RunsPanel"]
