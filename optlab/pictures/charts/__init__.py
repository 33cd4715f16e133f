"""Charts: curves over the steps, and numbers that many runs gave, with their ranges."""
