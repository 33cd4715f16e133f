"""Exports from the window: asked for here, made in a worker, written whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from optlab.core.analysis.quantities import available
from optlab.core.export import ExportCancelledError
from optlab.files.run_files import export_csv, export_npz, file_stem
from optlab.files.temp_files import FileProblemError
from optlab.pictures.training import no_model
from optlab.session.experiment import changed
from optlab.session.jobs import JobControl, JobQueue, Pool, Work
from optlab.session.maps.map_request import SweepRequest
from optlab.session.session import Session
from optlab.session.study import Study
from optlab.session.view import View, looking
from optlab.ui.controllers.maps.maps import MapController
from optlab.ui.controllers.maps.measures import MeasuresController
from optlab.ui.controllers.status import Say
from optlab.ui.dialogs.file_dialogs import ask_file_name, suffix_of
from optlab.ui.menus.clipboard import MOST_ROWS, picture_of

if TYPE_CHECKING:
    from optlab.api import MapResult
    from optlab.figures import Film, PictureOptions
    from optlab.ui.dialogs.picture_dialog import Asked, Entry


EXPORT = "export"
"""The channel of work."""
_FILMS = "GIF (*.gif);;WebP (*.webp);;APNG (*.apng);;MP4 (*.mp4)"
_PICTURES = "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)"
_MAPS = f"{_PICTURES};;CSV (*.csv);;NumPy (*.npz);;Summary (*.json)"

Follow = Callable[[JobControl | None, str], None]


class Exporter:
    """Asks where to and has it done.

    ``say`` tells a person what became of it; ``follow`` gets the control of what is being
    written and words for it, and None when that has ended.
    """

    def __init__(self, session: Session, pool: Pool, say: Say, follow: Follow) -> None:
        self._session = session
        self._say = say
        self._follow = follow
        self._asked: Asked | None = None
        self._desk = JobQueue(pool, self._failed)

    def cancel(self) -> None:
        """Stops what is being written; no part of a file is left."""
        self._desk.cancel(EXPORT)

    # -- asking ----------------------------------------------------------------------------

    def ask_csv(self, parent: QWidget) -> None:
        """Asks for a file name and writes the numbers of all runs."""
        self._ask(parent, "Export numbers", "CSV (*.csv);;NumPy (*.npz)", self.csv)

    def ask_image(self, parent: QWidget, panes: Sequence[str] = ()) -> None:
        """Asks what to draw and for a file name; ``panes`` are the curves of the window."""
        asked = self._ask_picture(parent, moving=False)
        if asked is not None:
            options = self._chosen(asked, panes)
            draw = partial(self.image, options=options, view=self._view(asked))
            self._ask(parent, "Export image", _PICTURES, draw, asked.options.view)

    def ask_animation(self, parent: QWidget, panes: Sequence[str] = ()) -> None:
        """Asks how the film shall run and for a file name; ``panes`` as for :meth:`ask_image`."""
        asked = self._ask_picture(parent, moving=True)
        if asked is not None:
            options = self._chosen(asked, panes)
            film = partial(self.animation, film=options, view=self._view(asked))
            self._ask(parent, "Export animation", _FILMS, film, asked.options.view)

    def _chosen(self, asked: Asked, panes: Sequence[str]) -> Film:
        """What was chosen, of runs that there are, with the curves of the window."""
        options = asked.options
        if asked.all_panes and panes:
            options = replace(options, panes=tuple(panes))
        return options if options.of in self._session.trajectories else replace(options, of="")

    def _ask_picture(self, parent: QWidget, *, moving: bool) -> Asked | None:
        """What a person chooses; None where nothing."""
        from optlab.figures import Film
        from optlab.ui.dialogs.picture_dialog import Asked, PictureDialog

        session = self._session
        run, last = session.selected, session.playback.last
        at = min(max(session.playback.step, 1), max(last, 1))
        asked = self._asked or Asked(Film())
        before = replace(
            asked,
            height_limit=session.view.height_limit,
            options=replace(asked.options, of=run or "", step=at),
        )
        views = picture_views(session, moving=moving)
        runs = [(each.id, each.name or each.optimizer, "") for each in session.document.runs]
        dialog = PictureDialog(
            views, runs or [("", "–", "")], before, last, moving=moving, parent=parent
        )
        try:
            if not dialog.exec():
                return None
            self._asked = dialog.asked()
        finally:
            dialog.deleteLater()
        return self._asked

    def ask_report(self, parent: QWidget) -> None:
        """Asks for a file name and writes a page about the experiment."""
        self._ask(parent, "Export report", "HTML (*.html);;PDF (*.pdf)", self.report)

    def ask_lecture(self, parent: QWidget) -> None:
        """Asks for a file name and writes a page that computes the experiment in a browser."""
        self._ask(parent, "Export lecture page", "HTML (*.html)", self.lecture, "lecture")

    def ask_map(self, parent: QWidget, result: MapResult) -> None:
        """Asks for a file name and writes a map."""
        name = "map" if isinstance(result.work.request, SweepRequest) else "basins"
        self._ask(parent, "Export map", _MAPS, partial(self.map, result), name)

    def ask_measures(self, parent: QWidget, measures: MeasuresController) -> None:
        """Asks for a file name and writes the maps of update measures."""
        made, document = measures.picture(), self._session.document

        def export(path: Path) -> None:
            def work(_control: JobControl) -> list[Path]:
                from optlab.figures.measures_figure import save_measures_figure

                save_measures_figure(*made, document, path)
                return [path]

            self.do(path, work)

        self._ask(parent, "Export map", _PICTURES, export, "measures")

    def _ask(
        self,
        parent: QWidget,
        title: str,
        kinds: str,
        export: Callable[[Path], None],
        part: str = "",
    ) -> None:
        """Proposes a name from the title of the experiment and the ``part`` that is written."""
        proposed = file_stem(f"{self._session.study.title} {part.replace('sheet', '')}")
        path = ask_file_name(parent, title, f"{proposed}{suffix_of(kinds)}", kinds)
        if path is not None:
            export(path)

    # -- doing -----------------------------------------------------------------------------

    def csv(self, path: Path) -> None:
        """Writes the numbers of all runs: one CSV for each, or one ``.npz``."""
        study = self._session.study
        export = export_npz if path.suffix.lower() == ".npz" else export_csv
        self.do(path, lambda control: export(study.experiment, study.trajectories, path, control))

    def image(
        self, path: Path, options: PictureOptions | None = None, view: View | None = None
    ) -> None:
        """Draws the experiment, in its view or another, as the kind of file the suffix names."""
        study = self._study(view)

        def work(_control: JobControl) -> list[Path]:
            from optlab.figures import save_experiment_figure

            save_experiment_figure(study, path, options)
            return [path]

        self.do(path, work)

    def animation(self, path: Path, film: Film | None = None, view: View | None = None) -> None:
        """Writes the film of the growing paths, in the experiment's view or another."""
        study = self._study(view)

        def work(control: JobControl) -> list[Path]:
            from optlab.figures import save_experiment_animation

            save_experiment_animation(study, path, film, _stoppable(control))
            return [path]

        self.do(path, work)

    def _view(self, asked: Asked) -> View:
        return looking(self._session.view, height_limit=asked.height_limit)

    def _study(self, view: View | None) -> Study:
        study = self._session.study
        if view is None or view == study.experiment.shown:
            return study
        return replace(study, experiment=changed(study.experiment, view=view))

    def report(self, path: Path) -> None:
        """Writes the page of the experiment."""
        study = self._session.study

        def work(control: JobControl) -> list[Path]:
            from optlab.report import save_report

            save_report(study, path, _stoppable(control))
            return [path]

        self.do(path, work)

    def lecture(self, path: Path) -> None:
        """Writes the page that computes the experiment in a browser."""
        study = self._session.study

        def work(_control: JobControl) -> list[Path]:
            from optlab.lecture import save_lecture

            save_lecture(study, path)
            return [path]

        self.do(path, work)

    def map(self, result: MapResult, path: Path) -> None:
        """Writes a map as the kind of file that the suffix names, as ``optlab map`` does."""

        def work(control: JobControl) -> list[Path]:
            result.save(path, _stoppable(control))
            return [path]

        self.do(path, work)

    def do(self, path: Path, work: Work) -> None:
        """Has a file written by ``work``, which gives the paths that were written."""
        self._desk.ask(EXPORT, work, self._written)
        self._follow(self._desk.busy(EXPORT), f"writing {path.name}")

    def _written(self, paths: list[Path]) -> None:
        self._follow(self._desk.busy(EXPORT), "writing")
        self._say(f"written: {', '.join(path.name for path in paths)}", good=True)

    def _failed(self, error: Exception) -> None:
        from optlab.figures.films.video import VideoError

        self._follow(self._desk.busy(EXPORT), "writing")
        if isinstance(error, ExportCancelledError):
            self._say("export cancelled")
        elif isinstance(error, FileProblemError | VideoError | ValueError):
            self._say(str(error))
        else:
            raise error


