"""Dialogs, and what is opened, saved and exported through them."""
