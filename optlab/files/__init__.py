"""Experiment files: open, save, migrate, embed, recover, export.  No Qt."""
