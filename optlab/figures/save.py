"""Pictures as files: the same experiment gives the same bytes."""

from __future__ import annotations

import io
import re
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

import optlab
from optlab.figures.experiment_figure import ExperimentFigure
from optlab.figures.layout import WORKSHEET
from optlab.figures.options import PictureOptions
from optlab.figures.setting import drawing
from optlab.figures.svg_fonts import with_fonts
from optlab.figures.worksheet_figure import draw_worksheet
from optlab.files.embedded_experiment import EXPERIMENT_KEY, pdf_with, svg_with
from optlab.files.encoding import experiment_line
from optlab.files.temp_files import write_whole
from optlab.session.experiment import Experiment
from optlab.session.study import Study

__all__ = [
    "EXPERIMENT_KEY",
    "PNG_DPI",
    "draw_experiment",
    "picture_bytes",
    "save_experiment_figure",
    "svg_element",
]

VECTOR_DPI = 300
PNG_DPI = 150
"""Dots an inch: 1920 x 1080."""


def draw_experiment(study: Study, options: PictureOptions | None = None) -> Figure:
    """The picture of an experiment, or of one view of it; hidden runs are left out.

    Raises ValueError for a view, run or update that the study lacks.
    """
    options = options or PictureOptions()
    options.check(study)
    if options.view == WORKSHEET:
        return draw_worksheet(study, options)
    with drawing():
        return ExperimentFigure(study, options).whole


def picture_bytes(figure: Figure, kind: str, experiment: Experiment, dpi: int = PNG_DPI) -> bytes:
    """The content of a ``png``, ``svg`` or ``pdf`` file. Raises ValueError for another kind."""
    title = experiment.title or experiment.surface.problem or experiment.surface.formula
    maker = f"OptLab {optlab.__version__}"
    metadata: dict[str, str | None]
    if kind == "png":
        metadata = {"Software": maker, "Title": title, EXPERIMENT_KEY: experiment_line(experiment)}
    elif kind == "svg":
        metadata = {"Date": None, "Creator": maker, "Title": title}
    elif kind == "pdf":
        metadata = {"CreationDate": None, "Creator": maker, "Title": title}
    else:
        raise ValueError(f"'{kind}' is not a kind of picture; known are png, svg, pdf")
    buffer = io.BytesIO()
    with drawing():
        # What a vector picture holds as points, it holds finely.
        dots = dpi if kind == "png" else max(dpi, VECTOR_DPI)
        figure.savefig(buffer, format=kind, dpi=dots, metadata=metadata)
    line = experiment_line(experiment)
    if kind == "pdf":
        return pdf_with(buffer.getvalue(), line)
    if kind == "svg":
        return svg_with(with_fonts(buffer.getvalue().decode()), line).encode()
    return buffer.getvalue()


def svg_element(figure: Figure, prefix: str) -> str:
    """The figure as an ``<svg>`` element for a page, letters as shapes so that no font is needed.

    ``prefix`` goes before every name in it, so that several can stand on one page.
    """
    buffer = io.BytesIO()
    with drawing(), matplotlib.rc_context({"svg.fonttype": "path"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None}, dpi=VECTOR_DPI)
    text = buffer.getvalue().decode()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->\n?", "", text, flags=re.DOTALL)
    return re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{prefix}-", text)


def save_experiment_figure(study: Study, path: Path, options: PictureOptions | None = None) -> None:
    """Writes the picture as the kind of file that the suffix of ``path`` names.

    Raises ValueError for another kind, and for a view, run or update that the study lacks;
    FileProblemError where it cannot be written.
    """
    options = options or PictureOptions()
    figure, kind = draw_experiment(study, options), path.suffix.lower().lstrip(".")
    content = picture_bytes(figure, kind, study.experiment, options.dpi)
    write_whole(path, lambda file: file.write(content))
