"""The sections of a report, each a piece of HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optlab.core.formula.latex import latex_symbol, to_latex
from optlab.core.formula.plain import display_text
from optlab.core.names import display_symbol
from optlab.core.rules import choice_text
from optlab.core.run import RunSpec, Trajectory
from optlab.core.worksheet import gradient_lines
from optlab.core.worksheet.plan import plan_of
from optlab.figures import palette, words
from optlab.report.commands import can_be_typed, run_command
from optlab.report.marking import facts, formula, table, text, value
from optlab.session.comparison import COLUMNS, Cell, compare, usual_target
from optlab.session.experiment import Experiment, Run
from optlab.session.resolve import Resolved, transform_of
from optlab.session.verdict import check_all

_LONGEST_FORMULA = 160
"""Symbols and numbers of a loss that are typeset; the text has all of them."""


@dataclass(frozen=True)
class Reported:
    """What a report is about; all sections are made from it."""

    experiment: Experiment
    resolved: Resolved
    trajectories: Mapping[str, Trajectory]

    @property
    def runs(self) -> list[tuple[Run, RunSpec, Trajectory]]:
        """The runs that have numbers, hidden ones included."""
        return [
            (run, self.resolved.specs[run.id], self.trajectories[run.id])
            for run in self.experiment.runs
            if run.id in self.trajectories
        ]

    @property
    def title(self) -> str:
        """What the experiment is called."""
        return self.experiment.title or self.resolved.problem.title


def name_of(run: Run, spec: RunSpec) -> str:
    """What a run is called."""
    return run.name or spec.rule.name


def claims(reported: Reported) -> str:
    """What the experiment says will happen, held against the numbers; empty without claims."""
    verdicts = check_all(reported.experiment, reported.trajectories)
    if not verdicts:
        return ""
    items = []
    for claim, verdict in zip(reported.experiment.claims, verdicts, strict=True):
        remark = f' <span class="muted">{text(claim.says)}</span>' if claim.says else ""
        found = "" if verdict.holds else f' <span class="warn">{text(verdict.measured)}</span>'
        kind = "held" if verdict.holds else "broken"
        items.append(f'<li class="{kind}">{text(verdict.sentence)}.{remark}{found}</li>')
    return '<h2>Claims</h2>\n<ul class="claims">\n' + "\n".join(items) + "\n</ul>\n"


def comparison(reported: Reported) -> str:
    """The runs side by side."""
    target = usual_target(reported.resolved)
    entries = compare(reported.experiment, reported.resolved, reported.trajectories, target)
    shown = [
        column
        for column in COLUMNS
        if column.key not in ("optimizer", "lowest_loss", "calls_to_target")
        and any(column.value(entry) is not None for entry in entries)
    ]
    rows = []
    for entry in entries:
        cells = [_cell(column.key, column.value(entry)) for column in shown]
        cells[0] = _sample(entry.run) + cells[0]
        rows.append(cells)
    numbers = frozenset(range(2, len(shown)))
    made = table([text(column.title) for column in shown], rows, numbers)
    goal = ""
    if target is not None:
        goal = f'<p class="note">The target is a loss of {words.number(target)}: a thousandth of '
        goal += "the way from the start to the lowest known loss is left.</p>\n"
    return f'<h2>Comparison</h2>\n<div class="comparison">{made}</div>{goal}'


def _cell(key: str, cell: Cell) -> str:
    if cell is None:
        return '<span class="muted">–</span>'
    if key == "outcome":
        kind = "" if cell in ("finished", "converged") else ' class="warn"'
        return f"<span{kind}>{text(str(cell).replace('_', ' '))}</span>"
    if isinstance(cell, float):
        return text(words.number(cell))
    return text(str(cell))


def _sample(run: Run) -> str:
    """A piece of the run's line."""
    color = palette.run_color(run.color)
    return (
        '<svg width="22" height="8" aria-hidden="true" style="margin-right:8px">'
        f'<line x1="0" y1="4" x2="22" y2="4" stroke="{value(color)}" stroke-width="3"/></svg>'
    )


def surface(reported: Reported) -> str:
    """What is minimised: formula, gradient, known minima."""
    problem, experiment = reported.resolved.problem, reported.experiment
    loss = to_latex(problem.tree, limit=_LONGEST_FORMULA)
    plain = f"E = {display_text(problem.tree, limit=_LONGEST_FORMULA)}"
    lines = [formula(f"E(w) = {loss}", plain)]
    lines += [formula(latex, shown) for shown, latex in gradient_lines(problem)]
    equations = "".join(f"<div>{line}</div>" for line in lines)
    pairs = [("name", text(problem.title))] if problem.name else []
    pairs.append(
        ("as typed", f"<code>{text(experiment.surface.formula or problem.formula)}</code>")
    )
    transform = transform_of(experiment.surface)
    if not transform.is_identity:
        moved = f"turned by {words.number(transform.rotation)}°, scaled by "
        moved += f"{words.point(transform.scale)} and shifted by {words.point(transform.shift)}, "
        moved += f"about {words.point(transform.centre)}"
        pairs.append(("changed", text(moved)))
    shown_minima = [
        f"E = {words.number(minimum.value)} at {words.point(tuple(minimum.at))}"
        for minimum in problem.minima[:8]
    ]
    if shown_minima:
        more = len(problem.minima) - len(shown_minima)
        last = [f"and {more} more"] if more else []
        pairs.append(("known minima", "<br>".join(map(text, [*shown_minima, *last]))))
    if problem.story and not experiment.story:
        pairs.append(("about it", text(problem.story)))
    return f'<h2>Surface</h2>\n<div class="equations">{equations}</div>\n{facts(pairs)}'


