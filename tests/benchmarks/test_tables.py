"""The benchmarks make their tables from tiny work; how fast anything is, is not looked at."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks import __main__ as program
from benchmarks import expected, exports
from benchmarks.measure import Row, Table, as_text, compare, slow_twentieth
from benchmarks.native_code import compile_c

HEADLESS = ("batch", "grid", "memory", "growth", "csv_export")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", HEADLESS)
def test_tables_from_tiny_work(name: str) -> None:
    for table in importlib.import_module(f"benchmarks.{name}").tables(1, 0.0005):
        assert table.rows and table.title and table.unit
        for row in table.rows:
            assert row.missing or 0 < row.lowest <= row.median <= row.highest
        assert any("OptLab" in row.name or not row.missing for row in table.rows)


@pytest.mark.parametrize("name", ["single_path", "frame", "orbit", "window", "startup"])
def test_tables_from_a_process_of_their_own(name: str) -> None:
    tables = program.measured(name, 1, 0.0005)
    assert all(row.missing or row.median > 0 for table in tables for row in table.rows)
    assert not any("failed" in row.missing for table in tables for row in table.rows), tables


def test_a_file_takes_time_by_the_clock_and_of_the_processor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exports, "_FILES", exports._FILES[:1])
    clock, processor = exports.tables(0, 0.01)
    assert clock.rows[0].name in exports.ALLOWED and clock.rows[0].median > 0
    assert processor.rows[0].median > 0


def test_code_that_may_reorder_leaves_small_numbers_alone() -> None:
    tiny = float.fromhex("0x1p-1074")
    with contextlib.suppress(ImportError):
        compile_c("double half(double x) { return x / 2; }", "-ffast-math")
    assert tiny * 1.0 > 0.0


def test_a_benchmark_that_fails_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    (table,) = program.measured("there_is_none", 1, 1.0)
    assert "there_is_none" in table.rows[0].missing


def test_a_peer_that_is_not_there_is_named() -> None:
    def absent() -> object:
        raise ImportError("No module named 'peer'")

    table = compare("t", "1/s", "ours", [("ours", lambda: int, 1.0), ("peer", absent, 1.0)], 1)  # type: ignore[list-item]
    assert [row.name for row in table.rows] == ["ours", "peer"]
    assert "| peer | missing: No module named 'peer' | | |" in as_text([table])


def test_a_table_in_markdown_and_back_from_data() -> None:
    table = Table("A title", "ms", "b", (Row.of("a", [1, 2, 9]), Row("b", 4.0, 4.0, 4.0)))
    text = as_text([table])
    assert "| a | 2 | 1–9 | 0.5 |" in text
    assert text.startswith("## A title\n\n| | ms | min–max | × b |")
    assert program.from_data(dataclasses.asdict(table)) == table


def test_what_is_expected_without_anything_measured() -> None:
    text = expected.as_text({})
    assert text.count("not measured") == len(expected.EXPECTED)


def test_a_missed_figure_gets_a_sentence() -> None:
    rows = (Row("8 bytes × columns × steps", 1, 1, 1), Row(expected.memory.PEAK, 2, 2, 2))
    table = Table("m", "bytes/step", rows[0].name, rows)
    text = expected.as_text({"memory": [table]})
    assert "| 2 | no, by a factor of 1.82 |" in text
    assert "* memory × 8 bytes × columns × steps: " in text


def test_the_slow_twentieth() -> None:
    assert slow_twentieth(list(range(101))) == 95
    assert slow_twentieth([7.0]) == 7.0


def test_both_files_are_written(tmp_path: Path) -> None:
    table = Table("A title", "ms", "a", (Row.of("a", [1.0]),))
    program.write(tmp_path, {"grid": [table]})
    assert "Python" in (tmp_path / "benchmarks.md").read_text("utf-8")
    assert '"A title"' in (tmp_path / "benchmarks.json").read_text("utf-8")
