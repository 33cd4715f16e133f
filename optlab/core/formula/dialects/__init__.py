"""The tree as text for others: NumPy, numexpr, JavaScript, LaTeX and Unicode."""
