"""Colours, fonts, icons and typeset formulas."""
