"""Formulas as LaTeX and as a line of Unicode."""

import math
import random

import pytest

from optlab.core.formula import evaluate, gradient, parse
from optlab.core.formula.dialects.latex import latex_letters, latex_symbol, to_latex
from optlab.core.formula.dialects.unicode import display_text, plain_symbol
from optlab.core.formula.nodes import Apply, Node, Number, Symbol
from optlab.core.formula.operations import FUNCTIONS, VECTOR_FUNCTIONS
from optlab.core.formula.simplify import tidy
from optlab.core.problems import load_problem, surface_names

NAMES = ["w1", "w2", "w", "g", "m", "s", "t", "eta", "beta1", "m_hat", "epsilon", "s_max", "drop"]


def read(text: str) -> Node:
    functions = FUNCTIONS | VECTOR_FUNCTIONS
    return parse(text, NAMES, aliases={}, functions=functions)


@pytest.mark.parametrize(
    ("text", "latex", "plain"),
    [
        ("beta1*m + (1 - beta1)*g", r"\beta_1 m + (1 - \beta_1) g", "β₁m + (1 − β₁)g"),
        ("m/(1 - beta1^t)", r"\frac{m}{1 - \beta_1^t}", "m/(1 − β₁ᵗ)"),
        (
            "w - eta*m_hat/(sqrt(s) + epsilon)",
            r"w - \frac{\eta \hat{m}}{\sqrt{s} + \varepsilon}",
            "w − ηm̂/(√s + ε)",
        ),
        ("sqrt(s + epsilon)", r"\sqrt{s + \varepsilon}", "√(s + ε)"),
        ("4*w1*(w1^2 + w2 - 11)", "4 w_1 (w_1^2 + w_2 - 11)", "4w₁(w₁² + w₂ − 11)"),
        ("2*3", r"2 \cdot 3", "2·3"),
        ("w1*2", r"w_1 \cdot 2", "w₁·2"),
        ("-w1^2", "-w_1^2", "−w₁²"),
        ("(-w1)^2", "(-w_1)^2", "(−w₁)²"),
        ("w1 - -w2", "w_1 + w_2", "w₁ + w₂"),
        ("w1 + -w2", "w_1 - w_2", "w₁ − w₂"),
        ("w1 - (w2 - 1)", "w_1 - (w_2 - 1)", "w₁ − (w₂ − 1)"),
        ("w1*(-w2)", "-w_1 w_2", "−w₁w₂"),
        ("-w1/w2", r"-\frac{w_1}{w_2}", "−w₁/w₂"),
        ("w1/(w2*3)", r"\frac{w_1}{w_2 \cdot 3}", "w₁/(w₂·3)"),
        ("w1/w2/3", r"\frac{\frac{w_1}{w_2}}{3}", "w₁/w₂/3"),
        ("w1^w2^2", "w_1^{w_2^2}", "w₁^(w₂²)"),
        ("(w1^2)^3", "(w_1^2)^3", "(w₁²)³"),
        ("2^-t", "2^{-t}", "2⁻ᵗ"),
        ("1e-8", "10^{-8}", "1e−8"),
        ("2.5e-7*w1", r"2.5 \cdot 10^{-7} w_1", "2.5e−7w₁"),
        ("sin(w1)^2", r"\sin^2(w_1)", "sin²(w₁)"),
        ("2*sin(w1)*w2", r"2 \sin(w_1) \, w_2", "2 sin(w₁) w₂"),
        ("log(w1) + log10(w2)", r"\ln(w_1) + \log_{10}(w_2)", "ln(w₁) + log₁₀(w₂)"),
        ("abs(w1)*floor(w2)", r"\left|w_1\right| \lfloor w_2\rfloor", "|w₁|⌊w₂⌋"),
        ("cbrt(w1)", r"\sqrt[3]{w_1}", "∛(w₁)"),
        ("max(w1, w2, 3)", r"\max(w_1, w_2, 3)", "max(w₁, w₂, 3)"),
        ("exp(w1/2)", r"\exp\left(\frac{w_1}{2}\right)", "exp(w₁/2)"),
        ("mod(w1, 2)*3", r"(w_1 \bmod 2) \cdot 3", "(w₁ mod 2)·3"),
        ("drop*s_max", r"\text{drop} \, s_{\text{max}}", "drop·s_max"),
        ("2*pi*w1", r"2 \pi w_1", "2πw₁"),
        ("grad(w - eta*m)", r"\nabla E(w - \eta m)", "∇E(w − ηm)"),
        (
            "dot(g, m)/norm(g)",
            r"\frac{\langle g, m\rangle}{\left\lVert g\right\rVert}",
            "⟨g, m⟩/‖g‖",
        ),
    ],
)
def test_formulas_are_written_as_people_do(text: str, latex: str, plain: str) -> None:
    tree = read(text)
    assert to_latex(tree) == latex
    assert display_text(tree) == plain


