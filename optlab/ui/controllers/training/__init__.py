"""Data, models over the data, recordings, and the plane in which they are looked at."""
