"""Exports of studies and comparisons: their charts as pictures, their numbers as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog, QWidget

from optlab.pictures.charts.chart import Chart
from optlab.session.jobs import JobControl
from optlab.ui.controllers.status import Say
from optlab.ui.controllers.tuning.fair_comparison import FairController
from optlab.ui.controllers.tuning.studies import StudyController
from optlab.ui.dialogs.exporting import Exporter
from optlab.ui.dialogs.file_dialogs import ask_file_name
from optlab.ui.style.themes import theme_of

_KINDS = "PNG (*.png);;SVG (*.svg);;PDF (*.pdf);;CSV (*.csv);;JSON (*.json);;Optuna database (*.db)"
_ALL = "All charts"


class TrialExports(QObject):
    """Asks what to write of the page that is shown and where to, and has it written."""

    def __init__(
        self,
        study: StudyController,
        fair: FairController,
        window: QWidget,
        exporter: Exporter,
        say: Say,
    ) -> None:
        super().__init__(window)
        self._study, self._fair = study, fair
        self._window, self._exporter, self._say = window, exporter, say
        for controller in (study, fair):
            controller.page.export_pressed.connect(self.ask)

    def ask(self) -> None:
        """Asks which chart and for a file name; says where there is nothing to write."""
        shown = next((c for c in (self._study, self._fair) if c.page.isVisible()), None)
        if shown is None or not shown.charts():
            self._say("Show a study or a comparison with trials to export it")
            return
        titles = [_ALL, *(chart.title for chart in shown.charts())]
        title, taken = QInputDialog.getItem(
            self._window, "Export tuning", "Picture (numbers are those of all):", titles, 0, False
        )
        name = "study" if shown is self._study else "comparison"
        path = (
            ask_file_name(self._window, "Export tuning", f"{name}.png", _KINDS) if taken else None
        )
        if path is not None:
            self.write(path, None if title == _ALL else titles.index(title) - 1)

    def write(self, path: Path, chart: int | None = None) -> None:
        """Writes a chart, None for all, or the numbers, as the suffix says."""
        shown = self._study if self._study.page.isVisible() else self._fair
        charts = shown.charts() if chart is None else shown.charts()[chart : chart + 1]
        kind = path.suffix.lower()
        if kind in (".csv", ".json", ".db"):
            self._exporter.do(path, self._numbers(path, kind))
        else:
            self._exporter.do(path, _pictures(charts, path, self._window))

    def _numbers(self, path: Path, kind: str) -> Callable[[JobControl], list[Path]]:
        from optlab.files import tuning_files as files
        from optlab.files.temp_files import write_whole

        study, fair = self._study.work, self._fair.work
        if self._study.page.isVisible():
            assert study is not None and study.found is not None
            run = self._study.session.document.run(self._study.run_id)
            found = [(run.title if run else study.spec.rule.name, study.found)]
            content = files.trials_csv(found)
            summary = files.trials_summary(found, study.plan.measure)
        else:
            result = None if fair is None else fair.result()
            assert result is not None
            content, summary = files.comparison_csv(result), files.comparison_summary(result)
            rules = {rule.key: rule.name for rule in result.plan.rules}
            found = [
                (f"{one.problem}: {rules[one.rule]}, {one.tuning}", one.search)
                for one in result.entries
                if one.search is not None
            ]

        def work(_control: JobControl) -> list[Path]:
            if kind == ".csv":
                write_whole(path, lambda file: file.write(content))
            elif kind == ".db":
                files.write_sqlite(path, found)
            else:
                files.write_json(path, summary)
            return [path]

        return work


def _pictures(
    charts: tuple[Chart, ...], path: Path, window: QWidget
) -> Callable[[JobControl], list[Path]]:
    theme = theme_of(window)

    def work(_control: JobControl) -> list[Path]:
        from optlab.figures.charts_figure import save_charts

        save_charts(charts, path, theme)
        return [path]

    return work
