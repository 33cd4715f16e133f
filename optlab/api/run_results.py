"""The results of an experiment: numbers as arrays and tables, pictures, files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from optlab.api.arguments import (
    UnknownNameError,
    UnknownPlaceError,
    comparable,
    dots_of,
    items,
    locked,
    number,
    shown,
    size_of,
    text,
    truth,
    whole,
)
from optlab.api.arguments import path as file_path
from optlab.core.analysis.worksheet import worksheet, worksheet_latex, worksheet_text
from optlab.core.export import csv_header
from optlab.core.formula.emit import Array
from optlab.core.parameters import SettingError
from optlab.core.problems import FunctionProblem, Problem
from optlab.core.problems.weight_names import weight_index
from optlab.core.run import Outcome, Trajectory
from optlab.files.encoding import decode_experiment, encode_experiment
from optlab.files.run_files import export_csv, export_npz
from optlab.session.comparison import COLUMNS, study_comparison
from optlab.session.experiment import Experiment
from optlab.session.resolve import resolve_strictly
from optlab.session.study import Study, StudyRun

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from optlab.figures.layout import Size


@dataclass(frozen=True, eq=False)
class RunResult(StudyRun):
    """One run: ``result["m1"]`` is a column as a float64 array of shape (steps + 1,).

    ``spec`` has all its settings; None for numbers that were recorded elsewhere.

    Columns are those of the CSV file.  Row t holds w(t) and E(w(t)); gradient, η, memory and
    update of row t are those of update t, so what only an update has is nan in row 0.  Arrays
    are read-only; results pickle and copy.
    """

    document: Experiment

    def __reduce__(self) -> tuple[Callable[..., RunResult], tuple[object, ...]]:
        """The experiment and the numbers; settings are found anew from the experiment."""
        given = None if self.spec is None else _function(self.spec.problem)
        file = encode_experiment(self.document)
        return _run_again, (file, self.run.id, self.trajectory, given)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns, ``t`` first."""
        return csv_header(self.trajectory)

    @property
    def outcome(self) -> Outcome:
        """How it ended: ``kind``, ``step``, and a ``sentence``."""
        return self.trajectory.outcome

    @property
    def steps(self) -> int:
        """Updates done."""
        return self.trajectory.steps

    @property
    def w(self) -> Array:
        """The path, shape (steps + 1, number of weights)."""
        return self.trajectory.weights

    @property
    def loss(self) -> Array:
        """The loss at each point of the path, shape (steps + 1,)."""
        return self.trajectory.loss

    def __getitem__(self, column: str) -> Array:
        """A column by name. Raises UnknownNameError with the names that there are."""
        if column not in self.columns:
            known = ", ".join(self.columns)
            raise UnknownNameError(f"{shown(column)} is not recorded; known are {known}")
        return self.trajectory[column]

    def to_dict(self) -> dict[str, npt.NDArray[Any]]:
        """All columns by name; ``t`` counts in whole numbers."""
        columns: dict[str, npt.NDArray[Any]] = {name: self[name] for name in self.columns}
        columns["t"] = locked(self.trajectory.counts.copy())
        return columns

    def to_frame(self) -> Any:
        """All columns as a pandas DataFrame. Raises ImportError where pandas is not installed."""
        import pandas as pd

        return pd.DataFrame(self.to_dict())

    def worksheet(
        self, step: int, *, weight: str = "", latex: bool = False, full: bool = False
    ) -> str:
        """Update number ``step`` taken apart: each equation, its numbers, its result.

        ``weight`` is the only one to show, such as ``"w17"`` or, of a network, ``"W1[3,2]"``;
        ``full`` writes all digits.  Raises ValueError for a step that was not taken, and for a
        weight that is not there.
        """
        step = whole("step", step, 1, self.steps)
        if self.spec is None:
            raise ValueError(f"{self.name} was recorded: there are no equations to take apart")
        if self.trajectory.times is not None:
            raise ValueError(f"{self.name} recorded too few updates to take one apart")
        index = weight_index(self.spec.problem, text("weight", weight)) if weight else None
        sheet = worksheet(self.spec, self.trajectory, step, self.name, index)
        return worksheet_latex(sheet, full=full) if latex else worksheet_text(sheet, full=full)

    def __repr__(self) -> str:
        return f"<{self.name}: {self.outcome.sentence}, loss {self.trajectory.final_loss:.6g}>"


