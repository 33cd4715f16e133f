"""What holds for every test: no window pops up, no file of the person is touched, no skip hides."""

import os
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

# Before anything imports Qt: widgets are drawn in memory. Tests marked `screen` start the program
# as its own process with QT_QPA_PLATFORM=xcb instead.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Settings, recovery copies and compiled kernels of the person who runs the tests stay untouched.
_home = tempfile.TemporaryDirectory(prefix="optlab-tests-", ignore_cleanup_errors=True)
for _name in ("CONFIG", "CACHE", "DATA", "STATE"):
    _folder = Path(_home.name, _name.lower())
    _folder.mkdir()
    os.environ[f"XDG_{_name}_HOME"] = str(_folder)

# Programs that tests start find this tree too, installed or not, wherever they are started.
_ROOT = str(Path(__file__).resolve().parents[1])
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (_ROOT, os.environ.get("PYTHONPATH"))))

# The same examples in every run, on any machine, however slow it is at the moment.
settings.register_profile("optlab", derandomize=True, deadline=None, database=None)
settings.load_profile("optlab")


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where CI is set: there, everything must be able to run."""
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: skipped, which is a failure where CI is set ({reason})"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_skipped(report)
    return report


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("screen") and not os.environ.get("DISPLAY"):
        pytest.skip("needs an X display: run it with make test")
