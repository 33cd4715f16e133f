"""The sections of a report as blocks."""

from __future__ import annotations

import platform
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.metadata import PackageNotFoundError, version

import optlab
from optlab.core.analysis.worksheet import gradient_lines
from optlab.core.analysis.worksheet.formula_lines import parameter_names
from optlab.core.analysis.worksheet.plan import plan_of
from optlab.core.display import display_symbol, typeset_number
from optlab.core.formula.dialects.latex import to_latex
from optlab.core.formula.dialects.unicode import display_text
from optlab.core.problems import FormulaProblem
from optlab.core.rules import choice_text
from optlab.core.run import RunSpec
from optlab.figures import words
from optlab.pictures.items import PATTERNS
from optlab.pictures.legend import line_style
from optlab.pictures.theme import LIGHT
from optlab.report import blocks
from optlab.report.blocks import Block, Cell, Code, Formula, Paragraph, SectionBlock
from optlab.report.command_lines import can_be_typed, run_words
from optlab.session.check_claims import check_all
from optlab.session.comparison import COLUMNS, study_comparison, usual_target
from optlab.session.comparison import Cell as Value
from optlab.session.embedded.own_texts import Kind, own_notes
from optlab.session.experiment import Run
from optlab.session.resolve import transform_of
from optlab.session.study import Study, StudyRun

_LONGEST_FORMULA = 160
"""Symbols and numbers of a loss that are typeset; the text has all of them."""
_MOST_NAMES = 12
_LIBRARIES = ("numpy", "numba", "matplotlib")
_GOOD = ("finished", "converged")


Maker = Callable[[Study], Iterator[Block]]


def _sample(run: Run) -> blocks.Sample:
    """A piece of the run's line as the pictures have it."""
    return blocks.Sample(LIGHT.run(run.color), PATTERNS.get(line_style(run), ()))


def head(study: Study) -> Iterator[Block]:
    """The title and the story."""
    yield blocks.TitleBlock(study.title)
    for part in re.split(r"\n\s*\n", study.experiment.story):
        if part.strip():
            yield Paragraph(part.strip(), "lead")


def contour(study: Study) -> Iterator[Block]:
    """The map with the paths, or why there is none."""
    if study.resolved.no_plane:
        yield Paragraph(study.resolved.no_plane, "muted")
        return
    yield blocks.Picture("contour", "The paths of all runs on the surface")


def loss(_: Study) -> Iterator[Block]:
    """The loss over the steps."""
    yield blocks.Picture("loss", "The loss over the steps")


def claims(study: Study) -> Iterator[Block]:
    """What the experiment says will happen, held against the numbers; nothing without claims."""
    verdicts = check_all(study.experiment, study.trajectories)
    if not verdicts:
        return
    yield SectionBlock("Claims")
    yield blocks.Claims(
        tuple(
            blocks.Claim(
                verdict.holds,
                f"{verdict.sentence}.",
                claim.says,
                "" if verdict.holds else verdict.measured,
            )
            for claim, verdict in zip(study.experiment.claims, verdicts, strict=True)
        )
    )


def comparison(study: Study) -> Iterator[Block]:
    """The runs side by side."""
    target = usual_target(study.resolved, study.trajectories.values())
    entries = study_comparison(study)
    shown = [
        column
        for column in COLUMNS
        if column.key not in ("optimizer", "lowest_loss", "calls_to_target")
        and any(column.value(entry) is not None for entry in entries)
    ]
    rows = []
    for entry in entries:
        cells = [_cell(column.key, column.value(entry)) for column in shown]
        cells[0] = Cell(cells[0].shown, "", _sample(entry.run))
        rows.append(tuple(cells))
    numbers = frozenset(range(2, len(shown)))
    yield SectionBlock("Comparison")
    yield blocks.TableBlock(
        "comparison", tuple(column.title for column in shown), tuple(rows), numbers
    )
    if target is not None:
        known = study.resolved.problem.lowest_value is not None
        share, lowest = ("thousandth", "known loss") if known else ("hundredth", "loss reached")
        yield Paragraph(
            f"The target is a loss of {typeset_number(target)}: a {share} of the way from the "
            f"start to the lowest {lowest} is left.",
            "note",
        )