def picture_views(session: Session, *, moving: bool) -> list[Entry]:
    """What can be drawn of the experiment; ``moving`` leaves out what does not grow."""
    run = session.selected
    entries: list[Entry] = [
        ("sheet", "Sheet", "The map, curves, and the runs with their settings"),
        ("contour", "Map", "The contour map with the paths"),
    ]
    if not moving:
        entries += [
            ("surface", "Surface in 3D", "With the paths on it"),
            ("worksheet", "Worksheet", "One update taken apart"),
        ]
    problem = session.resolved.problem
    if not no_model(problem):
        entries.append(("model", "Model", "What the runs have learned, over the data"))
    if problem.dimension > 2:
        entries.append(("layers", "Weights", "Weights and memory of a run, layer by layer"))
    known = available(
        session.resolved.problem, session.computed.get(run), session.trajectories.get(run)
    )
    entries += [
        (each.key, f"{each.title[:1].upper()}{each.title[1:]}  {each.symbol}", "Over the steps")
        for each in known
        if not moving or each.of_all
    ]
    return entries


def _stoppable(control: JobControl) -> Callable[[int, int], None]:
    """Passes the progress on, and raises ExportCancelledError once it is asked to stop."""

    def progress(done: int, total: int) -> None:
        control.progress(done, total)
        if control.cancelled():
            raise ExportCancelledError

    return progress


