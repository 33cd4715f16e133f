"""`optlab doctor` on machines that lack something."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from optlab.cli.checks import examine, findings
from optlab.cli.checks.findings import CheckSection, Finding, folder_finding
from optlab.cli.checks.probe import ask_child
from optlab.cli.commands.doctor import report
from tests.cli.conftest import Command

ROOT = Path(__file__).resolve().parents[3]
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lacks these")


def all_but(*missing: str) -> Callable[[str], bool]:
    return lambda file: file not in missing


def test_a_machine_that_has_all_is_told_so(optlab: Command) -> None:
    done = optlab("doctor")
    assert (done.status, done.err) == (0, ""), done.out
    assert done.out.rstrip().endswith("Everything that OptLab needs is here.")
    for what in ("Python", "Qt", "fonts", "OpenGL", "Numba", "kernels", "recovery", "ffmpeg"):
        assert re.search(rf"^  (ok|--)  {what}\b", done.out, re.MULTILINE), what


def test_no_display_is_missing_but_qt_is_tried(optlab: Command) -> None:
    environment = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    environment.pop("QT_QPA_PLATFORM", None)
    done = subprocess.run(
        [sys.executable, "-m", "optlab", "doctor"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "!!  display    there is no display" in done.stdout
    assert "ok  Qt" in done.stdout
    assert "1 thing is missing" in done.stdout


@linux
def test_a_missing_library_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings.shutil, "which", lambda _name: "/usr/bin/apt-get")
    (finding,) = findings.library_findings(all_but("libGL.so.1", "libxcb-cursor.so.0"))
    assert finding.state == "missing"
    assert finding.mend == "sudo apt-get install libgl1 libxcb-cursor0"
    monkeypatch.setattr(findings.shutil, "which", lambda _name: None)
    (finding,) = findings.library_findings(all_but("libGL.so.1"))
    assert finding.mend == "install the packages that have libGL.so.1"


@linux
def test_a_missing_library_is_one_line_before_qt_is_loaded(
    optlab: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings.ctypes, "CDLL", lambda _file: (_ for _ in ()).throw(OSError()))
    done = optlab()
    assert done.status == 2 and done.err.count("\n") == 1
    assert done.err.startswith("optlab: Qt needs libGL.so.1, libEGL.so.1")


def test_set_up_and_doctor_read_one_list() -> None:
    text = (ROOT / "packaging" / "setup.sh").read_text("utf-8")
    assert "resources/system/debian-libraries.txt" in text
    assert all(library.package not in text for library in findings._read_list())


def test_a_child_that_dies_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "no-such-platform")
    assert "Available platform plugins" in ask_child("window")["problem"]
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert ask_child("window")["problem"].startswith("cannot be started")


def test_a_broken_qt_and_numba_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examine, "ask_child", lambda *_: {"problem": "undefined symbol: x"})
    monkeypatch.setattr(examine, "library_findings", lambda: (Finding("libraries", "all"),))
    sections = {section.title: section for section in examine.examine()}
    qt = sections["Window"].findings[-1]
    assert (qt.what, qt.state) == ("Qt", "missing") and "PySide6-Essentials" in qt.mend
    (numba,) = sections["Compiled loops"].findings
    assert numba.state == "missing" and "numba llvmlite" in numba.mend


def test_a_qt_that_ends_itself_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examine.sys, "version_info", (3, 11, 2))
    (finding,) = examine._bad_versions({"PySide6-Essentials": "6.12.0"})
    assert finding.state == "missing" and "6.10.3" in finding.mend
    assert not list(examine._bad_versions({"PySide6-Essentials": "6.10.3"}))


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    finding = folder_finding("kernels", blocked / "below", "all is lost")
    assert finding.state == "missing" and "is not a folder" in finding.found
    (tmp_path / "two.bin").write_bytes(b"12")
    finding = folder_finding("kernels", tmp_path, "all is lost")
    assert finding.state == "fine" and "2 files, 0.0 kB" in finding.found
    finding = folder_finding("kernels", tmp_path / "a" / "b", "all is lost")
    assert "made when it is needed" in finding.found and not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("environment", "problem"),
    [
        ({}, findings.NO_DISPLAY),
        ({"QT_QPA_PLATFORM": "xcb"}, findings.NO_DISPLAY),
        ({"QT_QPA_PLATFORM": "offscreen"}, ""),
        ({"QT_QPA_PLATFORM": "vnc:size=9x9"}, ""),
        ({"DISPLAY": "no-such-display"}, "the display 'no-such-display' does not answer"),
        ({"WAYLAND_DISPLAY": "wayland-9"}, "the Wayland display 'wayland-9' does not answer"),
    ],
)
@linux
def test_displays(environment: dict[str, str], problem: str) -> None:
    assert findings.display_problem(environment) == problem


@pytest.mark.screen
def test_the_display_of_this_test_answers() -> None:
    assert findings.display_problem({"DISPLAY": os.environ["DISPLAY"]}) == ""


def test_lines_that_mend_are_told_once_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    findings = (
        Finding("a", "not there", "missing", "do this"),
        Finding("b", "not there", "missing", "do this"),
        Finding("c", "not there", "without", "do that"),
    )
    assert report([CheckSection("Part", findings)]) == 1
    assert capsys.readouterr().out.endswith(
        "2 things are missing. To mend:\n  do this\n  do that  (optional)\n"
    )
