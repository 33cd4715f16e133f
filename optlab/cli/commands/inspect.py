"""``optlab inspect``: what a recording holds, which rule made it, and where it breaks."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

from optlab.cli.exits import CommandError, print_lines
from optlab.cli.progress import ProgressBar
from optlab.core.analysis.recognize_rule import Match, NotRecordedError, recognize_rule
from optlab.core.analysis.spikes import Spike, find_spike
from optlab.core.recordings import RecordingError
from optlab.core.text_table import aligned
from optlab.session.embedded.recordings import is_recording, read_file

_SHOWN = 3


def execute(options: argparse.Namespace) -> int:
    """Prints the findings as text, or as one JSON object."""
    path = Path(options.file)
    if not path.exists():
        raise CommandError(f"there is no file '{options.file}'")
    if not is_recording(path):
        raise CommandError(f"'{options.file}' is not a recording")
    try:
        recording = read_file(path)
    except RecordingError as error:
        raise CommandError(str(error)) from None
    trajectory, about = recording.trajectory, recording.about
    spike = find_spike(trajectory)
    missing = ""
    matches: tuple[Match, ...] = ()
    with ProgressBar("trying rules") as bar:
        try:
            settings = about.get("settings") or {}
            matches = recognize_rule(trajectory, settings, progress=bar.progress)
        except NotRecordedError as error:
            missing = str(error)
    quantities = {name: trajectory.vectors.size(name) for name in trajectory.vectors}
    if options.json:
        found = {
            "recorded": _known(about),
            "steps": trajectory.steps,
            "outcome": trajectory.outcome.sentence,
            "quantities": quantities,
            "lost": recording.lost,
            "rules": [_match(match) for match in matches],
            "no_rule_because": missing,
            "break": _spike(spike) if spike else None,
        }
        print(json.dumps(found, indent=1, ensure_ascii=False))
        return 0
    lines = [f"{path.name}: {trajectory.outcome.sentence}"]
    if about.get("rule"):
        library = f"{about.get('library') or ''} {about.get('library_version') or ''}".strip()
        lines.append(f"recorded: {about['rule']}{f' of {library}' if library else ''}")
    lines.append("quantities: " + ", ".join(f"{name} ({n})" for name, n in quantities.items()))
    lines += [recording.lost] if recording.lost else []
    lines += ["", *(_rule_lines(matches) if matches else [f"which rule: {missing or 'none'}"])]
    lines += ["", *_spike_lines(spike)]
    print_lines(lines)
    return 0


def _known(about: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "rule", "settings", "library", "library_version", "seed", "finished", "error")
    return {name: about[name] for name in names if name in about}


def _rule_lines(matches: tuple[Match, ...]) -> list[str]:
    best = matches[0].residual
    head = "which rule:" if best < 1e-3 else "which rule: none of ours; the nearest are"
    return [head, *(f"  {match.sentence}" for match in matches[:_SHOWN])]


def _spike_lines(spike: Spike | None) -> list[str]:
    if spike is None:
        return ["breaks: nowhere"]
    names = [name for name, values in spike.norms.items() if len(values)]
    rows = [("step", *(f"|{name}|" if name != "loss" else name for name in names))]
    for index in range(max(0, len(spike.steps) - 8), len(spike.steps)):
        cells = (f"{spike.norms[name][index]:.4g}" for name in names)
        rows.append((f"{spike.steps[index]:.0f}", *cells))
    lines = [f"breaks: {spike.sentence}", *(f"  {line}" for line in aligned(rows))]
    if spike.worst:
        head = ("weight", "share", "w", "update", *(name for name, _ in spike.worst[0].numbers))
        worst = [head]
        for one in spike.worst:
            numbers = (f"{value:.4g}" for _, value in one.numbers)
            worst.append(
                (one.name, f"{one.share:.1%}", f"{one.w:.4g}", f"{one.update:.4g}", *numbers)
            )
        lines += ["", *(f"  {line}" for line in aligned(worst))]
    return lines


def _match(match: Match) -> dict[str, Any]:
    return {
        "rule": match.rule,
        "parameters": dict(match.parameters),
        "options": dict(match.options),
        "l2": match.l2,
        "residual": match.residual,
        "steps": match.steps,
        "fitted": list(match.fitted),
    }


def _spike(spike: Spike) -> dict[str, Any]:
    def number(value: float) -> float | None:
        return value if math.isfinite(value) else None

    return {
        "step": spike.step,
        "quantity": spike.quantity,
        "value": number(spike.value),
        "onset": spike.onset,
        "sentence": spike.sentence,
        "worst": [
            {
                "weight": one.name,
                "share": one.share,
                "w": number(one.w),
                "update": one.update,
                **{name: number(value) for name, value in one.numbers},
            }
            for one in spike.worst
        ],
    }
