"""Studies of one run, and fair comparisons."""
