"""The topics by which the shipped experiments are offered, and the rules that come first."""

from __future__ import annotations

import zlib
from functools import cache
from typing import Final

import msgspec

from optlab.core.data_files import data_folder, read_toml
from optlab.session.files import experiment_names

RUN_COLORS: Final = 8
"""How many run colours a theme has."""


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ``title`` and the names of the ``experiments`` under it, in the order to open them."""

    title: str
    experiments: tuple[str, ...]


class _Topics(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    topics: tuple[Topic, ...]


def experiment_topics() -> tuple[tuple[Topic, ...], tuple[str, ...]]:
    """The topics, and the names of the shipped experiments that stand under none.

    Raises :class:`~optlab.core.data_files.DataError` where the file of topics cannot be used.
    """
    topics = read_toml(data_folder("topics") / "experiments.toml", _Topics).topics
    placed = {name for topic in topics for name in topic.experiments}
    return topics, tuple(name for name in experiment_names() if name not in placed)


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    usual: tuple[str, ...]
    colors: dict[str, int]


def usual_rules() -> tuple[str, ...]:
    """The keys of the rules that lists begin with.

    Raises :class:`~optlab.core.data_files.DataError` where the file that says so cannot be used.
    """
    return _rules().usual


def rule_color(key: str) -> int:
    """The run colour 0 … 7 that a rule has by itself, the same in all experiments.

    Raises :class:`~optlab.core.data_files.DataError` as :func:`usual_rules` does.
    """
    return _rules().colors.get(key, zlib.crc32(key.encode())) % RUN_COLORS


@cache
def _rules() -> _Rules:
    return read_toml(data_folder("topics") / "optimizers.toml", _Rules)
