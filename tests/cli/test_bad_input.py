"""Whatever is wrong: one line that names it, status 2, no traceback and no file."""

from pathlib import Path

import pytest

from tests.cli.conftest import Command, Done

ADAM = ("--optimizer", "adam")
WRITES = ("--csv", "out.csv", "--json", "out.json", "--image", "out.png")
TOO_LONG = "w1+" * 6666 + "w1"

BAD = [
    (("--optimizer", "nosuch"), "--optimizer: unknown optimizer 'nosuch'"),
    (("--optimizer", ""), "--optimizer: unknown optimizer"),
    (("--optimizer", "missing.toml"), "--optimizer: missing.toml"),
    (("--problem", "rosenbrok"), "did you mean rosenbrock"),
    ((*ADAM, "--set", "q=1"), "--set: 'q' is not a setting of adam; known are eta, beta1"),
    ((*ADAM, "--set", "eta"), "--set: needs the form KEY=VALUE"),
    ((*ADAM, "--set", "eta=abc"), "--set: eta: 'abc' is not a number"),
    ((*ADAM, "--set", "eta=1_000"), "--set: eta: '1_000' is not a number"),
    ((*ADAM, "--set", "eta=１"), "--set: eta: '１' is not a number"),
    ((*ADAM, "--set", "eta=0"), "--set: eta must be above 0"),
    ((*ADAM, "--set", "eta=nan"), "--set: eta: must be a finite number"),
    ((*ADAM, "--set", "beta1=1"), "--set: beta1 must be at least 0 and below 1"),
    ((*ADAM, "--set", "epsilon_placement=beside"), "must be one of inside, outside"),
    (("--schedule", "nosuch"), "--schedule: unknown schedule 'nosuch'"),
    (("--schedule", "step:drop=x"), "--schedule: step:drop 'x' is not a number"),
    (("--schedule", "step:often=1"), "--schedule: step:often"),
    (("--start", "1"), "--start: needs 2 numbers"),
    (("--start", "1,2,3"), "--start: needs 2 numbers"),
    (("--start", "nan,1"), "--start: must be a finite number"),
    (("--start", "1e999,1"), "--start: must be a finite number"),
    (("--start", "a,b"), "--start: 'a' is not a number"),
    (("--steps", "-1"), "--steps: must be from 0"),
    (("--steps", "1e99"), "--steps: must be a whole number"),
    (("--steps", "1.5"), "--steps: must be a whole number"),
    (("--steps", "abc"), "--steps: must be a whole number"),
    (("--steps", "9" * 5000), "--steps: must be a whole number"),
    (("--steps", "999999999999"), "--steps: must be from 0"),
    (("--seed", "-1"), "--seed: must be from 0"),
    (("--clip-norm", "0"), "--clip-norm: must be a finite number above 0"),
    (("--clip-value", "-1"), "--clip-value: must be a finite number above 0"),
    (("--l2", "-1"), "--l2: must be a finite number at least 0"),
    (("--noise", "nan"), "--noise: must be a finite number"),
    (("--noise-relative", "-1"), "--noise-relative: must be"),
    (("--stop-gradient", "-1"), "--stop-gradient: must be at least 0"),
    (("--loss", ""), "--loss: the formula is empty (column 1)"),
    (("--loss", "(w1"), "(column 1)"),
    (("--loss", "w1)"), "(column 3)"),
    (("--loss", "w1 + q"), "--loss: unknown name 'q'"),
    (("--loss", TOO_LONG), "--loss: the formula has 20000 characters"),
    (("--loss", "(" * 9000 + "w1" + ")" * 900), "--loss: "),
    (("--loss", "9^9^9^9"), "--loss: the constant 9^9^9"),
    (("--loss", "w1.real"), "(column 3)"),
    (("--loss", "__import__('os')"), "--loss: "),
    (("--loss", "lambda: 1"), "--loss: "),
    (("--loss", "w1\nw2\nq"), "--loss: "),
    (("--loss", "w1", "--problem", "booth"), "not allowed with"),
    (("nosuch.optlab",), "there is no file 'nosuch.optlab'"),
    (("",), "'' is not a file"),
    (("a", "b"), "unknown argument 'b'"),
    (("--nosuch",), "unknown option '--nosuch'"),
    (("--csv",), "--csv: expected one argument"),
]

