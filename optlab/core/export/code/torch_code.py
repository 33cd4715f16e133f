"""A rule as a ``torch.optim.Optimizer``.

Where each weight goes its own way, every tensor is updated in place.  Rules that look at all
weights together, or ask for gradients elsewhere, work on one long vector, as torch's LBFGS does.
"""

from __future__ import annotations

from collections.abc import Sequence

from optlab.core.export.code.expressions import (
    PRODUCT,
    SUM,
    Expressions,
    Library,
    Text,
    listed,
    wrapped,
)
from optlab.core.export.code.listing import Listing
from optlab.core.export.code.numbers import expected
from optlab.core.export.code.text import (
    block,
    defaults,
    header,
    main,
    schedule_lines,
    settings_line,
)
from optlab.core.formula.nodes import Apply, Node, Symbol, postorder, symbols
from optlab.core.rules import LEARNING_RATE, Equation

_INDENT = "    "


class TorchExpressions(Expressions):
    """Tensors by torch, plain numbers by math."""

    library = Library("torch", "math", {"min": "minimum", "max": "maximum"})

    def where(self, condition: Text, a: Text, b: Text) -> Text:
        """torch would give two plain numbers the usual type instead of that of the weights."""
        if condition.vector and not (a.vector or b.vector):
            b = Text(self.spread(b), vector=True)
        return super().where(condition, a, b)

    def extreme(self, operation: str, args: Sequence[Text], vector: bool) -> Text:
        """``clamp`` where one of them is a plain number."""
        if not vector or all(arg.vector for arg in args):
            return super().extreme(operation, args, vector)
        limit, tensor = sorted(args, key=lambda arg: arg.vector)
        side = "max" if operation == "min" else "min"
        return Text(f"torch.clamp({tensor.text}, {side}={limit.text})", vector=True)

    def cbrt(self, a: Text) -> Text:
        """The cube root, which torch has not."""
        if not a.vector:
            return Text(f"math.cbrt({a.text})")
        return Text(f"torch.sign({a.text}) * torch.abs({a.text}) ** (1 / 3)", PRODUCT, True)

    def sign(self, a: Text) -> Text:
        """-1, 0 or 1."""
        if a.vector:
            return Text(f"torch.sign({a.text})", vector=True)
        return Text(f"({a.text} > 0) - ({a.text} < 0)", SUM)

    def dot(self, a: Text, b: Text) -> Text:
        """The sum of the products, as a plain number."""
        if a.vector and b.vector:
            return Text(f"torch.dot({a.text}, {b.text}).item()")
        return Text(f"{super().dot(a, b).text}.item()")

    def norm(self, a: Text) -> Text:
        """The Euclidean length, as a plain number."""
        return Text(f"{super().norm(a).text}.item()")


def torch_code(listing: Listing) -> str:
    """The file."""
    lines = header(listing, "PyTorch", "torch")
    listing_lines = _Optimizer(listing).lines()
    schedule = schedule_lines(listing, TorchExpressions, listing.parameters[LEARNING_RATE])
    body = [*listing_lines, *schedule, *_check(listing)]
    needs_math = any("math." in line for line in body)
    lines += [*(["import math", ""] if needs_math else []), "import torch"]
    if not listing.elementwise:
        lines.append("from torch.nn.utils import parameters_to_vector, vector_to_parameters")
    return "\n".join([*lines, "", "", *body, ""])


