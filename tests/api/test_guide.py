"""Every block of docs/api.md runs, in order, as in a notebook."""

import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def test_the_blocks_of_the_guide_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = GUIDE.read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 8
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(GUIDE), "exec"), names)  # noqa: S102  (our own text)
    expected = {"paths.svg", "paths-adam.csv", "paths-plain.csv", "paths.npz", "three.png"}
    expected |= {
        "banana.optlab",
        "basins.npz",
        "steps.svg",
        "moment.pdf",
        "paths.gif",
        "lecture.html",
        "report.pdf",
        "seen.png",
        "dark.png",
    }
    assert {path.name for path in tmp_path.iterdir()} == expected
