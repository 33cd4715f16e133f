"""Files of every format that ever was still open, and say the same."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from optlab.files import encoding
from optlab.files.encoding import (
    EncodingError,
    decode_experiment,
    encode_experiment,
    experiment_schema,
    schema_file,
)
from optlab.files.experiment_files import experiment_names, shipped_experiment
from optlab.files.migrations import FIRST_FORMAT, MIGRATIONS, MigrationError, migrate
from optlab.session.experiment import FORMAT_VERSION, Experiment

GOLDEN = Path(__file__).with_name("golden")
FORMATS = range(FIRST_FORMAT, FORMAT_VERSION + 1)
FILES = sorted(GOLDEN.glob("format-*/*.optlab"))
NOW = GOLDEN / "now"


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def test_every_format_has_files_and_a_way_to_the_next() -> None:
    assert {path.parent.name for path in FILES} == {f"format-{k}" for k in FORMATS}
    assert set(MIGRATIONS) == set(FORMATS[:-1])


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_file_of_any_format_opens_and_says_the_same(path: Path) -> None:
    experiment = decode_experiment(path.read_bytes())
    expected = NOW / f"{path.parent.name}-{path.name}"
    assert encode_experiment(experiment) == expected.read_bytes()
    assert decode_experiment(expected.read_bytes()) == experiment


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_file_brought_up_to_date_stays_as_it_was(path: Path) -> None:
    content = json.loads(path.read_bytes())
    before = json.dumps(content)
    migrate(content, FORMAT_VERSION)
    assert json.dumps(content) == before


def test_the_golden_file_says_everything_a_document_can() -> None:
    plain = json.loads((GOLDEN / f"format-{FORMAT_VERSION}" / "everything.optlab").read_bytes())
    schema = json.loads(experiment_schema())["$defs"]
    claims = {claim["claim"].title(): claim for claim in plain["claims"]}
    parts = {"Experiment": plain, "Surface": plain["surface"], "Run": plain["runs"][0]}
    parts["DataSet"] = plain["surface"]["data"]
    parts["NetworkModel"] = plain["surface"]["network"]
    parts["TuningStudy"] = plain["studies"][0]
    parts["TuningAxis"] = parts["TuningStudy"]["axes"][0]
    parts["Comparison"] = plain["comparison"]
    parts["Switch"] = parts["Run"]["then"][0]
    parts["View"] = plain["view"]
    parts |= {"CameraView": plain["view"]["camera"], "PlaneView": plain["view"]["plane"]}
    parts["MapSide"] = plain["view"]["map_sides"][0]
    parts |= {"Treatment": plain["runs"][0]["treatment"]} | claims
    assert set(parts) == set(schema)
    for name, part in parts.items():
        said = set(part) | ({"says"} if name in claims else set())
        assert said == set(schema[name]["properties"]), name


# -- the way from format to format, tried with formats that never were ---------------------------


def _updates_to_steps(content: dict[str, Any]) -> dict[str, Any]:
    content["steps"] = content.pop("updates")
    return content


def _start_to_list(content: dict[str, Any]) -> dict[str, Any]:
    content["start"] = [float(part) for part in content["start"].split(",")]
    return content


OLD = {1: _updates_to_steps, 2: _start_to_list}


def test_migrations_run_in_order_up_to_the_present() -> None:
    old = {"updates": 5, "start": "1,2"}
    assert migrate(old, 3, OLD) == {"steps": 5, "start": [1.0, 2.0], "version": 3}
    assert migrate({"version": 2, "steps": 5, "start": "1,2"}, 3, OLD)["start"] == [1.0, 2.0]
    assert migrate({"version": 3, "steps": 5}, 3, OLD) == {"version": 3, "steps": 5}
    assert old == {"updates": 5, "start": "1,2"}


@pytest.mark.parametrize(
    "content", [{}, {"updates": 1}, {"updates": 1, "start": 3}, {"updates": 1, "start": "a,b"}]
)
def test_a_damaged_old_file_is_refused_by_its_format(content: dict[str, Any]) -> None:
    with pytest.raises(MigrationError, match=r"not what format [12] looks like"):
        migrate(content, 3, OLD)


def test_old_files_are_read_through_their_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    def later(content: dict[str, Any], newest: int) -> dict[str, Any]:
        return migrate(content, newest, OLD)

    monkeypatch.setattr(encoding, "FORMAT_VERSION", 3)
    monkeypatch.setattr(encoding, "migrate", later)
    experiment = decode_experiment(b'{"updates": 5, "start": "1,2"}')
    assert (experiment.version, experiment.steps, experiment.start) == (3, 5, (1.0, 2.0))
    for content in (b'{"updates": 5}', b'{"updates": "x", "start": "1,2"}', b"{}"):
        with pytest.raises(EncodingError, match="not a valid experiment"):
            decode_experiment(content)


# -- the schema ----------------------------------------------------------------------------------


def test_the_shipped_schema_is_the_present_one() -> None:
    assert schema_file().read_bytes() == experiment_schema(), "write it anew: see files/encoding.py"


@pytest.mark.parametrize("name", experiment_names())
def test_shipped_experiments_fit_the_schema(name: str) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(experiment_schema()))
    validator.validate(json.loads(shipped_experiment(name).read_bytes()))


@pytest.mark.parametrize(
    "content",
    [
        {"version": FORMAT_VERSION + 1},
        {"stepps": 1},
        {"runs": [{"optimizer": "gd"}]},
        {"start": []},
    ],
)
def test_the_schema_refuses_what_the_program_refuses(content: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(experiment_schema()))
    assert not validator.is_valid(content)
    with pytest.raises(EncodingError):
        decode_experiment(msgspec.json.encode(content))


def test_what_is_not_finite_is_not_written() -> None:
    with pytest.raises(EncodingError):
        encode_experiment(Experiment(start=(float("nan"), 0.0)))
