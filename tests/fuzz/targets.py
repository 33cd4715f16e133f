"""What is fuzzed. Each target takes one input and may refuse it, with the error it says it raises.

Any other exception is a defect, and so is a refusal that is not one readable sentence.
"""

from __future__ import annotations

import contextlib
import io
import math
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
from hypothesis import strategies as st

from optlab.cli import main
from optlab.core.formula import FormulaError, gradient, hessian, parse, scalar_function, to_text
from optlab.core.formula.dialects.latex import to_latex
from optlab.core.formula.tokens import MAX_LENGTH
from optlab.core.parameters import SettingError
from optlab.core.problems import load_problem
from optlab.core.resources import DataError, UnknownNameError
from optlab.core.rules import load_rule, read_rule, rule_names
from optlab.core.run import RunSpec, run
from optlab.core.schedules import parse_schedule, schedule_names
from optlab.files.encoding import EncodingError, decode_experiment, encode_experiment
from optlab.session.compute import PictureStyle, compute_picture
from optlab.session.edits.choices import rule_choices
from optlab.session.experiment import Experiment, Run, Surface
from optlab.session.resolve import ExperimentError, resolve
from tests.fuzz import data_targets
from tests.fuzz.guard import guarded, refusal
from tests.fuzz.inputs import corpus, damaged, formulas, shipped, soup

POINTS = ((0.0, 0.0), (1.5, -2.5), (1e200, -1e-300), (math.inf, math.nan))
STEPS = 4


def formula(text: str) -> bool:
    """A typed surface: parsed, printed, derived, computed, typeset. Says whether it was taken."""
    try:
        tree = parse(text)
    except FormulaError as error:
        refusal(error)
        assert 1 <= error.column <= len(text) + 1, error.column
        return False
    printed = to_text(tree)  # with its spaces it may be too long to be read again
    assert len(printed) > MAX_LENGTH or parse(printed) == tree
    slopes = gradient(tree, ("w1", "w2"))
    curvature = hessian(tree, ("w1", "w2"))
    compute = scalar_function((tree, *slopes, *sum(curvature, ())), ("w1", "w2"))
    for point in POINTS:
        assert all(isinstance(value, float) for value in compute(*point))
    to_latex(tree)
    return True


def rule(text: str) -> bool:
    """A rule file: read, and a few steps taken."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "fuzzed.toml")
        file.write_text(text, "utf-8", errors="replace")
        with guarded():
            try:
                made = read_rule(file)
            except DataError as error:
                refusal(error)
                return False
            try:
                spec = RunSpec(load_problem(shipped_problem()), made, steps=STEPS, start=(1.0, 2.0))
            except (SettingError, DataError) as error:
                refusal(error)
                return True
            run(spec)
    return True


def own_rule(text: str) -> bool:
    """A rule that an experiment brings along as text."""
    run_ = Run(id="1", optimizer="own")
    surface = Surface(problem=shipped_problem())
    document = Experiment(surface=surface, runs=(run_,), rules={"own": text}, steps=STEPS)
    rule_choices(document)
    resolved = resolve(document)
    for reason in resolved.errors.values():
        refusal(ValueError(reason))
    for spec in resolved.specs.values():
        run(spec)
    return bool(resolved.specs)


def shipped_problem() -> str:
    """Any surface will do."""
    return "booth"


def problem(text: str) -> bool:
    """A surface file: read, and its formula computed."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "fuzzed.toml").write_text(text, "utf-8", errors="replace")
        with guarded():
            try:
                made = load_problem("fuzzed", Path(folder))
            except (DataError, UnknownNameError) as error:
                refusal(error)
                return False
            made.loss(made.start)
            made.gradient(made.start)
    return True


def schedule(text: str) -> bool:
    """A schedule as it is typed."""
    try:
        made = parse_schedule(text)
    except SettingError as error:
        refusal(error)
        return False
    try:
        RunSpec(
            load_problem(shipped_problem()),
            load_rule(rule_names()[0]),
            steps=STEPS,
            start=(1.0, 2.0),
            schedule=made,
        )
    except SettingError as error:
        refusal(error)
        return False
    return True


