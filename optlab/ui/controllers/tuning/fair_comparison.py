"""Connects the page of fair comparisons with what computes them."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import QObject, QTimer

from optlab.core.parameters import SettingError
from optlab.core.problems import load_problem, problem_names
from optlab.core.rules import load_rule, rule_names
from optlab.core.tuning.comparison import (
    TUNINGS,
    ComparisonPlan,
    ComparisonResult,
    LossBand,
)
from optlab.core.tuning.suites import load_suite, suite_names, usual_optimizers
from optlab.pictures.charts.chart import Chart
from optlab.pictures.charts.comparison_charts import TUNING_NAMES, ComparisonCharts
from optlab.session.experiment import THIS, Comparison, Experiment, changed
from optlab.session.jobs import JobControl
from optlab.session.kernel_cache import kernel_store
from optlab.session.session import TRIALS, Session
from optlab.session.tuning.fair_comparison import ALL_RULES, ComparisonWork, comparison_plan
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.style.themes import theme_of
from optlab.ui.views.tuning import FairPage, RuleItem
from optlab.ui.widgets.labels import Tone

_POLL = 150
"""Milliseconds between two looks at a comparison that is being computed."""
_BANDS = "loss bands"
"""The channel of work."""
_KEPT = 4
"""Comparisons whose results are kept, so that undo shows them at once."""

_EMPTY = (
    "Start tunes every rule under the same budget and judges it on the same starts, noise and "
    "batches. Who solves how much and how soon, how sharply η must be met, what tuning buys, and "
    "the ranks with their intervals grow here meanwhile."
)


class FairController(QObject):
    """Has rules compared and shows the charts while they grow; hides rules from them."""

    def __init__(self, session: Session, page: FairPage, redraw: Redraw) -> None:
        super().__init__(page)
        self.session, self.page = session, page
        self._works: list[ComparisonWork] = []
        self._running: ComparisonWork | None = None
        self._bands: tuple[object, dict[str, LossBand]] = (None, {})
        self._shown: object = None
        self._poll = QTimer(self, interval=_POLL)
        self._poll.timeout.connect(self._look)
        self._request = redraw.add(self._draw, Change.DOCUMENT | Change.THEME, shown_in=page)
        self._filled = False
        page.names_entered.connect(self._enter_names)
        page.number_entered.connect(self._enter_number)
        page.tuning_chosen.connect(self._choose_tuning)
        page.problem_chosen.connect(self._choose_problem)
        page.against_chosen.connect(self._choose_against)
        page.rule_toggled.connect(self._toggle_rule)
        page.start_pressed.connect(self.start)
        page.stop_pressed.connect(session.cancel)
        page.charts.pointed.connect(self._point)

    # -- the comparison ------------------------------------------------------------------

    @property
    def asked(self) -> Comparison:
        """What the document says of the comparison, else the usual one."""
        return self.session.document.comparison or Comparison()

    def plan(self) -> ComparisonPlan:
        """What is compared. Raises SettingError."""
        return comparison_plan(self.asked, self.session.document)

    @property
    def work(self) -> ComparisonWork | None:
        """The comparison that the document asks for, as far as it was computed."""
        wanted = _computed_from(self.session.document)
        return next((w for w in reversed(self._works) if w.wanted == wanted), None)

    def pictures(self) -> ComparisonCharts | None:
        """The charts as they are shown; None before there is anything."""
        result = None if self.work is None else self.work.result()
        if result is None:
            return None
        asked = self.asked
        shown = self._one_problem(result), asked.tuning, set(asked.hidden), self._bands[1]
        return ComparisonCharts(result, theme_of(self.page), *shown, against=asked.against)

    def charts(self) -> tuple[Chart, ...]:
        """What is shown."""
        return self.page.charts.charts()

    def _one_problem(self, result: ComparisonResult) -> str:
        names = list(result.plan.problems)
        return self.asked.problem if self.asked.problem in names else names[0]

    # -- computing -------------------------------------------------------------------------

    def start(self) -> None:
        """Has everything compared, coarse at once."""
        try:
            plan = self.plan()
        except SettingError as error:
            self.page.set_notice(str(error))
            return
        self.page.set_notice("")
        document, session = self.session.document, self.session
        work = ComparisonWork(plan, kernel_store(), session.machines, document)
        work.wanted = _computed_from(document)
        self._works = [*(w for w in self._works if w.wanted != work.wanted), work][-_KEPT:]
        self._bands = (None, {})
        self._running = work
        session.ask(TRIALS, work, self._done)
        if self._running is work:
            self._poll.start()
        self._request()

    def _done(self, work: ComparisonWork) -> None:
        if work is self._running:
            self._running = None
            self._poll.stop()
            if not work.complete:
                lost = work.machines.lost or "Stopped"
                self.page.set_notice(f"{lost}: what is shown is not complete.", Tone.NORMAL)
        self._request()

    def _look(self) -> None:
        if self.page.isVisible():
            self._show()

    def _ask_bands(self, work: ComparisonWork) -> None:
        """The runs of the loss bands take their time: beside, and only where they changed."""
        result = work.result()
        if result is None:
            return
        problem, tuning = self._one_problem(result), self.asked.tuning
        key = (work, work.changes if self._running is None else work.coarse, problem, tuning)
        if self._bands[0] == key:
            return
        self._bands = (key, self._bands[1])

        def compute(control: JobControl) -> dict[str, LossBand]:
            return work.loss_bands(problem, tuning, control.cancelled)

        def take(bands: dict[str, LossBand]) -> None:
            if self._bands[0] == key:
                self._bands = (key, bands)
                self._shown = None
                self._request()

        self.session.ask(_BANDS, compute, take)

    # -- what is shown ---------------------------------------------------------------------

    def _draw(self, _changed: Change) -> None:
        self._shown = None
        if not self._filled:
            self._filled = True
            self._fill()
        page, asked = self.page, self.asked
        optimizers = asked.optimizers or usual_optimizers(asked.problems)
        page.problems.set_text(", ".join(asked.problems))
        page.rules_field.set_text(", ".join(optimizers))
        for name in ("budget", "trials", "seeds"):
            getattr(page, name).field.set_value(getattr(asked, name))
        self._show()

    def _fill(self) -> None:
        """What can be chosen, known once the page is seen."""
        page = self.page
        suites = [(n, load_suite(n).name, load_suite(n).summary) for n in suite_names()]
        problems = [(n, load_problem(n).title, "") for n in problem_names()]
        this = (THIS, "this surface", "The surface of the experiment")
        page.problems.add.set_entries([this, *suites, *problems])
        page.rules_field.add.set_entries(
            [(ALL_RULES, "all rules", ""), *((n, load_rule(n).name, "") for n in rule_names())]
        )
        page.tuning.set_entries([(key, TUNING_NAMES[key], "") for key in TUNINGS])

    def _show(self) -> None:
        page, work = self.page, self.work
        page.set_state("Start", self._running is not None)
        page.tuning.set_key(self.asked.tuning)
        state = (work, None if work is None else work.changes)
        if state == self._shown:
            return
        self._shown = state
        pictures = self.pictures()
        if work is None or pictures is None:
            page.set_empty(_EMPTY)
            page.set_charts(())
            page.set_rules(())
            page.verdict.set_text("")
            page.set_about(
                self.plan().text if work is None and not page.notice() else "The first runs…"
            )
            return
        problems = work.plan.problems
        page.problem.set_entries([(name, one.title, "") for name, one in problems.items()])
        page.problem.set_key(pictures.problem)
        page.set_charts(pictures.charts())
        page.verdict.set_text(
            ("A first look. " if work.coarse and not work.complete else "") + pictures.verdict()
        )
        page.set_about(" ".join(work.plan.text.split()))
        ranks = pictures.result.ranks(self.asked.tuning, pictures.rules)
        page.set_rules([self._item(pictures, rule, ranks) for rule in pictures.order])
        page.against.set_entries([("", "none", ""), *pictures.titles_shown()])
        page.against.set_key(self.asked.against)
        self._ask_bands(work)

    def _item(self, pictures: ComparisonCharts, rule: str, ranks: dict[str, float]) -> RuleItem:
        style = pictures.style(rule)
        rank = f"{ranks[rule]:.1f}" if rule in ranks else "–"
        title = pictures.titles[rule]
        return RuleItem(rule, title, style.color, style.style, rank, rule in self.asked.hidden)

    def _point(self, chart: str, rule: int) -> None:
        pictures = self.pictures()
        shown = next((one for one in self.charts() if one.key == chart), None)
        if pictures is None or shown is None:
            return
        if 0 <= rule < len(pictures.order):
            self.page.set_about(f"{pictures.titles[pictures.order[rule]]}. {shown.about}")
        else:
            self.page.set_about(shown.about or " ".join(pictures.result.plan.text.split()))

    # -- what a person sets ----------------------------------------------------------------

    def _change(self, **fields: Any) -> str:
        """Makes it part of the document where it can be compared; else why not."""
        try:
            given = msgspec.structs.asdict(self.asked) | fields
            asked = msgspec.convert(given, Comparison)
            document = changed(self.session.document, comparison=asked)
            comparison_plan(asked, document)
        except (SettingError, msgspec.ValidationError) as error:
            return str(error).partition(" - ")[0]
        self.session.propose(document, f"comparison {next(iter(fields))}")
        self._request()
        return ""

    def _enter_names(self, kind: str, text: str) -> None:
        row = self.page.problems if kind == "problems" else self.page.rules_field
        names = tuple(filter(None, (one.strip() for one in text.split(","))))
        row.set_error(self._change(**{"problems" if kind == "problems" else "optimizers": names}))

    def _enter_number(self, name: str, value: Any) -> None:
        whole = float(value).is_integer()
        reason = self._change(**{name: int(value)}) if whole else "must be a whole number"
        self.page.set_notice(f"{name}: {reason}" if reason else "")

    def _choose_tuning(self, tuning: str) -> None:
        self._change(tuning=tuning)

    def _choose_problem(self, problem: str) -> None:
        self._change(problem=problem)

    def _choose_against(self, rule: str) -> None:
        self._change(against=rule)

    def _toggle_rule(self, rule: str) -> None:
        hidden = set(self.asked.hidden) ^ {rule}
        pictures = self.pictures()
        if pictures is None or set(pictures.order) - hidden:  # one at least stays
            self._change(hidden=tuple(sorted(hidden)))
        self._request()


def _computed_from(document: Experiment) -> object:
    """What decides the numbers of a comparison, whatever is looked at."""
    asked = document.comparison or Comparison()
    looks = {"tuning": "all", "problem": "", "hidden": (), "against": ""}
    this = (document.surface, document.tables) if THIS in asked.problems else None
    own = document.rules, document.surfaces, document.seed if this else 0
    return msgspec.structs.replace(asked, **looks), this, own
