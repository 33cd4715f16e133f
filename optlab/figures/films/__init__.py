"""Films: the picture of an experiment whose paths grow, as GIF and MP4."""
