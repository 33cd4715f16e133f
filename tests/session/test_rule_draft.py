"""Rules as an editor has them: read, checked while they are typed, and written."""

from dataclasses import replace
from pathlib import Path

import pytest

from optlab.core.resources import DataError
from optlab.core.rules import Rule, load_rule, read_rule, rule_names
from optlab.session.edits import run_edits
from optlab.session.edits.rule_draft import (
    Mistake,
    RuleDraft,
    checked,
    draft_of,
    fresh_key,
    rule_text,
    with_rule,
)
from optlab.session.experiment import Experiment, Surface
from optlab.session.resolve import resolve_strictly

CORPUS = Path(__file__).parents[1] / "fuzz" / "corpus" / "rules.txt"


@pytest.mark.parametrize("name", [n for n in rule_names() if not load_rule(n).stepper])
def test_a_copy_of_a_shipped_rule_is_the_same_rule(name: str) -> None:
    copy = read_rule(draft_of(rule_text(Experiment(), name)).text(), name)
    rule = load_rule(name)
    assert (copy.equations, copy.state, copy.options) == (rule.equations, rule.state, rule.options)
    for key, parameter in rule.parameters.items():
        mine = copy.parameters[key]
        assert (mine.default, mine.range, mine.scale, mine.slider) == (
            parameter.default,
            parameter.range,
            parameter.scale,
            parameter.slider,
        )
    assert copy.presets == {} and copy.tests == ()


@pytest.mark.parametrize(
    ("update", "word", "message"),
    [
        ("w = w - eta*h\n", "h", "line 1"),
        ("m = g\nw = w - eta*sine(m)\n", "sine", "line 2"),
        ("w = w - (eta*g\n", "(", "line 1"),
        ("nonsense\n", "nonsense", "line 1"),
        ("w = g\n\neta = 2\n", "eta = 2", "line 3"),
    ],
)
def test_mistakes_are_underlined_where_they_are(update: str, word: str, message: str) -> None:
    found = checked(RuleDraft("Own", "mine", update=update), "own")
    assert isinstance(found, Mistake)
    assert message in found.message
    assert update[found.column - 1 :].startswith(word)


def test_mistakes_elsewhere_have_a_sentence() -> None:
    draft = RuleDraft("Own", "mine", parameters=(("eta", "ten", "", "", "", "", ""),))
    found = checked(draft, "own")
    assert isinstance(found, Mistake)
    assert found.column == 0 and "eta" in found.message


def test_hostile_texts_do_nothing_but_say_what_is_wrong(tmp_path: Path) -> None:
    for text in CORPUS.read_text("utf-8").splitlines()[:400]:
        for draft in (
            RuleDraft(text, text, text, text),
            RuleDraft("a", update="w = w - eta*g", state=((text, text, text, text),)),
            RuleDraft("a", parameters=((text,) * 7,), options=((text,) * 4,)),
        ):
            found = checked(draft, "own")
            assert isinstance(found, Rule | Mistake)
            if isinstance(found, Mistake):
                assert found.message


def test_a_changed_rule_keeps_the_settings_that_it_still_has() -> None:
    document = Experiment(surface=Surface(problem="booth"))
    draft = draft_of(rule_text(document, "adam"))
    key = fresh_key(document, "Adam")
    assert key == "adam_2"
    document = run_edits.add_run(with_rule(document, key, draft), key)
    run = document.runs[0].id
    document = run_edits.set_parameter(document, run, "beta1", 0.5)
    document = run_edits.set_parameter(document, run, "eta", 0.01)
    document = run_edits.set_option(document, run, "bias_correction", False)
    simple = replace(
        draft,
        update="m = beta1*m + (1 - beta1)*g\nw = w - eta*sign(m)\n",
        options=(),
        state=draft.state[:1],
        parameters=draft.parameters[:2],
    )
    document = with_rule(document, key, simple)
    assert document.runs[0].parameters == {"beta1": 0.5, "eta": 0.01}
    assert document.runs[0].options == {}
    resolve_strictly(document)


def test_rules_without_equations_cannot_be_edited() -> None:
    with pytest.raises(DataError, match="no equations"):
        draft_of(rule_text(Experiment(), "newton"))
