"""What is drawn of a study, and how."""

from __future__ import annotations

from dataclasses import dataclass

from optlab.core.problems.weight_names import weight_index
from optlab.figures.layout import (
    CONTOUR,
    LAYERS,
    MODEL,
    SHEET,
    SURFACE,
    WORKSHEET,
    Size,
    scale_of,
)
from optlab.pictures.theme import THEMES, Theme
from optlab.pictures.training import no_model
from optlab.session.study import Study, UnknownQuantityError
from optlab.session.view import MOST_ARROWS

PNG_DPI = 300
"""Dots an inch, as journals ask for them; a slide has 3840 x 2160."""


@dataclass(frozen=True)
class PictureOptions:
    """The choices of a picture.

    ``view`` is one of :data:`~optlab.figures.layout.VIEWS` or ``MODEL_VIEWS``, or the key of a
    quantity over the steps, or the name under which a run records it; ``of`` is the id of the
    run whose memory, weights or worksheet are drawn (by default the first one that has them);
    ``step`` is the update that a worksheet takes apart (by default the first), and the step of
    models and weights (by default the last); ``panes`` are the quantities that a sheet has
    beside the map; ``arrows`` are the first and the last update whose arrows the map has;
    ``style`` is light or dark; a sheet that is not ``titled`` has no title, and what does not
    have its runs ``listed`` no list or legend of them; ``dpi`` is the dots an inch of a PNG; an
    SVG with ``outlines`` has its letters as shapes; ``span`` are the first and the last step
    that curves and films have.

    Raises ValueError for a view or quantity that is not known.
    """

    view: str = SHEET
    size: Size = "slide"
    of: str = ""
    step: int | None = None
    panes: tuple[str, ...] = ("loss",)
    arrows: tuple[int, int] | None = None
    style: str = "light"
    titled: bool = True
    listed: bool = True
    dpi: int = PNG_DPI
    outlines: bool = False
    span: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.style not in THEMES:
            raise ValueError(f"there is no style '{self.style}'; known are {', '.join(THEMES)}")
        first, last = self.arrows or (1, 1)
        if not 1 <= first <= last < first + MOST_ARROWS:
            raise ValueError(f"arrows are those of up to {MOST_ARROWS} updates, such as 1-2")
        begin, end = self.span or (0, 1)
        if not 0 <= begin < end:
            raise ValueError("a range goes from a step to a later one, such as 0-50")

    @property
    def theme(self) -> Theme:
        """The colours."""
        return THEMES[self.style]

    @property
    def scale(self) -> float:
        """How large letters and lines are."""
        return scale_of(self.size)

    @property
    def keys(self) -> tuple[str, ...]:
        """The quantities over the steps that are drawn."""
        if self.view == SHEET:
            return self.panes
        return () if self.view in (CONTOUR, SURFACE, WORKSHEET, MODEL, LAYERS) else (self.view,)

    def check(self, study: Study) -> None:
        """Raises ValueError for a view or a run that the study does not have."""
        study.chosen(self.of)
        if self.view == WORKSHEET and study.experiment.shown.weight:
            weight_index(study.resolved.problem, study.experiment.shown.weight)
        if self.view == MODEL and (reason := no_model(study.resolved.problem)):
            raise ValueError(reason.removesuffix("."))
        if self.view in (CONTOUR, SURFACE) and study.resolved.no_plane:
            raise ValueError(study.resolved.no_plane.removesuffix("."))
        try:
            for key in self.keys:
                study.quantity(key, self.of)
        except UnknownQuantityError as error:
            views = SHEET, CONTOUR, SURFACE, WORKSHEET, MODEL, LAYERS
            raise UnknownQuantityError(error.key, (*views, *error.known)) from None
