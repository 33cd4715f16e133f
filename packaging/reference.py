"""Writes the reference of the user guide from the data files, while `make docs` builds the site.

MkDocs calls the functions ``on_config`` and ``on_files``.  Nothing that they write is kept in the
repository: a page for each optimizer, schedule and surface, the gallery of experiments, and the
tables of columns, measures and keys always say what the program has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files
from reference_pictures import experiment_picture, map_picture, schedule_curve, style

from optlab.core.analysis.quantities import GENERAL, OF_DATA
from optlab.core.analysis.worksheet import gradient_lines
from optlab.core.analysis.worksheet.formula_lines import FormulaLine
from optlab.core.analysis.worksheet.plan import plan_of
from optlab.core.display import display_symbol, typeset_number
from optlab.core.export.code import TARGETS, rule_code
from optlab.core.formula.dialects.latex import to_latex
from optlab.core.formula.dialects.unicode import display_text
from optlab.core.maps import MEASURES
from optlab.core.parameters import Interval, SettingError
from optlab.core.problems import FormulaProblem, load_problem, problem_names
from optlab.core.resources import data_folder
from optlab.core.rules import Rule, choice_text, load_rule, rule_names
from optlab.core.rules.state_roles import meanings
from optlab.core.run import RunSpec
from optlab.core.schedules import schedule_names
from optlab.core.schedules.catalogue import load_schedule_kind
from optlab.files.experiment_files import experiment_topics, load_experiment, shipped_experiment
from optlab.pictures.formula_drawing import formula_mathml
from optlab.session.actions import ACTIONS
from optlab.session.comparison import COLUMNS

DOCS = Path(__file__).resolve().parents[1] / "docs"
_LIBRARIES = {"numpy": "NumPy", "torch": "PyTorch", "optax": "optax"}
_LONGEST = 160
"""Symbols and numbers of a formula that are typeset."""
Page = tuple[str, str, str]
"""Path, title and text."""


# -- pieces --------------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; empty without rows."""
    found = [f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in rows]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *found]
    return "\n".join(lines) + "\n" if found else ""


def formulas(lines: Iterable[tuple[str, str]]) -> str:
    """Typeset formulas, one below the other, of pairs of plain text and LaTeX."""
    shown = [formula_mathml(latex) or f"<code>{escape(text)}</code>" for text, latex in lines]
    return f'<div class="equations">{"".join(f"<div>{one}</div>" for one in shown)}</div>\n'


def section(title: str, text: str) -> str:
    """A section; empty where its text is."""
    return f"## {title}\n\n{text}\n" if text else ""


def page(path: str, title: str, *parts: str) -> Page:
    """A page with a title."""
    return path, title, "\n".join([f"# {title}\n", *filter(None, parts)])


# -- optimizers ----------------------------------------------------------------------------------


def optimizer_page(key: str) -> Page:
    """What is known of a rule."""
    rule = load_rule(key)
    parts = [f"{rule.summary}. *{rule.reference}*\n", section("Equations", _equations(rule))]
    parts += [section("Parameters", _parameters(rule)), section("Options", _options(rule))]
    parts += [section("Presets", _presets(rule)), section("Memory", _memory(rule))]
    parts.append(section("Conventions", _conventions(rule)))
    parts.append(section("Measured", _measured(rule)))
    parts.append(section("In code", _code(rule)))
    command = f"```sh\noptlab run --problem himmelblau --optimizer {key} --steps 100\n```\n"
    parts.append(section("Try it", command))
    return page(f"reference/optimizers/{key}.md", rule.name, *parts)


def _range(interval: Interval) -> str:
    return f"{interval}".replace("inf", "∞")


def _lines(rule: Rule) -> tuple[FormulaLine, ...]:
    return plan_of(RunSpec(load_problem("quadratic"), rule)).lines


def _equations(rule: Rule) -> str:
    if rule.stepper:
        return "Its steps are computed by code: no equation of one step expresses them.\n"
    pairs = []
    for line in _lines(rule):
        arrow = "=" if line.is_definition else "\\leftarrow"
        pairs.append((line.text, f"{line.symbol_latex} {arrow} {line.right_latex}"))
    usual = "With the options as they are at first, in this order, for each weight:\n\n"
    return usual + formulas(pairs)