@dataclass(frozen=True, eq=False)
class Result(Mapping[str, RunResult]):
    """All runs of an experiment by name, in the order of the experiment."""

    study: Study
    _runs: dict[str, RunResult] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        runs: dict[str, RunResult] = {}
        for each in self.study.runs:
            one = RunResult(each.run, each.spec, each.trajectory, self.document)
            name = one.name if one.name not in runs else f"{one.name} ({one.run.id})"
            runs[name] = one
        object.__setattr__(self, "_runs", runs)

    @property
    def document(self) -> Experiment:
        """The experiment."""
        return self.study.experiment

    def __reduce__(self) -> tuple[Callable[..., Result], tuple[object, ...]]:
        """The experiment and the numbers; settings are found anew from the experiment."""
        given, trajectories = _function(self.study.resolved.problem), dict(self.study.trajectories)
        return _result_again, (encode_experiment(self.document), trajectories, given)

    def __getitem__(self, name: str | int) -> RunResult:
        """A run by its name, or by its place counted from 0.

        Raises UnknownNameError or UnknownPlaceError for an unknown name or point.
        """
        if isinstance(name, int | np.integer):
            if not -len(self) <= name < len(self):
                raise UnknownPlaceError(f"there are {len(self)} runs, not {int(name) + 1}")
            return list(self._runs.values())[name]
        if not isinstance(name, str) or name not in self._runs:
            known = ", ".join(self._runs)
            raise UnknownNameError(f"there is no run {shown(name)}; known are {known}")
        return self._runs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._runs)

    def __len__(self) -> int:
        return len(self._runs)

    def __repr__(self) -> str:
        return "\n".join(repr(run) for run in self._runs.values()) or "<no runs>"

    # -- numbers ---------------------------------------------------------------------------

    def table(self, target: float | None = None) -> list[dict[str, object]]:
        """The runs side by side, a dict for each; ``target`` is the loss that counts as arrived.

        The usual target is where a thousandth of the way from the start to the lowest known
        loss is left.
        """
        goal = None if target is None else comparable("target", target)
        entries = study_comparison(self.study.whole(), goal)
        return [{column.key: column.value(entry) for column in COLUMNS} for entry in entries]

    def to_frame(self) -> Any:
        """All rows of all runs as one pandas DataFrame, with the name of the run in ``run``."""
        import pandas as pd

        frames = [run.to_frame().assign(run=name) for name, run in self._runs.items()]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    def save_csv(self, path: str | Path) -> list[Path]:
        """Writes one CSV file for each run; the paths."""
        return export_csv(self.document, self.study.trajectories, file_path("path", path))

    def save_npz(self, path: str | Path) -> None:
        """Writes all runs into one NumPy archive."""
        export_npz(self.document, self.study.trajectories, file_path("path", path))

    # -- pictures --------------------------------------------------------------------------

    def figure(
        self,
        view: str = "sheet",
        size: Size = "slide",
        *,
        of: str | int = "",
        step: int | None = None,
        panes: Sequence[str] = ("loss",),
        arrows: tuple[int, int] | None = None,
        style: str = "light",
        title: bool = True,
        runs: bool = True,
        span: tuple[int, int] | None = None,
    ) -> Figure:
        """The picture of the experiment: a ``sheet``, or one view of it.

        ``view`` is ``"contour"``, ``"surface"`` (in 3D), ``"worksheet"`` (of update ``step``),
        ``"model"`` (over the data, at a ``step``), ``"layers"`` (the weights of one run), or a
        quantity over the steps: ``"loss"``, ``"eta"``, ``"gradient_norm"``, ..., or what the
        run ``of`` (a name or place, by default the first) records, such as ``"m"``.  ``panes``
        are the quantities beside the map of a sheet; ``arrows`` the first and the last update
        whose arrows the map has.  ``size`` is that of a journal's
        ``column``, of a ``page`` or of a ``slide``; ``style`` is ``light`` or ``dark``, and
        ``title`` and ``runs`` say whether those are written; ``span`` are the first and the last
        step that is shown.  Raises ValueError for what there is not.
        """
        from optlab.figures import PictureOptions, draw_experiment

        run = "" if isinstance(of, str) and not of else self[of].run.id
        view, shape = text("view", view), size_of(size)
        step = None if step is None else whole("step", step, 0)
        beside = items("panes", panes, "several quantities")
        keys = tuple(text("panes", key) for key in beside)
        pair = None if arrows is None else _pair("arrows", arrows, "two updates", 1)
        options = PictureOptions(
            view,
            shape,
            of=run,
            step=step,
            panes=keys,
            arrows=pair,
            style=text("style", style),
            titled=truth("title", title),
            listed=truth("runs", runs),
            span=None if span is None else _pair("span", span, "two steps", 0),
        )
        return draw_experiment(self.study.whole(), options)

    def save_image(
        self,
        path: str | Path,
        view: str = "sheet",
        size: Size = "slide",
        dpi: int = 300,
        outlines: bool = False,
        **choices: Any,
    ) -> None:
        """Writes the picture; the suffix says what kind: .png, .svg or .pdf.

        ``dpi`` is the dots an inch of a PNG; an SVG with ``outlines`` has its letters as shapes;
        the rest as for :meth:`figure`.
        """
        from optlab.figures import picture_bytes
        from optlab.files.temp_files import write_whole

        path, dots = file_path("path", path), dots_of(dpi)
        figure, kind = self.figure(view, size, **choices), path.suffix.lower().lstrip(".")
        shapes = truth("outlines", outlines)
        content = picture_bytes(figure, kind, self.document, dots, shapes)
        write_whole(path, lambda opened: opened.write(content))

    def save_animation(self, path: str | Path, **choices: Any) -> None:
        """Writes the film of the growing paths: .gif, .webp, .png, .apng or .mp4.

        ``choices`` are those of :class:`optlab.figures.Film`: ``view`` and ``size`` as for a
        picture, ``width`` in pixels, ``rate`` (frames a second), ``stride`` (steps a frame) and
        ``hold`` (seconds for which the end stays); ``panes``, ``span``, ``style``, ``title`` and
        ``runs`` are as for :meth:`figure`.
        """
        from optlab.figures import Film, save_experiment_animation

        for name in choices:
            if name not in _FILM:
                raise SettingError(name, f"is no choice of a film; known are {', '.join(_FILM)}")
        checked = {_FIELDS.get(n, n): _FILM[n](n, value) for n, value in choices.items()}
        save_experiment_animation(self.study.whole(), file_path("path", path), Film(**checked))

    def save_report(self, path: str | Path) -> None:
        """Writes the report with pictures, tables, settings and formulas: .html or .pdf."""
        from optlab.report import save_report

        save_report(self.study.whole(), file_path("path", path))

    def save_lecture(self, path: str | Path) -> None:
        """Writes a page (.html) that steps through the runs in a browser, and computes them anew
        while parameters and the start are dragged.

        Raises ValueError for an experiment that such a page cannot show.
        """
        from optlab.lecture import save_lecture

        save_lecture(self.study.whole(), file_path("path", path))

    def _repr_png_(self) -> bytes:
        """What a notebook shows."""
        from optlab.figures import picture_bytes

        return picture_bytes(self.figure(), "png", self.document, dpi=80)


