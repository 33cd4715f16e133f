"""The command lines that give a run's numbers again."""

from __future__ import annotations

import re
import shlex

from optlab.core.gradient import STAGES
from optlab.core.rules import choice_text
from optlab.core.run import RunSpec
from optlab.session.experiment import Experiment, Run


def can_be_typed(experiment: Experiment) -> bool:
    """Whether options say all of it: there is none for a surface that was turned or moved, nor
    for rules, surfaces and schedules that the experiment brings along."""
    surface = experiment.surface
    plain = (surface.rotation, surface.scale, surface.shift) == (0.0, (1.0, 1.0), (0.0, 0.0))
    return plain and not (experiment.rules or experiment.surfaces or experiment.schedules)


def run_command(experiment: Experiment, run: Run, spec: RunSpec) -> str:
    """One run from nothing, every setting that is not a default said; for a POSIX shell."""
    return " ".join(run_words(experiment, run, spec))


def run_words(experiment: Experiment, run: Run, spec: RunSpec) -> list[str]:
    """The words of :func:`run_command`, quoted where a shell needs it."""
    surface = experiment.surface
    if surface.formula:
        words = ["optlab", "run", "--loss", surface.formula]
    else:
        words = ["optlab", "run", "--problem", surface.problem]
    words.append(f"--start={spec.start[0]!r},{spec.start[1]!r}")
    words += ["--steps", str(experiment.steps), "--optimizer", run.optimizer]
    for name, parameter in spec.rule.parameters.items():
        if spec.parameters[name] != parameter.default:
            words += ["--set", f"{name}={spec.parameters[name]!r}"]
    for name, option in spec.rule.options.items():
        if spec.options[name] != option.default:
            words += ["--set", f"{name}={choice_text(spec.options[name])}"]
    if run.schedule != "constant":
        words += ["--schedule", run.schedule]
    treatment = spec.treatment.active()
    for name in STAGES:
        if name in treatment:
            words += [f"--{name.replace('_', '-')}", repr(treatment[name])]
    if experiment.seed:
        words += ["--seed", str(experiment.seed)]
    if experiment.stop_gradient is not None:
        words += ["--stop-gradient", repr(experiment.stop_gradient)]
    return list(map(quoted, [*words, "--csv", "run.csv"]))


def quoted(word: str) -> str:
    """A word as a POSIX shell takes it."""
    return word if re.fullmatch(r"[\w@%+=:,./-]+", word, re.ASCII) else shlex.quote(word)
