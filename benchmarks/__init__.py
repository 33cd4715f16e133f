"""How fast OptLab is, beside what else one could use, in one run."""
