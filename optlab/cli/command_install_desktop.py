"""``optlab install-desktop``: OptLab in the menu, with its icon and its kind of file."""

from __future__ import annotations

import argparse
import sys

from optlab.cli.desktop_entry import data_home, install, remove, starting_command
from optlab.cli.errors import CommandError
from optlab.session.files import FileProblemError


def execute(options: argparse.Namespace) -> int:
    """Writes or removes the files of the desktop and says which."""
    if not sys.platform.startswith("linux"):
        raise CommandError("this is for desktops on Linux; make a shortcut to optlab instead")
    home = data_home()
    try:
        files = remove(home) if options.remove else install(home, starting_command())
    except FileProblemError as error:
        raise CommandError(str(error), status=1) from None
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}", status=1) from None
    for file in files:
        print(f"{'removed' if options.remove else 'written'} {file}")
    if not files:
        print("nothing was installed")
    return 0
