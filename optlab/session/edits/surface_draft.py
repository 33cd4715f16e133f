"""A surface as an editor has it, with data or without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import msgspec

from optlab.core.data import TableError, load_table
from optlab.core.formula import FormulaError, Node
from optlab.core.formula.operations import REDUCTIONS
from optlab.core.parameters import SettingError
from optlab.core.problems import FormulaProblem, read_problem
from optlab.core.problems.catalogue import ProblemData
from optlab.core.problems.data_formula import usable_columns
from optlab.core.problems.formula import highest_weight
from optlab.core.resources import DataError, decode_toml
from optlab.session.edits.drafts import (
    YES,
    Draft,
    Row,
    Words,
    fresh_key,
    function_words,
    number_cell,
    text_of,
    toml_lines,
    toml_number,
    toml_string,
    with_text,
)
from optlab.session.embedded.data_sets import data_of, split_tables
from optlab.session.embedded.own_texts import Kind
from optlab.session.experiment import DataSet, Experiment, Surface, changed
from optlab.session.resolve import ExperimentError, catalogue_or_typed, resolve_surface

_FRESH = ("-3", "3", "1")
"""Window and start of a weight that the formula names for the first time."""
_MOST_FITTED = 64
"""Weights up to which rows come and go with the formula."""


@dataclass(frozen=True)
class SurfaceDraft(Draft):
    """A loss: formula, weights with window and start, minima, data."""

    KIND: ClassVar[Kind] = "surfaces"
    FIELDS: ClassVar[Mapping[str, str]] = {
        "name": "Name",
        "story": "Story",
        "source": "Reference",
        "data": "Data",
        "test": "Test share",
        "split_seed": "Split seed",
        "standardize": "Standardise inputs",
    }
    TABLES: ClassVar[Mapping[str, tuple[str, tuple[str, ...]]]] = {
        "weights": ("Weights", ("name", "window from", "window to", "start")),
        "minima": ("Minima", ("at, numbers with commas", "loss")),
    }
    EXAMPLES: ClassVar[Mapping[str, str]] = {
        "data": "line:n=100,noise=0.3 or planets",
        "test": "0",
        "split_seed": "0",
        "standardize": "no",
    }
    HINT: ClassVar[str] = (
        "The loss of w1, w2, …; over data: mean(…) of its columns, such as mean((w1*x + w2 − y)^2)"
    )

    name: str
    story: str = ""
    source: str = ""
    data: str = ""
    test: str = ""
    split_seed: str = ""
    standardize: str = ""
    formula: str = "w1^2 + w2^2"
    weights: tuple[Row, ...] = ()
    minima: tuple[Row, ...] = ()

    @classmethod
    def new(cls) -> Self:
        """A bowl with a wave on it."""
        rows = (("w1", "-3", "3", "-2"), ("w2", "-3", "3", "2"))
        formula = "w1^2 + 2*w2^2 + sin(3w1)"
        return cls("My surface", "A bowl with waves", formula=formula, weights=rows)

    @classmethod
    def of(cls, text: str) -> Self:
        """The draft of a surface file."""
        data = decode_toml(text, "surface", ProblemData)
        names = data.weights or [f"w{i}" for i in range(1, len(data.start) + 1)]
        ranges = zip(names, data.window, data.start, strict=False)
        return cls(
            data.name,
            data.story,
            data.source,
            data.data,
            number_cell(data.test) if data.test else "",
            str(data.split_seed) if data.split_seed else "",
            "yes" if data.standardize else "",
            data.formula.strip(),
            tuple((name, *map(number_cell, (*ends, start))) for name, ends, start in ranges),
            tuple((_cells(one.at), number_cell(one.value)) for one in data.minima),
        )

    @classmethod
    def used(cls, document: Experiment, run_id: str, after: int | None) -> Self | str:
        """The surface of the experiment; of a network or a function, which none is, a new one."""
        surface = document.surface
        if surface.network or surface.function or not (surface.formula or surface.problem):
            return cls.new()
        if not surface.formula and surface.problem in document.surfaces:
            return surface.problem
        if not surface.formula:
            draft = cls.of(text_of(document, cls.KIND, surface.problem))
            draft = replace(draft, name=f"My {draft.name}")
        else:
            draft = cls._typed(document)
        if surface.data is not None:
            data = surface.data
            plain = data.source not in document.tables and not data.digest and not data.target
            draft = draft._with_data(data if plain else None)
        return draft

    @classmethod
    def _typed(cls, document: Experiment) -> Self:
        """The draft of the formula that is typed in the panel."""
        surface = document.surface
        try:
            problem = catalogue_or_typed(surface, document)
        except (FormulaError, SettingError) as error:
            raise DataError("surface", "", str(error)) from None
        window, start = surface.window or problem.window, document.start or problem.start
        rows = zip(problem.weights, window, start, strict=True)
        weights = tuple((name, *map(number_cell, (*ends, at))) for name, ends, at in rows)
        return cls("My surface", formula=surface.formula, weights=weights)._with_data(
            data_of(problem)
        )

    def _with_data(self, data: DataSet | None) -> Self:
        """The draft over data that its file can name; None leaves it to the experiment."""
        if data is None:
            return replace(self, data="", test="", split_seed="", standardize="")
        return replace(
            self,
            data=data.source,
            test=number_cell(data.test) if data.test else "",
            split_seed=str(data.split_seed) if data.split_seed else "",
            standardize="yes" if data.standardize else "",
        )

    def added(
        self, document: Experiment, run_id: str, after: int | None, *, copied: bool
    ) -> tuple[Experiment, str]:
        """It takes the place of the surface that is there."""
        key = fresh_key(document, self.KIND, self.name)
        data = document.surface.data if copied and not self.data else None
        surface = Surface(problem=key, data=data)
        document = changed(document, surface=surface, title="", story="", claims=())
        return self._begun(with_text(document, self.KIND, key, self.text()), key), key

    def text(self) -> str:
        """The surface file."""
        lines = [f"name = {toml_string(self.name)}", f"formula = {self._formula_text()}"]
        lines.append(f"story = {toml_string(self.story)}")
        lines += [f"source = {toml_string(self.source)}"] if self.source else []
        if self.data:
            lines.append(f"data = {toml_string(self.data)}")
            lines += [f"test = {toml_number(self.test)}"] if self.test else []
            lines += [f"split_seed = {_whole(self.split_seed)}"] if self.split_seed else []
            lines += ["standardize = true"] if self.standardize.lower() in YES else []
        if not self._numbered():
            lines.append(f"weights = [{', '.join(toml_string(row[0]) for row in self.weights)}]")
        ends = (f"[{toml_number(low)}, {toml_number(high)}]" for _, low, high, _ in self.weights)
        lines.append(f"window = [{', '.join(ends)}]")
        lines.append(f"start = [{', '.join(toml_number(row[3]) for row in self.weights)}]")
        for at, value in self.minima:
            numbers = ", ".join(toml_number(one.strip()) for one in at.split(","))
            lines += ["", "[[minima]]", f"at = [{numbers}]", f"value = {toml_number(value)}"]
        return "\n".join([*lines, ""])

    def _formula_text(self) -> str:
        return toml_lines(self.formula) if "\n" in self.formula else toml_string(self.formula)

    def _numbered(self) -> bool:
        """Whether the weights are w1, w2, ... in order."""
        return all(row[0] == f"w{i}" for i, row in enumerate(self.weights, 1))

    def fitted(self) -> Self:
        """The draft with a row for each weight w1 ... wn of the formula."""
        if not self._numbered():
            return self
        columns = self._columns()
        try:
            most = max(highest_weight(self.formula, columns), 1 if columns else 2)
        except FormulaError:
            return self
        if most == len(self.weights) or most > _MOST_FITTED:
            return self
        more = tuple((f"w{i}", *_FRESH) for i in range(len(self.weights) + 1, most + 1))
        minima = tuple(row for row in self.minima if row[0].count(",") == most - 1)
        return replace(self, weights=(*self.weights[:most], *more), minima=minima)

    def _columns(self) -> tuple[str, ...]:
        try:
            return usable_columns(load_table(self.data)) if self.data else ()
        except TableError:
            return ()

    def words(self) -> Words:
        """Weights, columns and functions."""
        weights = tuple((row[0], "weight") for row in self.weights if row[0])
        columns = tuple((name, "column of the data") for name in self._columns())
        sums = (
            tuple((f"{name}(", "over the rows") for name in sorted(REDUCTIONS)) if columns else ()
        )
        return (*weights, *columns, *sums, *function_words())

    def read(self, key: str, document: Experiment) -> FormulaProblem:
        """The problem, over the rows of the experiment where the surface brings none."""
        data, tables = document.surface.data, None
        if not self.data and data is not None and document.surface.problem == key:
            try:
                tables = split_tables(data, document.tables)
            except SettingError as error:
                raise DataError(f"surface '{key}'", "data", error.reason) from None
        return read_problem(self.text(), key, tables)

    def placed(self, document: Experiment, key: str) -> Experiment:
        """The experiment with the surface; starts of other weights are given up."""
        self.read(key, document)
        placed = with_text(document, self.KIND, key, self.text())
        if document.surface.problem != key or document.surface.formula:
            return placed
        try:
            before = resolve_surface(document.surface, document).weights
            same = before == resolve_surface(document.surface, placed).weights
        except ExperimentError:
            same = False
        return placed if same else self._begun(placed, key)

    def _begun(self, document: Experiment, key: str) -> Experiment:
        """All runs from the start of the surface, and nothing turned or moved."""
        surface = Surface(problem=key, data=document.surface.data)
        runs = tuple(msgspec.structs.replace(run, start=None) for run in document.runs)
        return changed(document, surface=surface, start=None, runs=runs)

    def formulas(self, made: object) -> list[tuple[str, Node]]:
        """The loss."""
        assert isinstance(made, FormulaProblem)
        return [("E", made.tree)]


def _cells(numbers: tuple[float, ...]) -> str:
    return ", ".join(map(number_cell, numbers))


def _whole(text: str) -> str:
    return text.strip() if text.strip().isdigit() else toml_string(text)
