"""Update rules as data: a file is a rule."""

from optlab.core.rules.load import LEARNING_RATE, load_rule, read_rule, rule_names, rule_titles
from optlab.core.rules.rule import (
    Choice,
    Equation,
    KnownAnswer,
    Option,
    Preset,
    Rule,
    StateVariable,
    Variant,
    choice_text,
)

__all__ = [
    "LEARNING_RATE",
    "Choice",
    "Equation",
    "KnownAnswer",
    "Option",
    "Preset",
    "Rule",
    "StateVariable",
    "Variant",
    "choice_text",
    "load_rule",
    "read_rule",
    "rule_names",
    "rule_titles",
]
