"""What the files of all libraries share: header, settings, and the check at their end."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from optlab.core.export.code.expressions import Expressions, listed, wrapped
from optlab.core.export.code.listing import Listing, clean
from optlab.core.export.code.numbers import TOLERANCE, Expected
from optlab.core.formula.lower import fold
from optlab.core.formula.nodes import Symbol, number, number_text, symbols
from optlab.core.rules import LEARNING_RATE

_WIDTH = 92
_HORIZON = "c_horizon"
_SCHEDULED = {
    "torch": "scheduler = torch.optim.lr_scheduler.LambdaLR("
    "optimizer, lambda k: schedule(k) / {eta})",
    "optax": "{rule}(schedule=schedule)",
}
"""How the function ``schedule`` of the file is handed over."""
_RESULT = {"torch": "scheduler = ", "optax": "schedule = "}


def header(listing: Listing, title: str, library: str = "") -> list[str]:
    """The docstring of the file, with the calls by which the library itself has the rule and its
    schedule."""
    about = [*listing.docstring(), ""]
    call = listing.builtin(library)
    if call is not None:
        first = "params" if library == "torch" else ""
        about += [f"{title} has it built in:", "", f"    {call.text(first)}", ""]
    if library and not listing.schedule.is_constant:
        about += [*_scheduled(listing, title, library), ""]
    about += [f"Written for {title} by OptLab. Run as a program, the file checks itself."]
    return [*block('"""', about, '"""', indent=""), ""]


def _scheduled(listing: Listing, title: str, library: str) -> list[str]:
    """How the schedule is handed over: as the function of the file, and as the library has it."""
    eta = number_text(listing.parameters[LEARNING_RATE])
    lines = [
        f"Its learning rate follows {clean(listing.schedule.text)}, as a function of the step:"
    ]
    lines += ["", f"    {_SCHEDULED[library].format(eta=eta, rule=listing.function)}"]
    call = listing.built_in_schedule(library)
    if call:
        lines += ["", f"or as {title} has it built in:", ""]
        lines += [f"    {line}" for line in wrapped(_RESULT[library], call)]
    return lines


def block(begin: str, lines: Sequence[str], end: str, indent: str = "    ") -> list[str]:
    """Lines of a docstring, none too long, those that are indented as they are."""
    found: list[str] = []
    for line in lines:
        whole = (
            [line] if line.startswith(" ") else textwrap.wrap(line, _WIDTH - len(indent)) or [""]
        )
        found += whole
    while found and not found[-1]:
        found.pop()
    found[0] = begin + found[0]
    if len(found) == 1:
        return [f"{indent}{found[0]}{end}"]
    return [f"{indent}{line}".rstrip() for line in [*found, end]]


def defaults(listing: Listing) -> dict[str, str]:
    """The parameters and their values, as arguments have them."""
    return {name: number_text(value) for name, value in listing.settings.items()}


def settings_line(listing: Listing, found: Expected) -> list[str]:
    """The settings of the check, and the numbers that it compares with."""
    values = {**defaults(listing), LEARNING_RATE: number_text(found.eta)}
    items = [f'"{name}": {value}' for name, value in values.items()]
    why = []
    if found.eta != listing.parameters[LEARNING_RATE]:
        why = ["# A larger learning rate amplifies rounding errors here, in any library."]
    return [
        *why,
        *listed("SETTINGS = {", items, "}"),
        "# The weights after so many steps.",
        *found.table(),
    ]


def main(body: Sequence[str], found: Expected) -> list[str]:
    """The check as a function, and the lines that make the file a program."""
    steps = max(found.weights, default=0)
    about = f"Largest relative difference to the stored numbers over {steps} steps on Rosenbrock."
    return [
        "",
        "",
        "def check():",
        f'    """{about}"""',
        *(f"    {line}" for line in body),
        "",
        "",
        'if __name__ == "__main__":',
        "    worst = check()",
        '    print(f"largest relative difference: {worst:.1e}")',
        f"    raise SystemExit(0 if worst <= {TOLERANCE:g} else 1)",
    ]


def schedule_lines(listing: Listing, writer: type[Expressions], eta: float) -> list[str]:
    """``schedule(k)``, or nothing where the learning rate stays as it is."""
    if listing.schedule.is_constant:
        return []
    tree = fold(listing.schedule.expression(Symbol("k"), Symbol(_HORIZON), number(0.0)))
    values = {**listing.schedule.constants(listing.steps, listing.epochs)}
    values[_HORIZON] = float(listing.steps)
    names = _names(sorted(symbols(tree) & values.keys()))
    given = [f"{LEARNING_RATE}={number_text(eta)}"]
    given += [f"{short}={number_text(values[name])}" for name, short in names.items()]
    lines = ["", "", *listed("def schedule(", ["k", "*", *given], "):")]
    about = f"Learning rate of step k + 1: {clean(listing.schedule.text)}."
    if listing.schedule.counts_epochs:
        about += f" An epoch has {listing.epoch_steps} steps."
    lines += block('"""', [about], '"""')
    text = writer(set(), names).write(tree).text
    return lines + [f"    {line}" for line in wrapped("return ", text)]


def _names(symbols_: list[str]) -> dict[str, str]:
    """Short names of the constants: ``s0_T_max`` is T_max, the second of a name has a number."""
    names: dict[str, str] = {}
    for symbol in symbols_:
        short = "T" if symbol == _HORIZON else symbol.partition("_")[2]
        number, candidate = 2, short
        while candidate in (*names.values(), "k", LEARNING_RATE):
            candidate = f"{short}_{number}"
            number += 1
        names[symbol] = candidate
    return names
