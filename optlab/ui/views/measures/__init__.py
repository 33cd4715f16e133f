"""Maps of what two gradients in a row do to a step, with the settings they depend on."""

from optlab.ui.views.measures.stability import StabilityView
from optlab.ui.views.measures.view import STABILITY, MeasuresView, SettingRow

__all__ = ["STABILITY", "MeasuresView", "SettingRow", "StabilityView"]
