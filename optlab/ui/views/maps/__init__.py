"""Maps of many runs: a picture with axes, what its colours mean, and what to compute."""

from optlab.ui.views.maps.canvas import MapCanvas
from optlab.ui.views.maps.page import BasinsPage
from optlab.ui.views.maps.sweep import SettingItem, SweepPage

__all__ = ["BasinsPage", "MapCanvas", "SettingItem", "SweepPage"]
