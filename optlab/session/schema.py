"""The form of experiment files as a JSON Schema, for editors and other programs.

``python -m optlab.session.schema > resources/schema/experiment.schema.json`` writes it anew.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import msgspec

from optlab.core.data_files import data_folder
from optlab.session.experiment import FORMAT_VERSION, Experiment


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
