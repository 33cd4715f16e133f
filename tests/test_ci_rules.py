"""The rules of tests/conftest.py, tried on a small suite of their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = """
import pytest

def test_skipped():
    pytest.skip("no reason")

@pytest.mark.xfail(reason="known", strict=True)
def test_known_failure():
    assert False
"""


@pytest.mark.parametrize(("ci", "outcome"), [("", "1 skipped"), ("true", "1 failed")])
def test_a_skip_fails_only_where_ci_is_set(tmp_path: Path, ci: str, outcome: str) -> None:
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_small.py").write_text(SUITE)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{outcome}, 1 xfailed" in done.stdout
    assert done.returncode == (1 if ci else 0)


@pytest.mark.screen
def test_a_screen_test_has_a_display() -> None:
    assert os.environ["DISPLAY"]
