"""Pictures as files: the same experiment gives the same bytes."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

import optlab
from optlab.figures.experiment_figure import ExperimentFigure
from optlab.figures.layout import WORKSHEET
from optlab.figures.options import PNG_DPI, PictureOptions
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
    "png_bytes",
    "save_experiment_figure",
    "svg_element",
]

VECTOR_DPI = 300


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


def picture_bytes(
    figure: Figure, kind: str, experiment: Experiment, dpi: int = PNG_DPI, outlines: bool = False
) -> bytes:
    """The content of a ``png``, ``svg`` or ``pdf`` file, an SVG with ``outlines`` with its letters
    as shapes. Raises ValueError for another kind."""
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
        dots = max(dpi, VECTOR_DPI)
        if kind == "png":
            return png_bytes(figure, dpi, metadata)
        with matplotlib.rc_context({"svg.fonttype": "path" if outlines else "none"}):
            figure.savefig(buffer, format=kind, dpi=dots, metadata=metadata)
    line = experiment_line(experiment)
    if kind == "pdf":
        return pdf_with(buffer.getvalue(), line)
    return svg_with(with_fonts(buffer.getvalue().decode()), line).encode()


def png_bytes(figure: Figure, dpi: int, texts: Mapping[str, str | None]) -> bytes:
    """The figure as a PNG with texts in it, without transparency; within ``drawing``."""
    info = PngInfo()
    for name, text in texts.items():
        info.add_text(name, text or "")
    figure.set_dpi(dpi)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = canvas.buffer_rgba()
    size = pixels.shape[1], pixels.shape[0]
    image = Image.frombuffer("RGBX", size, pixels, "raw", "RGBX", 0, 1).convert("RGB")
    buffer = io.BytesIO()
    # Runs of equal bytes alone: a tenth larger, in a third of the time.
    image.save(buffer, "PNG", dpi=(dpi, dpi), pnginfo=info, compress_type=zlib.Z_RLE)
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
    content = picture_bytes(figure, kind, study.experiment, options.dpi, options.outlines)
    write_whole(path, lambda file: file.write(content))
