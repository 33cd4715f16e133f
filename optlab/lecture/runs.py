"""The runs of a page: as equations that the browser computes, or as the numbers they had."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from optlab.core.analysis.quantities import OF_DATA
from optlab.core.data import Table
from optlab.core.data.batches import Indices
from optlab.core.display import display_symbol
from optlab.core.formula.emit import Array
from optlab.core.gradient_transforms import NOISE_STAGES, noise_block
from optlab.core.parameters import Parameter
from optlab.core.problems import DataProblem, FormulaProblem
from optlab.core.rules import choice_text
from optlab.core.run import Leg, RunSpec, Trajectory, columns_of_run
from optlab.core.run.columns import Columns
from optlab.core.run.measures import AGE
from optlab.core.run.sampling import write_block
from optlab.core.run.spec import equations_of
from optlab.lecture.functions import StepText, problem_functions
from optlab.lecture.worksheet import lines_of, worksheet_of
from optlab.pictures.formula_drawing import formula_mathml
from optlab.pictures.legend import legend_of
from optlab.session.study import Study, StudyRun

MOST_WEIGHTS = 30
"""Weights up to which a step is written out."""
MOST_NUMBERS = 60_000
"""Numbers of a table, and rows in all batches of a run, up to which a page carries them."""
MOST_STORED = 6_000
"""Numbers of a stored run up to which a page carries all that it recorded."""
MEASURED_ON_DATA = {"test_loss", "accuracy", "test_accuracy"}
"""Quantities that are read off the data after a step."""

Page = dict[str, Any]
"""What the script of a page reads, as JSON; functions are text."""


class Code(str):
    """JavaScript that stands in the page's data as it is."""

    __slots__ = ()


