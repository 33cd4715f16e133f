"""Maps of an experiment: request, axes, computation in passes."""
