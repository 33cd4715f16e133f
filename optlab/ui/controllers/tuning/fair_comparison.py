"""Connects the page of fair comparisons with what computes them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer

from optlab.core.parameters import SettingError
from optlab.core.problems import load_problem, problem_names
from optlab.core.resources import UnknownNameError
from optlab.core.rules import load_rule, rule_names
from optlab.core.tuning.comparison import (
    TUNINGS,
    ComparisonPlan,
    ComparisonResult,
    LossBand,
    Tuning,
)
from optlab.core.tuning.suites import (
    DEFAULT_SUITE,
    load_suite,
    problems_of,
    suite_names,
    treatments_of,
)
from optlab.pictures.charts.chart import Chart
from optlab.pictures.charts.comparison_charts import TUNING_NAMES, ComparisonCharts
from optlab.session.jobs import JobControl
from optlab.session.kernel_cache import kernel_store
from optlab.session.session import TRIALS, Session
from optlab.session.tuning.fair_comparison import ComparisonWork
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.style.themes import theme_of
from optlab.ui.views.tuning import FairPage, RuleItem
from optlab.ui.widgets.labels import Tone

_POLL = 150
"""Milliseconds between two looks at a comparison that is being computed."""
_BANDS = "loss bands"
"""The channel of work."""
_ALL = "all"

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
        suite = load_suite(DEFAULT_SUITE)
        self._problems, self._rules = DEFAULT_SUITE, ", ".join(suite.optimizers)
        self._numbers = {"budget": 500, "trials": 24, "seeds": 10}
        self._tuning: Tuning = "all"
        self._problem = ""
        self._hidden: set[str] = set()
        self.work: ComparisonWork | None = None
        self._running = False
        self._bands: tuple[object, dict[str, LossBand]] = (None, {})
        self._shown: object = None
        self._poll = QTimer(self, interval=_POLL)
        self._poll.timeout.connect(self._look)
        self._request = redraw.add(self._draw, Change.THEME, shown_in=page)
        self._filled = False
        page.names_entered.connect(self._enter_names)
        page.number_entered.connect(self._enter_number)
        page.tuning_chosen.connect(self._choose_tuning)
        page.problem_chosen.connect(self._choose_problem)
        page.rule_toggled.connect(self._toggle_rule)
        page.start_pressed.connect(self.start)
        page.stop_pressed.connect(session.cancel)
        page.charts.pointed.connect(self._point)

    # -- the comparison ------------------------------------------------------------------

    def plan(self) -> ComparisonPlan:
        """What is compared. Raises UnknownNameError and SettingError."""
        names = [one.strip() for one in self._rules.split(",") if one.strip()]
        if names == [_ALL]:
            names = list(rule_names())
        return ComparisonPlan(
            problems_of(self._problems),
            [load_rule(name) for name in names],
            budget=self._numbers["budget"],
            trials=self._numbers["trials"],
            seeds=self._numbers["seeds"],
            treatments=treatments_of(self._problems),
        )

    def pictures(self) -> ComparisonCharts | None:
        """The charts as they are shown; None before there is anything."""
        result = None if self.work is None else self.work.result()
        if result is None:
            return None
        theme, hidden = theme_of(self.page), self._hidden
        return ComparisonCharts(
            result, theme, self._one_problem(result), self._tuning, hidden, self._bands[1]
        )

    def charts(self) -> tuple[Chart, ...]:
        """What is shown."""
        return self.page.charts.charts()

    def _one_problem(self, result: ComparisonResult) -> str:
        names = list(result.plan.problems)
        return self._problem if self._problem in names else names[0]

    # -- computing -------------------------------------------------------------------------

    def start(self) -> None:
        """Has everything compared, coarse at once."""
        try:
            plan = self.plan()
        except (UnknownNameError, SettingError) as error:
            self.page.set_notice(str(error))
            return
        self.page.set_notice("")
        self.work = ComparisonWork(plan, kernel_store())
        self._bands = (None, {})
        self._running = True
        self.session.ask(TRIALS, self.work, self._done)
        if self._running:
            self._poll.start()
        self._request()

    def _done(self, work: ComparisonWork) -> None:
        if work is self.work:
            self._running = False
            self._poll.stop()
            if not work.complete:
                self.page.set_notice("Stopped: what is shown is not complete.", Tone.NORMAL)
        self._request()

    def _look(self) -> None:
        if self.page.isVisible():
            self._show()

    def _ask_bands(self, work: ComparisonWork) -> None:
        """The runs of the loss bands take their time: beside, and only where they changed."""
        result = work.result()
        if result is None:
            return
        problem, tuning = self._one_problem(result), self._tuning
        key = (work, work.changes if not self._running else work.coarse, problem, tuning)
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
        self._show()

    def _fill(self) -> None:
        """What can be chosen, known once the page is seen."""
        page = self.page
        suites = [(n, load_suite(n).name, load_suite(n).summary) for n in suite_names()]
        problems = [(n, load_problem(n).title, "") for n in problem_names()]
        page.problems.add.set_entries([*suites, *problems])
        page.rules_field.add.set_entries(
            [(_ALL, "all rules", ""), *((n, load_rule(n).name, "") for n in rule_names())]
        )
        page.problems.field.setText(self._problems)
        page.rules_field.field.setText(self._rules)
        for name, value in self._numbers.items():
            getattr(page, name).field.set_value(value)
        page.tuning.set_entries([(key, TUNING_NAMES[key], "") for key in TUNINGS])

    def _show(self) -> None:
        page, work = self.page, self.work
        page.set_state("Start", self._running)
        page.tuning.set_key(self._tuning)
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
        ranks = pictures.result.ranks(self._tuning, pictures.rules)
        page.set_rules([self._item(pictures, rule, ranks) for rule in pictures.order])
        self._ask_bands(work)

    def _item(self, pictures: ComparisonCharts, rule: str, ranks: dict[str, float]) -> RuleItem:
        style = pictures.style(rule)
        rank = f"{ranks[rule]:.1f}" if rule in ranks else "–"
        title = pictures.titles[rule]
        return RuleItem(rule, title, style.color, style.style, rank, rule in self._hidden)

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

    def _enter_names(self, kind: str, text: str) -> None:
        row = self.page.problems if kind == "problems" else self.page.rules_field
        before = self._problems, self._rules
        if kind == "problems":
            self._problems = text
        else:
            self._rules = text
        try:
            self.plan()
            row.set_error("")
        except (UnknownNameError, SettingError) as error:
            self._problems, self._rules = before
            row.set_error(str(error))

    def _enter_number(self, name: str, value: Any) -> None:
        before = dict(self._numbers)
        try:
            if not float(value).is_integer():
                raise SettingError(name, "must be a whole number")
            self._numbers[name] = int(value)
            self.plan()
            self.page.set_notice("")
        except (SettingError, UnknownNameError) as error:
            self._numbers = before
            self.page.set_notice(str(error))

    def _choose_tuning(self, tuning: str) -> None:
        self._tuning = next(one for one in TUNINGS if one == tuning)
        self._request()

    def _choose_problem(self, problem: str) -> None:
        self._problem = problem
        self._request()

    def _toggle_rule(self, rule: str) -> None:
        self._hidden ^= {rule}
        pictures = self.pictures()
        if pictures is not None and not pictures.rules:
            self._hidden -= {rule}  # one at least stays
        self._request()
