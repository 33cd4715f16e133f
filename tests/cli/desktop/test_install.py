"""OptLab in the menu of a desktop, and out of it again."""

import configparser
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import optlab as package
from optlab.cli.commands import install_desktop
from optlab.core.resources import resources_folder
from tests.cli.conftest import Command

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux desktops")
DESKTOP = resources_folder() / "desktop"
NAME = install_desktop.NAME


def test_files_are_written_and_removed(
    optlab: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "share"
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    done = optlab("install-desktop")
    assert (done.status, done.err) == (0, "")
    wanted = {
        f"applications/{NAME}.desktop",
        f"metainfo/{NAME}.metainfo.xml",
        f"mime/packages/{NAME}.xml",
        f"icons/hicolor/scalable/apps/{NAME}.svg",
    }
    assert all((home / name).is_file() for name in wanted)
    assert done.out.count("written /") == len(wanted)
    assert optlab("install-desktop").status == 0  # again is no mistake
    done = optlab("install-desktop", "--remove")
    assert done.status == 0 and not any((home / name).exists() for name in wanted)
    assert optlab("install-desktop", "--remove").out == "nothing was installed\n"


def test_a_home_that_cannot_be_written_is_one_line(
    optlab: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    done = optlab("install-desktop")
    assert done.status == 1 and done.err.count("\n") == 1 and "cannot be written" in done.err


def entry(path: Path) -> configparser.SectionProxy:
    reader = configparser.ConfigParser(interpolation=None)
    reader.optionxform = str  # type: ignore[assignment, method-assign]
    reader.read(path, "utf-8")
    return reader["Desktop Entry"]


def test_the_entry_starts_this_program_from_any_folder(tmp_path: Path) -> None:
    command = ['/opt/my $programs/100%/opt"lab\\']
    install_desktop.install(tmp_path, command)
    shown = entry(tmp_path / "applications" / f"{NAME}.desktop")["Exec"]
    assert shown == '"/opt/my \\\\$programs/100%%/opt\\\\"lab\\\\\\\\" open %f'


def test_entry_metainfo_and_kind_of_file_agree() -> None:
    desktop = entry(DESKTOP / f"{NAME}.desktop")
    metainfo = ElementTree.parse(DESKTOP / f"{NAME}.metainfo.xml").getroot()
    kind = ElementTree.parse(DESKTOP / f"{NAME}.mime.xml").getroot()[0].attrib["type"]
    assert desktop["MimeType"] == f"{kind};"
    assert metainfo.findtext("provides/mediatype") == kind
    assert metainfo.findtext("id") == desktop["Icon"] == NAME
    assert metainfo.findtext("summary") == desktop["Comment"]
    (newest, *_) = metainfo.findall("releases/release")
    assert newest.attrib["version"] == package.__version__


@pytest.mark.parametrize(
    "check",
    [
        ("desktop-file-validate", f"{NAME}.desktop"),
        ("appstreamcli", "validate", "--no-net", f"{NAME}.metainfo.xml"),
        ("xmllint", "--noout", f"{NAME}.metainfo.xml", f"{NAME}.mime.xml"),
    ],
    ids=lambda check: check[0],
)
def test_the_desktop_tools_agree(check: tuple[str, ...]) -> None:
    if shutil.which(check[0]) is None:
        return  # packaging/verify_desktop.sh installs the tools and fails without them
    done = subprocess.run(check, cwd=DESKTOP, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
