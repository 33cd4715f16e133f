"""Documents survive being written and read; what cannot be meant is refused."""

import json
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optlab.core.analysis.claims import Claim, Measure
from optlab.core.parameters import SettingError
from optlab.core.problems import Transform, load_problem
from optlab.files.encoding import EncodingError, decode_experiment, encode_experiment
from optlab.session.edits import model_edits
from optlab.session.experiment import FORMAT_VERSION, Experiment, Run, Surface, Treatment
from optlab.session.resolve import ExperimentError, resolve, resolve_surface

numbers = st.floats(allow_nan=False, allow_infinity=False)
pairs = st.tuples(numbers, numbers)
texts = st.text(st.characters(codec="utf-8"), max_size=20)
maybe = st.none() | numbers
treatments = st.builds(Treatment, noise=maybe, l2=maybe, clip_value=maybe, clip_norm=maybe)
runs = st.builds(
    Run,
    id=texts,
    optimizer=texts,
    name=texts,
    parameters=st.dictionaries(texts, numbers, max_size=4),
    options=st.dictionaries(texts, texts | st.booleans(), max_size=4),
    schedule=texts,
    treatment=treatments,
    start=st.none() | pairs,
    color=st.integers(0, 2**63 - 1),
    style=st.integers(0, 7),
    visible=st.booleans(),
)
surfaces = st.builds(
    Surface,
    problem=texts,
    formula=texts,
    window=st.none() | st.tuples(pairs, pairs),
    rotation=numbers,
    scale=pairs,
    shift=pairs,
    centre=pairs,
)
experiments = st.builds(
    Experiment,
    title=texts,
    story=texts,
    surface=surfaces,
    runs=st.lists(runs, max_size=3).map(tuple),
    start=st.none() | pairs,
    steps=st.integers(0, 2**63 - 1),
    seed=st.integers(0, 2**63 - 1),
    stop_gradient=maybe,
    claims=st.lists(st.from_type(Claim), max_size=3).map(tuple),
)


def finite(value: object) -> bool:
    """Whether a document can be written: JSON has no other numbers."""
    if isinstance(value, msgspec.Struct):
        return all(finite(getattr(value, name)) for name in value.__struct_fields__)
    if isinstance(value, dict):
        return all(map(finite, value.values()))
    if isinstance(value, tuple):
        return all(map(finite, value))
    return not isinstance(value, float) or math.isfinite(value)


def test_an_object_that_must_be_there_is_written_empty():
    document = Experiment(claims=(Measure(measure="correction_factor", arguments={}, value=1.0),))
    assert decode_experiment(encode_experiment(document)) == document


@given(experiments.filter(finite))
def test_a_document_reads_back_equal(document: Experiment) -> None:
    assert decode_experiment(msgspec.json.encode(document)) == document
    assert decode_experiment(encode_experiment(document)) == document


def test_what_is_default_is_not_written() -> None:
    assert msgspec.json.encode(Experiment()) == b"{}"
    # but for the number of the format, without which a later version could not read the file
    assert json.loads(encode_experiment(Experiment())) == {"version": FORMAT_VERSION}


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b'{"steps": 5, "steps": 6}', "steps"),
        (b'{"steps": 5, "st\\u0065ps": 6}', "steps"),
        (b'{"runs": [{"id": "1", "optimizer": "gd", "id": "2"}]}', "id"),
        (
            b'{"runs": [{"id": "1", "optimizer": "gd", "parameters": {"eta": 1, "eta": 2}}]}',
            "eta",
        ),
    ],
)
def test_a_key_that_stands_twice_is_refused(content: bytes, key: str) -> None:
    with pytest.raises(EncodingError, match=f"'{key}' is given twice"):
        decode_experiment(content)


@pytest.mark.parametrize("version", [0, -1])
def test_a_format_that_never_was_is_refused(version: int) -> None:
    with pytest.raises(EncodingError, match=f"there is no format {version}"):
        decode_experiment(f'{{"version": {version}}}'.encode())


