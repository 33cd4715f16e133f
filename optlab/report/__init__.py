"""Reports: an experiment as one document to read, print and keep."""
