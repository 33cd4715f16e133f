"""Takes the pictures of the user guide from the real window, in both themes.

``python docs/pictures.py [FOLDER]`` writes them into docs/images, or into another folder.  The
window is drawn in memory; settings and recovery copies of the person are not touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
_home = tempfile.TemporaryDirectory(prefix="optlab-pictures-", ignore_cleanup_errors=True)
for _name in ("CONFIG", "CACHE", "DATA", "STATE"):
    os.environ[f"XDG_{_name}_HOME"] = os.path.join(_home.name, _name.lower())

from PySide6.QtCore import QSettings, Qt  # noqa: E402  (the environment has to be there first)
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QWidget  # noqa: E402

import optlab  # noqa: E402
from optlab.files.experiment_files import (  # noqa: E402
    DEFAULT_EXPERIMENT,
    load_experiment,
    shipped_experiment,
)
from optlab.ui.dialogs.file_dialogs import Answer  # noqa: E402
from optlab.ui.shell.app import Laboratory, make_application  # noqa: E402
from optlab.ui.style.typesetting import is_cold  # noqa: E402

SIZE = (1440, 900)
THEMES = ("light", "dark")
_PATIENCE = 60.0


@dataclass(frozen=True)
class Shot:
    """A picture: its ``name``, the experiment, the step that is shown (None: the last), which
    layout of the centre and page of the details (so many pixels high), and which part of the
    window."""

    name: str
    experiment: str = DEFAULT_EXPERIMENT
    step: int | None = None
    layout: str = "Contour"
    details: str = "Worksheet"
    details_height: int = 216
    part: Callable[[Laboratory], QWidget] = lambda laboratory: laboratory.window


SHOTS = (
    Shot("window", step=60),
    Shot("space", step=60, layout="3D"),
    Shot(
        "worksheet", step=60, details_height=224, part=lambda laboratory: laboratory.window.docks[2]
    ),
    Shot("training", "network_on_moons", step=320, layout="Training", details="Data"),
    Shot("overshoot", "momentum_overshoots", details="Story"),
    Shot("basins", step=60, layout="Basins", part=lambda laboratory: laboratory.window.view_tabs),
    Shot(
        "parameters",
        "rosenbrock_three_rules",
        layout="Parameter map",
        part=lambda laboratory: laboratory.window.view_tabs,
    ),
)


def take(laboratory: Laboratory, shot: Shot, theme: str, folder: Path) -> Path:
    """Brings the window into the state of a shot and writes it; the file."""
    session = laboratory.session
    laboratory.commands.documents.open_shipped(shot.experiment)
    session.select(session.document.runs[0].id)
    laboratory.set_theme(theme)
    laboratory.window.view_tabs.show_layout(shot.layout)
    laboratory.window.bottom_tabs.show_page(shot.details)
    laboratory.window.contour.setFocus()
    details = laboratory.window.docks[2]
    laboratory.window.resizeDocks([details], [shot.details_height], Qt.Orientation.Vertical)
    _until(lambda: session.work is None and session.trajectories.keys() == _runs(laboratory))
    session.seek(session.playback.last if shot.step is None else shot.step)
    _until(lambda: session.picture is not None and _mapped(laboratory))
    QTest.qWait(2000)  # the picture of the surface, typeset formulas, panes
    path = folder / f"{shot.name}-{theme}.png"
    if not shot.part(laboratory).grab().save(str(path)):
        raise OSError(f"{path} cannot be written")
    return path


def _runs(laboratory: Laboratory) -> set[str]:
    return set(laboratory.session.resolved.specs)


def _mapped(laboratory: Laboratory) -> bool:
    """Whether no map can be seen that is still being computed."""
    shown = (one for one in laboratory.maps if one.page.isVisible())
    return all(one.result() is not None for one in shown)


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the window did not finish computing")
        QTest.qWait(10)


def take_lecture(folder: Path) -> Path:
    """Writes what a browser shows of a lecture page; the file."""
    programs = filter(None, map(shutil.which, ("chromium-headless-shell", "chromium")))
    page, path = Path(_home.name, "lecture.html"), folder / "lecture-dark.png"
    optlab.load(DEFAULT_EXPERIMENT).run().save_lecture(page)
    dark = "--blink-settings=preferredColorScheme=0"
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,800", dark)
    command = [next(programs), *flags, f"--screenshot={path}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True)
    return path


def main(folder: Path) -> int:
    """Takes all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    application = make_application(sys.argv[:1])
    settings = QSettings(os.path.join(_home.name, "settings.ini"), QSettings.Format.IniFormat)
    document = load_experiment(shipped_experiment(DEFAULT_EXPERIMENT))
    laboratory = Laboratory(document, settings)
    # Nobody is there to answer; nothing is changed either.
    laboratory.commands.documents.ask = lambda _parent, _title: Answer.DISCARD
    laboratory.start()
    laboratory.window.resize(*SIZE)
    laboratory.window.arrange()
    _until(lambda: not is_cold())
    for theme in THEMES:
        for shot in SHOTS:
            sys.stdout.write(f"{take(laboratory, shot, theme, folder)}\n")
    sys.stdout.write(f"{take_lecture(folder)}\n")
    laboratory.window.close()
    laboratory.bridge.close(seconds=20)
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "images"))
