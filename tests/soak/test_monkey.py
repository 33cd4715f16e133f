"""A short visit of the monkey; the long one is `python -m tests.soak.monkey --minutes 10`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads its memory from /proc")
@pytest.mark.parametrize("seed", [4])
def test_nothing_goes_wrong_under_random_hands(seed: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.monkey", "--actions=200", f"--seed={seed}"],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "200 actions" in done.stdout and " 0 errors" in done.stdout
