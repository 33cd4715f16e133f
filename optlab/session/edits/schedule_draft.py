"""A schedule of the learning rate as an editor has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self, TypeVar

import msgspec

from optlab.core.formula import Node
from optlab.core.parameters import SettingError
from optlab.core.resources import DataError, decode_toml
from optlab.core.schedules import (
    TYPED,
    ScheduleKind,
    SchedulePiece,
    parse_schedule,
    piece_text,
    read_schedule_kind,
)
from optlab.core.schedules.catalogue import ScheduleData
from optlab.session.edits.drafts import (
    YES,
    Draft,
    Row,
    Words,
    fresh_key,
    function_words,
    number_cell,
    text_of,
    toml_key,
    toml_lines,
    toml_number,
    toml_string,
    with_text,
)
from optlab.session.embedded.own_texts import Kind
from optlab.session.experiment import Experiment, Run, Switch, change_part, changed

Part = TypeVar("Part", Run, Switch)
_WHOLE = "T"


@dataclass(frozen=True)
class ScheduleDraft(Draft):
    """A learning rate over the steps: a formula and its constants."""

    KIND: ClassVar[Kind] = "schedules"
    FIELDS: ClassVar[Mapping[str, str]] = {
        "name": "Name",
        "summary": "Summary",
        "reference": "Reference",
        "length": "Length, a constant",
        "opening": "Leads up to the full rate",
    }
    TABLES: ClassVar[Mapping[str, tuple[str, tuple[str, ...]]]] = {
        "parameters": ("Constants", ("name", "default", "range", "help")),
    }
    EXAMPLES: ClassVar[Mapping[str, str]] = {"length": "of a cycle that ends", "opening": "no"}
    HINT: ClassVar[str] = "eta full rate, k steps done, t = k + 1, T steps of the run"

    name: str
    summary: str = ""
    reference: str = ""
    length: str = ""
    opening: str = ""
    formula: str = "eta"
    parameters: tuple[Row, ...] = ()

    @classmethod
    def new(cls) -> Self:
        """A hyperbola."""
        half = ("half", "50", "(0, inf)", "steps after which the rate is halved")
        return cls(
            "My schedule",
            "η falls with one over the steps",
            formula="eta/(1 + k/half)",
            parameters=(half,),
        )

    @classmethod
    def of(cls, text: str) -> Self:
        """The draft of a schedule file."""
        data = decode_toml(text, "schedule", ScheduleData)
        parameters = (
            (
                name,
                item.default if isinstance(item.default, str) else number_cell(item.default),
                item.range,
                item.help,
            )
            for name, item in data.parameters.items()
        )
        return cls(
            data.name,
            data.summary,
            data.reference,
            data.length,
            "yes" if data.opening else "",
            data.formula.strip(),
            tuple(parameters),
        )

    @classmethod
    def used(cls, document: Experiment, run_id: str, after: int | None) -> Self | str:
        """The schedule of a stretch of the run: of joined ones the first that is no opening."""
        found = _schedule(document, run_id, after)
        if found is None:
            return cls.new()
        kind = _main(found[1]).kind
        if kind.key in document.schedules:
            return kind.key
        if kind.key == TYPED:
            return cls("My schedule", formula=kind.formula)
        draft = cls.of(text_of(document, cls.KIND, kind.key))
        return replace(draft, name=f"My {draft.name}")

    def added(
        self, document: Experiment, run_id: str, after: int | None, *, copied: bool
    ) -> tuple[Experiment, str]:
        """The run uses it, a copy with the constants of what it was copied from."""
        key = fresh_key(document, self.KIND, self.name)
        found = _schedule(document, run_id, after)
        document = with_text(document, self.KIND, key, self.text())
        if found is None:
            return document, key
        kind, (part, pieces) = self.read(key, document), found
        main = _main(pieces)
        mine = replace(main, kind=kind) if copied else SchedulePiece(kind)
        if copied and main.kind.key == TYPED and main.length is not None:
            mine = replace(mine, values=(("steps", main.length),))
        texts = [
            piece_text(mine if one is main else one) for one in pieces if copied or one is main
        ]
        return change_part(document, part.id, after, schedule="+".join(texts)), key

    def text(self) -> str:
        """The schedule file."""
        lines = [f"name = {toml_string(self.name)}", f"summary = {toml_string(self.summary)}"]
        lines += [f"reference = {toml_string(self.reference)}"] if self.reference else []
        many = "\n" in self.formula
        lines.append(f"formula = {(toml_lines if many else toml_string)(self.formula)}")
        lines += [f"length = {toml_string(self.length)}"] if self.length else []
        lines += ["opening = true"] if self.opening.lower() in YES else []
        for name, default, range_, help_ in self.parameters:
            shown = toml_string(default) if default == _WHOLE else toml_number(default)
            lines += ["", f"[parameters.{toml_key(name)}]", f"default = {shown}"]
            lines += [f"range = {toml_string(range_)}"] if range_ else []
            lines += [f"help = {toml_string(help_)}"] if help_ else []
        return "\n".join([*lines, ""])

    def words(self) -> Words:
        """The rate, the steps, constants and functions."""
        known = (
            ("eta", "full learning rate"),
            ("k", "steps done"),
            ("t", "number of the step, from 1"),
            ("T", "steps of the run"),
        )
        own = tuple((row[0], row[-1]) for row in self.parameters if row[0])
        return (*known, *own, *function_words())

    def read(self, key: str, document: Experiment) -> ScheduleKind:
        """The kind of schedule."""
        return read_schedule_kind(self.text(), key)

    def placed(self, document: Experiment, key: str) -> Experiment:
        """The experiment with the schedule; runs keep those constants that it still has."""
        kind = self.read(key, document)
        runs = []
        for run in document.runs:
            then = tuple(_fitted(switch, kind, document) for switch in run.then)
            runs.append(msgspec.structs.replace(_fitted(run, kind, document), then=then))
        return changed(with_text(document, self.KIND, key, self.text()), runs=tuple(runs))

    def formulas(self, made: object) -> list[tuple[str, Node]]:
        """The rate after k steps."""
        assert isinstance(made, ScheduleKind)
        return [("eta_k", made.tree)]


def _schedule(
    document: Experiment, run_id: str, after: int | None
) -> tuple[Run, tuple[SchedulePiece, ...]] | None:
    """The run and the pieces of its schedule; None for a recording and a text that is none."""
    run = document.run(run_id)
    if run is None or run.recording:
        return None
    try:
        return run, parse_schedule(run.part(after).schedule, document.schedules).pieces
    except SettingError:
        return None


def _main(pieces: tuple[SchedulePiece, ...]) -> SchedulePiece:
    return next((piece for piece in pieces if not piece.kind.opening), pieces[0])


def _fitted(part: Part, kind: ScheduleKind, document: Experiment) -> Part:
    """A part of a run with the constants that its schedule still has."""
    if kind.key not in part.schedule:
        return part
    try:
        pieces = parse_schedule(part.schedule, document.schedules).pieces
    except (SettingError, DataError):
        return part
    texts = []
    for piece in pieces:
        if piece.kind.key == kind.key:
            known = kind.parameters
            values = tuple(
                (name, value)
                for name, value in piece.values
                if (name not in known and name not in piece.kind.parameters)
                or (name in known and known[name].range.contains(value))
            )
            piece = replace(piece, kind=kind, values=values)
        texts.append(piece_text(piece))
    fitted: Part = msgspec.structs.replace(part, schedule="+".join(texts))
    return fitted
