"""Rules, surfaces and schedules as an editor has them: read, checked while typed, and written."""

from dataclasses import replace
from pathlib import Path

import pytest

from optlab.core.problems import load_problem, problem_names, read_problem
from optlab.core.resources import DataError
from optlab.core.rules import Rule, load_rule, read_rule, rule_names
from optlab.core.schedules import load_schedule_kind, read_schedule_kind, schedule_names
from optlab.session.edits import model_edits, run_edits
from optlab.session.edits.drafts import Draft, Mistake, fresh_key, text_of
from optlab.session.edits.rule_draft import RuleDraft
from optlab.session.edits.schedule_draft import ScheduleDraft
from optlab.session.edits.surface_draft import SurfaceDraft
from optlab.session.experiment import Experiment, Surface, changed
from optlab.session.resolve import resolve_strictly

CORPUS = Path(__file__).parents[2] / "fuzz" / "corpus" / "rules.txt"


@pytest.mark.parametrize("name", [n for n in rule_names() if not load_rule(n).stepper])
def test_a_copy_of_a_shipped_rule_is_the_same_rule(name: str) -> None:
    copy = read_rule(RuleDraft.of(text_of(Experiment(), "rules", name)).text(), name)
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
    found = RuleDraft("Own", "mine", update=update).checked("own", Experiment())
    assert isinstance(found, Mistake)
    assert message in found.message
    assert update[found.column - 1 :].startswith(word)


def test_mistakes_elsewhere_have_a_sentence() -> None:
    draft = RuleDraft("Own", "mine", parameters=(("eta", "ten", "", "", "", "", ""),))
    found = draft.checked("own", Experiment())
    assert isinstance(found, Mistake)
    assert found.column == 0 and "eta" in found.message


def test_hostile_texts_do_nothing_but_say_what_is_wrong(tmp_path: Path) -> None:
    for text in CORPUS.read_text("utf-8").splitlines()[:400]:
        for draft in (
            RuleDraft(text, text, text, text),
            RuleDraft("a", update="w = w - eta*g", state=((text, text, text, text),)),
            RuleDraft("a", parameters=((text,) * 7,), options=((text,) * 4,)),
        ):
            found = draft.checked("own", Experiment())
            assert isinstance(found, Rule | Mistake)
            if isinstance(found, Mistake):
                assert found.message


def test_a_changed_rule_keeps_the_settings_that_it_still_has() -> None:
    document = Experiment(surface=Surface(problem="booth"))
    draft = RuleDraft.of(text_of(document, "rules", "adam"))
    key = fresh_key(document, "rules", "Adam")
    assert key == "adam_2"
    document = run_edits.add_run(draft.placed(document, key), key)
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
    document = simple.placed(document, key)
    assert document.runs[0].parameters == {"beta1": 0.5, "eta": 0.01}
    assert document.runs[0].options == {}
    resolve_strictly(document)


def test_rules_without_equations_cannot_be_edited() -> None:
    with pytest.raises(DataError, match="no equations"):
        RuleDraft.of(text_of(Experiment(), "rules", "newton"))


@pytest.mark.parametrize("name", problem_names())
def test_a_copy_of_a_shipped_surface_is_the_same_surface(name: str) -> None:
    draft = SurfaceDraft.of(text_of(Experiment(), "surfaces", name))
    assert draft.fitted() == draft
    copy, problem = read_problem(draft.text(), name), load_problem(name)
    for field in ("name", "story", "source", "tree", "weights", "window", "start", "minima"):
        assert getattr(copy, field) == getattr(problem, field), field
    assert copy.rows == problem.rows


@pytest.mark.parametrize("name", schedule_names())
def test_a_copy_of_a_shipped_schedule_is_the_same_schedule(name: str) -> None:
    text = ScheduleDraft.of(text_of(Experiment(), "schedules", name)).text()
    copy, kind = read_schedule_kind(text, name), load_schedule_kind(name)
    for field in ("name", "summary", "reference", "tree", "parameters", "length", "opening"):
        assert getattr(copy, field) == getattr(kind, field), field


@pytest.mark.parametrize(
    ("draft", "word"),
    [
        (SurfaceDraft("Own", formula="w1^2 +\nw2*sine(w1)"), "sine"),
        (SurfaceDraft("Own", formula="mean((w1*x - z)^2)", data="line:n=20"), "z"),
        (ScheduleDraft("Own", formula="eta*(1 + kk)"), "kk"),
    ],
)
def test_mistakes_of_surfaces_and_schedules_are_underlined(draft: Draft, word: str) -> None:
    found = draft.fitted().checked("own", Experiment())
    assert isinstance(found, Mistake)
    formula = getattr(draft, draft.FORMULA)
    assert formula[found.column - 1 :].startswith(word), found


