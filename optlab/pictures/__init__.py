"""What is drawn, as data: projections, ticks, lines cut and thinned; no Qt, no Matplotlib."""
