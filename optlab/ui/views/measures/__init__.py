"""Maps of what two gradients in a row do to a step, with the settings they depend on."""

from optlab.ui.views.measures.drawings import MeasureDrawing, MeasuresDrawing, SettingRow
from optlab.ui.views.measures.view import MeasuresView

__all__ = ["MeasureDrawing", "MeasuresDrawing", "MeasuresView", "SettingRow"]