def _function(problem: Problem) -> FunctionProblem | None:
    """The problem where no file can hold it."""
    return problem if isinstance(problem, FunctionProblem) else None


def _result_again(
    file: bytes, trajectories: Mapping[str, Trajectory], given: FunctionProblem | None
) -> Result:
    document = decode_experiment(file)
    return Result(Study(document, resolve_strictly(document, given), trajectories))


def _run_again(
    file: bytes, key: str, trajectory: Trajectory, given: FunctionProblem | None
) -> RunResult:
    document = decode_experiment(file)
    run = next(run for run in document.runs if run.id == key)
    spec = resolve_strictly(document, given).specs.get(key)
    return RunResult(run, spec, trajectory, document)


def _or_none(check: Callable[[str, object], object]) -> Callable[[str, object], object]:
    return lambda name, value: None if value is None else check(name, value)


_FILM: Mapping[str, Callable[[str, object], Any]] = {
    "view": text,
    "size": lambda _name, value: size_of(value),
    "width": whole,
    "rate": _or_none(number),
    "stride": _or_none(whole),
    "hold": number,
    "panes": lambda name, value: tuple(
        text(name, key) for key in items(name, value, "several quantities")
    ),
    "span": lambda name, value: None if value is None else _pair(name, value, "two steps", 0),
    "style": text,
    "title": truth,
    "runs": truth,
}
_FIELDS = {"title": "titled", "runs": "listed"}
"""The choices that have another name in :class:`optlab.figures.Film`."""


def _pair(name: str, given: object, what: str, least: int) -> tuple[int, int]:
    """The first and the last of some steps. Raises ValueError."""
    found = [whole(name, part, least) for part in items(name, given, what)]
    if len(found) != 2:
        raise SettingError(name, f"must be {what}, the first and the last, not {given!r}")
    return found[0], found[1]
