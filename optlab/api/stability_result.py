"""The stability map of a rule: its numbers, its picture and its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from optlab.api.arguments import dots_of, size_of
from optlab.api.arguments import path as file_path
from optlab.core.analysis.stability_map import StabilityMap
from optlab.core.export import write_arrays
from optlab.core.formula.emit import Array
from optlab.files.temp_files import write_whole
from optlab.session.experiment import Experiment

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from optlab.figures.layout import Size


@dataclass(frozen=True)
class StabilityResult:
    """``map`` has the spectral radius over ηλ and a parameter; ``title`` is the rule's
    name, ``document`` the experiment of its run."""

    map: StabilityMap
    title: str
    document: Experiment

    @property
    def summary(self) -> dict[str, Any]:
        """What is varied, what is held, and the limit of each row; null where there is none."""
        found = self.map
        limits = [None if np.isnan(value) else float(value) for value in found.limit]
        return {
            "rule": self.title,
            "x": "eta*lambda",
            "y": found.parameter.name,
            "held": list(found.held),
            "values": found.y.tolist(),
            "limit": limits,
            "theory": None if found.theory is None else found.theory.name,
            "theory_formula": None if found.theory is None else found.theory.formula,
        }

    def __repr__(self) -> str:
        found, known = self.map, self.map.limit[np.isfinite(self.map.limit)]
        held = f", {', '.join(found.held)} held at 1" if found.held else ""
        spread = f"from {known.min():.4g} to {known.max():.4g}" if len(known) else "none here"
        theory = f"; theory {found.theory.formula}, {found.theory.name}" if found.theory else ""
        symbol = found.parameter.symbol
        return f"{self.title}: limit of ηλ {spread} over {symbol}{held}{theory}"

    def to_dict(self) -> dict[str, Array]:
        """The columns of the CSV file, a row for each pair."""
        found = self.map
        x, y = np.meshgrid(found.x, found.y)
        return {
            "eta_lambda": x.ravel(),
            found.parameter.name: y.ravel(),
            "radius": found.radius.ravel(),
        }

    def figure(self, size: Size = "slide") -> Figure:
        """The picture: the radius, its unit level, and theory dashed."""
        from optlab.figures.measures_figure import draw_stability

        return draw_stability(self.map, self.title, size_of(size))

    def save(self, path: str | Path) -> None:
        """Writes the file that the suffix names: .csv, .npz, .json, .png, .svg or .pdf."""
        path = file_path("path", path)
        write: Mapping[str, Callable[[str | Path], None]] = {
            ".csv": self.save_csv,
            ".npz": self.save_npz,
            ".json": self.save_json,
        }
        write.get(path.suffix.lower(), self.save_image)(path)

    def save_csv(self, path: str | Path, _progress: object = None) -> None:
        """Writes a row for each pair of values."""
        columns = self.to_dict()
        rows = zip(*(column.tolist() for column in columns.values()), strict=True)
        lines = [",".join(columns), *(",".join(map(repr, row)) for row in rows), ""]
        write_whole(file_path("path", path), lambda file: file.write("\n".join(lines).encode()))

    def save_npz(self, path: str | Path) -> None:
        """Writes the arrays and the summary as a NumPy archive."""
        found = self.map
        arrays = {"x": found.x, "y": found.y, "radius": found.radius, "limit": found.limit}
        write_whole(file_path("path", path), lambda f: write_arrays(f, arrays, self.summary))

    def save_json(self, path: str | Path) -> None:
        """Writes the summary."""
        content = msgspec.json.format(msgspec.json.encode(self.summary), indent=2) + b"\n"
        write_whole(file_path("path", path), lambda file: file.write(content))

    def save_image(self, path: str | Path, dpi: int = 300, size: Size = "slide") -> None:
        """Writes the picture; it carries the experiment."""
        from optlab.figures.save import picture_bytes

        path = file_path("path", path)
        kind = path.suffix[1:].lower()
        content = picture_bytes(self.figure(size), kind, self.document, dots_of(dpi))
        write_whole(path, lambda file: file.write(content))
