"""Exports from the window: asked for here, made in a worker, written whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from optlab.session.export import export_csv
from optlab.session.files import FileProblemError
from optlab.session.jobs import Control, Desk, Pool
from optlab.session.session import Session

EXPORT = "export"
"""The channel of work."""


class Exporter:
    """Asks where to and has it done; ``say`` tells a person what became of it."""

    def __init__(self, session: Session, pool: Pool, say: Callable[[str], None]) -> None:
        self._session = session
        self._say = say
        self._desk = Desk(pool, self._failed)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, FileProblemError):
            raise error
        self._say(str(error))

    def ask_csv(self, parent: QWidget) -> None:
        """Asks for a file name and writes the numbers of all runs."""
        name, _ = QFileDialog.getSaveFileName(parent, "Export CSV", "runs.csv", "CSV (*.csv)")
        if name:
            self.csv(_with_suffix(name, ".csv"))

    def ask_image(self, parent: QWidget) -> None:
        """Asks for a file name and draws the experiment."""
        kinds = "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)"
        name, kind = QFileDialog.getSaveFileName(parent, "Export image", "runs.png", kinds)
        if name:
            self.image(_with_suffix(name, f".{kind.partition(' ')[0].lower()}"))

    def csv(self, path: Path) -> None:
        """Writes the numbers of all runs."""
        document, trajectories = self._session.document, dict(self._session.trajectories)

        def work(control: Control) -> list[Path]:
            return export_csv(document, trajectories, path, control)

        self._desk.ask(EXPORT, work, self._written)

    def image(self, path: Path) -> None:
        """Draws the experiment as a file of the kind that the suffix names."""
        document, resolved = self._session.document, self._session.resolved
        trajectories = dict(self._session.trajectories)

        def work(_control: Control) -> list[Path]:
            from optlab.figures import save_experiment_figure

            save_experiment_figure(resolved, document, trajectories, path)
            return [path]

        self._desk.ask(EXPORT, work, self._written)

    def _written(self, paths: list[Path]) -> None:
        self._say(f"written: {', '.join(path.name for path in paths)}")


def _with_suffix(name: str, suffix: str) -> Path:
    path = Path(name)
    return path if path.suffix else path.with_suffix(suffix)