def _parameters(rule: Rule) -> str:
    return table(
        ("symbol", "name", "default", "range", "what it is"),
        (
            (
                each.symbol,
                f"`{each.name}`",
                typeset_number(each.default),
                _range(each.range),
                each.help,
            )
            for each in rule.parameters.values()
        ),
    )


def _options(rule: Rule) -> str:
    return table(
        ("name", "choices, the first one bold is usual", "what it changes"),
        (
            (
                f"`{option.name}`",
                ", ".join(
                    f"**{choice_text(one)}**" if one == option.default else choice_text(one)
                    for one in option.choices
                ),
                option.help,
            )
            for option in rule.options.values()
        ),
    ).replace("choices, the first one bold is usual", "choices, the usual one bold")


def _presets(rule: Rule) -> str:
    rows = []
    for name, preset in rule.presets.items():
        options = [f"{key} {choice_text(one)}" for key, one in preset.options.items()]
        numbers = [f"{key} {typeset_number(value)}" for key, value in preset.parameters.items()]
        rows.append((f"`{name}`", ", ".join((*numbers, *options))))
    return table(("preset", "settings"), rows)


def _memory(rule: Rule) -> str:
    known = {} if rule.stepper else meanings(rule.variant(rule.complete_options({})))
    drawn = {"direction": "an arrow", "size": "lengths along the axes", "place": "a point", "": ""}
    return table(
        ("symbol", "name", "what it keeps", "drawn as"),
        (
            (each.symbol, f"`{each.name}`", each.help, drawn[known.get(each.name, "")])
            for each in rule.state
        ),
    )


def _conventions(rule: Rule) -> str:
    parts = [f"{rule.convention}\n"] if rule.convention else []
    if rule.aliases:
        parts.append(f"Also called {', '.join(f'`{name}`' for name in rule.aliases)}.\n")
    if rule.tests:
        parts.append(f"Its file holds {len(rule.tests)} known answers that tests check.\n")
    return "\n".join(parts)


@cache
def _ranks() -> tuple[tuple[str, dict[str, tuple[str, ...]]], ...]:
    """The suites of the measured comparisons: title and a row for each rule."""
    text = (DOCS / "which-optimizer.md").read_text("utf-8")
    found = []
    for part in text.split("\n## ")[1:]:
        title, _, rest = part.partition("\n\n")
        rows = re.findall(
            r"^\| ([^|]+?) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| (\d+)% \|$", rest, re.M
        )
        found.append((title, {name: tuple(numbers) for name, *numbers in rows}))
    return tuple(found)


def _measured(rule: Rule) -> str:
    """Where it ranks high and low, from the comparisons behind the guide."""
    rows, places = [], []
    for title, ranks in _ranks():
        if rule.name not in ranks:
            continue
        order = sorted(ranks, key=lambda name: float(ranks[name][2]))
        place = order.index(rule.name) + 1
        places.append((place, title.lower()))
        plain, eta, tuned, solved = ranks[rule.name]
        rows.append((title, f"{place} of {len(order)}", plain, eta, tuned, f"{solved} %"))
    if not rows:
        return ""
    best, worst = min(places), max(places)
    strong = ", ".join(title for place, title in places if place == best[0])
    weak = ", ".join(title for place, title in places if place == worst[0])
    said = f"With all parameters tuned it is strongest on {strong}"
    said += (
        f" (place {best[0]}) and weakest on {weak} (place {worst[0]})." if weak != strong else "."
    )
    head = ("suite", "place", "rank at defaults", "η tuned", "all tuned", "solved")
    link = "\nFrom the [measured comparisons](../../which-optimizer.md).\n"
    return f"{said}\n\n{table(head, rows)}{link}"


def _code(rule: Rule) -> str:
    parts = []
    for target, title in _LIBRARIES.items():
        assert target in TARGETS
        try:
            text = rule_code(rule, target, {}, {})
        except SettingError:
            return ""
        inside = "\n".join(f"    {line}".rstrip() for line in text.splitlines())
        parts.append(f'=== "{title}"\n\n    ```python\n{inside}\n    ```\n')
    names = dict.fromkeys((call.library, call.function) for call in rule.builtins)
    calls = "".join(f"- {_LIBRARIES.get(name, name)}: `{function}`\n" for name, function in names)
    known = f"What libraries call it, under the settings that make it the same:\n\n{calls}\n"
    return (known if calls else "") + "\n".join(parts)


