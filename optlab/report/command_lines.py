"""The command lines that give a run's numbers again."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from optlab.core.gradient_transforms import STAGES
from optlab.core.rules import choice_text
from optlab.core.run import RunSpec, Segment
from optlab.core.run.sampling import Sampling
from optlab.files.run_files import run_paths
from optlab.session.experiment import Experiment, Run


def can_be_typed(experiment: Experiment) -> bool:
    """Whether options say all of it: there is none for a surface that was turned or moved, for a
    function of Python, for data and networks, nor for rules, surfaces and schedules that the
    experiment brings along, and none for a change on the way that treats gradient or learning
    rate otherwise."""
    surface = experiment.surface
    if surface.data is not None or surface.network is not None:
        return False
    plain = (surface.rotation, surface.scale, surface.shift) == (0.0, (1.0, 1.0), (0.0, 0.0))
    known = bool(surface.formula or surface.problem)
    switches = [switch for run in experiment.runs for switch in run.then]
    own = experiment.rules or experiment.surfaces or experiment.schedules
    usual = all(not switch.schedule and switch.treatment is None for switch in switches)
    return plain and known and usual and not own


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
    if surface.formula and surface.weights:
        words += ["--weights", ",".join(surface.weights)]
    words.append(f"--start={','.join(map(repr, spec.start))}")
    words += ["--steps", str(experiment.steps), "--optimizer", run.optimizer]
    for setting in _given(spec):
        words += ["--set", setting]
    for switch, segment in zip(run.then, spec.then, strict=True):
        given = [*_given(segment), *([] if switch.keep_memory else ["keep_memory=no"])]
        parts = [str(switch.after), switch.optimizer, *([",".join(given)] if given else [])]
        words += ["--then", ":".join(parts)]
    if run.schedule != "constant":
        words += ["--schedule", run.schedule]
    treatment = spec.treatment.active()
    for name in STAGES:
        if name in treatment:
            words += [f"--{name.replace('_', '-')}", repr(treatment[name])]
    sampling = spec.sampling
    for name in ("batch", "workers", "delay", "share", "loss_every"):
        value = getattr(sampling, name)
        if value != getattr(_USUAL, name):
            words += [f"--{name.replace('_', '-')}", str(value)]
    if not sampling.shuffle:
        words += ["--shuffle", "no"]
    if sampling.mode == "asynchronous":
        words += ["--asynchronous", "yes"]
    if experiment.seed:
        words += ["--seed", str(experiment.seed)]
    if experiment.stop_gradient is not None:
        words += ["--stop-gradient", repr(experiment.stop_gradient)]
    file = run_paths(experiment, Path("run.csv"))[run.id]
    return list(map(quoted, [*words, "--csv", str(file)]))


_USUAL = Sampling()


def _given(settings: RunSpec | Segment) -> list[str]:
    """What of a rule is not its default, as ``KEY=VALUE``."""
    rule = settings.rule
    parameters = [
        f"{name}={settings.parameters[name]!r}"
        for name, parameter in rule.parameters.items()
        if settings.parameters[name] != parameter.default
    ]
    options = [
        f"{name}={choice_text(settings.options[name])}"
        for name, option in rule.options.items()
        if settings.options[name] != option.default
    ]
    return parameters + options


def quoted(word: str) -> str:
    """A word as a POSIX shell takes it."""
    return word if re.fullmatch(r"[\w@%+=:,./-]+", word, re.ASCII) else shlex.quote(word)
