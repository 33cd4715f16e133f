"""The panels of the window. None knows another, none knows the session."""