# -- schedules and surfaces ----------------------------------------------------------------------


def schedule_page(key: str) -> Page:
    """What is known of a schedule, with its curve over 200 steps."""
    kind = load_schedule_kind(key)
    rows = (
        (
            f"`{each.name}`",
            "the steps left" if each.default is None else typeset_number(each.default),
            _range(each.range),
            each.help,
        )
        for each in kind.parameters.values()
    )
    equation = formulas([(display_text(kind.tree), f"\\eta_t = {to_latex(kind.tree)}")])
    reference = f" *{kind.reference}*" if kind.reference else ""
    return page(
        f"reference/schedules/{key}.md",
        kind.name,
        f"{kind.summary}.{reference}\n",
        schedule_curve(key),
        section(
            "Formula", equation + "\nk counts the steps done from 0, T all steps of the run.\n"
        ),
        section("Constants", table(("name", "default", "range", "what it is"), rows)),
        section("Try it", f"```sh\noptlab run --optimizer gd --schedule {key}\n```\n"),
    )


def surface_page(key: str) -> Page:
    """What is known of a surface."""
    problem = load_problem(key)
    assert isinstance(problem, FormulaProblem)
    loss = f"E = {display_text(problem.tree, limit=_LONGEST)}"
    pairs = [(loss, f"E = {to_latex(problem.tree, limit=_LONGEST)}"), *gradient_lines(problem)]
    minima = (
        (typeset_number(each.value), ", ".join(map(typeset_number, each.at)))
        for each in problem.minima
    )
    facts = [
        ("weights", ", ".join(map(display_symbol, problem.weights))),
        ("start", ", ".join(map(typeset_number, problem.start))),
    ]
    if problem.rows:
        facts.append(("rows of data", str(problem.rows)))
    picture = (
        f"![The map of {problem.title}]({key}.webp){{ .small }}\n" if problem.is_surface else ""
    )
    return page(
        f"reference/surfaces/{key}.md",
        problem.title,
        f"{problem.story}\n",
        picture,
        section("Formula", formulas(pairs) + f"\n```text\n{problem.formula}\n```\n"),
        section("Facts", table(("", ""), facts)),
        section("Known minima", table(("loss", "at"), minima)),
        section("Try it", f"```sh\noptlab run --problem {key} --optimizer adam\n```\n"),
    )


# -- gallery and tables --------------------------------------------------------------------------


def gallery() -> Iterator[tuple[str, str | bytes]]:
    """The page of the shipped experiments, and its pictures."""
    parts = [
        "# Gallery\n",
        "Every experiment that is shipped; *Experiments* in the window opens it.\n",
    ]
    topics, others = experiment_topics()
    for title, keys in [*((one.title, one.experiments) for one in topics), ("More", others)]:
        if not keys:
            continue
        parts.append(f'## {title}\n\n<div class="gallery" markdown>\n')
        for key in keys:
            experiment = load_experiment(shipped_experiment(key))
            picture = experiment_picture(key)
            shown = f"![{escape(experiment.title)}](gallery/{key}.webp)\n\n" if picture else ""
            if picture:
                yield f"reference/gallery/{key}.webp", picture
            story = experiment.story.split("\n\n")[0]
            told = f"**{experiment.title}**\n\n{story}\n\n`optlab open {key}`"
            parts.append(f"<div markdown>\n\n{shown}{told}\n\n</div>\n")
        parts.append("</div>\n")
    yield "reference/gallery.md", "\n".join(parts)


_COLUMNS = {
    "run": "the name of the run",
    "optimizer": "the rules that it takes, in order",
    "outcome": "`finished`, `converged`, `diverged` or `left_domain`",
    "steps": "updates done",
    "gradient_calls": "gradients taken, which is what a run costs",
    "steps_to_target": "updates until the loss is at most the target for the first time",
    "calls_to_target": "gradients until then",
    "final_loss": "the loss after the last update",
    "lowest_loss": "the lowest loss on the way",
    "distance": "from the last point to the nearest known minimum",
    "path_length": "the sum of the lengths of all updates",
    "loss_increases": "updates after which the loss was higher",
    "sign_changes": "times that a component of the gradient changed its sign",
}
_MEASURES = {
    "loss": "the loss at the end of the run",
    "steps": "updates until the loss is at most the target",
    "outcome": "how the run ended",
    "length": "the length of its path",
}


