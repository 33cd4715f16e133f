"""The window and what keeps it running."""
