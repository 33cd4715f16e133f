"""The experiment as JSON, written in one form and read strictly, and its JSON Schema.

``python -m optlab.files.encoding > resources/schema/experiment.schema.json`` writes the schema.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any

import msgspec

from optlab.core.resources import data_folder
from optlab.files.migrations import FIRST_FORMAT, MigrationError, migrate
from optlab.session.experiment import FORMAT_VERSION, MAX_TEXTS_SIZE, Experiment, texts_size

MAX_DEPTH = 32
"""Objects and lists inside one another; a document has six."""
MAX_RECORDINGS_SIZE = 2 * 1024 * 1024
"""Bytes of all recordings and tables that an experiment brings along."""
_PARTS = ("surface", "treatment")


class EncodingError(ValueError):
    """Content that is no experiment: the message is the reason, with the place in it."""


def encode_experiment(experiment: Experiment) -> bytes:
    """The experiment as a file has it: UTF-8, the format's number first, defaults left out.

    Raises :class:`EncodingError` for what JSON cannot say, such as a number that is not finite.
    """
    content = {"version": FORMAT_VERSION, **_tidy(msgspec.to_builtins(experiment))}
    text = msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"
    if decode_experiment(text) != experiment:
        raise EncodingError("it holds something that cannot be written")
    return text


def _tidy(content: Any) -> Any:
    """The content without empty parts: one that is all defaults has one form, none.

    A change on the way says so by an empty part, for without one it goes on with the run's.
    """
    if isinstance(content, dict):
        kept = {key: _tidy(value) for key, value in content.items()}
        parts = () if "after" in content else _PARTS
        return {key: value for key, value in kept.items() if value != {} or key not in parts}
    return [_tidy(value) for value in content] if isinstance(content, list | tuple) else content


def experiment_line(experiment: Experiment) -> str:
    """The same on one line of ASCII, for places inside other files."""
    return json.dumps(json.loads(encode_experiment(experiment)), ensure_ascii=True)


def decode_experiment(content: bytes) -> Experiment:
    """The experiment that a file's content is, whatever format it has.

    Refused with :class:`EncodingError` are: what is not JSON, NaN and numbers beyond the range
    of a double, keys that stand twice or are not known, values of another kind, more nesting
    than :data:`MAX_DEPTH`, own texts larger than :data:`MAX_TEXTS_SIZE`, and formats of newer
    versions.
    """
    try:
        plain = msgspec.json.decode(content)
        version = msgspec.convert(plain, _Version).version
        if version > FORMAT_VERSION:
            reason = f"made by a newer version (format {version}; this one reads {FORMAT_VERSION})"
            raise EncodingError(reason)
        if version < FIRST_FORMAT:
            raise EncodingError(f"not a valid experiment: there is no format {version}")
        _refuse_depth(plain)
        json.loads(content, object_pairs_hook=_refuse_repetition)
        if version == FORMAT_VERSION:
            experiment = msgspec.json.decode(content, type=Experiment)
        else:
            experiment = msgspec.convert(migrate(plain, FORMAT_VERSION), Experiment)
        _refuse_size(experiment)
        return experiment
    except MigrationError as error:
        raise EncodingError(f"not a valid experiment: {error}") from None
    except msgspec.ValidationError as error:
        raise EncodingError(f"not a valid experiment: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = _with_line(str(error), content)
        raise EncodingError(f"not a valid experiment file: {reason}") from None


class _Version(msgspec.Struct):
    version: int = FIRST_FORMAT


def _refuse_repetition(pairs: list[tuple[str, object]]) -> None:
    """A key that stands twice in one object: readers would not agree on which one counts."""
    keys: set[str] = set()
    for key, _ in pairs:
        if key in keys:
            raise EncodingError(f"not a valid experiment: '{key}' is given twice")
        keys.add(key)


def _refuse_size(experiment: Experiment) -> None:
    texts = [*experiment.recordings.values(), *experiment.tables.values()]
    recorded = sum(len(text.encode()) for text in texts)
    if recorded > MAX_RECORDINGS_SIZE:
        reason = f"its recordings and tables are larger than {MAX_RECORDINGS_SIZE >> 10} KiB"
        raise EncodingError(f"not a valid experiment: {reason}")
    if texts_size(experiment) > MAX_TEXTS_SIZE:
        reason = f"its rules, surfaces and schedules are larger than {MAX_TEXTS_SIZE >> 10} KiB"
        raise EncodingError(f"not a valid experiment: {reason}")


def _refuse_depth(content: Any) -> None:
    level = [content]
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        level = inner
        if not level:
            return
    raise EncodingError(f"not a valid experiment: nested deeper than {MAX_DEPTH} levels")


_BYTE = re.compile(r"\(byte (\d+)\)")


def _with_line(reason: str, content: bytes) -> str:
    """The decoder's reason with line and column in place of the byte; both count from 1."""
    found = _BYTE.search(reason)
    if found is None:
        return reason
    before = content[: int(found[1])]
    line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
    return reason.replace(found[0], f"(line {line}, column {column})")


def schema_file() -> Path:
    """The shipped schema."""
    return data_folder("schema") / "experiment.schema.json"


def experiment_schema() -> bytes:
    """The schema of the present format (draft 2020-12), as the shipped file has it."""
    schema = msgspec.json.schema(Experiment)
    for part in schema["$defs"].values():
        if "description" in part:
            part["description"] = inspect.cleandoc(part["description"]).replace("``", "'")
    schema["$defs"]["Experiment"]["properties"]["version"]["const"] = FORMAT_VERSION
    content = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"OptLab experiment, format {FORMAT_VERSION}",
        **schema,
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(experiment_schema())