def test_branches_become_cases() -> None:
    tree = read("where(g > 0, 1, where(g < 0 and t >= 2, -1, 0))")
    assert to_latex(tree) == (
        r"\begin{cases} 1 & \text{if } g > 0 \\ -1 & \text{if } g < 0 \text{ and } t \ge 2 \\ "
        r"0 & \text{otherwise} \end{cases}"
    )
    assert display_text(tree) == "(1 if g > 0, −1 if g < 0 and t ≥ 2, else 0)"


def test_one_line_has_no_fractions() -> None:
    tree = read("w - eta*m_hat/(sqrt(s) + epsilon)")
    assert to_latex(tree, inline=True) == r"w - \eta \hat{m} / (\sqrt{s} + \varepsilon)"
    assert to_latex(read("m/s*g"), inline=True) == r"m / s \cdot g"


def test_names_can_be_given() -> None:
    tree = read("eta*g")
    assert to_latex(tree, {"eta": r"\eta_t"}) == r"\eta_t g"
    assert display_text(tree, {"eta": "ηₜ"}) == "ηₜg"


@pytest.mark.parametrize(
    ("name", "latex", "plain"),
    [
        ("beta1", r"\beta_1", "β₁"),
        ("m_hat", r"\hat{m}", "m̂"),
        ("w12", "w_{12}", "w₁₂"),
        ("s_max", r"s_{\text{max}}", "s_max"),
        ("weight_decay", r"\text{weight decay}", "weight_decay"),
        ("rate", r"\text{rate}", "rate"),
        ("rate_min", r"\text{rate}_{\text{min}}", "rate_min"),
        ("rho_inf", r"\rho_\infty", "ρ_inf"),
        ("phi", r"\varphi", "φ"),
    ],
)
def test_names(name: str, latex: str, plain: str) -> None:
    assert latex_symbol(name) == latex
    assert plain_symbol(name) == plain


def test_symbols_of_parameters() -> None:
    assert latex_letters("η⁺") == r"\eta^+"
    assert latex_letters("ε root") == r"\varepsilon_{\text{root}}"
    assert latex_letters("E*") == "E^*"
    assert to_latex(read("eta^2"), {"eta": latex_letters("η⁺")}) == r"{\eta^+}^2"


def test_deep_sums_are_written() -> None:
    tree = Symbol("w1")
    whole: Node = tree
    for _ in range(5000):
        whole = Apply("add", (whole, tree))
    assert display_text(whole, limit=10) == " + ".join(["w₁"] * 9) + " + …"
    nested: Node = tree
    for _ in range(3000):
        nested = Apply("sin", (nested,))
    assert len(to_latex(nested)) < 4_000


def test_shared_nodes_do_not_explode() -> None:
    tree: Node = Symbol("w1")
    for _ in range(80):
        tree = Apply("mul", (Apply("sin", (tree,)), Apply("add", (tree, Number(1.0)))))
    for text in (display_text(tree), to_latex(tree), display_text(tidy(tree))):
        assert "…" in text or r"\ldots" in text
        assert len(text) < 50_000


def test_latex_is_plain_ascii_for_every_surface() -> None:
    for name in surface_names():
        problem = load_problem(name)
        for tree in (problem.tree, *problem.gradient_trees):
            text = to_latex(tree)
            assert text.isascii()
            assert text.count("{") == text.count("}")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("(w1^2 + w2 - 11)^2 + (w1 + w2^2 - 7)^2", "4w₁(w₁² + w₂ − 11) + 2(w₁ + w₂² − 7)"),
        ("(1 - w1)^2 + 100*(w2 - w1^2)^2", "−2(1 − w₁) − 400w₁(w₂ − w₁²)"),
        ("20 + w1^2 - 10*cos(2*pi*w1)", "2w₁ + 20π sin(2πw₁)"),
        ("(w1^2 + w2^2)/4000", "w₁/2000"),
        ("w1^2 + (0.5*w1 + w2)^2", "2.5w₁ + w₂"),
        ("sqrt(w1^2 + w2^2)", "w₁/√(w₁² + w₂²)"),
        ("abs(w1)", "sign(w₁)"),
        ("w2", "0"),
    ],
)
def test_derivatives_are_tidied(text: str, plain: str) -> None:
    assert display_text(tidy(gradient(parse(text), ["w1"])[0])) == plain


@pytest.mark.parametrize("name", surface_names())
def test_tidying_keeps_the_value(name: str) -> None:
    chance = random.Random(name)
    problem = load_problem(name)
    for tree in problem.gradient_trees:
        tidied = tidy(tree)
        for _ in range(20):
            at = {"w1": chance.uniform(-3, 3), "w2": chance.uniform(-3, 3)}
            assert math.isclose(
                evaluate(tree, at), evaluate(tidied, at), rel_tol=1e-8, abs_tol=1e-9
            )
