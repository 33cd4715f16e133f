"""What is fuzzed beside formulas: tables, generators, recordings, emitted code."""

from __future__ import annotations

import ast
import functools
import io
import tempfile
from pathlib import Path

import h5py
import numpy as np
from hypothesis import strategies as st
from safetensors.numpy import save

from optlab.core.data import TableError, load_table, read_table
from optlab.core.export.code import TARGETS as LIBRARIES
from optlab.core.export.code import rule_code
from optlab.core.parameters import SettingError
from optlab.core.recordings import read_recording
from optlab.core.recordings.formats import read_files
from optlab.core.resources import DataError, resources_folder
from optlab.core.rules import read_rule
from optlab.recording import RecordingError
from tests.fuzz.guard import guarded, refusal
from tests.fuzz.inputs import damaged, soup

TABLES = [path.read_text("utf-8") for path in sorted(resources_folder().glob("data/*.csv"))]
GENERATED = [
    *("moons:n=200,noise=0.1,seed=1", "sparse:n=40,p=10,density=0.1", "line:n=20,slope=2"),
    *("digits:n=20,seed=2", "spirals:n=30,turns=2", "challenger", "houses.csv", "blobs:n=1e9"),
]
CANARY = "canary"
"""A name that only text of a rule file may hold, never a call in code made from it."""


def table(text: str) -> bool:
    """A CSV text as a table."""
    try:
        read_table(text)
    except TableError as error:
        refusal(error)
        return False
    return True


def generated(text: str) -> bool:
    """The words for a table; what they ask for may be far too much."""
    try:
        load_table(text)
    except TableError as error:
        refusal(error)
        return False
    return True


def numbers_as_text(text: str) -> bool:
    """A CSV text as a recording."""
    try:
        read_recording(text)
    except (RecordingError, TableError) as error:
        refusal(error)
        return False
    return True


def recording(case: tuple[str, bytes]) -> bool:
    """A recording with one damaged file: of its folder, or NPZ, safetensors, HDF5."""
    name, content = case
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, name)
        path.parent.mkdir(exist_ok=True)
        if path.parent.suffix:
            for file, whole in _folder().items():
                (path.parent / file).write_bytes(whole)
        path.write_bytes(content)
        with guarded():
            try:
                read_files(path.parent if path.parent.suffix else path)
            except RecordingError as error:
                refusal(error)
                return False
    return True


def code(text: str) -> bool:
    """Code made from a rule file whose texts try to leave their comment or docstring."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "fuzzed.toml")
        file.write_text(text, "utf-8", errors="replace")
        with guarded():
            try:
                rule = read_rule(file)
                sources = {name: rule_code(rule, name, {}, {}) for name in LIBRARIES}
            except (DataError, SettingError) as error:
                refusal(error)
                return False
    for name, source in sources.items():
        if LIBRARIES[name][1] == ".py":
            called = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
            assert CANARY not in called, source
    return True


@functools.cache
def _folder() -> dict[str, bytes]:
    """The files of a small recording as the recorder writes them."""
    shipped = resources_folder() / "recordings" / "adam.optrec"
    return {file.name: file.read_bytes() for file in sorted(shipped.iterdir())}


def _columns() -> dict[str, np.ndarray]:
    rows = np.linspace(0.0, 1.0, 12).reshape(6, 2)
    return {"w": rows, "g": rows + 1.0, "loss": rows[:, 0].copy()}


def _npz() -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **_columns())
    return stream.getvalue()


def _hdf5() -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        for name, values in _columns().items():
            file[name] = values
    return stream.getvalue()


@st.composite
def _bytes_damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A file with some places changed: cut, doubled, or other bytes; near its ends more often."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 5))):
        near = draw(st.integers(0, min(len(content), 400)))
        place = draw(st.sampled_from((near, max(0, len(content) - near), len(content) // 2)))
        length = draw(st.integers(0, 12))
        piece = draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from(
                    (b"\xff" * 8, b"\0" * 8, b"\x7f" + b"\xff" * 7, b"(999999999999,)")
                ),
                st.just(bytes(content[place : place + length]) * 2),
            )
        )
        content[place : place + length] = piece
    return bytes(content)


def recordings() -> st.SearchStrategy[tuple[str, bytes]]:
    """A file's name and its damaged content."""
    about = _folder()["run.json"].decode()
    safe = save(_columns())
    return st.one_of(
        damaged([about]).map(lambda text: ("run.optrec/run.json", text.encode("utf-8", "replace"))),
        *(
            st.tuples(st.just(name), _bytes_damaged(whole))
            for name, whole in (
                ("run.optrec/000000.npz", _folder()["000000.npz"]),
                ("run.optrec/plane.npz", _folder()["plane.npz"]),
                ("./run.npz", _npz()),
                ("./run.safetensors", safe),
                ("./run.h5", _hdf5()),
            )
        ),
    )


def rules_with_texts() -> st.SearchStrategy[str]:
    """Rule files whose words for people hold quotes, ends of lines and code."""
    pieces = (
        '"""',
        "'''",
        "\\",
        "\n",
        f"{CANARY}()",
        '"',
        "'",
        "#",
        "\r",
        "\u2028",
        "\f",
        "*/",
        "%",
    )
    words = st.lists(st.sampled_from((*pieces, "a ", "é", "{", "}", "$")), max_size=9).map("".join)

    def quoted(text: str) -> str:
        marks = {"\n": "\\n", "\r": "\\r", "\f": "\\f", "\\": "\\\\", '"': '\\"'}
        return '"' + "".join(marks.get(letter, letter) for letter in text) + '"'

    def made(texts: tuple[str, ...]) -> str:
        name, summary, reference, state, rate, symbol = map(quoted, texts)
        return (
            f"name = {name}\nsummary = {summary}\nreference = {reference}\n"
            'update = """\nm = 0.9*m + g\nw = w - eta*m\n"""\n'
            f"[state]\nm = {state}\n"
            f"[parameters.eta]\ndefault = 0.1\nhelp = {rate}\nsymbol = {symbol}\n"
        )

    return st.tuples(*[words] * 6).map(made)


def tables() -> st.SearchStrategy[str]:
    """CSV texts."""
    return st.one_of(damaged([text[:2000] for text in TABLES]), soup(30))


def numbers() -> st.SearchStrategy[str]:
    """CSV texts of trajectories."""
    return damaged(["t,w1,w2,loss,g1,g2\n0,1,2,5,,\n1,0.5,1,1.25,2,4\n2,0.25,0.5,0.3,1,2\n"])


def words_for_tables() -> st.SearchStrategy[str]:
    """Generators, names and files."""
    return st.one_of(damaged(GENERATED, 3), soup(8))
