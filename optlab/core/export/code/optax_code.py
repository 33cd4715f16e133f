"""A rule as an ``optax.GradientTransformation``.

Where each weight goes its own way, equations are mapped over the trees of arrays.  Rules that look
at all weights together, or ask for gradients elsewhere, work on one long vector.
"""

from __future__ import annotations

import re

from optlab.core.export.code.expressions import LINE, Expressions, Library, listed, wrapped
from optlab.core.export.code.listing import Listing, clean
from optlab.core.export.code.numbers import expected
from optlab.core.export.code.text import (
    block,
    defaults,
    header,
    main,
    schedule_lines,
    settings_line,
)
from optlab.core.formula.algebra import negate
from optlab.core.formula.nodes import Apply, Node, Symbol, symbols
from optlab.core.rules import LEARNING_RATE

_ARC = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2"}


class JaxExpressions(Expressions):
    """Everything by jax.numpy, plain numbers too: they may be traced."""

    library = Library("jnp", "jnp", _ARC, branches=False)


def optax_code(listing: Listing) -> str:
    """The file."""
    lines = header(listing, "optax", "optax")
    body = [*_Transformation(listing).lines()]
    body += schedule_lines(listing, JaxExpressions, listing.parameters[LEARNING_RATE])
    lines += ["from typing import NamedTuple", "", "import jax", "import jax.numpy as jnp"]
    lines.append("import optax")
    if not listing.elementwise:
        lines.append("from jax.flatten_util import ravel_pytree")
    elif any("tree_map(" in line for line in body):
        lines += ["", "tree_map = jax.tree.map"]
    return "\n".join([*lines, "", "", *body, *_check(listing), ""])


class _Transformation:
    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.memory = [v.name for v in listing.variant.state]
        self.writer = JaxExpressions(listing.vector_state(), listing.names)
        self.flat = not listing.elementwise

    def lines(self) -> list[str]:
        listing = self.listing
        state = f"{listing.type}State"
        lines = [
            f"class {state}(NamedTuple):",
            '    """Steps done, and what the rule remembers."""',
            "",
        ]
        helps = {v.name: v.help for v in listing.variant.state}
        lines += ["    t: jax.Array"]
        lines += [
            f"    {listing.name(name)}: jax.Array" + _comment(helps[name]) for name in self.memory
        ]
        given = [f"{name}={value}" for name, value in defaults(listing).items()]
        head = listed(f"def {listing.function}(", [*given, "*", "schedule=None"], "):")
        lines += ["", "", *head]
        about = [*listing.docstring()[:1], "", *listing.arguments()]
        about.append("schedule: learning rate by the steps done, in place of eta")
        if listing.asked:
            about += ["", "Its update takes value_fn, the loss of the weights, as an argument."]
        lines += block('"""', about, '"""')
        lines += ["", "    def init(params):", *(f"        {line}" for line in self.init(state))]
        asks = ", *, value_fn, **_" if listing.asked else ""
        lines += ["", f"    def update(updates, state, params=None{asks}):"]
        lines += [f"        {line}".rstrip() for line in self.update(state)]
        kind = "GradientTransformation" + ("ExtraArgs" if listing.asked else "")
        return [*lines, "", f"    return optax.{kind}(init, update)"]

    def init(self, state: str) -> list[str]:
        listing = self.listing
        lines: list[str] = []
        writer = JaxExpressions({"w"}, listing.names)
        entries = ["t=jnp.zeros([], jnp.int32)"]
        for variable in listing.variant.state:
            start = writer.write(variable.start)
            name = listing.name(variable.name)
            if variable.scalar:
                text = f"jnp.asarray({start.text}, float)"
            elif start.text == "w":
                text = "w" if self.flat else "params"
            elif start.text == "0" and not self.flat:
                text = "optax.tree.zeros_like(params)"
            else:
                text = start.text if start.vector else writer.spread(start)
                text = text if self.flat else f"tree_map(lambda w: {text}, params)"
            entries.append(f"{name}={text}")
        if self.flat and any(re.search(r"\bw\b", entry) for entry in entries):
            lines.append("w, _ = ravel_pytree(params)")
        if len(entries) == 1:
            return [*lines, f"return {state}({entries[0]})"]
        return [*lines, f"return {state}(", *(f"    {entry}," for entry in entries), ")"]

    def update(self, state: str) -> list[str]:
        listing = self.listing
        lines = ["t = state.t + 1"]
        rated = any(LEARNING_RATE in symbols(e.tree) for e in listing.equations)
        if rated:
            lines.append(f"{_RATE} = eta if schedule is None else schedule(state.t)")
            self.writer.names = {**listing.names, LEARNING_RATE: _RATE}
        if self.flat:
            lines += self.flattened()
        change = self.single_change()
        if not self.flat:
            lines.append("g = updates")
            if change is None or "w" in symbols(change) or self.reads_w():
                lines.append("w = params")
        if self.memory:
            targets = ", ".join(map(listing.name, self.memory))
            lines.append(
                f"{targets} = " + ", ".join(f"state.{listing.name(n)}" for n in self.memory)
            )
        for equation in listing.equations:
            tree, target = equation.tree, equation.target
            if tree == Symbol(target):
                continue
            vector = listing.is_vector(target, tree, self.writer.vectors)
            if change is not None and target == "w":
                lines += self.assignment("updates", change, True)
            else:
                lines += self.assignment(target, tree, vector)
        if change is None and self.flat:
            lines.append("updates = w - ravel_pytree(params)[0]")
        elif change is None:
            lines.append("updates = tree_map(lambda new, old: new - old, w, params)")
        result = "unravel(updates)" if self.flat else "updates"
        values = ["t", *map(listing.name, self.memory)]
        return [*lines, f"return {result}, {state}({', '.join(values)})"]

    def flattened(self) -> list[str]:
        """Weights and gradient as vectors, and functions for what the equations ask."""
        listing = self.listing
        lines = ["w, unravel = ravel_pytree(params)"]
        if listing.variant.needs_gradient:
            lines.append("g, _ = ravel_pytree(updates)")
        if listing.asked:
            lines += ["", "def loss(point):", "    return value_fn(unravel(point))", ""]
        if {"grad", "hessian_product"} & set(listing.asked):
            lines.append("grad = jax.grad(loss)")
        if "curvature" in listing.asked:
            lines += ["def curvature(point):", "    return jnp.diag(jax.hessian(loss)(point))", ""]
        if "hessian_product" in listing.asked:
            lines += ["def hessian_product(v):", "    return jax.jvp(grad, (w,), (v,))[1]", ""]
        return lines

    def single_change(self) -> Node | None:
        """What is added to the weights, where one equation does it and none after it uses them."""
        places = [i for i, e in enumerate(self.listing.equations) if e.target == "w"]
        if len(places) != 1:
            return None
        later = self.listing.equations[places[0] + 1 :]
        if any("w" in symbols(equation.tree) for equation in later):
            return None
        return _change(self.listing.equations[places[0]].tree)

    def reads_w(self) -> bool:
        """Whether what is not the new weights needs the old ones."""
        return any("w" in symbols(e.tree) for e in self.listing.equations if e.target != "w")

    def assignment(self, target: str, tree: Node, vector: bool) -> list[str]:
        """An equation over vectors, or mapped over the arrays of trees."""
        if self.flat or not vector:
            return self.writer.lines(target, tree, vector)
        name = self.listing.name(target)
        names = sorted(symbols(tree) & self.writer.vectors) or ["w"]
        value = self.writer.write(tree)
        text = value.text if value.vector else self.writer.spread(value)
        self.writer.vectors.add(target)
        given = ", ".join(map(self.listing.name, names))
        if value.text == names[0]:
            return [f"{name} = {given}"]
        return mapped(name, given, text)


