"""One self-contained page that computes an experiment in the browser, for lectures.

Script and style stand in the page; it asks no network for anything.  The same experiment gives
the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

import optlab
from optlab.core.analysis.worksheet import gradient_lines
from optlab.core.formula.dialects.javascript_dialect import HELPERS
from optlab.core.formula.dialects.latex import to_latex
from optlab.core.formula.dialects.unicode import display_text
from optlab.core.problems import FormulaProblem
from optlab.core.resources import data_folder
from optlab.files.embedded_experiment import script_with
from optlab.files.encoding import experiment_line
from optlab.files.temp_files import write_whole
from optlab.lecture.runs import Code, Page, formulas_of, noise_of, problem_of, run_of, writes_of
from optlab.pictures.color_tables import color_table
from optlab.pictures.theme import DARK, LIGHT, Theme
from optlab.session.kernel_cache import kernel_store
from optlab.session.maps.planes import Flat, flat
from optlab.session.study import Study

MOST_STEPS = 20_000
"""Updates of a run that a page steps through."""
_GRID = 97
"""Points along each side of a surface that the page carries because it cannot compute it."""
_LONGEST_FORMULA = 60
"""Symbols and numbers of a loss that are typeset."""
_SCRIPTS = ("engine.js", "surface.js", "map.js", "curves.js", "worksheet.js", "page.js", "start.js")
_TOKENS = (
    *("window", "panel", "raised", "border", "text", "muted", "selection", "track", "grid"),
    *("good", "warning", "hover", "focus", "handle"),
)


class LectureError(ValueError):
    """Why an experiment cannot be a lecture page."""


def save_lecture(study: Study, path: Path) -> None:
    """Writes the page, whole or not at all.

    Raises :class:`LectureError` for an experiment that it cannot show, FileProblemError where it
    cannot be written.
    """
    content = lecture_bytes(study)
    write_whole(path, lambda file: file.write(content))


def lecture_bytes(study: Study) -> bytes:
    """The page (UTF-8). Raises :class:`LectureError`."""
    check_lecture(study)
    data = _javascript(_data(study))
    script = f'"use strict";(()=>{{\n{HELPERS.strip()}\n{_script()}\nlecture({data});\n}})();'
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    parts = {
        "POLICY": escape(policy, quote=True),
        "VERSION": escape(optlab.__version__),
        "TITLE": escape(study.title, quote=False),
        "EXPERIMENT": script_with(experiment_line(study.experiment)),
        "STYLE": _style(),
        "SCRIPT": script,
    }
    page = _file("page.html")
    return re.sub(r"\{\{([A-Z]+)\}\}", lambda found: parts[found[1]], page).encode(
        "utf-8", "xmlcharrefreplace"
    )


def check_lecture(study: Study) -> None:
    """Raises :class:`LectureError` for an experiment that a page cannot show."""
    if study.resolved.no_plane:
        raise LectureError(study.resolved.no_plane.removesuffix("."))
    if study.experiment.steps > MOST_STEPS:
        steps = study.experiment.steps
        raise LectureError(f"a page steps through at most {MOST_STEPS} updates, not {steps}")


# -- data ----------------------------------------------------------------------------------------


def _data(study: Study) -> Page:
    experiment, problem = study.experiment, study.resolved.problem
    shown = flat(experiment, study.resolved, study.trajectories, kernel_store())
    if shown.why_not:
        raise LectureError(shown.why_not.removesuffix("."))
    view = experiment.shown
    page: Page = {
        "title": study.title,
        "story": [part.strip() for part in experiment.story.split("\n\n") if part.strip()],
        "steps": experiment.steps,
        "formula": _formula(study),
        "names": list(shown.names),
        "dimension": problem.dimension,
        "themes": {theme.name: _theme(theme, view.color_map) for theme in (DARK, LIGHT)},
        "map": {
            "window": shown.resolved.window,
            "levels": view.levels,
            "scale": view.scale,
            "lines": view.lines,
            "quiet": view.color_map == "quiet",
            "equal": view.equal_scale,
            "limit": view.height_limit,
            "minima": [tuple(m.at) for m in shown.resolved.problem.minima] if view.minima else [],
            "lowest": shown.resolved.problem.lowest_value,
            "caption": shown.caption,
        },
        "panes": view.panes,
        "noise": noise_of(study),
        "writes": writes_of(study),
        "runs": [
            run_of(study, one, shown.trajectories.get(one.run.id, one.trajectory))
            for one in study.runs
        ],
    }
    functions = problem_of(study)
    if shown.plane is not None:
        inverse = np.linalg.pinv(shown.plane.directions)
        numbers = {"origin": shown.plane.origin, "directions": shown.plane.directions}
        page["plane"] = {name: a.tolist() for name, a in (*numbers.items(), ("inverse", inverse))}
    if not functions:
        page["map"]["grid"] = _grid(shown)
    return page | functions


def _grid(shown: Flat) -> Page:
    """The surface as numbers: rows along the second axis."""
    (left, right), (bottom, top) = shown.resolved.window
    axes = np.linspace(left, right, _GRID), np.linspace(bottom, top, _GRID)
    with np.errstate(all="ignore"):
        loss = np.asarray(shown.resolved.problem.grid(*np.meshgrid(*axes)), dtype=np.float64)
    values = np.broadcast_to(loss, (_GRID, _GRID)).astype("<f4")
    return {"size": _GRID, "numbers": base64.b64encode(values.tobytes()).decode()}


def _formula(study: Study) -> Page:
    problem = study.resolved.problem
    if not isinstance(problem, FormulaProblem):
        return {"loss": [], "gradient": [], "name": problem.title}
    latex = f"E = {to_latex(problem.tree, limit=_LONGEST_FORMULA)}"
    text = f"E = {display_text(problem.tree, limit=_LONGEST_FORMULA)}"
    gradient = formulas_of(gradient_lines(problem))
    return {"loss": formulas_of([(text, latex)]), "gradient": gradient, "name": problem.title}


def _theme(theme: Theme, color_map: str) -> Page:
    tokens = {name: getattr(theme, name) for name in _TOKENS}
    table = base64.b64encode(np.ascontiguousarray(color_table(color_map, theme)).tobytes())
    return {"tokens": tokens, "runs": theme.runs, "map": table.decode()}


def _javascript(value: Any) -> str:
    """Data as JavaScript: JSON, with functions as they are, that no tag of the page ends."""
    codes: list[str] = []

    def marked(part: Any) -> Any:
        if isinstance(part, Code):
            codes.append(str(part))
            return f"\0{len(codes) - 1}\0"
        if isinstance(part, dict):
            return {name: marked(item) for name, item in part.items()}
        return [marked(item) for item in part] if isinstance(part, list | tuple) else part

    text = json.dumps(marked(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return re.sub(r'"\\u0000(\d+)\\u0000"', lambda found: codes[int(found[1])], text)


# -- files of the page ---------------------------------------------------------------------------


def _file(name: str) -> str:
    return (data_folder("lecture") / name).read_text("utf-8")


@cache
def _script() -> str:
    """All scripts, without what only their readers need."""
    text = "\n".join(map(_file, _SCRIPTS))
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


@cache
def _style() -> str:
    return "\n".join(line.strip() for line in _file("style.css").splitlines() if line.strip())
