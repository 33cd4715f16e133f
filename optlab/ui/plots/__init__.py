"""Drawing machinery that the plots share: scales, ticks, polylines, colours, layers."""
