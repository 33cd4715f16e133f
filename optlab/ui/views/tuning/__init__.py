"""The pages of studies and of fair comparisons."""

from optlab.ui.views.tuning.fair_page import FairPage, RuleItem
from optlab.ui.views.tuning.pages import TuningPages
from optlab.ui.views.tuning.study_page import AxisItem, StudyPage

__all__ = ["AxisItem", "FairPage", "RuleItem", "StudyPage", "TuningPages"]
