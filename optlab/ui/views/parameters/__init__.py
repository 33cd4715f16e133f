"""The panel of the selected run: its rule, parameters, options, schedule, gradient treatment."""

from optlab.ui.views.parameters.panel import OptionLike, ParameterLike, ParametersPanel
from optlab.ui.views.parameters.schedule_row import ScheduleTemplate
from optlab.ui.views.parameters.treatment_group import TREATMENTS

__all__ = ["TREATMENTS", "OptionLike", "ParameterLike", "ParametersPanel", "ScheduleTemplate"]
