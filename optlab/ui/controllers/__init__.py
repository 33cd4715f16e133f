"""Binders: each one connects one view with the session, and holds no state of its own."""