def shared(reported: Reported) -> str:
    """What all runs have in common."""
    experiment = reported.experiment
    pairs = [
        ("start", words.point(tuple(reported.resolved.start))),
        ("updates", f"{experiment.steps}"),
        ("seed", f"{experiment.seed}"),
    ]
    if experiment.stop_gradient is not None:
        pairs.append(("stops where", f"‖∇E‖ ≤ {words.number(experiment.stop_gradient)}"))
    return facts([(name, text(shown)) for name, shown in pairs])


def runs(reported: Reported) -> str:
    """Each run with its equations and settings."""
    parts = [_run(reported.experiment, *one) for one in reported.runs]
    return f"<h2>Runs</h2>\n{shared(reported)}" + "\n".join(parts)


def _run(experiment: Experiment, run: Run, spec: RunSpec, trajectory: Trajectory) -> str:
    rule = spec.rule
    what = rule.name if not rule.reference else f"{rule.name}, {rule.reference}"
    summary = f"{what}. {rule.summary}." if rule.summary else f"{what}."
    kind = "muted" if trajectory.outcome.kind in ("finished", "converged") else "warn"
    ending = f"{trajectory.outcome.sentence}; E = {words.number(trajectory.final_loss)} at w = "
    ending += words.point(trajectory.final_weights)
    equations = "".join(f"<div>{line}</div>" for line in _equations(spec))
    hidden = "" if run.visible else ' <span class="muted">(not drawn)</span>'
    return (
        f"<h3>{_sample(run)}{text(name_of(run, spec))}{hidden}</h3>\n"
        f'<p class="muted">{text(summary)}</p>\n<p class="{kind}">{text(ending)}.</p>\n'
        f'<div class="equations">{equations}</div>\n{_settings(experiment, run, spec)}'
    )


def _equations(spec: RunSpec) -> list[str]:
    """The update as it is computed, the treatment of its gradient where it is treated."""
    plan = plan_of(spec)
    lines = []
    for index, line in enumerate(plan.lines):
        for part in (line, *plan.treatments.get(index, ())):
            if part.kind == "record":
                lines.append(formula(part.symbol_latex, part.symbol))
                continue
            arrow = "=" if part.is_definition else "\\leftarrow"
            lines.append(formula(f"{part.symbol_latex} {arrow} {part.right_latex}", part.text))
    return lines


def _settings(experiment: Experiment, run: Run, spec: RunSpec) -> str:
    rule = spec.rule
    rows = []
    for name, parameter in rule.parameters.items():
        given = spec.parameters[name]
        usual = "" if given == parameter.default else words.number(parameter.default)
        symbol = formula(latex_symbol(name), parameter.symbol)
        rows.append((symbol, text(name), text(words.number(given, 8)), text(usual), parameter.help))
    for name, option in rule.options.items():
        chosen = spec.options[name]
        usual = "" if chosen == option.default else choice_text(option.default)
        rows.append(("", text(name), text(choice_text(chosen)), text(usual), option.help))
    shown = [(*row[:4], text(row[4])) for row in rows]
    made = table(["", "setting", "value", "default", "meaning"], shown, frozenset((2, 3)))
    pairs = []
    if not spec.schedule.is_constant:
        pairs.append(("schedule", f"<code>{text(run.schedule)}</code>"))
    for name, amount in spec.treatment.active().items():
        pairs.append((display_symbol(name), text(words.number(amount))))
    if run.start is not None:
        pairs.append(("own start", text(words.point(run.start))))
    return made + (facts(pairs) if pairs else "")


def reproduction(reported: Reported) -> str:
    """The command lines that give the same numbers."""
    lead = (
        "<p>This page carries its experiment. Saved as <code>report.html</code>, this "
        "gives every number of every step again, and the second line opens it in the window:</p>\n"
        "<pre>optlab run report.html --csv runs.csv\noptlab open report.html</pre>\n"
    )
    if not can_be_typed(reported.experiment):
        return f"<h2>Again</h2>\n{lead}"
    lines = [run_command(reported.experiment, run, spec) for run, spec, _ in reported.runs]
    return (
        f"<h2>Again</h2>\n{lead}<p>Without the page, one run at a time:</p>\n"
        f"<pre>{text(chr(10).join(lines))}</pre>\n"
    )