@pytest.mark.parametrize(
    "content",
    [
        b'{"surface": {"rotation": NaN}}',
        b'{"surface": {"rotation": Infinity}}',
        b'{"surface": {"rotation": null}}',
        b'{"surface": {"rotate": 1}}',
        b'{"surface": {"scale": 2}}',
        b'{"start": [1e400, 0]}',
        b'{"steps": ' + b"9" * 5000 + b"}",
        b'\xef\xbb\xbf{"steps": 1}',
        b'{"title": "\\ud800"}',
        b'{"steps": 1} {"steps": 2}',
        b'{"steps": 1,}',
        b'{"claims": [{"claim": "value"}]}',
    ],
    ids=lambda content: repr(content[:40]),
)
def test_no_other_text_is_an_experiment(content: bytes) -> None:
    with pytest.raises(EncodingError, match="not a valid experiment"):
        decode_experiment(content)


@pytest.mark.parametrize(
    ("surface", "place"),
    [
        (Surface(problem="quadratic", rotation=math.nan), "rotation"),
        (Surface(problem="quadratic", scale=(0.0, 1.0)), "scale"),
        (Surface(problem="quadratic", shift=(math.inf, 0.0)), "shift"),
        (Surface(problem="quadratic", window=((1.0, -1.0), (0.0, 1.0))), "window"),
        (Surface(problem="quadratic", window=((0.0, 1.0), (0.0, math.nan))), "window"),
        (Surface(problem="none such"), "problem"),
        (Surface(formula="w1 +"), "formula"),
    ],
)
def test_a_surface_that_cannot_be_is_refused_by_the_place(surface: Surface, place: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        resolve(Experiment(surface=surface))
    assert caught.value.place == place


def test_two_runs_with_one_id_are_refused() -> None:
    document = Experiment(
        surface=Surface(problem="quadratic"),
        runs=(Run(id="1", optimizer="gd"), Run(id="1", optimizer="adam")),
    )
    with pytest.raises(ExperimentError, match="two of them have the id '1'"):
        resolve(document)


def test_a_turned_surface_turns_the_problems_start_but_not_the_window() -> None:
    plain = load_problem("rosenbrock")
    resolved = resolve(Experiment(surface=Surface(problem="rosenbrock", rotation=90.0)))
    assert resolved.start == (-plain.start[1], plain.start[0])
    assert resolved.window == plain.window
    assert resolved.problem.key == "rosenbrock"
    assert resolved.problem.title == "Rosenbrock, rotated by 90°"


def test_a_surface_that_is_not_turned_is_the_catalogue_problem() -> None:
    assert resolve_surface(Surface(problem="rosenbrock")) is load_problem("rosenbrock")


def test_turning_takes_the_chosen_start_along_and_back() -> None:
    document = Experiment(
        surface=Surface(problem="quadratic"),
        start=(-15.0, 20.0),
        runs=(Run(id="1", optimizer="gd", start=(1.5, -0.3)), Run(id="2", optimizer="gd")),
    )
    turned = model_edits.transform_surface(document, rotation=30.0, shift=(1.0, 2.0))
    assert turned.start == pytest.approx(Transform(30.0, shift=(1.0, 2.0)).place((-15.0, 20.0)))
    assert turned.runs[0].start != (1.5, -0.3)
    assert turned.runs[1].start is None
    assert model_edits.transform_surface(turned, rotation=0.0, shift=(0.0, 0.0)) == document


def test_a_turn_that_cannot_be_is_refused_by_name() -> None:
    with pytest.raises(SettingError) as caught:
        model_edits.transform_surface(Experiment(), scale=(1.0, 0.0))
    assert caught.value.name == "scale"


def test_typing_a_formula_keeps_the_turn() -> None:
    document = Experiment(surface=Surface(formula="w1^2", rotation=20.0))
    assert model_edits.type_formula(document, "w1^2 + w2^2").surface.rotation == 20.0


def test_another_window_keeps_the_turn(session) -> None:
    session.propose(model_edits.transform_surface(session.document, rotation=20.0))
    session.set_window(((-1.0, 1.0), (-2.0, 2.0)))
    assert session.document.surface.rotation == 20.0
    assert session.resolved.window == ((-1.0, 1.0), (-2.0, 2.0))
