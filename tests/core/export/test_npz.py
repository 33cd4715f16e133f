"""The archive holds the columns to the bit, and nothing that has to be unpickled."""

import io
import json

import numpy as np
import pytest

from optlab.core.export import ExportCancelledError, csv_header, write_npz
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, Trajectory, run


def walk(name: str = "adam", steps: int = 20) -> Trajectory:
    return run(RunSpec(load_problem("booth"), load_rule(name), steps=steps))


def archive(*args: object, **kwargs: object) -> bytes:
    file = io.BytesIO()
    write_npz(file, *args, **kwargs)  # type: ignore[arg-type]
    return file.getvalue()


def test_every_column_reads_back_to_the_bit() -> None:
    walks = {"one": walk(), "two": walk("gd", 3)}
    with np.load(io.BytesIO(archive(walks, {"a": "½"})), allow_pickle=False) as loaded:
        assert json.loads(str(loaded["metadata"])) == {"a": "½"}
        expected = [f"{key}.{name}" for key, one in walks.items() for name in csv_header(one)]
        assert loaded.files == ["metadata", *expected]
        for key, one in walks.items():
            for name in csv_header(one):
                values = loaded[f"{key}.{name}"]
                assert values.shape == (one.rows,)
                np.testing.assert_array_equal(values, one[name])
        assert loaded["two.t"].dtype.kind == "i"
        assert np.isnan(loaded["one.g1"][0])


def test_the_same_numbers_give_the_same_bytes() -> None:
    assert archive({"a": walk()}, {}) == archive({"a": walk()}, {})


def test_progress_counts_to_the_end_and_stopping_raises() -> None:
    seen: list[tuple[int, int]] = []
    archive({"a": walk()}, {}, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(i + 1, len(seen)) for i in range(len(csv_header(walk())))]
    with pytest.raises(ExportCancelledError):
        archive({"a": walk()}, {}, cancelled=lambda: True)