class MapExports(QObject):
    """Exports and copies what is on the map pages; ``say`` tells what became of it or why not."""

    def __init__(
        self,
        maps: Sequence[MapController],
        measures: MeasuresController,
        window: QWidget,
        exporter: Exporter,
        say: Say,
    ) -> None:
        super().__init__(window)
        self._maps = tuple(maps)
        self._measures = measures
        self._window = window
        self._exporter = exporter
        self._say = say
        for controller in self._maps:
            controller.page.export_pressed.connect(self.ask)
            controller.page.copy_pressed.connect(self.copy_data)

    @property
    def shown(self) -> MapController | None:
        """The map page that can be seen."""
        return next((one for one in self._maps if one.page.isVisible()), None)

    @property
    def can_export(self) -> bool:
        """Whether a page that can be written as a map is shown."""
        return self.shown is not None or self._measures.is_shown

    def ask(self) -> None:
        """Asks for a file name and writes the map: a picture or its numbers."""
        if self._measures.is_shown:
            self._exporter.ask_measures(self._window, self._measures)
            return
        result = self._result()
        if result is not None:
            self._exporter.ask_map(self._window, result)

    def copy_picture(self) -> bool:
        """Copies map and legend as they are on the screen; False where no map is shown."""
        if self.shown is None:
            return False
        QGuiApplication.clipboard().setImage(picture_of(*self.shown.page.picture()))
        self._say("Picture copied", good=True)
        return True

    def copy_data(self) -> bool:
        """Copies a row for each run, as CSV; False where no map is shown."""
        if self.shown is None:
            return False
        result = self._result()
        if result is None:
            return True
        rows = result.x_axis.count * result.y_axis.count
        if rows > MOST_ROWS:
            self._say(f"{rows:,} rows are too many for the clipboard: export the map as CSV")
        else:
            from optlab.files.map_files import map_csv

            QGuiApplication.clipboard().setText(b"".join(map_csv(result.work)).decode())
            self._say(f"{rows:,} runs copied as CSV", good=True)
        return True

    def _result(self) -> MapResult | None:
        """The map that is shown; says why there is none."""
        if self.shown is None:
            self._say("Show the basins, the parameter map or the measures to export them")
            return None
        result = self.shown.result()
        if result is None:
            self._say("The map is not complete yet: wait for it, or press Compute")
        return result
