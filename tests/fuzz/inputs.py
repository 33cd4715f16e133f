"""Hostile inputs, made at random: half right, half wrong, sometimes right."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import strategies as st

from optlab.core.resources import resources_folder

CORPUS = Path(__file__).with_name("corpus")

PIECES = (
    *("w1", "w2", "x", "y", "1", "0", "2.5", "1e308", "1e-320", "9", ".5", "1e999", "pi", "e"),
    *("+", "-", "*", "/", "^", "**", "(", ")", "(", ")", ",", " ", "\n", "\t", "<", ">=", "=="),
    *("!=", "and", "or", "not", "sin(", "exp(", "log(", "sqrt(", "where(", "min(", "max(", "mod("),
    *("floor(", "sign(", "atan2(", "abs(", "cbrt(", "g", "t", "eta", "lambda", "import", "__"),
    *(".", "[", "]", "{", "}", "'", '"', "\\", ";", ":", "=", "@", "#", "%", "|", "&", "~", "`"),
    *("\0", "é", "w₁", "η", "²", "𝟙", "\u202e", "∞", "NaN", "inf", "None", "True", "__import__"),
)
_FOLDERS = ("optimizers", "problems", "schedules", "experiments")


def shipped(kind: str) -> list[str]:
    """The texts of all shipped files of a kind."""
    folder = resources_folder() / kind
    return [path.read_text("utf-8") for path in sorted(folder.iterdir()) if path.is_file()]


def corpus(name: str) -> list[str]:
    """The lines of a file of hostile inputs; JSON strings, so that nothing is invisible."""
    lines = (CORPUS / f"{name}.txt").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line and not line.startswith("#")]


def soup(most: int = 40) -> st.SearchStrategy[str]:
    """Words of the language in any order."""
    return st.lists(st.sampled_from(PIECES), max_size=most).map("".join)


def formulas(names: tuple[str, ...] = ("w1", "w2")) -> st.SearchStrategy[str]:
    """Formulas that are right, of any shape."""
    numbers = st.one_of(
        st.integers(-20, 20).map(str),
        st.floats(allow_nan=False, allow_infinity=False).map(lambda value: f"({value!r})"),
    )
    leaves = st.one_of(st.sampled_from(names), numbers, st.sampled_from(("pi", "e")))

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        one = ("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "sign", "floor", "tanh", "cbrt")
        return st.one_of(
            st.tuples(inner, st.sampled_from("+-*/^"), inner).map(
                lambda p: f"({p[0]}){p[1]}({p[2]})"
            ),
            st.tuples(st.sampled_from(one), inner).map(lambda p: f"{p[0]}({p[1]})"),
            st.tuples(st.sampled_from(("min", "max", "mod", "atan2")), inner, inner).map(
                lambda p: f"{p[0]}({p[1]}, {p[2]})"
            ),
            st.tuples(inner, inner, inner).map(lambda p: f"where({p[0]} < {p[1]}, {p[2]}, {p[0]})"),
            inner.map(lambda text: f"-{text}"),
        )

    return st.recursive(leaves, larger, max_leaves=25)


@st.composite
def damaged(draw: st.DrawFn, texts: list[str], most: int = 6) -> str:
    """A text with some places changed: cut, doubled, swapped, replaced by a piece or a number."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(0, most))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        piece = draw(
            st.one_of(
                st.just(""),
                st.just(text[start:end] * 2),
                st.sampled_from(PIECES),
                st.sampled_from(("true", "null", "[]", "{}", '""', "-1", "1e400", "1" * 400)),
                soup(4),
            )
        )
        text = text[:start] + piece + text[end:]
    return text


def all_shipped() -> list[str]:
    """The texts of all shipped data files."""
    return [text for kind in _FOLDERS for text in shipped(kind)]