_RATE = "rate_now"


def mapped(name: str, given: str, text: str) -> list[str]:
    """A formula mapped over trees of arrays, in lines of readable length."""
    whole = f"{name} = tree_map(lambda {given}: {text}, {given})"
    if len(whole) <= LINE:
        return [whole]
    first, *rest = wrapped(f"lambda {given}: ", text)
    lines = [first, *rest]
    lines[-1] += ","
    return [f"{name} = tree_map(", *(f"    {line}" for line in lines), f"    {given},", ")"]


def _comment(text: str) -> str:
    return f"  # {clean(text)}" if text else ""


def _change(tree: Node) -> Node | None:
    """A formula without the w that it begins with: what is added to it."""
    if tree == Symbol("w"):
        return None
    if isinstance(tree, Apply) and tree.operation in ("add", "sub"):
        first, second = tree.args
        step = second if tree.operation == "add" else _negated(second)
        if first == Symbol("w"):
            return step
        before = _change(first)
        return None if before is None else Apply(tree.operation, (before, second))
    return None


def _negated(tree: Node) -> Node:
    """-tree, the sign in front of its first factor."""
    if isinstance(tree, Apply) and tree.operation in ("mul", "div"):
        return Apply(tree.operation, (_negated(tree.args[0]), tree.args[1]))
    return negate(tree)


def _check(listing: Listing) -> list[str]:
    found = expected(listing)
    rate = "" if listing.schedule.is_constant else ", schedule=schedule"
    extra = ", value_fn=rosenbrock" if listing.asked else ""
    body = [
        'jax.config.update("jax_enable_x64", True)',
        f"w = jnp.array({list(found.start)})",
        f"rule = {listing.function}(**SETTINGS{rate})",
        "state = rule.init(w)",
        "",
        "@jax.jit",
        "def advance(w, state):",
        f"    updates, state = rule.update(jax.grad(rosenbrock)(w), state, w{extra})",
        "    return optax.apply_updates(w, updates), state",
        "",
        "worst = 0.0",
        "for t in range(1, max(EXPECTED) + 1):",
        "    w, state = advance(w, state)",
        "    if t in EXPECTED:",
        "        there = jnp.array(EXPECTED[t])",
        "        difference = float(jnp.abs(w - there).max() / jnp.abs(there).max())",
        "        worst = difference if not difference <= worst else worst",
        "return worst",
    ]
    problem = [
        "",
        "",
        "def rosenbrock(w):",
        '    """The loss that the code is checked on."""',
        "    return (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2",
        "",
        "",
    ]
    return [*problem, *settings_line(listing, found), *main(body, found)]
