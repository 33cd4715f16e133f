"""The map: paths, overlays at the step, how it looks, and what lies outside it."""
