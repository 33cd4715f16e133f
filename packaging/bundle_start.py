"""What the bundled program runs first."""

import multiprocessing
import sys

from optlab.cli import main

if __name__ == "__main__":
    # A library that starts processes starts this very program.
    multiprocessing.freeze_support()
    sys.exit(main())
