"""Data: tables of numbers, and which of their rows a step takes."""

from optlab.core.data.batches import Batches, RowBlock
from optlab.core.data.row_context import RowContext
from optlab.core.data.table import Split, Table, TableError

__all__ = ["Batches", "RowBlock", "RowContext", "Split", "Table", "TableError"]
