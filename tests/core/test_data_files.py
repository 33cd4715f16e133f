"""Finding data files by name, and what lists say about them without loading them."""

import os
from pathlib import Path

import pytest

from optlab.core.problems import load_problem, problem_names, problem_titles
from optlab.core.resources import CatalogueEntry, UnknownNameError, data_titles, find_data_file
from optlab.core.rules import load_rule, rule_names, rule_titles


def test_titles_say_what_the_loaded_rules_say() -> None:
    rules = [load_rule(name) for name in rule_names()]
    expected = {
        CatalogueEntry(rule.key, rule.name, rule.summary, aliases=rule.aliases) for rule in rules
    }
    assert set(rule_titles()) == expected
    assert len(rule_titles()) == len(rules)


def test_titles_say_what_the_loaded_surfaces_say() -> None:
    problems = [load_problem(name) for name in problem_names()]
    expected = {CatalogueEntry(problem.key, problem.title, problem.story) for problem in problems}
    assert set(problem_titles()) == expected


def test_titles_are_sorted_by_name(tmp_path: Path) -> None:
    for key, name in (("a", "zebra"), ("b", "Ant")):
        (tmp_path / f"{key}.toml").write_text(f'name = "{name}"\nstory = "{key}."\n')
    assert data_titles(tmp_path, "story") == (
        CatalogueEntry("b", "Ant", "b."),
        CatalogueEntry("a", "zebra", "a."),
    )


@pytest.mark.parametrize("content", ["name = ", "\0", "[table]\nname = 'inside'\n", ""])
def test_a_file_without_a_readable_name_is_listed_by_its_key(tmp_path: Path, content: str) -> None:
    (tmp_path / "odd.toml").write_text(content)
    assert data_titles(tmp_path, "story") == (CatalogueEntry("odd", "odd", ""),)


def test_a_long_value_may_have_a_line_that_begins_like_a_table(tmp_path: Path) -> None:
    (tmp_path / "long.toml").write_text('window = [\n[0.0, 1.0],\n]\nname = "Long"\n')
    assert data_titles(tmp_path, "story") == (CatalogueEntry("long", "Long", ""),)


def test_a_changed_file_has_its_new_title(tmp_path: Path) -> None:
    path = tmp_path / "one.toml"
    path.write_text('name = "before"\n')
    assert data_titles(tmp_path, "story")[0].name == "before"
    path.write_text('name = "after"\n')
    os.utime(path, ns=(1, 1))
    assert data_titles(tmp_path, "story")[0].name == "after"


def test_new_and_removed_files_are_noticed(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.toml").write_text("")
        assert find_data_file(tmp_path, name, "thing") == tmp_path / f"{name}.toml"
    with pytest.raises(UnknownNameError, match="did you mean two"):
        find_data_file(tmp_path, "twoo", "thing")
    with pytest.raises(UnknownNameError):
        find_data_file(tmp_path / "missing", "one", "thing")
