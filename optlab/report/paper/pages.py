"""The pages of a report, and the file that they make."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.backends.backend_pdf import PdfPages

import optlab
from optlab.figures import setting
from optlab.figures.setting import drawing
from optlab.files.embedded_experiment import pdf_with
from optlab.files.encoding import experiment_line
from optlab.pictures.theme import LIGHT
from optlab.report import sections
from optlab.report.blocks import Progress, with_progress
from optlab.report.paper.blocks import pieces_of
from optlab.report.paper.flow import PageItem, Placed, flow
from optlab.report.paper.sheet import FOOT, LEFT, RIGHT, ROOM, Sheet
from optlab.report.paper.wrapping import cut, plain, width_of
from optlab.session.study import Study


def pdf_bytes(study: Study, progress: Progress | None = None) -> bytes:
    """The file; ``progress`` gets the pages done and the total, and may raise to stop."""
    buffer = io.BytesIO()
    title = plain(study.title)
    metadata = {"CreationDate": None, "Creator": f"OptLab {optlab.__version__}", "Title": title}
    with drawing():
        pieces: list[PageItem] = []
        for make in sections.makers("report.pdf"):
            for block in make(study):
                pieces += pieces_of(study, block)
        pages = flow(pieces)
        with PdfPages(buffer, metadata=metadata) as file:
            for placed in with_progress(pages, progress):
                file.savefig(_sheet(placed, title, pages).figure)
    return pdf_with(buffer.getvalue(), experiment_line(study.experiment))


def _sheet(placed: Sequence[Placed], title: str, pages: Sequence[Sequence[Placed]]) -> Sheet:
    sheet = Sheet()
    for piece, top in placed:
        piece.draw(sheet, top)
    font = setting.font(setting.TEXT, 8)
    number = next(index for index, page in enumerate(pages, 1) if page is placed)
    count = f"page {number} of {len(pages)}"
    room = ROOM - width_of(count, font) - 0.3
    sheet.text(LEFT, FOOT, cut(title, font, room), font, LIGHT.muted)
    sheet.text(RIGHT, FOOT, count, font, LIGHT.muted, "right")
    return sheet
