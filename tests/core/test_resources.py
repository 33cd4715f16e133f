from pathlib import Path

import pytest

from optlab.core.resources import _find, resources_folder


def test_the_shipped_data_is_found() -> None:
    assert resources_folder().is_dir()
    assert resources_folder().name == "resources"


def test_an_installed_package_uses_its_own_data(tmp_path: Path) -> None:
    package = tmp_path / "optlab"
    (package / "resources").mkdir(parents=True)
    (tmp_path / "resources").mkdir()
    assert _find(package) == package / "resources"


def test_a_checkout_uses_the_folder_beside_the_package(tmp_path: Path) -> None:
    (tmp_path / "optlab").mkdir()
    (tmp_path / "resources").mkdir()
    assert _find(tmp_path / "optlab") == tmp_path / "resources"


def test_missing_data_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="data files are missing"):
        _find(tmp_path / "optlab")
