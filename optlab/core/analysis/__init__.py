"""What is read off a run: quantities, comparison, curvature, stability, worksheets, claims."""
