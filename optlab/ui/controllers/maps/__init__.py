"""Connect the pages of maps with the session."""
