"""Maps of an experiment: request, axes, computation in passes; the planes that maps show."""