def packed(values: Array) -> str:
    """Float64 numbers in base64."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f8").tobytes()).decode()


def why_stored(study: Study, one: StudyRun) -> str:
    """Why a run cannot be computed in a browser; empty where it can."""
    problem = study.resolved.problem
    if one.spec is None:
        return "recorded elsewhere"
    if not isinstance(problem, FormulaProblem) or problem.dimension > MOST_WEIGHTS:
        return "a loss that is not a formula of few weights"
    if isinstance(problem, DataProblem) and problem.table.by_column.size > MOST_NUMBERS:
        return "a large table"
    for leg in one.spec.legs:
        if leg.spec.variant.stepper:
            return "a rule that is code, not equations"
        if leg.spec.sampling.recorded_every(problem.rows, problem.dimension) > 1:
            return "losses on all rows now and then"
        if leg.batches is not None and leg.batches.taken * (leg.last - leg.first) > MOST_NUMBERS:
            return "many rows in many batches"
    return "" if one.spec.before == 0 and not one.spec.memory else "a run that goes on from another"


def noise_of(study: Study) -> str:
    """The random numbers of all steps, one row of 2n for each; empty where no run reads them."""
    live = [one.spec for one in study.runs if one.spec is not None and not why_stored(study, one)]
    stages = {name for spec in live for leg in spec.legs for name in leg.spec.treatment.active()}
    if not stages & set(NOISE_STAGES):
        return ""
    experiment, problem = study.experiment, study.resolved.problem
    return packed(noise_block(experiment.seed, 0, experiment.steps, problem.dimension))


def writes_of(study: Study) -> str:
    """The random numbers that say which weights an update writes; empty where all are written."""
    live = [one.spec for one in study.runs if one.spec is not None and not why_stored(study, one)]
    if all(leg.spec.sampling.share is None for spec in live for leg in spec.legs):
        return ""
    experiment, problem = study.experiment, study.resolved.problem
    return packed(write_block(experiment.seed, 0, experiment.steps, problem.dimension))


def problem_of(study: Study) -> Page:
    """The loss as functions, with the table that it goes over; empty where none is computed."""
    problem = study.resolved.problem
    live = [one.spec for one in study.runs if one.spec and not why_stored(study, one)]
    if not isinstance(problem, FormulaProblem) or problem.dimension > MOST_WEIGHTS:
        return {}
    table = problem.table.by_column if isinstance(problem, DataProblem) else None
    if table is not None and table.size > MOST_NUMBERS:
        return {}
    questions = {"gradient"}.union(
        *(equations_of(leg).questions for spec in live for leg in spec.legs)
    )
    page: Page = {"E": Code(problem_functions(problem, frozenset(questions)))}
    if isinstance(problem, DataProblem):
        page["table"] = _table(problem.table)
        if problem.test_table is not None:
            page["test"] = _table(problem.test_table)
    return page


def _table(table: Table) -> Page:
    return {"columns": len(table.by_column), "numbers": packed(table.by_column)}


def run_of(study: Study, one: StudyRun, shown: Trajectory) -> Page:
    """A run: how it looks, what it records, and its legs or its numbers.

    ``shown`` is what the map shows of it, which is all that a run of many weights carries.
    """
    why = why_stored(study, one)
    projected = why != "" and shown is not one.trajectory
    if why:
        one = replace(one, trajectory=shown)
    (entry,) = legend_of((one,))
    columns = one.trajectory.vectors if why or one.spec is None else columns_of_run(one.spec)
    page: Page = {
        "name": one.name,
        "color": one.run.color,
        "dashes": entry.dashes,
        "hidden": not one.run.visible,
        "stored": why,
        "state": one.trajectory.state,
    }
    if not why and one.spec is not None:
        spec = one.spec
        page |= {"start": spec.start, "stop": spec.stop_gradient}
        computed = {record.name for leg in spec.legs for record in equations_of(leg).records}
        page["measured"] = sorted(MEASURED_ON_DATA & columns.keys())
        computed |= {"epoch", "loss", AGE, *page["measured"]}
        page["columns"] = [each for each in _columns(columns, one) if each["name"] in computed]
        places = {name: columns.place(name).start for name in columns}
        return page | {"width": columns.count, "legs": [_leg(leg, places) for leg in spec.legs]}
    outcome = {"kind": one.trajectory.outcome.kind, "step": one.trajectory.outcome.step}
    page |= {"lines": lines_of(one.spec) if one.spec is not None else []}
    kept = _kept(one.trajectory)
    data = np.concatenate([one.trajectory.vector(group.name) for group in kept.quantities], axis=1)
    if projected:  # a picture of many weights needs no more than single precision
        page["single"] = base64.b64encode(data.astype("<f4").tobytes()).decode()
    else:
        page["numbers"] = packed(data)
    page |= {"columns": _columns(kept, one), "width": kept.count, "outcome": outcome}
    return page | {"legs": []}


def _kept(trajectory: Trajectory) -> Columns:
    """What a page carries of a stored run: of a long one weights, gradient and single numbers."""
    columns = trajectory.vectors
    if columns.count * trajectory.rows <= MOST_STORED:
        return columns
    few = (one for one in columns.quantities if one.size == 1 or one.name in ("w", "g"))
    return Columns(few)


def _columns(columns: Columns, one: StudyRun) -> list[Page]:
    helps: dict[str, str] = {quantity.key: quantity.title for quantity in OF_DATA}
    for leg in () if one.spec is None else one.spec.legs:
        helps |= {v.name: v.help.partition(":")[0] for v in leg.spec.rule.state}
    return [
        {
            "name": name,
            "symbol": display_symbol(name),
            "labels": [display_symbol(label) for label in columns[name]],
            "help": helps.get(name, ""),
            "at": columns.place(name).start,
            "size": columns.size(name),
        }
        for name in columns
    ]


def _leg(leg: Leg, places: Mapping[str, int]) -> Page:
    spec, equations = leg.spec, equations_of(leg)
    text = StepText(equations, spec.problem.dimension)
    given = leg.values()
    page = {
        "rule": spec.rule.name,
        "first": leg.first,
        "epochs": (leg.sampled, spec.epoch_steps, leg.epochs),
        "batches": _batches(leg),
        "ages": _ages(leg),
        "last": leg.last,
        "started": leg.started,
        "shift": leg.shift,
        "kept": sorted(leg.kept),
        "memory": [
            (record.name, len(text.parts(record.holder)))
            for record in equations.records
            if record.state is not None
        ],
        "parameters": [
            _parameter(spec.rule.parameters[name], spec.parameters[name])
            for name in spec.rule.parameters
            if name in spec.variant.parameters
        ],
        "given": {name: value for name, value in given.items() if value == value},
        "values": equations.values,
        "facts": _settings(spec),
        "step": Code(text.step(places)),
        "starts": Code(text.starts()),
    }
    sheet = worksheet_of(leg, spec.problem.dimension)
    sheet["numbers"] = Code(sheet["numbers"])
    for piece in sheet["pieces"]:
        piece["numbers"] = [Code(function) for function in piece["numbers"]]
    return page | {"sheet": sheet}


def _batches(leg: Leg) -> Page | None:
    """The rows of all steps of a leg one after the other, and where those of each begin."""
    if leg.batches is None:
        return None
    block = leg.batches.block(leg.first - leg.sampled + 1, leg.last - leg.first)
    numbers = {"rows": block.indices, "offsets": block.offsets}
    return {name: _whole_numbers(values) for name, values in numbers.items()}


def _ages(leg: Leg) -> str:
    """How many updates old the weights are at which each gradient is taken; empty where none is."""
    spec, count = leg.spec, leg.last - leg.first
    if not spec.sampling.delayed:
        return ""
    ages = spec.sampling.ages(spec.seed, leg.first, count)
    return _whole_numbers(np.minimum(ages, np.arange(leg.first, leg.last)))


def _whole_numbers(values: Indices) -> str:
    return base64.b64encode(np.asarray(values, dtype="<u2").tobytes()).decode()


def _parameter(parameter: Parameter, value: float) -> Page:
    low, high = parameter.slider
    page: Page = {
        "name": parameter.name,
        "symbol": parameter.symbol,
        "value": value,
        "slider": (low, high),
        "log": parameter.scale == "log",
        "help": parameter.help,
        "range": parameter.range.sentence(),
    }
    ends = parameter.range
    limits = {"low": (ends.low, ends.low_open), "high": (ends.high, ends.high_open)}
    return page | {name: pair for name, pair in limits.items() if abs(pair[0]) != float("inf")}


def _settings(spec: RunSpec) -> list[tuple[str, str]]:
    """What has no slider: options that are not usual, schedule, treatment of the gradient."""
    found: list[tuple[str, str]] = []
    for name, choice in spec.options.items():
        if choice != spec.rule.options[name].default:
            found.append((display_symbol(name), choice_text(choice)))
    if not spec.schedule.is_constant:
        found.append(("schedule", spec.schedule.text))
    found += [(name.replace("_", " "), f"{v:g}") for name, v in spec.treatment.active().items()]
    return found


def formulas_of(lines: Iterable[tuple[str, str]]) -> list[Page]:
    """Formulas as MathML, with the text that stands for them where that cannot be made."""
    return [{"math": formula_mathml(latex) or "", "text": text} for text, latex in lines]
