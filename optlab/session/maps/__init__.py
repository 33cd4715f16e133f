"""Maps of an experiment: what is asked for, its axes, and its computation in passes."""