def _cell(key: str, value: Value) -> Cell:
    if value is None:
        return Cell("–", "muted")
    if key == "outcome":
        return Cell(str(value).replace("_", " "), "" if value in _GOOD else "warn")
    return Cell(typeset_number(value) if isinstance(value, float) else str(value))


def surface(study: Study) -> Iterator[Block]:
    """What is minimised: formula, gradient, known minima."""
    problem, experiment = study.resolved.problem, study.experiment
    lines: list[Formula] = []
    if isinstance(problem, FormulaProblem):
        formula = to_latex(problem.tree, limit=_LONGEST_FORMULA)
        plain = f"E = {display_text(problem.tree, limit=_LONGEST_FORMULA)}"
        lines.append(Formula(f"E(w) = {formula}", plain))
    lines += [Formula(latex, shown) for shown, latex in gradient_lines(problem)]
    yield SectionBlock("Surface")
    if lines:
        yield blocks.Equations(tuple(lines))
    pairs: list[tuple[str, tuple[str | Code, ...]]] = []
    if problem.name:
        pairs.append(("name", (problem.title,)))
    if problem.formula:
        pairs.append(("as typed", (Code(experiment.surface.formula or problem.formula),)))
    pairs.append(("weights", (_names(problem.weights),)))
    transform = transform_of(experiment.surface)
    if not transform.is_identity:
        moved = f"turned by {typeset_number(transform.rotation)}°, scaled by "
        moved += f"{words.point(transform.scale)} and shifted by {words.point(transform.shift)}, "
        moved += f"about {words.point(transform.centre)}"
        pairs.append(("changed", (moved,)))
    minima = [
        f"E = {typeset_number(minimum.value)} at {words.point(tuple(minimum.at))}"
        for minimum in problem.minima[:8]
    ]
    if minima:
        more = len(problem.minima) - len(minima)
        pairs.append(("known minima", (*minima, *([f"and {more} more"] if more else []))))
    if problem.story and not experiment.story:
        pairs.append(("about it", (problem.story,)))
    yield blocks.Facts(tuple(pairs))


def _names(weights: tuple[str, ...]) -> str:
    """The names of the weights, of many the first and the last."""
    shown = list(map(display_symbol, weights))
    return ", ".join(shown if len(shown) <= _MOST_NAMES else [*shown[:3], "…", shown[-1]])


def runs(study: Study) -> Iterator[Block]:
    """What the runs have in common, then each one with its equations and settings."""
    experiment = study.experiment
    pairs = [
        ("start", words.point(tuple(study.resolved.start))),
        ("updates", f"{experiment.steps}"),
        ("seed", f"{experiment.seed}"),
    ]
    if experiment.stop_gradient is not None:
        pairs.append(("stops where", f"‖∇E‖ ≤ {typeset_number(experiment.stop_gradient)}"))
    yield SectionBlock("Runs")
    yield blocks.Facts(tuple((name, (shown,)) for name, shown in pairs))
    for one in study.runs:
        yield from _run(one, own_notes(experiment))


def _run(one: StudyRun, notes: Mapping[tuple[Kind, str], str]) -> Iterator[Block]:
    run, spec, trajectory = one.run, one.spec, one.trajectory
    hidden = "" if run.visible else "(not drawn)"
    yield blocks.RunHeading(one.name, _sample(run), hidden)
    if spec is None:
        yield Paragraph("Recorded elsewhere.", "muted")
    ending = f"{trajectory.outcome.sentence}; E = {typeset_number(trajectory.final_loss)} at w = "
    ending += words.point(trajectory.final_weights)
    yield Paragraph(f"{ending}.", "muted" if trajectory.outcome.kind in _GOOD else "warn")
    if spec is None:
        return
    optimizers = (run.optimizer, *(switch.optimizer for switch in run.then))
    for leg, optimizer in zip(spec.legs, optimizers, strict=False):
        rule = leg.spec.rule
        what = rule.name if not rule.reference else f"{rule.name}, {rule.reference}"
        if len(spec.legs) > 1:
            what = f"Steps {leg.first + 1} … {leg.last}: {what}"
        yield Paragraph(f"{what}. {rule.summary}." if rule.summary else f"{what}.", "muted")
        note = notes.get(("rules", optimizer))
        if note is not None:
            yield Paragraph(f"The {note}.", "muted")
        if leg.kept:
            kept = ", ".join(map(display_symbol, sorted(leg.kept)))
            yield Paragraph(f"Memory taken over: {kept}.", "muted")
        yield blocks.Equations(tuple(_equations(leg.spec)))
        yield from _settings(leg.spec)
    if run.start is not None:
        yield blocks.Facts((("own start", (words.point(run.start),)),))


