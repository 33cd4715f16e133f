"""What a machine may lack: each ends in a sentence, or does not matter."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from optlab.files.experiment_files import load_experiment
from tests.faults.child import command, python, surroundings, window

CLOSE_WHEN_READY = """
def act(lab):
    when(lambda: ready(lab), lab.window.close)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is a display")
@pytest.mark.parametrize("display", ["", "no-such-display"])
def test_no_display_is_one_line(tmp_path: Path, display: str) -> None:
    environment = surroundings(tmp_path, DISPLAY=display, WAYLAND_DISPLAY="")
    del environment["QT_QPA_PLATFORM"]
    done = command(environment=environment)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("optlab: ") and done.err.count("\n") == 1
    assert "display" in done.err and "optlab run works without one" in done.err


def test_no_ffmpeg_is_one_line_and_no_file(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    environment = surroundings(tmp_path, PATH=str(tmp_path))
    hidden = "import sys; sys.modules['imageio_ffmpeg'] = None\nfrom optlab.cli import main\n"
    done = python(
        f"{hidden}sys.exit(main(sys.argv[1:]))",
        *("run", "--animation", str(film)),
        environment=environment,
    )
    assert done.status == 2 and done.err.count("\n") == 1, done.err
    assert "ffmpeg" in done.err and not film.exists()


@pytest.mark.parametrize("place", ["file", "system"])
def test_a_home_that_cannot_be_written_does_not_matter(tmp_path: Path, place: str) -> None:
    # Permissions would not stop an administrator; a file in the way stops everybody.
    (tmp_path / "file").touch()
    home = tmp_path / "file" if place == "file" else Path("/proc/optlab")
    target = tmp_path / "saved.optlab"
    act = f"""
    def act(lab):
        def change():
            lab.session.step_by(-3)
            lab.session.set_window(((-1.0, 1.0), (-1.0, 1.0)))
            lab.autosave.keep()
            when(lambda: ready(lab), save)
        def save():
            assert lab.commands.documents.save_file(Path({str(target)!r}))
            print(lab.window.status._warning.text())
            lab.window.close()
        when(lambda: ready(lab), change)
    """
    done = window(act, home)
    assert (done.status, done.err) == (0, ""), done.err
    assert target.exists()
    # Running and exporting need no home either.
    code = """
import sys, optlab
from optlab.cli import main
csv, image, report = sys.argv[1:]
assert main(["run", "--quiet", "--csv", csv, "--image", image]) == 0
optlab.load("three_ways_down").run().save_report(report)
"""
    files = [str(tmp_path / name) for name in ("run.csv", "run.png", "run.pdf")]
    done = python(code, *files, environment=surroundings(home))
    assert (done.status, done.err) == (0, "")


def test_recovery_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = window(
        """
        def act(lab):
            def keep():
                lab.session.set_window(((-1.0, 1.0), (-1.0, 1.0)))
                lab.autosave.keep()
                when(lambda: lab.window.status._warning.text(), tell)
            def tell():
                print(lab.window.status._warning.text())
                lab.window.close()
            when(lambda: ready(lab), keep)
        """,
        tmp_path / "file",
    )
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("No recovery copies can be kept: ")


def test_a_damaged_settings_file_does_not_matter(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "OptLab"
    folder.mkdir(parents=True)
    (folder / "OptLab.conf").write_bytes(os.urandom(5000))
    done = window(CLOSE_WHEN_READY, tmp_path)
    assert (done.status, done.err) == (0, "")


def test_two_windows_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    target = tmp_path / "both.optlab"
    # Each waits until the other one has a recovery copy of its own, then both save one file.
    act = f"""
    def act(lab):
        def change():
            lab.session.set_window(((-1.0, 1.0), (-1.0, 1.0)))
            assert lab.autosave.secure()
            when(lambda: len(list(copies.glob("*.newest"))) == 2, save)
        def save():
            assert lab.recovery.bar is None, "the copy of a running program was offered"
            for _ in range(20):
                assert lab.commands.documents.save_file(Path({str(target)!r}))
            Path({str(tmp_path)!r}, f"done-{{id(lab)}}-{{time.monotonic_ns()}}").touch()
            when(lambda: len(list(Path({str(tmp_path)!r}).glob("done-*"))) == 2, lab.window.close)
        copies = lab.autosave.files.newest.parent
        when(lambda: ready(lab), change)
    """
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(window, act, tmp_path) for _ in range(2)]
    assert [(done.result().status, done.result().err) for done in both] == [(0, "")] * 2
    assert load_experiment(target).surface.window == ((-1.0, 1.0), (-1.0, 1.0))
    assert list((tmp_path / "state" / "OptLab" / "recovery").iterdir()) == []
