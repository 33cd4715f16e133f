"""``optlab cluster``: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import argparse
import ipaddress
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from optlab.cli.exits import CommandError, print_lines, stopped_by_signals
from optlab.session.cluster.executor import ClusterError, distributed, tls_files

_PATIENCE = 60.0
_POLL = 0.1
_MOST_WORKERS = 4096


def execute(options: argparse.Namespace) -> int:
    """Starts the processes, says where they are, and ends them with the command."""
    workers = (os.cpu_count() or 1) if options.workers is None else options.workers
    if not 1 <= workers <= _MOST_WORKERS:
        raise CommandError(f"--workers: must be from 1 to {_MOST_WORKERS}, not {workers}")
    if not 0 <= options.port <= 65535:
        raise CommandError(f"--port: must be from 0 to 65535, not {options.port}")
    try:
        distributed()
        tls = _tls(options)
    except ClusterError as error:
        raise CommandError(str(error)) from None
    started: list[subprocess.Popen[bytes]] = []
    try:
        with stopped_by_signals(), tempfile.TemporaryDirectory() as folder:
            address = options.join
            if not address:
                place = Path(folder) / "scheduler.json"
                started.append(_scheduler(options, tls, place))
                address = _address(started[0], place)
            started.append(_workers(address, workers, tls, Path(folder)))
            print_lines(_lines(options, address, workers))
            while all(process.poll() is None for process in started):
                time.sleep(_POLL)
            what = "the scheduler" if len(started) == 2 and started[0].poll() else "a worker"
            raise CommandError(f"{what} ended by itself", status=1)
    finally:
        _end(started)


def _tls(options: argparse.Namespace) -> list[str]:
    """The options of TLS; none on this machine alone. Raises CommandError where it is demanded."""
    place = "--join" if options.join else "--host"
    if options.tls is None:
        host = options.join.split("//")[-1].rpartition(":")[0] if options.join else options.host
        if not _is_this_machine(host):
            reason = f"{host} can be reached by others, who could run programs here; give --tls"
            raise CommandError(f"{place}: {reason} FOLDER with ca.pem, cert.pem, key.pem")
        return []
    ca, cert, key = tls_files(options.tls)
    return [f"--tls-ca-file={ca}", f"--tls-cert={cert}", f"--tls-key={key}"]


def _is_this_machine(host: str) -> bool:
    """Whether an address reaches no further than this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _scheduler(options: argparse.Namespace, tls: list[str], place: Path) -> subprocess.Popen[bytes]:
    return _start(
        "distributed.cli.dask_scheduler",
        f"--host={options.host}",
        f"--port={options.port}",
        f"--protocol={'tls' if tls else 'tcp'}",
        f"--scheduler-file={place}",
        *tls,
    )


def _workers(address: str, count: int, tls: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """Workers of one thread each; a nanny starts one that died again."""
    return _start(
        "distributed.cli.dask_worker",
        address,
        f"--nworkers={count}",
        "--nthreads=1",
        "--death-timeout=60",  # seconds that a worker waits for a scheduler that is gone
        f"--local-directory={folder}",
        *(tls or ["--host=127.0.0.1"]),  # without it a worker is open to everyone
    )


def _start(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    quiet = os.environ | {"DASK_LOGGING__DISTRIBUTED": "critical", "PYTHONWARNINGS": "ignore"}
    # Its pages of statistics would be open to others even where the scheduler is not.
    pages = ("--no-dashboard", "--dashboard-address=127.0.0.1:0")
    command = [sys.executable, "-m", module, *pages, *arguments]
    return subprocess.Popen(command, env=quiet, stdin=subprocess.DEVNULL)


def _address(process: subprocess.Popen[bytes], place: Path) -> str:
    """Where the scheduler listens. Raises CommandError where it did not start."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        if place.is_file() and (text := place.read_text()).endswith("}"):
            return str(json.loads(text)["address"])
        time.sleep(_POLL)
    raise CommandError("the scheduler did not start; is the port free?", status=1)


def _lines(options: argparse.Namespace, address: str, workers: int) -> list[str]:
    tls = f" --tls {options.tls}" if options.tls else ""
    count = f"{workers} worker{'s' * (workers != 1)}"
    if options.join:
        return [f"{count} for {address}; Ctrl-C ends them"]
    lines = [
        f"{address} has {count}; Ctrl-C ends it",
        f"  use it          optlab compare --cluster {address}{tls}",
    ]
    if tls:
        join = f"optlab cluster --join {address}{tls}"
        lines += [
            f"  more workers    {join} --workers 8",
            f"  under Slurm     srun --ntasks=64 {join} --workers 1",
        ]
    else:
        lines += ["  more machines   give --host and --tls (optlab cluster --help)"]
    return lines


def _end(started: list[subprocess.Popen[bytes]]) -> None:
    for process in reversed(started):
        process.terminate()
    for process in started:
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