def experiment(text: str) -> bool:
    """An experiment file: decoded, resolved, drawn, and a few steps taken."""
    try:
        document = decode_experiment(text.encode("utf-8", errors="surrogatepass"))
    except EncodingError as error:
        refusal(error)
        return False
    assert decode_experiment(encode_experiment(document)) == document
    document = msgspec.structs.replace(document, steps=min(document.steps, STEPS))
    try:
        resolved = resolve(document)
    except ExperimentError as error:
        refusal(error)
        return False
    for reason in resolved.errors.values():
        refusal(ValueError(reason))
    for spec in resolved.specs.values():
        run(spec)
    if resolved.map_window is not None:
        style = PictureStyle(resolution=24, levels=5)
        compute_picture(resolved.problem, resolved.map_window, style)
    return True


def command_line(words: list[str]) -> bool:
    """Arguments: status 0, 1 or 2, and at most one line on stderr."""
    out, err = io.StringIO(), io.StringIO()
    words = [word.replace("\0", "") for word in words]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["run", "--steps=3", "--quiet", *words])
    assert status in (0, 1, 2), status
    assert err.getvalue().count("\n") == (status != 0), err.getvalue()
    return status == 0


def _words() -> st.SearchStrategy[list[str]]:
    values = st.one_of(
        soup(6),
        formulas(),
        st.floats().map(str),
        st.integers().map(str),
        st.text(max_size=20),
        st.sampled_from((*rule_names()[:9], *schedule_names())),
        st.sampled_from(("1,2", "nan,1", "1e308,-1e308", "1", ",", "eta=1", "eta=nan", "beta1=2")),
    )
    names = (
        *("problem", "loss", "start", "optimizer", "set", "schedule", "seed", "stop-gradient"),
        *("noise", "noise-relative", "l2", "clip-value", "clip-norm"),
    )
    option = st.one_of(
        st.tuples(st.sampled_from(names), values).map(lambda p: f"--{p[0]}={p[1]}"),
        st.tuples(st.sampled_from(names), st.sampled_from(names)).map(lambda p: f"--{p[0]}"),
    )
    known = st.sampled_from(
        ("--problem=booth", "--optimizer=adam", "--start=1,2", "--loss=x^2+y^2")
    )
    # Never a word that names a file to write.
    return st.lists(st.one_of(known, known, option), max_size=6)


TARGETS: dict[str, tuple[st.SearchStrategy[object], Callable[[object], bool]]] = {}


def _target(
    name: str,
    inputs: st.SearchStrategy[object],
    check: Callable[..., bool],
    own_guard: bool = False,
) -> None:
    def tried(value: object) -> bool:
        if own_guard:
            return check(value)
        with guarded():
            return check(value)

    TARGETS[name] = (inputs, tried)


_target("formulas", st.one_of(soup(), formulas(), st.text(max_size=60)), formula)
_target("rule files", damaged(shipped("optimizers")), rule, own_guard=True)
_target("own rules", damaged(shipped("optimizers")), own_rule)
_target("surface files", damaged(shipped("problems")), problem, own_guard=True)
_target(
    "schedules",
    st.one_of(soup(12), damaged([*schedule_names(), *corpus("schedules")], 3)),
    schedule,
)
_target("experiment files", damaged(shipped("experiments")), experiment)
_target("command lines", _words(), command_line)
_target("tables", data_targets.tables(), data_targets.table)
_target("generators", data_targets.words_for_tables(), data_targets.generated)
_target("recorded CSV", data_targets.numbers(), data_targets.numbers_as_text)
_target("recordings", data_targets.recordings(), data_targets.recording, own_guard=True)
_target("rules as code", data_targets.rules_with_texts(), data_targets.code, own_guard=True)
