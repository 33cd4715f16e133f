"""The dialog that asks what a picture or a film shall show, and for what it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from optlab.figures.films.film import (
    HIGHEST_RATE,
    LONGEST_HOLD,
    LOWEST_RATE,
    NARROWEST,
    WIDEST,
    Film,
)
from optlab.figures.layout import CONTOUR, LAYERS, MODEL, SHEET, SURFACE, WORKSHEET, Size
from optlab.ui.style import fonts
from optlab.ui.widgets.choice import DropDown
from optlab.ui.widgets.numbers import NumberEdit
from optlab.ui.widgets.paint import GRID, MARGIN

Entry = tuple[str, str, str]
"""Key, words, and what a tip says."""

SIZES: tuple[tuple[Size, str, str], ...] = (
    ("slide", "a slide", "12.8 inches wide"),
    ("page", "a page", "6.8 inches wide, between the margins of A4 or letter"),
    ("column", "a column", "3.4 inches wide, one of a journal's two columns"),
)
_PANES = (
    ("loss", "the loss", "Beside the map"),
    ("shown", "the curves of the window", "All that are shown at the right"),
)
_STYLES = (("light", "light", "For paper and pale slides"), ("dark", "dark", "For dark slides"))
_WRITTEN = (
    ("title runs", "title and runs", "The title with the formula, and the list of the runs"),
    ("runs", "runs", "No title"),
    ("title", "title", "No list of the runs"),
    ("", "nothing", "Neither title nor list of the runs"),
)
_WIDE = 260


@dataclass(frozen=True)
class Asked:
    """What a person chose; with ``all_panes`` a sheet has the curves of the window;
    losses above ``height_limit`` are drawn as if they were that."""

    options: Film
    all_panes: bool = False
    height_limit: float | None = None


class PictureDialog(QDialog):
    """``views`` and ``runs`` are what there is to choose; ``asked`` is what is chosen at first.

    With ``moving`` it asks for a film.  ``steps`` is the number of the last update.
    """

    def __init__(
        self,
        views: Sequence[Entry],
        runs: Sequence[Entry],
        asked: Asked,
        steps: int,
        *,
        moving: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("picture-dialog")
        self._moving, self._steps = moving, max(steps, 1)
        self.setWindowTitle("Export animation" if moving else "Export image")
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(2 * MARGIN)
        self._form.setVerticalSpacing(GRID + 2)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        film = asked.options
        self._view = self._choice("Show", views, film.view)
        self._panes = self._choice("Beside the map", _PANES, "shown" if asked.all_panes else "loss")
        self._run = self._choice("Run", runs, film.of or (runs[0][0] if runs else ""))
        self._step = self._number("Update", 1, max(steps, 1), min(film.step or 1, max(steps, 1)))
        self._size = self._choice("Made for", SIZES, film.size)
        self._style = self._choice("Colours", _STYLES, film.style)
        written = [word for word, on in (("title", film.titled), ("runs", film.listed)) if on]
        self._written = self._choice("Written", _WRITTEN, " ".join(written))
        self._limit = self._number("Height limit", -1e300, 1e300, asked.height_limit, True)
        self._dpi = self._number("Resolution (dpi, PNG)", 20, 600, film.dpi)
        self._rate = self._number("Frames per second", LOWEST_RATE, HIGHEST_RATE, film.rate, True)
        self._stride = self._number("Steps per frame", 1, 1_000_000, film.stride, True)
        span = film.span or (None, None)
        self._begin = self._number("First step", 0, max(steps - 1, 0), span[0], True)
        self._end = self._number("Last step", 1, max(steps, 1), span[1], True)
        self._hold = self._number("Hold the last frame (s)", 0, LONGEST_HOLD, film.hold)
        self._width = self._number("Width (pixels)", NARROWEST, WIDEST, film.width)
        for field_, words in (
            (self._rate, "as fast as eight seconds need"),
            (self._stride, "at most 200 frames"),
            (self._limit, "no loss is too high to be drawn"),
            (self._begin, "from the start"),
            (self._end, "to the end"),
        ):
            field_.setPlaceholderText("none" if field_ is self._limit else "usual")
            field_.setToolTip(f"Empty: {words}")
        self._warning = QLabel()
        self._warning.setObjectName("warning")
        self._warning.setTextFormat(Qt.TextFormat.PlainText)
        self._warning.setWordWrap(True)
        buttons = QDialogButtonBox()
        self._go = buttons.addButton("Choose file…", QDialogButtonBox.ButtonRole.AcceptRole)
        self._go.setDefault(True)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        heading = QLabel(self.windowTitle())
        heading.setFont(fonts.ui_font(fonts.BASE + 3, fonts.Weight.SEMIBOLD))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * MARGIN, 2 * MARGIN, 2 * MARGIN, MARGIN + GRID)
        whole.setSpacing(MARGIN)
        whole.addWidget(heading)
        whole.addLayout(self._form)
        whole.addWidget(self._warning)
        whole.addStretch(1)
        whole.addWidget(buttons)
        self._view.currentIndexChanged.connect(self._show_fields)
        self._show_fields()

    def asked(self) -> Asked:
        """What is chosen now. Raises ValueError with a sentence for a number out of its range."""
        wrong = [name for name, edit in self._numbers().items() if edit.is_wrong()]
        if wrong:
            raise ValueError(f"{wrong[0]}: this cannot be used")
        options = Film(
            view=str(self._view.key()),
            size=_size(self._size.key()),
            of=str(self._run.key() or ""),
            step=_whole(self._step, 1),
            dpi=_whole(self._dpi, 300),
            width=_whole(self._width, 1280),
            rate=self._rate.value(),
            stride=None if self._stride.value() is None else _whole(self._stride, 1),
            hold=self._hold.value() or 0.0,
            style=str(self._style.key()),
            titled="title" in str(self._written.key()),
            listed="runs" in str(self._written.key()),
            span=self._span(),
        )
        return Asked(options, self._panes.key() == "shown", self._limit.value())

    def _span(self) -> tuple[int, int] | None:
        """The steps that are shown; None for all."""
        if self._begin.value() is None and self._end.value() is None:
            return None
        return _whole(self._begin, 0), _whole(self._end, self._steps)

    # -- fields ----------------------------------------------------------------------------

    def _choice(self, name: str, entries: Sequence[Entry], key: str) -> DropDown:
        drop = DropDown(name, boxed=True)
        drop.set_entries(entries)
        drop.set_key(key if any(entry[0] == key for entry in entries) else entries[0][0])
        drop.setMinimumWidth(_WIDE)
        self._form.addRow(_label(name), drop)
        return drop

    def _number(
        self, name: str, low: float, high: float, value: float | None, optional: bool = False
    ) -> NumberEdit:
        edit = _Field(name, optional=optional)
        edit.set_check(
            lambda number: "" if low <= number <= high else f"{name}: from {low:g} to {high:g}"
        )
        edit.set_value(value)
        edit.refused.connect(self._refuse)
        edit.setMinimumWidth(96)
        self._form.addRow(_label(name), edit)
        return edit

    def _numbers(self) -> dict[str, NumberEdit]:
        return {
            edit.accessibleName(): edit
            for edit in (
                self._step,
                self._limit,
                self._dpi,
                self._rate,
                self._stride,
                self._hold,
                self._width,
                self._begin,
                self._end,
            )
        }

    def _show_fields(self, _index: int = 0) -> None:
        """Only what there is to choose for the view."""
        view = str(self._view.key())
        of_one = view in (WORKSHEET, LAYERS) or ":" in view or view in ("w", "g", "effective_step")
        shown: dict[QWidget, bool] = {
            self._panes: view == SHEET,
            self._run: of_one and not self._moving,
            self._step: view == WORKSHEET or (view in (MODEL, LAYERS) and not self._moving),
            self._dpi: not self._moving,
            self._limit: view in (SHEET, CONTOUR, SURFACE),
            self._begin: view not in (SURFACE, WORKSHEET),
            self._end: view not in (SURFACE, WORKSHEET),
        }
        for edit in (self._rate, self._stride, self._hold, self._width):
            shown[edit] = self._moving
        for widget, visible in shown.items():
            self._form.setRowVisible(widget, visible)
        self.adjustSize()

    def _refuse(self, reason: str) -> None:
        self._warning.setText(reason)

    def _accept(self) -> None:
        for edit in self._numbers().values():
            edit.returnPressed.emit()  # what is typed counts
        try:
            self.asked()
        except ValueError as error:
            self._warning.setText(self._warning.text() or str(error))
            return
        self.accept()


class _Field(NumberEdit):
    """A number as short as it can be said."""

    def _written(self, value: float) -> str:
        return f"{value:.10g}"


def _label(name: str) -> QLabel:
    label = QLabel(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _whole(edit: NumberEdit, usual: int) -> int:
    value = edit.value()
    return usual if value is None else round(value)


def _size(key: object) -> Size:
    return next((size for size, _, _ in SIZES if size == key), "slide")
