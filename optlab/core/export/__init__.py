"""Trajectories in the forms of other programs."""

from optlab.core.export.csv import ExportCancelledError, csv_blocks, csv_header
from optlab.core.export.npz import METADATA, write_arrays, write_npz

__all__ = [
    "METADATA",
    "ExportCancelledError",
    "csv_blocks",
    "csv_header",
    "write_arrays",
    "write_npz",
]