def _equations(spec: RunSpec) -> Iterator[Formula]:
    """The update as it is computed, the treatment of its gradient where it is treated."""
    plan = plan_of(spec)
    for index, line in enumerate(plan.lines):
        for part in (line, *plan.treatments.get(index, ())):
            if part.kind == "record":
                yield Formula(part.symbol_latex, part.symbol)
                continue
            arrow = "=" if part.is_definition else "\\leftarrow"
            yield Formula(f"{part.symbol_latex} {arrow} {part.right_latex}", part.text)


def _settings(spec: RunSpec) -> Iterator[Block]:
    rule = spec.rule
    rows: list[tuple[Cell, ...]] = []
    names = parameter_names(rule.parameters)  # as the equations have them
    for name, parameter in rule.parameters.items():
        given = spec.parameters[name]
        usual = "" if given == parameter.default else typeset_number(parameter.default)
        symbol = Formula(names.math(name), parameter.symbol)
        shown = (name, typeset_number(given, 8), usual, parameter.help)
        rows.append((Cell(symbol), *map(Cell, shown)))
    for name, option in rule.options.items():
        chosen = spec.options[name]
        usual = "" if chosen == option.default else choice_text(option.default)
        rows.append(tuple(map(Cell, ("", name, choice_text(chosen), usual, option.help))))
    titles = ("", "setting", "value", "default", "meaning")
    yield blocks.TableBlock("settings", titles, tuple(rows), frozenset((2, 3)))
    pairs: list[tuple[str, tuple[str | Code, ...]]] = []
    if not spec.schedule.is_constant:
        pairs.append(("schedule", (Code(spec.schedule.text),)))
    for name, amount in spec.treatment.active().items():
        pairs.append((display_symbol(name), (typeset_number(amount),)))
    if spec.sampling.words:
        pairs.append(("gradients from", (", ".join(spec.sampling.words.values()),)))
    if pairs:
        yield blocks.Facts(tuple(pairs))


def reproduction(study: Study, file: str) -> Iterator[Block]:
    """The command lines that give the same numbers; ``file`` is what the report is called."""
    yield SectionBlock("Again")
    yield Paragraph(
        f"This report carries its experiment. Saved as {file}, this gives every number of "
        "every step again, and the second line opens it in the window:"
    )
    again = ("optlab", "run", file, "--csv", "runs.csv")
    yield blocks.CommandListing((again, ("optlab", "open", file)))
    ruled = [(one.run, one.spec) for one in study.runs if one.spec is not None]
    if can_be_typed(study.experiment) and ruled:
        yield Paragraph("Without the report, one run at a time:")
        lines = (run_words(study.experiment, run, spec) for run, spec in ruled)
        yield blocks.CommandListing(tuple(map(tuple, lines)))


def foot(_: Study) -> Iterator[Block]:
    """What it was made by."""
    libraries = [f"{name} {_version(name)}" for name in _LIBRARIES]
    made = ", ".join((f"Python {platform.python_version()}", *libraries))
    yield Paragraph(f"Made by OptLab {optlab.__version__} ({made}).", "note")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def makers(file: str) -> tuple[Maker, ...]:
    """All sections in their order; ``file`` is what the report is called."""
    again = partial(reproduction, file=file)
    return head, contour, claims, comparison, loss, surface, runs, again, foot