def test_hostile_surfaces_and_schedules_do_nothing_but_say_what_is_wrong() -> None:
    for text in CORPUS.read_text("utf-8").splitlines()[:200]:
        for draft in (
            SurfaceDraft(text, text, text, text, text, text, text, text, ((text,) * 4,)),
            SurfaceDraft("a", formula=text, minima=((text, text),)).fitted(),
            ScheduleDraft(text, text, text, text, text, text, ((text,) * 4,)),
        ):
            found = draft.checked("own", Experiment())
            assert not isinstance(found, Mistake) or found.message


def test_rows_of_weights_come_and_go_with_the_formula() -> None:
    draft = replace(SurfaceDraft.new(), formula="w1^2 + w2^2 + w4", minima=(("0, 0", "0"),))
    fitted = draft.fitted()
    assert [row[0] for row in fitted.weights] == ["w1", "w2", "w3", "w4"]
    assert fitted.minima == ()
    assert fitted.weights[:2] == draft.weights
    assert replace(fitted, formula="w1*w2").fitted().weights == draft.weights
    with_data = replace(draft, formula="mean((w1*x - y)^2)", data="line:n=20").fitted()
    assert len(with_data.weights) == 1
    named = replace(draft, weights=(("a", "0", "1", "0"), ("b", "0", "1", "0")))
    assert named.fitted() == named


def test_a_surface_with_data_of_the_experiment_keeps_them(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("a,b\n1,2\n2,3\n3,5\n", "utf-8")
    document = model_edits.choose_model(
        Experiment(surface=Surface(problem="booth")), model_edits.FORMULA
    )
    document = model_edits.choose_data(document, str(tmp_path / "own.csv"))
    draft = SurfaceDraft.used(document, "", None)
    assert isinstance(draft, SurfaceDraft) and draft.data == ""
    document, key = draft.added(document, "", None, copied=True)
    draft = replace(draft, formula="mean(abs(w1*a + w2 - b))")
    document = draft.placed(document, key)
    problem = resolve_strictly(document).problem
    assert (problem.rows, problem.formula) == (2, "mean(abs(w1*a + w2 - b))")
    assert document.surface.problem == key == "my_surface"


def test_starts_of_other_weights_are_given_up() -> None:
    document, key = SurfaceDraft.new().added(Experiment(), "", None, copied=False)
    document = run_edits.add_run(changed(document, start=(1.0, 2.0)), "gd")
    draft = SurfaceDraft.of(document.surfaces[key])
    document = replace(draft, formula="w1^2*w2").placed(document, key)
    assert document.start == (1.0, 2.0)
    document = replace(draft, formula="w1^2*w3").fitted().placed(document, key)
    assert document.start is None
    assert len(resolve_strictly(document).start) == 3


def test_a_copied_schedule_keeps_its_constants_and_its_place() -> None:
    document = run_edits.add_run(Experiment(surface=Surface(problem="booth")), "gd")
    run = document.runs[0].id
    document = run_edits.set_schedule(document, run, "warmup:steps=5+step:drop=0.3,every=7")
    draft = ScheduleDraft.used(document, run, None)
    assert isinstance(draft, ScheduleDraft) and draft.name == "My Step decay"
    document, key = draft.added(document, run, None, copied=True)
    assert document.runs[0].schedule == f"warmup:steps=5+{key}:drop=0.3,every=7"
    assert ScheduleDraft.used(document, run, None) == key
    smaller = replace(draft, formula="eta*drop^k", parameters=draft.parameters[:1])
    document = smaller.placed(document, key)
    assert document.runs[0].schedule == f"warmup:steps=5+{key}:drop=0.3"
    resolve_strictly(document)


def test_a_copy_of_a_later_stretch_is_a_run_that_goes_on_with_it() -> None:
    document = run_edits.add_run(Experiment(surface=Surface(problem="booth")), "adam")
    run = document.runs[0].id
    document = run_edits.choose_optimizer(
        run_edits.add_switch(document, run, 20), run, "momentum", 20
    )
    draft = RuleDraft.used(document, run, 20)
    assert isinstance(draft, RuleDraft) and draft.name == "My Momentum"
    document, key = draft.added(document, run, 20, copied=True)
    first, second = document.runs
    assert (first.optimizer, first.then[0].optimizer) == ("adam", "momentum")
    assert (second.optimizer, second.then[0].optimizer) == ("adam", key)
    assert RuleDraft.used(document, second.id, 20) == key
