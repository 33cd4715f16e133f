"""Studies and fair comparisons of a session: what they search, computed while one watches."""
