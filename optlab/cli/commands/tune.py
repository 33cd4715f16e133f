"""``optlab tune``: the best settings of one or more rules, from equally many trials for each."""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from optlab.cli.exits import CommandError, print_lines, stopped_by_signals
from optlab.cli.experiment_options import experiment_of
from optlab.cli.progress import ProgressBar
from optlab.core.parameters import SettingError
from optlab.core.run import RunSpec
from optlab.core.text_table import aligned
from optlab.core.tuning.search import Search, SearchResult, search
from optlab.core.tuning.space import SearchAxis, Space, space_of
from optlab.files.temp_files import FileProblemError, write_whole
from optlab.session.kernel_cache import kernel_store

Found = list[tuple[str, SearchResult]]


def execute(options: argparse.Namespace) -> int:
    """Checks everything, tunes, writes, then prints a line for each rule."""
    with stopped_by_signals():
        try:
            return _execute(options)
        except SettingError as error:
            option = {"trials": "budget", "sampler": "sampler", "seeds": "seeds"}.get(error.name)
            raise CommandError(f"--{option or 'space'}: {error}") from None
        except FileProblemError as error:
            raise CommandError(str(error)) from None


def _execute(options: argparse.Namespace) -> int:
    plans = [(name, spec, _plan(options, spec)) for name, spec in _specs(options)]
    found: Found = []
    for name, spec, plan in plans:
        with ProgressBar(f"tuning {name}", quiet=options.quiet) as bar:
            found.append((name, search(spec, plan, store=kernel_store(), progress=bar.progress)))
    if options.csv is not None:
        write_whole(Path(options.csv), lambda file: file.write(trials_csv(found)))
    if options.json is not None:
        text = json.dumps(summary(found, options.measure), indent=1, ensure_ascii=False) + "\n"
        write_whole(Path(options.json), lambda file: file.write(text.encode()))
    if not options.quiet:
        print_lines(aligned(list(_lines(found, options.measure))))
    return 0


def _specs(options: argparse.Namespace) -> Iterator[tuple[str, RunSpec]]:
    """The runs that are tuned: one for each name of ``--optimizer``, else those of the file."""
    names = options.optimizer.split(",") if options.optimizer else [None]
    for name in names:
        one = argparse.Namespace(**vars(options) | {"optimizer": name})
        experiment, resolved = experiment_of(one)
        for run in experiment.runs:
            spec = resolved.specs.get(run.id)
            if spec is None:
                continue
            if spec.then:
                raise CommandError("a run that changes its rule on the way cannot be tuned")
            yield run.name or spec.rule.name, spec


def _plan(options: argparse.Namespace, spec: RunSpec) -> Search:
    first = spec.seed
    return Search(
        read_space(spec, options.space),
        options.budget,
        tuple(range(first, first + (options.seeds or 1))),
        options.sampler,
        measure=options.measure,
        target=-math.inf if options.target is None else options.target,
        widen=0 if options.space else 2,
        seed=spec.seed,
    )


def read_space(spec: RunSpec, text: str | None) -> Space:
    """The space of ``eta=1e-4:1:log,beta1,epsilon_placement``: names with or without a range.

    Raises SettingError for what is no range, and for a name that the rule does not have.
    """
    names: list[str] = []
    given: dict[str, SearchAxis] = {}
    for part in (text or "").split(",") if text else []:
        name, equals, ends = part.partition("=")
        names.append(name)
        if equals:
            given[name] = _axis(name, ends)
    return space_of(spec.rule, names or None, given)


def _axis(name: str, text: str) -> SearchAxis:
    parts = text.split(":")
    scale = parts[2] if len(parts) == 3 else "linear"
    try:
        low, high = float(parts[0]), float(parts[1])
    except (ValueError, IndexError):
        reason = f"{name}: needs LOW:HIGH or LOW:HIGH:log, not '{text[:40]}'"
        raise SettingError("space", reason) from None
    if scale not in ("linear", "log", "decay") or len(parts) > 3:
        raise SettingError("space", f"{name}: the scale must be linear, log or decay")
    return SearchAxis(name, low, high, scale)


def _lines(found: Found, measure: str) -> Iterator[tuple[str, ...]]:
    yield ("run", measure, "failed", "settings")
    for name, result in found:
        failed = int((~(result.medians < math.inf)).sum())
        share = f"{failed} of {len(result.medians)}"
        if result.best is None:
            yield (name, "-", share, "all trials failed")
            continue
        settings = result.settings[result.best]
        text = " ".join(f"{k}={_text(v)}" for k, v in settings.items()) or "as it was"
        note = f"  ({'; '.join(result.notes)})" if result.notes else ""
        yield (name, f"{result.medians[result.best]:.6g}", share, text + note)


def _text(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value).lower()


def trials_csv(found: Found) -> bytes:
    """A row for each trial: run, number, settings, the median, and the measure with each seed."""
    names = list(dict.fromkeys(n for _, r in found for one in r.settings for n in one))
    seeds = max(result.measures.shape[1] for _, result in found)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["run", "trial", *names, "median", *(f"seed{i + 1}" for i in range(seeds))])
    for name, result in found:
        for index, settings in enumerate(result.settings):
            values = (settings.get(n, "") for n in names)
            numbers = [float(result.medians[index]), *result.measures[index].tolist()]
            shown = ("" if math.isnan(n) else repr(n) for n in numbers)
            writer.writerow([name, index, *(_cell(v) for v in values), *shown])
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value).lower()


def summary(found: Found, measure: str) -> dict[str, Any]:
    """The best of each run, its space, and how its trials went; null where all failed."""
    runs = []
    for name, result in found:
        best = result.best
        axes = [
            {"name": a.name, "choices": list(a.choices)}
            if a.choices
            else {"name": a.name, "low": a.low, "high": a.high, "scale": a.scale}
            for a in result.space.axes
        ]
        runs.append(
            {
                "run": name,
                "optimizer": result.spec.rule.key,
                "best": None if best is None else dict(result.settings[best]),
                "value": None if best is None else float(result.medians[best]),
                "trial": best,
                "trials": len(result.settings),
                "failed": int((~(result.medians < math.inf)).sum()),
                "steps": result.spec.steps,
                "gradients": result.gradients,
                "seeds": int(result.measures.shape[1]),
                "space": axes,
                "notes": list(result.notes),
            }
        )
    return {"measure": measure, "runs": runs}
