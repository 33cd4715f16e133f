"""A rule, a surface or a schedule as an editor has it: fields, formulas and tables of text."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from optlab.core.formula import FormulaError, Node
from optlab.core.formula.operations import FUNCTIONS
from optlab.core.resources import DataError, data_folder, data_names
from optlab.session.embedded.own_texts import SHIPPED, Kind, own_texts
from optlab.session.experiment import Experiment, changed

Row = tuple[str, ...]
Words = tuple[tuple[str, str], ...]
YES = ("yes", "true", "1")


@dataclass(frozen=True)
class Mistake:
    """What is wrong: a sentence, and where in the formula; column 0 is somewhere else."""

    message: str
    column: int = 0
    length: int = 1


@dataclass(frozen=True)
class Draft(ABC):
    """What is typed.  Rows have a text for each column; empty cells are left to the defaults.

    The class says what the editor shows: ``FIELDS`` of one line by their names, ``FORMULA``, which
    is also its key in the file, of several equations if ``LINES``, and ``TABLES`` with their titles
    and columns.  ``EXAMPLES`` are shown in empty fields.
    """

    KIND: ClassVar[Kind]
    FIELDS: ClassVar[Mapping[str, str]]
    FORMULA: ClassVar[str] = "formula"
    LINES: ClassVar[bool] = False
    TABLES: ClassVar[Mapping[str, tuple[str, tuple[str, ...]]]]
    EXAMPLES: ClassVar[Mapping[str, str]] = {}
    HINT: ClassVar[str]

    name: str

    @classmethod
    @abstractmethod
    def new(cls) -> Self:
        """What a new one begins with."""

    @classmethod
    @abstractmethod
    def of(cls, text: str) -> Self:
        """The draft of a file; raises DataError for a text that is none."""

    @classmethod
    @abstractmethod
    def used(cls, document: Experiment, run_id: str, after: int | None) -> Self | str:
        """A copy of what a run uses, or the key of what is the experiment's own already.

        ``after`` are the updates before the stretch of the run.  Raises DataError, OSError or
        UnknownNameError for what cannot be edited.
        """

    @abstractmethod
    def added(
        self, document: Experiment, run_id: str, after: int | None, *, copied: bool
    ) -> tuple[Experiment, str]:
        """The experiment that has it and uses it, and its key; ``copied`` from what a run used.

        Raises DataError or UnknownNameError.
        """

    @abstractmethod
    def text(self) -> str:
        """The file."""

    @abstractmethod
    def words(self) -> Words:
        """What the formula can say, and what each word means; functions end in ``(``."""

    @abstractmethod
    def read(self, key: str, document: Experiment) -> object:
        """What the file describes. Raises DataError."""

    @abstractmethod
    def placed(self, document: Experiment, key: str) -> Experiment:
        """The experiment with it under its key; what uses it keeps the settings it still has."""

    @abstractmethod
    def formulas(self, made: object) -> list[tuple[str, Node]]:
        """The formulas of what was read: the symbol of each and its tree."""

    def fitted(self) -> Self:
        """The draft with the rows that its formula needs."""
        return self

    def checked(self, key: str, document: Experiment) -> object | Mistake:
        """What the draft describes, or what is wrong with it."""
        try:
            return self.read(key, document)
        except DataError as error:
            return self._mistake(error)

    def _mistake(self, error: DataError) -> Mistake:
        formula: str = getattr(self, self.FORMULA)
        cause = error.__cause__
        found = re.fullmatch(rf"{self.FORMULA}(?:, line (\d+))?", error.key)
        if found is None or (found[1] is None and not isinstance(cause, FormulaError)):
            return Mistake(f"{error.key}: {error.reason}" if error.key else error.reason)
        first, line, head = 0, formula, ""
        if found[1]:
            lines = formula.split("\n")
            number = min(int(found[1]), len(lines))
            first = sum(len(line) + 1 for line in lines[: number - 1])
            line, head = lines[number - 1], f"line {number}: "
        if isinstance(cause, FormulaError) and cause.text.strip() in line:
            spare = len(cause.text) - len(cause.text.lstrip())
            column = first + line.index(cause.text.strip()) + cause.column - spare
            return Mistake(f"{head}{cause.message}", column, cause.length)
        return Mistake(f"{head}{error.reason}", first + 1, max(1, len(line)))


def function_words() -> Words:
    """The functions of a formula of numbers."""
    return tuple((f"{name}(", "of numbers") for name in sorted(FUNCTIONS))


def with_text(document: Experiment, kind: Kind, key: str, text: str) -> Experiment:
    """The experiment with a text of its own."""
    return changed(document, **{kind: {**own_texts(document, kind), key: text}})


def text_of(document: Experiment, kind: Kind, key: str) -> str:
    """The text of a rule, surface or schedule: the experiment's, the catalogue's, or a file's."""
    own = own_texts(document, kind)
    if key in own:
        return own[key]
    folder = data_folder(SHIPPED[kind][0])
    path = Path(key) if key.endswith(".toml") else folder / f"{key}.toml"
    return path.read_text("utf-8")


def fresh_key(document: Experiment, kind: Kind, name: str) -> str:
    """A key that nothing of the kind has yet, from a name."""
    folder, what = SHIPPED[kind]
    base = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or what
    base = base if base[0].isalpha() else f"{what}_{base}"
    taken = {*own_texts(document, kind), *data_names(data_folder(folder))}
    key, number = base[:50], 2
    while key in taken:
        key = f"{base[:50]}_{number}"
        number += 1
    return key


# -- TOML ---------------------------------------------------------------------------------------


def toml_string(text: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_lines(text: str) -> str:
    """A string of several lines."""
    inside = "\n".join(toml_string(line)[1:-1] for line in text.strip("\n").split("\n"))
    return f'"""\n{inside}\n"""'


def toml_key(name: str) -> str:
    """A key, bare where it can be."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml_string(name)


def toml_number(text: str) -> str:
    """A number; what is none stays a text, which is then refused."""
    try:
        return repr(float(text.replace("\N{MINUS SIGN}", "-")))
    except ValueError:
        return toml_string(text)


def number_cell(value: float) -> str:
    """A number as a cell shows it; reads back exactly."""
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)
