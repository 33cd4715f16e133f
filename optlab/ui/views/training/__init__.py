"""What the models of the runs have learned at the current step."""

from optlab.ui.views.training.page import TrainingPage

__all__ = ["TrainingPage"]
