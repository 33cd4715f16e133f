"""The shipped update rules, by name."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from optlab.core.data_files import Title, data_titles, last_change
from optlab.core.rules.load import read_rule, rule_file, rules_folder
from optlab.core.rules.rule import Rule


def rule_titles(folder: Path | None = None) -> tuple[Title, ...]:
    """Key, name and summary of every rule, by name; no rule is loaded for it."""
    return data_titles(folder or rules_folder(), "summary")


def load_rule(name: str, folder: Path | None = None) -> Rule:
    """The rule of a catalogue name, or of a path to a ``.toml`` file.

    Raises UnknownNameError for a name that is not there, DataError for a file that cannot be used.
    """
    path = rule_file(name, folder)
    return _read(path, last_change(path))


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int) -> Rule:
    return read_rule(path)
