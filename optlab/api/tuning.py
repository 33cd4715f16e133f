"""Tuning and comparing from Python: results with their tables, files and pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from optlab.api import arguments
from optlab.api.lab import Lab
from optlab.api.map_arguments import mapped_run, spec_of
from optlab.api.map_result import Progress, ProgressCallback, machines
from optlab.core.parameters import SettingError
from optlab.core.rules import Choice
from optlab.core.run.spec import MAX_SEED
from optlab.core.tuning import compare as comparison
from optlab.core.tuning.comparison import TUNINGS, ComparisonResult
from optlab.core.tuning.samplers import SAMPLERS
from optlab.core.tuning.search import TPE, SearchResult, planned, search
from optlab.core.tuning.space import read_space
from optlab.core.tuning.suites import DEFAULT_SUITE
from optlab.core.tuning.trials import MEASURES
from optlab.files.temp_files import write_whole
from optlab.files.tuning_files import (
    comparison_csv,
    comparison_summary,
    trials_csv,
    trials_summary,
    write_json,
    write_sqlite,
)
from optlab.session.cluster.executor import Machines
from optlab.session.experiment import Comparison
from optlab.session.kernel_cache import kernel_store
from optlab.session.resolve import NOTHING
from optlab.session.tuning.fair_comparison import comparison_plan
from optlab.session.tuning.studies import with_settings

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TuneResult:
    """The trials of one run.

    ``best`` are the settings with the smallest median, None where all trials failed, and
    ``value`` is that median (inf then); ``lab`` is the experiment with the best settings in the
    run.  ``settings`` has what each trial changed, ``values`` the measures, shape
    (trials, seeds), inf for a failure.
    """

    name: str
    lab: Lab
    found: SearchResult
    measure: str

    @property
    def best(self) -> dict[str, float | Choice] | None:
        """The best settings."""
        return None if self.found.best is None else dict(self.found.settings[self.found.best])

    @property
    def value(self) -> float:
        """The median of the best."""
        return math.inf if self.found.best is None else float(self.found.medians[self.found.best])

    @property
    def settings(self) -> tuple[dict[str, float | Choice], ...]:
        """What each trial changed; the first changed nothing."""
        return tuple(dict(one) for one in self.found.settings)

    @property
    def values(self) -> Array:
        """The measure of each trial and seed."""
        values = self.found.measures.view()
        values.flags.writeable = False
        return values

    @property
    def history(self) -> Array:
        """The best median after each trial."""
        return self.found.history()

    def save_csv(self, path: str | Path) -> None:
        """Write a row for each trial."""
        content = trials_csv([(self.name, self.found)])
        write_whole(arguments.path("path", path), lambda file: file.write(content))

    def save_json(self, path: str | Path) -> None:
        """Write the best, the space and how the trials went."""
        found = trials_summary([(self.name, self.found)], self.measure)
        write_json(arguments.path("path", path), found)

    def save_sqlite(self, path: str | Path) -> None:
        """Write the trials as a database for Optuna's dashboard; needs the extra ``tune``."""
        write_sqlite(arguments.path("path", path), [(self.name, self.found)])

    def __repr__(self) -> str:
        settings = " ".join(f"{k}={v}" for k, v in (self.best or {}).items())
        return f"<{self.name}: {self.measure} {self.value:.6g} with {settings or 'its settings'}>"


def tune(
    lab: Lab,
    run: str | int | None = None,
    *,
    space: str = "",
    budget: int = 64,
    sampler: str = "halton",
    seeds: int = 1,
    measure: str = "loss",
    target: float | None = None,
    progress: Progress | None = None,
    cluster: str | Machines | None = None,
) -> TuneResult:
    """The best settings of a run, by ``budget`` trials after one with its settings as they are.

    ``run``: a name or place, None for the only one.  ``space``: what is varied, such as
    ``"eta=1e-4:1:log,beta1"``; empty for all parameters, widened where the best lies on an edge.
    ``sampler``: halton, grid, random or tpe; ``seeds``: how many, the median counts.
    ``measure``: loss, steps (gradients until ``target``), area or test_loss.  ``cluster``: the
    address of a scheduler, or an :class:`optlab.Cluster`, that runs the trials.  Raises ValueError
    naming the argument.
    """
    one = mapped_run(lab.document, run)
    spec = spec_of(lab.resolved, one)
    plan = planned(
        spec,
        read_space(spec.rule, arguments.text("space", space)),
        arguments.whole("budget", budget, 1, 100_000),
        arguments.whole("seeds", seeds, 1, 10_000),
        arguments.one_of("sampler", sampler, (*SAMPLERS, TPE)),
        usual=not space,
        measure=arguments.one_of("measure", measure, MEASURES),
        target=None if target is None else arguments.number("target", target),
    )
    control = ProgressCallback(progress)
    with machines(cluster) as used:
        found = search(
            spec,
            plan,
            store=kernel_store(),
            stop=used.stops(control.cancelled),
            progress=control.progress,
            executor=used.on(lab.document, one.id),
        )
    best = {} if found.best is None else found.settings[found.best]
    document = with_settings(lab.document, one.id, best)
    return TuneResult(one.title, replace(lab, document=document), found, measure)


