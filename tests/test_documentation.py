"""What the documents show must work as shown."""

import re
from pathlib import Path

from optlab.core.problems.catalogue import load_problem
from optlab.core.rules.load import read_rule

ROOT = Path(__file__).resolve().parents[1]


def toml_examples() -> list[str]:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    return re.findall(r"^```toml\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


def test_the_example_optimizer_has_ten_lines() -> None:
    optimizer, _ = toml_examples()
    assert optimizer.count("\n") == 10


def test_the_example_optimizer_loads(tmp_path: Path) -> None:
    file = tmp_path / "example.toml"
    file.write_text(toml_examples()[0], "utf-8")
    rule = read_rule(file)
    assert set(rule.parameters) == {"eta", "alpha"}
    assert [state.name for state in rule.state] == ["m"]


def test_the_example_surface_loads_and_its_minimum_is_one(tmp_path: Path) -> None:
    (tmp_path / "example.toml").write_text(toml_examples()[1], "utf-8")
    problem = load_problem("example", tmp_path)
    (minimum,) = problem.minima
    assert problem.loss(minimum.at) == minimum.value
    assert tuple(problem.gradient(minimum.at)) == (0.0, 0.0)
