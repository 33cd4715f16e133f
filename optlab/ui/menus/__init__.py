"""Menus, the palette, and what their entries do."""
