"""Object code kept on disk: whatever is wrong with it, the numbers come and are right."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from optlab.core.native import Argument, KernelStore, source_key
from optlab.core.native import store as store_module
from tests.patience import PATIENCE

SOURCE = """
def double(count, values_):
    values = array(values_, (count,))
    for i in range(count):
        values[i] = 2.0 * values[i]
    return count
"""
ARGUMENTS: tuple[Argument, ...] = ("integer", "numbers")

TWICE = """
import sys, numpy
from pathlib import Path
from tests.core.native.test_store import doubled
from optlab.core.native import KernelStore
assert doubled(KernelStore(Path(sys.argv[1]))) == [2.0, 4.0, 6.0]
"""


def doubled(store: KernelStore) -> list[float]:
    values = np.array([1.0, 2.0, 3.0])
    assert store.function(SOURCE, "double", ARGUMENTS)(3, values) == 3
    return values.tolist()


def is_kept(store: KernelStore) -> bool:
    return store.kept(SOURCE, "double", ARGUMENTS) is not None


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The content of a good file; made once, for compiling takes time."""
    folder = tmp_path_factory.mktemp("kernels")
    assert doubled(KernelStore(folder)) == [2.0, 4.0, 6.0]
    (file,) = folder.iterdir()
    return file.read_bytes()


@pytest.fixture
def file(tmp_path: Path, whole: bytes) -> Path:
    folder = tmp_path / "kernels"
    folder.mkdir(mode=0o700)
    path = folder / f"{source_key(SOURCE, 'double', ARGUMENTS)}.kernel"
    path.write_bytes(whole)
    path.chmod(0o600)
    return path


@pytest.fixture
def no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(store_module, "compile_source", refuse)


@pytest.mark.usefixtures("no_compiler")
def test_what_is_kept_is_not_compiled_again(file: Path) -> None:
    assert doubled(KernelStore(file.parent)) == [2.0, 4.0, 6.0]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:20],
        lambda content: content[: len(content) // 2],
        lambda content: content + b"x",
        lambda content: content[:200] + bytes([content[200] ^ 1]) + content[201:],
        lambda content: b"\0" * len(content),
        lambda content: os.urandom(500),
    ],
    ids=["empty", "head", "half", "longer", "one bit", "zeros", "noise"],
)
def test_a_damaged_file_is_made_anew(file: Path, whole: bytes, damage) -> None:
    file.write_bytes(damage(whole))
    store = KernelStore(file.parent)
    assert not is_kept(store)
    assert doubled(store) == [2.0, 4.0, 6.0]
    assert is_kept(store)


def test_a_file_under_another_key_is_not_used(file: Path) -> None:
    other = SOURCE.replace("2.0", "3.0")
    file.rename(file.with_name(f"{source_key(other, 'double', ARGUMENTS)}.kernel"))
    assert KernelStore(file.parent).kept(other, "double", ARGUMENTS) is None


@pytest.mark.parametrize("name", ["get_host_cpu_name", "get_host_cpu_features"])
def test_object_code_for_another_processor_is_not_used(
    file: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from llvmlite import binding

    assert is_kept(KernelStore(file.parent))
    other = binding.FeatureMap({"other": True}) if name.endswith("features") else "other"
    with monkeypatch.context() as patch:
        patch.setattr(binding, name, lambda: other)
        patch.setattr(store_module, "_machine", store_module._machine.__wrapped__)
        assert not is_kept(KernelStore(file.parent))


@pytest.mark.skipif(sys.platform == "win32", reason="has other permissions")
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_not_used(file: Path, mode: int) -> None:
    file.chmod(mode)
    assert not is_kept(KernelStore(file.parent))
    assert doubled(KernelStore(file.parent)) == [2.0, 4.0, 6.0]


@pytest.mark.skipif(sys.platform == "win32", reason="has other permissions")
def test_a_folder_that_others_may_write_is_not_used(file: Path) -> None:
    file.parent.chmod(0o777)
    assert not is_kept(KernelStore(file.parent))
    assert doubled(KernelStore(file.parent)) == [2.0, 4.0, 6.0]


@pytest.mark.skipif(sys.platform == "win32", reason="has other permissions")
def test_a_file_of_somebody_else_is_not_used(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: file.stat().st_uid + 1)
    assert not is_kept(KernelStore(file.parent))
    assert doubled(KernelStore(file.parent)) == [2.0, 4.0, 6.0]


def test_a_folder_that_cannot_be_made_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    store = KernelStore(tmp_path / "file" / "kernels")
    assert doubled(store) == [2.0, 4.0, 6.0] and not is_kept(store)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_is_no_reason_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module.tempfile, "mkstemp", full)
    assert doubled(KernelStore(tmp_path / "kernels")) == [2.0, 4.0, 6.0]


def test_without_a_folder_nothing_is_kept() -> None:
    store = KernelStore(None)
    assert doubled(store) == [2.0, 4.0, 6.0] and not is_kept(store)


def test_the_oldest_files_are_forgotten(
    file: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "_MOST_FILES", 3)
    for age in range(5):
        old = file.with_name(f"old{age}.kernel")
        old.write_bytes(whole)
        os.utime(old, (age, age))
    for name, age in (("killed.part", 0.0), ("written.part", time.time())):
        file.with_name(name).touch()
        os.utime(file.with_name(name), (age, age))
    file.unlink()
    doubled(KernelStore(file.parent))
    names = {path.name for path in file.parent.iterdir()}
    assert names == {file.name, "old4.kernel", "old3.kernel", "written.part"}


def test_two_processes_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "kernels"
    command = [sys.executable, "-c", TWICE, str(folder)]
    pair = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    errors = [process.communicate(timeout=PATIENCE)[1] for process in pair]
    assert [process.returncode for process in pair] == [0, 0], errors
    (file,) = folder.iterdir()
    assert file.suffix == ".kernel" and is_kept(KernelStore(folder))