BAD_FILES = [
    (("--csv", "nosuch/out.csv"), "--csv: there is no folder nosuch"),
    (("--csv", "/proc/out.csv"), "--csv: /proc/out.csv cannot be written"),
    (("--csv", "."), "--csv: "),
    (("--csv", "folder/"), "--csv: 'folder/' is not the name of a file"),
    (("--csv", ""), "--csv: '' is not the name of a file"),
    (("--csv", "x" * 300), "--csv: "),
    (("--json", "nosuch/out.json"), "--json: there is no folder"),
    (("--image", "out.bmp"), "--image: the type '.bmp' is not known; known are .png, .svg, .pdf"),
    (("--image", "out"), "--image: a name without a type"),
    (("--image", "out.gif"), "--image: the type '.gif'"),
    (("--animation", "out.avi"), "--animation: the type '.avi'"),
    (("--csv", "same.png", "--image", "same.png"), "--image: same.png is already the file of"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=lambda value: str(value)[:40])
def test_one_line_and_no_file(
    optlab: Command, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = optlab("run", *WRITES, *arguments)
    assert done.status == 2 and done.out == ""
    assert done.err.startswith("optlab run: ") and message in done.err
    assert done.err.count("\n") == 1 and done.err.endswith("\n") and len(done.err) < 700
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("arguments", "message"), BAD_FILES, ids=lambda value: str(value)[:40])
def test_files_are_checked_before_the_run(
    optlab: Command, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    long_run = ("--problem", "booth", *ADAM, "--steps", "9000000")
    done = optlab("run", *long_run, *arguments)
    assert done.status == 2 and done.out == "" and message in done.err
    assert done.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_may_not_be_changed_is_noticed_before_the_run(
    optlab: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("old.csv").write_text("old")
    # Whoever runs the tests may be allowed everything.
    monkeypatch.setattr("os.access", lambda path, mode: Path(path).name != "old.csv")
    done = optlab("run", *ADAM, "--steps", "9000000", "--csv", "old.csv")
    assert done == Done(2, "", "optlab run: --csv: old.csv cannot be written: Permission denied\n")
    assert Path("old.csv").read_text() == "old"


def test_a_name_as_long_as_the_file_system_allows(optlab: Command, tmp_path: Path) -> None:
    name = "x" * 251 + ".csv"
    assert optlab("run", *ADAM, "--steps", "1", "--csv", name).status == 0
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not a valid experiment"),
        ("{", "not a valid experiment"),
        ("[" * 100_000, "not a valid experiment"),
        ('{"version": 99}', "newer version"),
        ('{"steps": "many"}', "not a valid experiment"),
        ('{"nosuch": 1}', "nosuch"),
        ('{"surface": {"problem": "booth"}}', "has no runs"),
        ('{"surface": {"problem": "x"}, "runs": [{"id": "1", "optimizer": "gd"}]}', "problem"),
        ('{"runs": [{"id": "1", "optimizer": "gd"}, {"id": "1", "optimizer": "gd"}]}', "same id"),
        (
            '{"surface": {"formula": "w1"}, "runs": [{"id": "1", "optimizer": "gd", '
            '"name": "mine", "parameters": {"eta": -1}}]}',
            "mine: eta must be above 0",
        ),
        (
            '{"surface": {"formula": "w1", "window": [[1, 1], [0, 1]]}, '
            '"runs": [{"id": "1", "optimizer": "gd"}]}',
            "window",
        ),
    ],
)
def test_a_broken_experiment_file_is_refused(
    optlab: Command, tmp_path: Path, content: str, message: str
) -> None:
    file = tmp_path / "broken.optlab"
    file.write_text(content, "utf-8")
    for command in ("run", "open") if content.startswith("[") else ("run",):
        done = optlab(command, file, *(WRITES if command == "run" else ()))
        assert done.status == 2 and message in done.err and done.err.count("\n") == 1
        assert "broken.optlab" in done.err
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("arguments", [("nosuch",), ("list",), ("list", "nosuch")])
def test_wrong_commands(optlab: Command, arguments: tuple[str, ...]) -> None:
    done = optlab(*arguments)
    assert done.status == 2 and done.err.count("\n") == 1 and done.err.startswith("optlab")
