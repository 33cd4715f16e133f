"""Experiments that bring their own rules, surfaces and schedules along."""

from pathlib import Path

import pytest

from optlab.core.problems import load_problem
from optlab.core.resources import MAX_FILE_SIZE, DataError, UnknownNameError
from optlab.core.rules import load_rule
from optlab.core.run import run
from optlab.files.encoding import EncodingError, decode_experiment, encode_experiment
from optlab.files.experiment_files import load_experiment, save_experiment
from optlab.files.recovery import RecoveryFiles, read_copy
from optlab.session.edits import model_edits, run_edits
from optlab.session.edits.choices import rule_choices, schedule_choices, surface_choices
from optlab.session.embedded.own_texts import own_notes, with_all_files, with_file
from optlab.session.experiment import (
    MAX_TEXTS_SIZE,
    MOST_TEXTS,
    Experiment,
    Run,
    Surface,
    Switch,
    changed,
)
from optlab.session.resolve import ExperimentError, resolve, resolve_strictly

BALL = """
name = "Ball"
summary = "Keeps part of the movement"
update = \"\"\"
m = alpha*m + g
w = w - eta*m
\"\"\"
state = { m = "sum of the gradients" }
[parameters]
eta = { default = 0.01, range = "(0, inf)", help = "learning rate" }
alpha = { default = 0.5, range = "[0, 1]", help = "share kept" }
"""
VALLEY = """
name = "Valley"
formula = "3 w1^2 + 10 w2^2"
story = "Steep across."
window = [[-20.0, 20.0], [-25.0, 25.0]]
start = [-15.0, 20.0]
"""
HALVED = """
name = "Halved"
summary = "Half the rate"
formula = "eta*factor"
[parameters]
factor = { default = 0.5, range = "[0, 1]" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ball.toml").write_text(BALL, "utf-8")
    (tmp_path / "valley.toml").write_text(VALLEY, "utf-8")
    (tmp_path / "halved.toml").write_text(HALVED, "utf-8")
    return tmp_path


def by_paths(folder: Path) -> Experiment:
    schedule = f"{folder / 'halved.toml'}:factor=0.25,steps=10+constant"
    ball = str(folder / "ball.toml")
    runs = (Run(id="1", optimizer=ball, schedule=schedule), Run(id="2", optimizer=ball))
    return Experiment(surface=Surface(problem=str(folder / "valley.toml")), runs=runs, steps=20)


def paths_of(experiment: Experiment) -> list[list[float]]:
    return [run(s).weights.ravel().tolist() for s in resolve_strictly(experiment).specs.values()]


def test_files_become_texts_that_mean_the_same(folder: Path) -> None:
    old = by_paths(folder)
    new = with_all_files(old)
    assert new.surface.problem == "valley"
    assert [r.optimizer for r in new.runs] == ["ball", "ball"]
    assert new.runs[0].schedule == "halved:factor=0.25,steps=10+constant"
    assert (new.rules, new.surfaces) == ({"ball": BALL}, {"valley": VALLEY})
    assert new.schedules == {"halved": HALVED}
    assert paths_of(new) == paths_of(old)
    assert with_all_files(new) is new


def test_an_experiment_travels_without_its_files(folder: Path) -> None:
    old_file, new_file = folder / "old.optlab", folder / "new.optlab"
    save_experiment(by_paths(folder), old_file)
    expected = paths_of(by_paths(folder))
    save_experiment(load_experiment(old_file), new_file)
    for name in ("ball", "valley", "halved"):
        (folder / f"{name}.toml").unlink()
    assert paths_of(load_experiment(new_file)) == expected


def test_a_file_that_is_gone_is_told_where_the_run_is(folder: Path) -> None:
    document = by_paths(folder)
    (folder / "ball.toml").unlink()
    assert with_all_files(document).runs[1].optimizer == document.runs[1].optimizer
    with pytest.raises(ExperimentError, match=r"ball\.toml: cannot be read: No such file"):
        resolve_strictly(document)
    (choice, *_) = rule_choices(document)
    assert choice.name == "ball (cannot be used)" and "No such file" in choice.sentence


def test_the_same_text_is_taken_once_and_another_one_beside_it(folder: Path) -> None:
    document, first = with_file(Experiment(), "rules", str(folder / "ball.toml"))
    assert with_file(document, "rules", str(folder / "ball.toml")) == (document, first)
    (folder / "ball.toml").write_text(BALL.replace("0.5", "0.75"), "utf-8")
    document, second = with_file(document, "rules", str(folder / "ball.toml"))
    assert (first, second) == ("ball", "ball_2")
    alphas = [
        load_rule(key, own=document.rules).parameters["alpha"].default for key in (first, second)
    ]
    assert alphas == [0.5, 0.75]
    assert with_file(document, "rules", str(folder / "ball.toml")) == (document, second)


def test_another_name_of_a_rule_becomes_its_own() -> None:
    assert with_file(Experiment(), "rules", "sgd") == (Experiment(), "gd")
    named = Experiment(runs=(Run(id="1", optimizer="sgd"),))
    assert with_all_files(named).runs[0].optimizer == "gd"
    own = changed(named, rules={"sgd": BALL})
    assert with_all_files(own) == own
    assert run_edits.add_run(Experiment(), "sgd").runs[0].optimizer == "gd"


def test_a_file_never_takes_the_name_of_a_shipped_rule(folder: Path) -> None:
    (folder / "adam.toml").write_text(BALL, "utf-8")
    document, key = with_file(Experiment(), "rules", str(folder / "adam.toml"))
    assert key == "adam_2" and load_rule("adam", own=document.rules) is load_rule("adam")
    shipped = Path(load_rule.__code__.co_filename).parents[3] / "resources/optimizers/adam.toml"
    assert with_file(document, "rules", str(shipped)) == (document, "adam")


def test_other_names_of_shipped_rules_are_theirs_as_well(folder: Path) -> None:
    assert with_file(Experiment(), "rules", "sgd") == (Experiment(), "gd")
    (folder / "sgd.toml").write_text(BALL, "utf-8")
    document, key = with_file(Experiment(), "rules", str(folder / "sgd.toml"))
    assert key == "sgd_2" and with_file(document, "rules", "sgd") == (document, "gd")
    hiding = Experiment(rules={"sgd": BALL})
    assert with_file(hiding, "rules", "sgd") == (hiding, "sgd")
    assert load_rule("sgd", own=hiding.rules).name == "Ball"
    assert rule_choices(hiding)[0].sentence.startswith("Of this experiment, in place of")
    assert [note[-11:] for note in own_notes(hiding).values()] == ["shipped one"]


def test_a_wrong_name_is_told_the_experiments_own_ones(folder: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown optimizer 'bal'; did you mean ball\?"):
        load_rule("bal", own={"ball": BALL})


@pytest.mark.parametrize(
    ("stem", "key"), [("my rule+1", "my_rule_1"), ("3", "optimizer_3"), ("+", "optimizer")]
)
def test_any_file_gets_a_name_that_can_be_written(folder: Path, stem: str, key: str) -> None:
    path = folder / f"{stem}.toml"
    path.write_text(BALL, "utf-8")
    document, found = with_file(Experiment(), "rules", str(path))
    assert found == key and decode_experiment(encode_experiment(document)) == document


def test_the_experiments_own_comes_before_the_catalogue_and_says_so() -> None:
    document = Experiment(
        surface=Surface(problem="booth"),
        runs=(Run(id="1", optimizer="adam", schedule="cosine"),),
        rules={"adam": BALL},
        surfaces={"booth": VALLEY},
        schedules={"cosine": HALVED},
    )
    resolved = resolve_strictly(document)
    spec = resolved.specs["1"]
    assert (spec.rule.name, resolved.problem.name) == ("Ball", "Valley")
    assert spec.schedule.pieces[0].kind.name == "Halved"
    assert set(own_notes(document).values()) == {
        f"{what} is the experiment's own, in place of the shipped one"
        for what in ("optimizer 'adam'", "problem 'booth'", "schedule 'cosine'")
    }
    for choices in (rule_choices(document), surface_choices(document)):
        assert choices[0].name.endswith(" (own)")
        assert "in place of the shipped" in choices[0].sentence
        assert len({choice.key for choice in choices}) == len(choices)
    assert schedule_choices(document)[0].name == "Halved"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (BALL.replace("m = alpha", "m = alpa"), r"rule 'ball': update, line 1: .*alpa"),
        (BALL.replace("default = 0.5", "default = 5"), r"rule 'ball': parameters.alpha.default"),
        ("name = '\ud800'", r"rule 'ball': not valid TOML"),
        ("name = 3", r"rule 'ball': name: "),
        ("name = \n", r"rule 'ball': not valid TOML: .*line 1"),
    ],
)
def test_a_broken_text_is_refused_with_rule_key_and_line(broken: str, reason: str) -> None:
    document = Experiment(
        surface=Surface(problem="booth"),
        runs=(Run(id="1", optimizer="ball", name="Mine"), Run(id="2", optimizer="gd")),
        rules={"ball": broken},
    )
    assert set(resolve(document).specs) == {"2"}
    with pytest.raises(ExperimentError, match=f"^Mine: {reason}"):
        resolve_strictly(document)


def test_a_file_that_is_no_rule_changes_nothing(folder: Path) -> None:
    with pytest.raises(DataError, match=r"valley\.toml: top level: .*`formula`"):
        run_edits.add_run(Experiment(), str(folder / "valley.toml"))


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (Experiment(rules={"a b": ""}), "regex"),
        (Experiment(rules={"a.toml": ""}), "regex"),
        (Experiment(rules={"a" * 61: ""}), "length"),
        (Experiment(rules={"a": "#" * (MAX_FILE_SIZE + 1)}), "length"),
        (Experiment(rules={f"a{i}": "" for i in range(101)}), "length"),
        (Experiment(surfaces=dict.fromkeys("abc", "#" * (MAX_TEXTS_SIZE // 2))), "larger than 512"),
    ],
)
def test_texts_have_limits(document: Experiment, reason: str) -> None:
    with pytest.raises(EncodingError, match=reason):
        encode_experiment(document)


def test_a_file_that_does_not_fit_any_more_is_refused_at_once(folder: Path) -> None:
    path = str(folder / "ball.toml")
    for full in (
        Experiment(rules={f"a{i}": "" for i in range(MOST_TEXTS)}),
        Experiment(surfaces={"a": "#" * (MAX_TEXTS_SIZE - 100)}),
    ):
        with pytest.raises(DataError, match=r"ball\.toml: does not fit into the experiment"):
            with_file(full, "rules", path)
        document = changed(
            full, surface=Surface(problem="booth"), runs=(Run(id="1", optimizer=path),)
        )
        assert with_all_files(document) == document


def test_edits_take_files_in_and_keep_what_is_there(folder: Path) -> None:
    document = Experiment(surface=Surface(problem="booth"))
    document = run_edits.add_run(document, str(folder / "ball.toml"))
    document = run_edits.add_run(document, "adam")
    document = run_edits.choose_optimizer(document, document.runs[1].id, str(folder / "ball.toml"))
    document = model_edits.choose_problem(document, str(folder / "valley.toml"))
    document = run_edits.set_schedule(document, document.runs[0].id, str(folder / "halved.toml"))
    assert [r.optimizer for r in document.runs] == ["ball", "ball"]
    assert [r.name for r in document.runs] == ["Ball", "Ball 2"]
    assert document.runs[0].schedule == "halved" and document.surface.problem == "valley"
    assert model_edits.rotate_surface(document, 30.0).surface.rotation == 30.0
    typed = model_edits.type_formula(document, "w1^2")
    assert typed.start == (-15.0, 20.0)
    resolve_strictly(document)


def test_a_recovery_copy_has_the_texts(folder: Path) -> None:
    document = with_all_files(by_paths(folder))
    desk = RecoveryFiles(folder / "recovery")
    desk.keep(document)
    assert read_copy(desk.newest).document == document
    desk.close()


def test_a_text_is_read_again_only_where_it_changed() -> None:
    own = {"valley": VALLEY}
    problem = load_problem("valley", own=own)
    assert load_problem("valley", own=dict(own)) is problem
    assert load_problem("valley", own={"valley": VALLEY + "\n"}) is not problem
    document = changed(Experiment(), rules={"ball": BALL})
    assert load_rule("ball", own=document.rules) is load_rule("ball", own={"ball": BALL})


def test_changes_on_the_way_take_their_files_in_as_well(folder: Path) -> None:
    switch = Switch(after=5, optimizer=str(folder / "ball.toml"), schedule="constant")
    run_ = Run(id="1", optimizer="gd", then=(switch, Switch(after=8, optimizer="adam")))
    new = with_all_files(Experiment(surface=Surface(problem="booth"), runs=(run_,)))
    assert [part.optimizer for part in new.runs[0].then] == ["ball", "adam"]
    assert new.rules == {"ball": BALL} and with_all_files(new) is new
    resolve_strictly(new)


def test_a_file_is_used_as_what_it_is(folder: Path) -> None:
    odd = folder / "odd+path,a:b"
    odd.mkdir()
    document = Experiment(surface=Surface(problem="booth"), runs=(Run(id="1", optimizer="gd"),))
    for name, text in (("ball", BALL), ("valley", VALLEY), ("halved", HALVED)):
        (odd / f"{name}.toml").write_text(text, "utf-8")
        document = run_edits.take_file(document, odd / f"{name}.toml", "1")
    assert [r.optimizer for r in document.runs] == ["gd", "ball"]
    assert (document.surface.problem, document.runs[0].schedule) == ("valley", "halved")
    resolve_strictly(document)
    with pytest.raises(DataError, match=r"none\.toml: cannot be read"):
        run_edits.take_file(document, odd / "none.toml", "1")
