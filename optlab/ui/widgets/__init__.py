"""Reusable controls. They know colours and fonts, nothing of experiments."""
