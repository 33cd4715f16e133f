"""The update rules by name: those that an experiment brings along, then the shipped ones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from optlab.core.data_files import NO_TEXTS, Title, data_titles, find_data_file, last_change
from optlab.core.rules.load import read_rule, rules_folder
from optlab.core.rules.rule import Rule


def rule_titles(folder: Path | None = None, own: Mapping[str, str] = NO_TEXTS) -> tuple[Title, ...]:
    """Key, name and summary of every rule, by name, ``own`` ones first; none is loaded for it."""
    return data_titles(folder or rules_folder(), "summary", own)


def load_rule(name: str, folder: Path | None = None, own: Mapping[str, str] = NO_TEXTS) -> Rule:
    """The rule of a name, or of a path to a ``.toml`` file.

    ``own`` has the texts of rules by name; they come before the catalogue's.  Raises
    UnknownNameError for a name that is not there, DataError for a text that cannot be used.
    """
    if name in own:
        return _read_own(own[name], name)
    path = find_data_file(folder or rules_folder(), name, "optimizer", own)
    return _read(path, last_change(path))


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int) -> Rule:
    return read_rule(path)


@lru_cache(maxsize=256)
def _read_own(text: str, name: str) -> Rule:
    return read_rule(text, name)
