"""How long a test waits for what must come: long enough for a machine with ten times the work.

Nothing is ever compared with a time; this only ends what hangs.
"""

from typing import Final

PATIENCE: Final = 300.0
"""Seconds."""
