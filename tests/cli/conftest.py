"""The command line in this process, with what it wrote."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from optlab.cli import main

QUADRATIC = ("--loss", "3w1^2 + 10w2^2", "--start=-15,20")


@dataclass(frozen=True)
class Done:
    """What a command answered."""

    status: int
    out: str
    err: str


Command = Callable[..., Done]


@pytest.fixture
def optlab(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Command:
    """Runs ``optlab ARGUMENTS`` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: object) -> Done:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        return Done(status, written.out, written.err)

    return command


def table(path: Path) -> dict[str, list[float]]:
    """The columns of a CSV file; what is empty is left out."""
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    return {
        name: [float(cell) for cell in cells if cell]
        for name, cells in zip(header, zip(*rows, strict=True), strict=True)
    }


def only_run(path: Path) -> dict[str, object]:
    """The one run of a JSON summary."""
    (run,) = json.loads(path.read_text("utf-8"))["runs"]
    return dict(run)