class _Optimizer:
    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.second = bool({"curvature", "hessian_product"} & set(listing.asked))
        self.memory = [v.name for v in listing.variant.state]
        self.writer = TorchExpressions(listing.vector_state(), listing.names)

    def lines(self) -> list[str]:
        listing = self.listing
        given = [f"{name}={value}" for name, value in defaults(listing).items()]
        kept = {("lr" if n == LEARNING_RATE else n): n for n in listing.settings}
        if LEARNING_RATE in listing.start_settings:
            kept[LEARNING_RATE] = LEARNING_RATE
        groups = [f'"{key}": {name}' for key, name in kept.items()]
        about = [*listing.docstring()[:1], ""]
        about += [
            *listing.arguments(),
            "",
            "Its groups call eta lr, as the schedulers of torch do.",
        ]
        lines = [f"class {listing.type}(torch.optim.Optimizer):", *block('"""', about, '"""')]
        head = listed("def __init__(", ["self", "params", "*", *given], "):")
        head += [f"    {line}" for line in listed("super().__init__(params, {", groups, "})")]
        lines += ["", *(f"    {line}" for line in head)]
        if not listing.elementwise:
            lines += [
                "        if len(self.param_groups) > 1:",
                '            raise ValueError("all weights belong together: one group of them")',
            ]
        step = self.each_tensor() if listing.elementwise else self.one_vector()
        lines += ["", "    @torch.no_grad()", *(f"    {line}".rstrip() for line in step)]
        other = listing.other_type
        return [*lines, "", "", f"{other} = {listing.type}"] if other else lines

    def unpacked(self) -> list[str]:
        """The settings of a group as local names."""
        names = list(self.listing.settings)
        keys = ["lr" if name == LEARNING_RATE else name for name in names]
        return unpacking(names, [f'group["{key}"]' for key in keys])

    def starts(self) -> list[str]:
        """What the memory holds before the first step, as entries of a dictionary."""
        listing = self.listing
        names = dict(listing.names)
        if LEARNING_RATE in listing.start_settings:
            names[LEARNING_RATE] = f'group["{LEARNING_RATE}"]'
        writer = TorchExpressions({"w"}, names)
        starts = ((one.name, writer.start(one, "w.clone()")) for one in listing.variant.state)
        return ['state["t"] = 0', *(f'state["{name}"] = {text}' for name, text in starts)]

    # -- each tensor for itself -----------------------------------------------------------------

    def each_tensor(self) -> list[str]:
        lines = [
            "def step(self, closure=None):",
            '    """One update with the gradients that the weights have."""',
            "    loss = None",
            "    if closure is not None:",
            "        with torch.enable_grad():",
            "            loss = closure()",
            "    for group in self.param_groups:",
            *(f"        {line}" for line in self.unpacked()),
            '        for w in group["params"]:',
            "            if w.grad is None:",
            "                continue",
        ]
        deep = ["g = w.grad", "state = self.state[w]", "if not state:"]
        deep += [f"    {line}" for line in self.starts()]
        deep.append('state["t"] += 1')
        read = ["t"] if self.uses("t") else []
        names = [*read, *self.memory]
        if names:
            own = [self.listing.name(name) for name in names]
            deep += unpacking(own, [f'state["{name}"]' for name in names])
        for equation in self.listing.equations:
            deep += self.in_place(equation)
        scalars = [v.name for v in self.listing.variant.state if v.scalar]
        deep += [f'state["{name}"] = {self.listing.name(name)}' for name in scalars]
        return [*lines, *(f"            {line}" for line in deep), "    return loss"]

    def uses(self, name: str) -> bool:
        return any(name in symbols(equation.tree) for equation in self.listing.equations)

    def in_place(self, equation: Equation) -> list[str]:
        """Weights and memory are overwritten, all else gets a name."""
        listing, target, tree = self.listing, equation.target, equation.tree
        vector = listing.is_vector(target, tree, self.writer.vectors)
        kept = {"w", *(v.name for v in listing.variant.state if not v.scalar)}
        if target not in kept:
            copied = isinstance(tree, Symbol) and tree.name in self.writer.vectors
            lines = self.writer.lines(target, tree, vector)
            return [f"{lines[0]}.clone()"] if copied else lines
        if tree == Symbol(target):
            return []
        lines = self.writer.kept(tree)
        name = listing.name(target)
        added = _added(tree, target)
        if added is not None:
            method, rest = added
            return lines + wrapped(f"{name}.{method}(", self.writer.write(rest).text, ")")
        value = self.writer.write(tree)
        method = "copy_" if value.vector else "fill_"
        return lines + wrapped(f"{name}.{method}(", value.text, ")")

    # -- all weights in one vector ----------------------------------------------------------------

    def one_vector(self) -> list[str]:
        listing = self.listing
        needs_closure = bool(listing.asked)
        lines = ["def step(self, closure):" if needs_closure else "def step(self, closure=None):"]
        if self.second:
            about = "One update; ``closure`` returns the loss and leaves backward to the optimizer."
        elif needs_closure:
            about = "One update; ``closure`` clears gradients, takes the loss backward, returns it."
        else:
            about = "One update with the gradients that the weights have."
        lines += [
            f'    """{about}"""',
            "    (group,) = self.param_groups",
            *(f"    {line}" for line in self.unpacked()),
        ]
        lines += [
            '    params = group["params"]',
            *self.evaluation(),
            "    state = self.state[params[0]]",
        ]
        lines += ["    if not state:", *(f"        {line}" for line in self.starts())]
        lines.append('    state["t"] += 1')
        names = [*(["t"] if self.uses("t") else []), *self.memory]
        if names:
            values = [f'state["{name}"]' for name in names]
            lines += [f"    {x}" for x in unpacking(list(map(listing.name, names)), values)]
        assigned = False
        for equation in listing.equations:
            vector = listing.is_vector(equation.target, equation.tree, self.writer.vectors)
            tree = equation.tree
            if not assigned and listing.variant.needs_gradient and not self.second:
                tree = _with_known_loss(tree)
            if tree == Symbol(equation.target):
                continue
            lines += [f"    {line}" for line in self.writer.lines(equation.target, tree, vector)]
            assigned = assigned or equation.target == "w"
        lines.append("    vector_to_parameters(w, params)")
        lines += [f'    state["{name}"] = {listing.name(name)}' for name in self.memory]
        return [*lines, "    return value"]

    def evaluation(self) -> list[str]:
        """Weights and gradient as vectors, and functions for what the equations ask."""
        listing = self.listing
        lines = ["w = parameters_to_vector(params)"]
        if not listing.asked:
            lines += [
                "value = None",
                "if closure is not None:",
                "    with torch.enable_grad():",
                "        value = closure()",
                "g = torch.cat([p.grad.reshape(-1) for p in params])",
            ]
            return [f"    {line}" for line in lines]
        lines += ["value = None", "", "def evaluate(point):", "    nonlocal value"]
        lines += ["    vector_to_parameters(point, params)", "    with torch.enable_grad():"]
        lines.append("        value = closure()")
        if self.second:
            lines += [
                "        slopes = torch.autograd.grad(value, params, create_graph=True)",
                "        return torch.cat([slope.reshape(-1) for slope in slopes])",
            ]
        lines.append("")
        if "grad" in listing.asked or (listing.variant.needs_gradient and not self.second):
            lines += ["def grad(point):"]
            if self.second:
                lines += ["    return evaluate(point).detach()", ""]
            else:
                lines += [
                    "    evaluate(point)",
                    "    return torch.cat([p.grad.reshape(-1) for p in params])",
                    "",
                ]
        if "loss" in listing.asked and not self.loss_is_known():
            lines += ["def loss(point):", "    evaluate(point)", "    return value.item()", ""]
        if self.second:
            lines += [
                "def product(slopes, v):",
                "    with torch.enable_grad():",
                "        parts = torch.autograd.grad(slopes, params, v, retain_graph=True)",
                "    return torch.cat([part.reshape(-1) for part in parts])",
                "",
            ]
        if "curvature" in listing.asked:
            lines += [
                "def curvature(point):",
                "    slopes, axes = evaluate(point), torch.eye(len(point), dtype=point.dtype)",
                "    return torch.stack([product(slopes, axis)[i] for i, axis in enumerate(axes)])",
                "",
            ]
        if "hessian_product" in listing.asked:
            lines += ["def hessian_product(v):", "    return product(evaluate(w), v)", ""]
        if listing.variant.needs_gradient:
            lines.append("g = evaluate(w).detach()" if self.second else "g = grad(w)")
        return [f"    {line}" if line else "" for line in lines]

    def loss_is_known(self) -> bool:
        """Whether the loss is asked for at the weights before the step alone."""
        if not self.listing.variant.needs_gradient or self.second:
            return False
        changed = False
        for equation in self.listing.equations:
            tree = equation.tree if changed else _with_known_loss(equation.tree)
            if "loss" in _operations(tree):
                return False
            changed = changed or equation.target == "w"
        return True


