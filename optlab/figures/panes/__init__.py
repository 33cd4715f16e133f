"""The parts of the picture of an experiment: map, 3D surface, curves, the list of runs."""
