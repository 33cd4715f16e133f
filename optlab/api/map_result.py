"""Maps of many runs: numbers as arrays and tables, pictures, files."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import numpy.typing as npt

from optlab.api.arguments import (
    UnknownNameError,
    UnknownPlaceError,
    dots_of,
    function,
    locked,
    shown,
    size_of,
    text,
    whole,
)
from optlab.api.arguments import path as file_path
from optlab.api.map_arguments import check_measure
from optlab.core.export import write_arrays
from optlab.core.formula.emit import Array
from optlab.core.maps import Attractor, Axis, BasinPicture, StartPlane, cell_spec
from optlab.core.run import RunSpec
from optlab.core.run.outcome import OUTCOMES
from optlab.files.encoding import decode_experiment, encode_experiment
from optlab.files.map_files import Summary, map_arrays, map_csv, map_lines, map_summary, map_table
from optlab.files.temp_files import write_whole
from optlab.session.cluster.executor import Cluster, ClusterError, Machines, ThisMachine
from optlab.session.experiment import Experiment, Run
from optlab.session.jobs import JobControl
from optlab.session.kernel_cache import kernel_store
from optlab.session.maps.map_compute import MapBuffer
from optlab.session.maps.map_request import (
    BasinRequest,
    MapWork,
    Request,
    basin_request,
    sweep_request,
)
from optlab.session.resolve import resolve_strictly

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from optlab.figures.layout import Size

Progress = Callable[[int, int], None]
"""Called with the steps done and the total."""
SUFFIXES = (".png", ".svg", ".pdf", ".csv", ".npz", ".json")
"""The kinds of files that a map can be."""


class ProgressCallback(JobControl):
    """Passes the progress on to a function."""

    def __init__(self, progress: Progress | None) -> None:
        super().__init__()
        function("progress", progress)
        self._tell = progress

    def progress(self, done: int, total: int) -> None:
        """See :class:`JobControl`."""
        super().progress(done, total)
        if self._tell is not None:
            self._tell(done, total)


@contextmanager
def machines(cluster: str | Machines | None) -> Iterator[Machines]:
    """What computes: a cluster, connected to by its address for as long as needed, or this machine.

    Raises ValueError where it cannot be used; warns where it was lost on the way.
    """
    used = ThisMachine() if cluster is None else cluster
    if isinstance(used, str):
        used = Cluster(used)
    elif not isinstance(used, Cluster | ThisMachine):
        raise ClusterError(f"cluster: must be an address or an optlab.Cluster, not {shown(used)}")
    try:
        yield used
    finally:
        if isinstance(cluster, str) and isinstance(used, Cluster):
            used.close()
    if used.lost:
        warnings.warn(f"{used.lost}; the rest is missing", RuntimeWarning, stacklevel=4)


def computed_map(
    document: Experiment,
    run: Run,
    request: Request,
    measure: str,
    progress: Progress | None,
    cluster: str | Machines | None,
) -> MapResult:
    """A map of a run, computed now."""
    control = ProgressCallback(progress)
    with machines(cluster) as used:
        executor = used.on(document, run.id)
        work = MapWork(request, kernel_store(), measure, executor=executor)
        return MapResult(work(control), document, run)


@dataclass(frozen=True, eq=False)
class MapResult:
    """A complete map: ``map["loss"]`` is a float64 array of shape (rows, columns).

    Row i, column j is the run with ``y[i]`` and ``x[j]``, to the bit what that run alone gives.
    Arrays are read-only; maps pickle and copy.
    ``document`` is the experiment and ``run`` the one that was mapped.
    """

    work: MapWork
    document: Experiment
    run: Run

    def __reduce__(self) -> tuple[Callable[..., MapResult], tuple[object, ...]]:
        """The experiment and the numbers; settings are found anew from the experiment."""
        request = self.work.request
        if isinstance(request, BasinRequest):
            asked: tuple[object, ...] = (
                request.window,
                request.resolution,
                request.spec.stop_gradient,
                request.starts,
            )
        else:
            asked = request.columns, request.rows, request.target, request.starts
        file = encode_experiment(self.document)
        parts = file, self.run.id, asked, self.work.measure, self.work.buffer
        return _map_again, parts

    # -- numbers ---------------------------------------------------------------------------

    @property
    def x_axis(self) -> Axis:
        """The side from left to right: ``name``, ``low``, ``high``, ``count`` and ``scale``."""
        return self.work.request.columns

    @property
    def y_axis(self) -> Axis:
        """The side from bottom to top."""
        return self.work.request.rows

    @property
    def x(self) -> Array:
        """The values along the columns, shape (columns,)."""
        return locked(self.x_axis.values())

    @property
    def y(self) -> Array:
        """The values along the rows, shape (rows,)."""
        return locked(self.y_axis.values())

    @property
    def outcome(self) -> npt.NDArray[np.str_]:
        """How each run ended: finished, converged, diverged or left_domain; (rows, columns)."""
        words: npt.NDArray[np.str_] = np.array(OUTCOMES)[self["outcome"]]
        return locked(words)

    @property
    def places(self) -> tuple[Attractor, ...]:
        """Where the runs of a basin map end: ``at``, ``share`` of the starts, whether it is a
        ``known`` minimum, and the median ``steps``; none for a map of two settings."""
        picture = self.work.picture
        return picture.places if isinstance(picture, BasinPicture) else ()

    @property
    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """All arrays by name, as in the NPZ file.

        Both kinds of map have ``x y outcome steps loss w``; basins have ``attractors`` and
        ``labels`` (an index into them, -1 for runs under way, -2 for lost runs), a map of two
        settings has ``steps_to_target`` (inf for never) and ``path_length``.
        """
        return {name: locked(array) for name, array in map_arrays(self.work).items()}

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """An array by name. Raises UnknownNameError with the names that there are."""
        arrays = self.arrays
        if not isinstance(name, str) or name not in arrays:
            known = ", ".join(arrays)
            raise UnknownNameError(f"{shown(name)} is not in this map; known are {known}")
        return arrays[name]

    def spec(self, row: int, column: int) -> RunSpec:
        """Everything that decides the numbers of one cell's run.

        Raises UnknownPlaceError for a cell that there is not.
        """
        row, column = whole("row", row), whole("column", column)
        rows, columns = self.work.buffer.shape
        if not (0 <= row < rows and 0 <= column < columns):
            raise UnknownPlaceError(f"there are {rows} rows and {columns} columns")
        assert self.work.cells is not None
        return cell_spec(self.work.cells, row * columns + column)

    @property
    def summary(self) -> Summary:
        """What the map says, with the settings it was made from, as in the JSON file."""
        return map_summary(self.work, self.document, self.run)

    def to_dict(self) -> dict[str, npt.NDArray[Any]]:
        """The columns of the CSV file, an entry for each run."""
        return {name: locked(column) for name, column in map_table(self.work).items()}

    def to_frame(self) -> Any:
        """A pandas DataFrame, a row for each run. Raises ImportError without pandas."""
        import pandas as pd

        return pd.DataFrame(self.to_dict())

    def __repr__(self) -> str:
        return "\n".join(map_lines(self.work))

    # -- pictures --------------------------------------------------------------------------

    def figure(self, measure: str = "", size: Size = "slide") -> Figure:
        """The picture; of a map of two settings, that of a ``measure``: ``loss``, ``steps`` to
        the target, ``outcome`` or path ``length``.  ``size`` as in :meth:`save_image`."""
        from optlab.figures.map_figure import draw_map

        return draw_map(self._measured(measure), self.run, size_of(size))

    def _measured(self, measure: str) -> MapWork:
        """The map as it is drawn for a measure; this one stays as it is."""
        if text("measure", measure) in ("", self.work.measure):
            return self.work
        check_measure(measure)
        drawn = copy(self.work)
        drawn.measure = measure
        drawn.draw()
        return drawn

    def _repr_png_(self) -> bytes:
        """What a notebook shows."""
        from optlab.figures.save import picture_bytes

        return picture_bytes(self.figure(), "png", self.document, dpi=80)

    # -- files -----------------------------------------------------------------------------

    def save(self, path: str | Path, progress: Progress | None = None) -> None:
        """Writes the file that the suffix names, one of :data:`SUFFIXES`."""
        path = file_path("path", path)
        write: Mapping[str, Callable[[], None]] = {
            ".csv": lambda: self.save_csv(path, progress),
            ".npz": lambda: self.save_npz(path),
            ".json": lambda: self.save_json(path),
        }
        write.get(path.suffix.lower(), lambda: self.save_image(path))()

    def save_csv(self, path: str | Path, progress: Progress | None = None) -> None:
        """Writes a row for each run."""
        rows = map_csv(self.work, ProgressCallback(progress))
        write_whole(file_path("path", path), lambda opened: opened.writelines(rows))

    def save_npz(self, path: str | Path) -> None:
        """Writes the arrays and the summary as a NumPy archive."""
        arrays, summary = map_arrays(self.work), self.summary
        write_whole(file_path("path", path), lambda opened: write_arrays(opened, arrays, summary))

    def save_json(self, path: str | Path) -> None:
        """Writes the summary."""
        content = msgspec.json.format(msgspec.json.encode(self.summary), indent=2) + b"\n"
        write_whole(file_path("path", path), lambda opened: opened.write(content))

    def save_image(
        self, path: str | Path, measure: str = "", dpi: int = 300, size: Size = "slide"
    ) -> None:
        """Writes the picture; the suffix says what kind: .png, .svg or .pdf.

        ``size`` is that of a journal's ``column``, of a ``page`` or of a ``slide``.
        """
        from optlab.figures.map_figure import save_map_figure

        work, dots, shape = self._measured(measure), dots_of(dpi), size_of(size)
        save_map_figure(work, self.document, self.run, file_path("path", path), dots, shape)


def _map_again(
    file: bytes,
    key: str,
    asked: tuple[Any, Any, float, StartPlane | None],
    measure: str,
    buffer: MapBuffer,
) -> MapResult:
    document = decode_experiment(file)
    run = next(run for run in document.runs if run.id == key)
    spec = resolve_strictly(document).specs[key]
    is_sweep = isinstance(asked[0], Axis)
    request = sweep_request(spec, *asked) if is_sweep else basin_request(spec, *asked)
    return MapResult(MapWork.complete_one(request, measure, buffer), document, run)
