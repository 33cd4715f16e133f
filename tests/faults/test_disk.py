"""A disk that is full, a cache and a recovery copy that are damaged."""

import random
import sys
from pathlib import Path

import numpy as np
import pytest

from optlab.core.native import KernelStore
from optlab.core.run import RunSpec, compiled_kernel, run
from optlab.files.experiment_files import load_experiment, save_experiment
from optlab.files.recovery import RecoveryFiles, read_copy
from optlab.session.experiment import Experiment, Run, Surface
from optlab.session.resolve import resolve
from tests.faults.child import command, python, surroundings, window

EXPERIMENT = Experiment(
    surface=Surface(formula="w1^2 + 3 w2^2"), runs=(Run(id="1", optimizer="gd"),), start=(1.0, 2.0)
)
# A process that may write no byte into any file meets a full disk everywhere.
FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
linux = pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")


@linux
@pytest.mark.parametrize(
    "option", ["--csv=a.csv", "--image=a.png", "--animation=a.gif", "--json=a.json"]
)
def test_a_full_disk_ends_a_command_with_one_line(
    tmp_path: Path, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = option.partition("=")[2]
    (tmp_path / name).write_text("the old one")
    code = FULL.format(limit=100) + "import sys\nfrom optlab.cli import main\n"
    done = python(
        code + "sys.exit(main(sys.argv[1:]))",
        *("run", "--problem", "booth", "--optimizer", "gd", "--steps=20", "--quiet", option),
        environment=surroundings(tmp_path / "home"),
    )
    assert done.status in (1, 2) and done.err.count("\n") == 1, done.err
    assert "cannot be written" in done.err and "File too large" in done.err
    assert {path.name for path in tmp_path.iterdir()} <= {name, "home"}
    assert (tmp_path / name).read_text() == "the old one"


@linux
def test_a_full_disk_costs_neither_the_old_file_nor_the_window(tmp_path: Path) -> None:
    target, csv = tmp_path / "kept.optlab", tmp_path / "numbers.csv"
    save_experiment(EXPERIMENT, target)
    done = window(
        f"""
        def act(lab):
            said = lambda: lab.window.status._warning.text()
            def fill():
                resource.setrlimit(resource.RLIMIT_FSIZE, (60, 60))
                lab.session.step_by(-1)
                lab.session.set_window(((-1.0, 1.0), (-1.0, 1.0)))
                assert not lab.commands.documents.save_file(Path({str(target)!r}))
                assert lab.commands.documents.unsaved
                print(said())
                lab.autosave.keep()
                lab.set_theme("light")
                when(lambda: ready(lab) and "recovery" in said(), export)
            def export():
                lab.commands._exporter.csv(Path({str(csv)!r}))
                when(lambda: "numbers" in said(), close)
            def close():
                print(said())
                lab.session.undo()
                when(lambda: ready(lab), lab.window.close)
            when(lambda: ready(lab), fill)
        """,
        tmp_path / "home",
        str(target),
    )
    assert (done.status, done.err) == (0, ""), done.err
    assert done.out.count("cannot be written: File too large") == 2
    assert load_experiment(target) == EXPERIMENT
    assert not csv.exists() and not list(tmp_path.glob(".*"))


@linux
def test_a_full_disk_stops_no_long_run(tmp_path: Path) -> None:
    code = FULL.format(limit=10) + "import sys\nfrom optlab.cli import main\n"
    done = python(
        code + "sys.exit(main(sys.argv[1:]))",
        *("run", "--problem", "booth", "--optimizer", "gd", "--steps", "500000"),
        environment=surroundings(tmp_path),
    )
    assert (done.status, done.err) == (0, "")
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".kernel", ".part")]


def long_run() -> RunSpec:
    return resolve(EXPERIMENT).specs["1"]


@pytest.mark.parametrize("damage", ["empty", "short", "bits", "text", "folder", "open to all"])
def test_a_damaged_kernel_cache_gives_the_same_numbers(tmp_path: Path, damage: str) -> None:
    spec = long_run()
    folder = tmp_path / "kernels"
    right = run(spec, kernels=lambda program: compiled_kernel(program, KernelStore(folder)))
    (file,) = folder.glob("*.kernel")
    content = file.read_bytes()
    if damage == "empty":
        file.write_bytes(b"")
    elif damage == "short":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "bits":
        chance = random.Random(1)
        changed = bytearray(content)
        for _ in range(20):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        file.write_bytes(changed)
    elif damage == "text":
        file.write_bytes(b"#!/bin/sh\necho no\n" * 100)
    elif damage == "folder":
        file.unlink()
        file.mkdir()
    else:
        file.chmod(0o666)
    again = run(spec, kernels=lambda program: compiled_kernel(program, KernelStore(folder)))
    assert all(np.array_equal(right[n], again[n], equal_nan=True) for n in right.names)


def test_the_program_starts_over_damaged_caches_and_copies(tmp_path: Path) -> None:
    places = ("cache/OptLab/kernels/x.kernel", "state/OptLab/recovery/x.newest")
    for name in (*places, "state/OptLab/recovery/x.lock", "state/OptLab/log/optlab.log"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(random.Random(name).randbytes(3000))
    done = window(
        """
        def act(lab):
            def close():
                print(lab.window.status._warning.text())
                lab.window.close()
            when(lambda: ready(lab), close)
        """,
        tmp_path,
    )
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("A recovery copy was ignored: ")
    assert command("run", "--quiet", environment=surroundings(tmp_path)).status == 0


def test_a_recovery_copy_of_no_possible_time_keeps_the_work(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "OptLab" / "recovery"
    desk = RecoveryFiles(folder)
    desk.keep(EXPERIMENT)
    content = desk.newest.read_text("utf-8")
    desk.close()
    saved_at = content.partition('"saved_at":')[2].partition(",")[0]
    strange = folder / "strange.newest"
    for moment in ("253402300800", "-62135596801", "-1e300", "1e300"):
        strange.write_text(content.replace(saved_at, moment), "utf-8")
        assert read_copy(strange).saved_at == 0.0
    (folder / "strange.lock").touch()
    done = window(
        """
        def act(lab):
            def recover():
                lab.recovery.bar.answered.emit(0)
                print(lab.session.document.surface.formula)
                lab.window.close()
            when(lambda: ready(lab), recover)
        """,
        tmp_path,
    )
    assert (done.status, done.err, done.out) == (0, "", "w1^2 + 3 w2^2\n")