@dataclass(frozen=True, eq=False)
class CompareResult:
    """A fair comparison: ``protocol`` in words, mean ``ranks`` and ``verdicts`` by tuning."""

    found: ComparisonResult

    @property
    def protocol(self) -> str:
        """What was done, with its numbers."""
        return self.found.plan.text

    def ranks(self, tuning: str = "all") -> dict[str, float]:
        """The mean rank of each rule over the problems: at ``defaults``, with ``eta`` tuned, or
        with ``all`` tuned."""
        return self.found.ranks(arguments.one_of("tuning", tuning, TUNINGS))  # type: ignore[arg-type]

    def verdicts(self, tuning: str = "all") -> dict[str, str]:
        """A sentence for each problem."""
        tuning = arguments.one_of("tuning", tuning, TUNINGS)
        problems = self.found.plan.problems
        return {name: self.found.verdict(name, tuning) for name in problems}  # type: ignore[arg-type]

    def save_csv(self, path: str | Path) -> None:
        """Write a row for each problem, rule and tuning."""
        content = comparison_csv(self.found)
        write_whole(arguments.path("path", path), lambda file: file.write(content))

    def save_json(self, path: str | Path) -> None:
        """Write all figures, and the protocol in words."""
        write_json(arguments.path("path", path), comparison_summary(self.found))

    def save_image(self, path: str | Path, problem: str = "") -> None:
        """Write the sheet of pictures; ``problem`` is that of the panes about one, by default the
        first."""
        from optlab.figures.charts_figure import save_comparison_figure

        problems = self.found.plan.problems
        shown = arguments.one_of("problem", problem, problems) if problem else ""
        save_comparison_figure(self.found, arguments.path("path", path), shown)

    def __repr__(self) -> str:
        ranks = sorted(self.ranks().items(), key=lambda pair: pair[1])
        return f"<{', '.join(f'{rule} {rank:.2f}' for rule, rank in ranks)}>"


def compare(
    problems: str | Sequence[str] = DEFAULT_SUITE,
    optimizers: Sequence[str] | None = None,
    *,
    budget: int = 1000,
    trials: int = 32,
    seeds: int = 10,
    seed: int = 0,
    progress: Progress | None = None,
    cluster: str | Machines | None = None,
) -> CompareResult:
    """Compare rules fairly; see :data:`optlab.core.tuning.comparison.PROTOCOL`.

    ``problems``: surfaces and suites; ``optimizers``: None for those of the suite; ``budget``:
    gradients of a run; ``trials``: points for each tuned parameter; ``seeds`` are reported on;
    ``cluster`` as for :func:`tune`.
    Raises ValueError naming the argument.
    """
    names = (
        [problems] if isinstance(problems, str) else arguments.items("problems", problems, "names")
    )
    given = () if optimizers is None else arguments.items("optimizers", optimizers, "names")
    if optimizers is not None and not given:
        raise SettingError("optimizers", "needs one at least")
    asked = Comparison(
        tuple(arguments.text("problems", name) for name in names),
        tuple(arguments.text("optimizers", name) for name in given),
        budget=arguments.whole("budget", budget, 1),
        trials=arguments.whole("trials", trials, 1, 10_000),
        seeds=arguments.whole("seeds", seeds, 1, 10_000),
        seed=arguments.whole("seed", seed, 0, MAX_SEED),
    )
    plan = comparison_plan(asked)
    control = ProgressCallback(progress)
    with machines(cluster) as used:
        return CompareResult(
            comparison.compare(
                plan,
                store=kernel_store(),
                stop=used.stops(control.cancelled),
                progress=control.progress,
                executor=used.on(NOTHING),
            )
        )
