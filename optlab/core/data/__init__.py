"""Data: tables of numbers, and which of their rows a step takes."""

from optlab.core.data.batches import Batches, RowBlock
from optlab.core.data.catalogue import load_table, shipped_tables
from optlab.core.data.csv_table import read_table, table_text
from optlab.core.data.generators import GENERATORS
from optlab.core.data.row_context import RowContext
from optlab.core.data.table import Split, Table, TableError

__all__ = [
    "GENERATORS",
    "Batches",
    "RowBlock",
    "RowContext",
    "Split",
    "Table",
    "TableError",
    "load_table",
    "read_table",
    "shipped_tables",
    "table_text",
]
