"""A rule as it stands in a paper: the algorithm in LaTeX, or Markdown with formulas."""

from __future__ import annotations

from optlab.core.export.code.listing import Listing, clean
from optlab.core.formula.dialects.latex import latex_number, latex_symbol, to_latex
from optlab.core.formula.nodes import Node, Symbol, substitute
from optlab.core.rules import LEARNING_RATE, choice_text

_SPECIAL = {char: f"\\{char}" for char in "#$%&_{}"} | {"^": "\\^{}", "~": "\\~{}"}
_LONGEST = 10_000


def latex_code(listing: Listing) -> str:
    """An ``algorithm`` of the packages algorithm and algpseudocode (or algorithmic)."""
    lines = ["% \\usepackage{algorithm, algpseudocode, amsmath, amssymb}"]
    if listing.rule.reference:
        lines.append(f"% {clean(listing.rule.reference)}")
    lines += ["\\begin{algorithm}", f"\\caption{{{_escaped(listing.rule.name)}}}"]
    lines.append("\\begin{algorithmic}[1]")
    for name, symbol, value, text in _parameters(listing):
        lines.append(f"\\Require ${symbol} = {value}$ \\Comment{{{_escaped(text or name)}}}")
    starts = [
        "w_0",
        *(f"{latex_symbol(v.name)} \\gets {_latex(v.start)}" for v in listing.variant.state),
    ]
    lines.append("\\Require $" + ", \\; ".join(starts) + "$")
    lines.append("\\For{$t = 1, 2, \\dots$}")
    lines += [f"  \\State ${line}$" for line in _equations(listing)]
    lines += ["\\EndFor", "\\end{algorithmic}", "\\end{algorithm}"]
    return "\n".join([*lines, ""])


def markdown_code(listing: Listing) -> str:
    """A section with a table of the parameters and the equations."""
    rule = listing.rule
    lines = [f"# {clean(rule.name)}", "", f"{clean(rule.summary)}.", ""]
    equations = " \\\\\n".join(line.replace("\\gets", "&\\gets", 1) for line in _equations(listing))
    lines += ["$$", "\\begin{aligned}", equations, "\\end{aligned}", "$$", ""]
    starts = [f"${latex_symbol(v.name)} = {_latex(v.start)}$" for v in listing.variant.state]
    if starts:
        lines += [f"Before the first step {', '.join(starts)}.", ""]
    lines += ["| parameter | value | |", "|---|---|---|"]
    for name, symbol, value, text in _parameters(listing):
        cell = text.replace("|", "\\|")
        lines.append(f"| ${symbol}$ `{name}` | ${value}$ | {cell} |")
    decided = [f"`{name}`: {choice_text(choice)}" for name, choice in listing.options.items()]
    if decided:
        lines += ["", f"Options: {', '.join(decided)}."]
    for library in ("torch", "optax"):
        builtin = listing.builtin(library)
        if builtin is not None:
            lines += ["", f"Built in as `{builtin.text('params' if library == 'torch' else '')}`."]
    if rule.convention:
        lines += ["", clean(rule.convention) + "."]
    if rule.reference:
        lines += ["", f"Reference: {clean(rule.reference)}"]
    return "\n".join([*lines, ""])


def _parameters(listing: Listing) -> list[tuple[str, str, str, str]]:
    """Name, symbol, value and help of each parameter that still matters."""
    rows = []
    for name in dict.fromkeys((LEARNING_RATE, *listing.variant.parameters)):
        value = listing.parameters[name]
        text = latex_number(value) if value >= 0 else f"-{latex_number(-value)}"
        rows.append((name, latex_symbol(name), text, clean(listing.rule.parameters[name].help)))
    return rows


def _equations(listing: Listing) -> list[str]:
    lines = []
    if not listing.schedule.is_constant:
        tree = listing.schedule.as_formula(listing.steps, listing.epochs)
        shown = substitute(tree, {LEARNING_RATE: Symbol("eta_0")})
        lines.append(f"\\eta \\gets {_latex(shown)}, \\quad k = t - 1")
    if listing.variant.needs_gradient:
        lines.append("g \\gets \\nabla E(w)")
    lines += [f"{latex_symbol(e.target)} \\gets {_latex(e.tree)}" for e in listing.equations]
    return lines


def _latex(tree: Node) -> str:
    return to_latex(tree, limit=_LONGEST)


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(char, char) for char in clean(text))