def unpacking(names: Sequence[str], values: Sequence[str]) -> list[str]:
    """Names for values, in one line where there is room."""
    whole = f"{', '.join(names)} = {', '.join(values)}"
    if len(whole) <= 80:
        return [whole]
    return [f"{name} = {value}" for name, value in zip(names, values, strict=True)]


def _operations(tree: Node) -> set[str]:
    return {part.operation for part in postorder(tree) if isinstance(part, Apply)}


def _with_known_loss(tree: Node) -> Node:
    """The formula with the loss at the weights as the closure has just given it."""
    done: dict[Node, Node] = {}
    for part in postorder(tree):
        done[part] = part
        if part == Apply("loss", (Symbol("w"),)):
            done[part] = Symbol("value.item()")
        elif isinstance(part, Apply):
            done[part] = Apply(part.operation, tuple(done[arg] for arg in part.args))
    return done[tree]


def _added(tree: Node, target: str) -> tuple[str, Node] | None:
    """``add_`` or ``sub_`` and the rest, where a formula adds to its own target."""
    if isinstance(tree, Apply) and tree.operation in ("add", "sub"):
        first, second = tree.args
        if first == Symbol(target) and target not in symbols(second):
            return f"{tree.operation}_", second
    return None


def _check(listing: Listing) -> list[str]:
    found = expected(listing)
    second = bool({"curvature", "hessian_product"} & set(listing.asked))
    body = [
        f"w = torch.tensor({list(found.start)}, dtype=torch.float64, requires_grad=True)",
        f"optimizer = {listing.type}([w], **SETTINGS)",
    ]
    if not listing.schedule.is_constant:
        rate = 'lambda k: schedule(k) / SETTINGS["eta"]'
        body.append(f"scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, {rate})")
    body += ["", "def closure():"]
    body += ["    optimizer.zero_grad()"] * (not second)
    body += ["    loss = (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2"]
    body += ["    loss.backward()"] * (not second)
    body += [
        "    return loss",
        "",
        "worst = 0.0",
        "for t in range(1, max(EXPECTED) + 1):",
        "    optimizer.step(closure)",
    ]
    body += ["    scheduler.step()"] * (not listing.schedule.is_constant)
    body += [
        "    if t in EXPECTED:",
        "        there = torch.tensor(EXPECTED[t], dtype=torch.float64)",
        "        difference = ((w - there).abs().max() / there.abs().max()).item()",
        "        worst = difference if not difference <= worst else worst",
        "return worst",
    ]
    return ["", "", *settings_line(listing, found), *main(body, found)]
