"""Work on other machines: the options of ``optlab cluster``, and --cluster of other commands.

Imports nothing that takes time.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from optlab.cli.exits import CommandError
from optlab.cli.option_values import whole

if TYPE_CHECKING:
    from optlab.session.cluster.executor import Machines

_DESCRIPTION = """\
Starts a Dask scheduler and workers on this machine, each a process of its own, says the address
and runs until Ctrl-C. Maps, tune and compare use it with --cluster ADDRESS, and give the same
numbers as on one machine to the last bit. Only this machine can reach it, unless --host names an
address of it; then --tls is demanded. With --join the workers belong to a scheduler elsewhere."""

_EPILOG = """\
examples:
  optlab cluster --workers 4
  optlab compare --problems valleys --cluster tcp://127.0.0.1:8786
  optlab cluster --host 192.168.1.20 --tls certificates
  optlab cluster --join tls://192.168.1.20:8786 --tls certificates --workers 8
  srun --ntasks=64 optlab cluster --join tls://192.168.1.20:8786 --tls certificates --workers 1
"""


def add_cluster_command(commands: argparse._SubParsersAction[Any]) -> None:
    """``optlab cluster``"""
    cluster = commands.add_parser(
        "cluster",
        help="start workers that maps, tune and compare can use",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    cluster.add_argument(
        "--workers", type=whole, metavar="N", help="processes (default: one for each core)"
    )
    cluster.add_argument(
        "--host", default="127.0.0.1", metavar="HOST", help="where it listens (default: localhost)"
    )
    cluster.add_argument(
        "--port", type=whole, default=8786, metavar="N", help="0 for a free one (default 8786)"
    )
    cluster.add_argument("--join", metavar="ADDRESS", help="the scheduler elsewhere")
    _add_tls(cluster)


def add_cluster(command: argparse.ArgumentParser) -> None:
    """``--cluster`` and ``--tls`` of a command that computes much."""
    group = command.add_argument_group("on other machines")
    group.add_argument(
        "--cluster", metavar="ADDRESS", help="of a Dask scheduler: optlab cluster starts one"
    )
    _add_tls(group)


def _add_tls(group: argparse._ActionsContainer) -> None:
    group.add_argument(
        "--tls", metavar="FOLDER", help="with ca.pem, cert.pem and key.pem, for tls://…"
    )


@contextmanager
def connected(options: argparse.Namespace) -> Iterator[Machines]:
    """The cluster that the options name, or this machine.

    Raises CommandError where it cannot be used, and at the end where it was lost on the way: what
    was computed is written by then.
    """
    from optlab.session.cluster.executor import Cluster, ClusterError, ThisMachine

    if not options.cluster:
        yield ThisMachine()
        return

    try:
        cluster = Cluster(options.cluster, options.tls)
    except ClusterError as error:
        raise CommandError(f"--cluster: {error}") from None
    with cluster:
        try:
            yield cluster
        except ClusterError as error:
            raise CommandError(f"--cluster: {error}", status=1) from None
        if cluster.lost:
            reason = f"{cluster.lost}; what was computed until then is kept"
            raise CommandError(f"--cluster: {reason}", status=1)
