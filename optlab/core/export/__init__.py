"""Trajectories in the forms of other programs."""

from optlab.core.export.csv import ExportCancelledError, csv_blocks, csv_header

__all__ = ["ExportCancelledError", "csv_blocks", "csv_header"]
