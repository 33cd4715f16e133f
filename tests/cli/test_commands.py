"""help, version, list, open, and how the program starts."""

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path
from types import SimpleNamespace

import pytest

import optlab as package
from optlab.cli import parser
from optlab.cli.commands import list as command_list
from optlab.core.problems import problem_names
from optlab.core.rules import load_rule, rule_names
from optlab.core.schedules import schedule_names
from optlab.core.text_table import aligned, fitted
from optlab.files.experiment_files import DEFAULT_EXPERIMENT, experiment_names, shipped_experiment
from tests.cli.conftest import Command

IMPORTS = """
import sys
import termios
from optlab.cli import main
status = main(sys.argv[1:])
heavy = {"PySide6", "shiboken6", "pyqtgraph", "numba", "matplotlib", "PIL", "sympy"}
light = {"numpy", "numexpr", "msgspec"} if sys.argv[-1] in ("--help", "--version") else set()
found = sorted((heavy | light) & {name.partition(".")[0] for name in sys.modules})
assert status == 0 and not found, (status, found)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("--version",),
        ("run", "--help"),
        ("list", "optimizers"),
        ("list", "experiments"),
        ("run", "--quiet"),
    ],
    ids=" ".join,
)
def test_nothing_is_imported_that_is_not_needed(arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORTS, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_pictures_need_no_window_library(tmp_path: Path) -> None:
    unwanted = '{"PySide6", "shiboken6", "pyqtgraph", "matplotlib.pyplot", "tkinter"}'
    code = (
        "import sys; from optlab.cli import main\n"
        "assert main(sys.argv[1:]) == 0\n"
        f"assert not {unwanted} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, "run", "--image", str(tmp_path / "a.png")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_version(optlab: Command) -> None:
    done = optlab("--version")
    assert (done.status, done.out) == (0, f"optlab {package.__version__}\n")


def test_help_names_every_option(optlab: Command) -> None:
    done = optlab("run", "--help")
    assert done.status == 0 and done.err == ""
    assert all(option in done.out for option in parser._VALUED)


def test_every_option_with_a_value_may_stand_before_it() -> None:
    (commands,) = [a for a in parser.make_parser()._actions if isinstance(a.choices, dict)]
    run = commands.choices["run"]
    valued = {o for a in run._actions for o in a.option_strings if a.nargs is None}
    assert valued == parser._VALUED


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("optimizers", rule_names()),
        ("problems", problem_names()),
        ("schedules", (*schedule_names(), "formula(...)")),
        ("experiments", experiment_names()),
    ],
)
def test_lists_have_one_aligned_line_each(
    optlab: Command, kind: str, names: tuple[str, ...]
) -> None:
    done = optlab("list", kind)
    lines = done.out.splitlines()
    assert done.status == 0 and tuple(line.split()[0] for line in lines) == names
    width = max(map(len, names))
    assert all(line[width : width + 2].strip() == "" for line in lines)


def test_optimizers_are_listed_with_what_can_be_set(optlab: Command) -> None:
    lines = {line.split()[0]: line for line in optlab("list", "optimizers").out.splitlines()}
    for name, line in lines.items():
        rule = load_rule(name)
        assert rule.summary in line and rule.reference in line
        assert all(f" {key}=" in line for key in (*rule.parameters, *rule.options))


def test_other_names_of_an_optimizer_are_listed_and_known(optlab: Command) -> None:
    (line,) = (line for line in optlab("list", "optimizers").out.splitlines() if "sgd)" in line)
    assert line.startswith("gd ")
    assert "(also sgd)" in line
    run = ("run", "--problem", "beale", "--steps", "3", "--optimizer")
    assert optlab(*run, "sgd").out == optlab(*run, "gd").out


def test_the_typed_schedule_is_listed_with_one_that_works(optlab: Command) -> None:
    line = optlab("list", "schedules").out.splitlines()[-1]
    assert line.startswith("formula(...)")
    example = line.split("as in ")[1].strip()
    done = optlab("run", "--problem", "beale", "--steps", "3", "--schedule", example)
    assert done.status == 0


@pytest.mark.parametrize("width", [60, 80, 132])
@pytest.mark.parametrize("kind", ["optimizers", "problems", "schedules", "experiments"])
def test_lists_fit_a_terminal(
    optlab: Command, monkeypatch: pytest.MonkeyPatch, kind: str, width: int
) -> None:
    whole = optlab("list", kind).out.split()
    monkeypatch.setattr(command_list, "terminal_width", lambda: width)
    out = optlab("list", kind).out
    assert max(map(len, out.splitlines())) <= width
    assert "".join(out.split()) == "".join(whole)


def test_the_width_is_that_of_the_terminal() -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 72, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    command = [sys.executable, "-m", "optlab", "list", "schedules"]
    with subprocess.Popen(command, stdout=theirs, env=environment) as program:
        os.close(theirs)
        written = b""
        with contextlib.suppress(OSError):  # how a terminal says that its program has ended
            while part := os.read(ours, 4096):
                written += part
    os.close(ours)
    lines = written.decode().splitlines()
    assert program.returncode == 0 and 60 < max(map(len, lines)) <= 72


def test_a_list_stays_a_table_where_it_fits() -> None:
    rows = [("a", "one", "x"), ("bb", "two", "yy")]
    assert fitted(rows, 80) == aligned(rows) == ["a   one  x", "bb  two  yy"]
    assert fitted(rows, 10) == ["a   one", "    x", "bb  two", "    yy"]
    long = [("a", "one two three"), ("a name", "four")]
    assert fitted(long, 12) == [
        "a     one",
        "        two",
        "        thre",
        "        e",
        "a name",
        "      four",
    ]


def test_a_reader_that_stops_early_is_no_error() -> None:
    program = f"{sys.executable} -m optlab list problems"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {program} | true"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_open_gives_the_file_to_the_window(
    optlab: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path | None] = []

    def window(path: Path | None) -> int:
        opened.append(path)
        return 0

    monkeypatch.setitem(sys.modules, "optlab.ui.shell.app", SimpleNamespace(main=window))
    assert optlab().status == 0
    assert optlab("open").status == 0  # as a menu does that has no file to name
    assert optlab("open", DEFAULT_EXPERIMENT).status == 0
    assert opened == [None, None, shipped_experiment(DEFAULT_EXPERIMENT)]


def test_a_renderer_that_there_is_not_is_refused(
    optlab: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTLAB_3D", "vulkan")
    done = optlab("open", DEFAULT_EXPERIMENT)
    assert (done.status, done.out) == (2, "")
    assert "OPTLAB_3D is 'vulkan'; it can be opengl or software" in done.err


def test_a_window_that_cannot_be_imported_is_one_line(
    optlab: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "optlab.ui.shell.app", None)
    done = optlab()
    assert done.status == 1 and done.err.startswith("optlab: the window cannot be opened")
    assert done.err.count("\n") == 1