def tables_page() -> Page:
    """Columns, quantities, measures."""
    columns = ((one.title, f"`{one.key}`", _COLUMNS[one.key]) for one in COLUMNS)
    quantities = ((one.symbol, f"`{one.key}`", one.title) for one in (*GENERAL, *OF_DATA))
    measures = ((one.title, f"`{key}`", _MEASURES[key]) for key, one in MEASURES.items())
    return page(
        "reference/columns.md",
        "Columns and measures",
        section("Columns of the comparison", table(("title", "in files", "what it says"), columns)),
        section(
            "Quantities over the steps",
            table(("symbol", "key", "what it is"), quantities)
            + "\nBeside these, whatever a rule keeps or computes on the way: see its page.\n",
        ),
        section("Measures of maps", table(("title", "name", "what a cell shows"), measures)),
    )


def keys_page() -> Page:
    """All actions of the window, with their keys."""
    parts = []
    for menu, actions in groupby(ACTIONS, key=lambda action: action.menu):
        rows = (
            (one.title, " ".join(f"<kbd>{escape(key)}</kbd>" for key in one.keys), one.tip)
            for one in actions
        )
        parts.append(section(menu, table(("command", "keys", "what it does"), rows)))
    return page("reference/keys.md", "Commands and keys", *parts)


def index(kind: str, title: str, pages: Sequence[Page], says: Callable[[str], str]) -> Page:
    """The list of the pages of a kind."""
    rows = []
    for path, name, _ in pages:
        key = Path(path).stem
        rows.append((f"[{name}]({key}.md)", f"`{key}`", says(key)))
    text = table(("", "name", ""), rows)
    return page(f"reference/{kind}/index.md", title, text)


# -- MkDocs --------------------------------------------------------------------------------------


@cache
def contents() -> tuple[dict[str, str | bytes], dict[str, list[Page]]]:
    """All files by their path, and the pages of each kind with the list first."""
    files: dict[str, str | bytes] = dict(gallery())
    rules = [optimizer_page(key) for key in rule_names()]
    surfaces = [surface_page(key) for key in problem_names()]
    schedules = [schedule_page(key) for key in schedule_names()]
    kinds = {
        "Optimizers": [
            index("optimizers", "Optimizers", rules, lambda k: load_rule(k).summary),
            *rules,
        ],
        "Schedules": [
            index("schedules", "Schedules", schedules, lambda k: load_schedule_kind(k).summary),
            *schedules,
        ],
        "Surfaces": [
            index("surfaces", "Surfaces", surfaces, lambda k: load_problem(k).story),
            *surfaces,
        ],
        "Tables": [tables_page(), keys_page()],
    }
    for path, _, text in (one for pages in kinds.values() for one in pages):
        files[path] = text
    for key in problem_names():
        problem = load_problem(key)
        if problem.is_surface and isinstance(problem, FormulaProblem):
            files[f"reference/surfaces/{key}.webp"] = map_picture(problem, problem.window)
    files["colors.css"] = style()
    files["logo.svg"] = (data_folder("icons") / "app" / "optlab.svg").read_text("utf-8")
    return files, kinds


def on_config(config: Any) -> Any:
    """Puts the generated pages into the navigation, in place of the entry ``REFERENCE``."""
    _, kinds = contents()
    found: list[Any] = []
    for title, pages in kinds.items():
        entries = [path if path.endswith("index.md") else {name: path} for path, name, _ in pages]
        found += entries if title == "Tables" else [{title: entries}]
    for part in config.nav:
        for name, entries in part.items() if isinstance(part, dict) else ():
            if isinstance(entries, list) and "REFERENCE" in entries:
                at = entries.index("REFERENCE")
                part[name] = [
                    *entries[:at],
                    *found,
                    {"Gallery": "reference/gallery.md"},
                    *entries[at + 1 :],
                ]
    return config


def on_files(files: Files, config: Any) -> Files:
    """Adds the generated files."""
    for path, content in contents()[0].items():
        files.append(File.generated(config, path, content=content))
    return files
