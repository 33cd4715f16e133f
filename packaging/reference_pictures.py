"""The pictures of the reference, and its colours: what packaging/reference.py puts into pages."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

import optlab
from optlab.core.contours import surface_picture
from optlab.core.problems import FormulaProblem, load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run
from optlab.core.schedules.catalogue import parse_schedule
from optlab.pictures.color_tables import QUIET, color_table
from optlab.pictures.theme import DARK, LIGHT
from optlab.session.resolve import resolve_strictly

_SIZE = (480, 360)
"""Pixels of a small picture."""


def schedule_curve(key: str) -> str:
    """The learning rate over 200 steps as an SVG."""
    spec = RunSpec(
        load_problem("quadratic"),
        load_rule("gd"),
        {"eta": 1e-3},
        schedule=parse_schedule(key),
        steps=200,
    )
    eta = run(spec)["eta"][1:]
    low, high = float(min(eta.min(), 0.0)), float(eta.max())
    points = " ".join(
        f"{20 + 440 * i / 199:.1f},{110 - 95 * (value - low) / (high - low):.1f}"
        for i, value in enumerate(eta.tolist())
    )
    return (
        '<svg class="curve" viewBox="0 0 480 120" role="img" aria-label="η over 200 steps">'
        '<line x1="20" y1="110" x2="460" y2="110"/>'
        f'<polyline points="{points}"/></svg>\n'
    )


def map_picture(
    problem: FormulaProblem, window: Any, paths: Sequence[tuple[Any, str]] = ()
) -> bytes:
    """A small WebP picture of a surface with its levels, its minima and coloured paths."""
    columns, rows = _SIZE
    picture = surface_picture(
        problem.grid, window, (columns // 2, rows // 2), "log", 16, problem.lowest_value
    )
    colors = color_table(QUIET, LIGHT)[(picture.shading * 255 + 0.5).astype(np.uint8)]
    image = Image.fromarray(colors[::-1].copy()).resize(
        (2 * columns, 2 * rows), Image.Resampling.BICUBIC
    )
    ink = ImageDraw.Draw(image, "RGBA")
    (left, right), (bottom, top) = window

    def placed(points: Any) -> list[tuple[float, float]]:
        with np.errstate(all="ignore"):
            x = 2 * columns * (points[:, 0] - left) / (right - left)
            y = 2 * rows * (top - points[:, 1]) / (top - bottom)
        good = np.isfinite(x) & np.isfinite(y) & (np.abs(x) < 1e5) & (np.abs(y) < 1e5)
        return list(zip(x[good].tolist(), y[good].tolist(), strict=True))

    for line in picture.contours.lines:
        ink.line(placed(line), fill="#24405a4d", width=2)
    for path, color in paths:
        ink.line(placed(path), fill=color, width=5, joint="curve")
    marks = [minimum.at for minimum in problem.minima]
    for x, y in placed(np.array(marks)) if marks else ():
        ink.line([(x - 9, y - 9), (x + 9, y + 9)], fill="#1f2328", width=3)
        ink.line([(x - 9, y + 9), (x + 9, y - 9)], fill="#1f2328", width=3)
    content = io.BytesIO()
    image.resize(_SIZE, Image.Resampling.LANCZOS).save(content, "WEBP", quality=82, method=4)
    return content.getvalue()


def experiment_picture(key: str) -> bytes | None:
    """The map of an experiment on a formula of two weights with its paths."""
    lab = optlab.load(key)
    resolved = resolve_strictly(lab.document)
    problem = resolved.problem
    if resolved.map_window is None or not isinstance(problem, FormulaProblem):
        return None
    study = lab.run().study
    paths = [(one.trajectory.weights, LIGHT.run(one.run.color)) for one in study.visible]
    return map_picture(problem, resolved.map_window, paths)


def style() -> str:
    """The colours of the program's themes, for the theme of the site."""
    rules = []
    for theme, scheme in ((LIGHT, "default"), (DARK, "slate")):
        rules.append(
            f'[data-md-color-scheme="{scheme}"] {{ --md-default-bg-color: {theme.window};'
            f" --md-default-fg-color: {theme.text}; --md-default-fg-color--light: {theme.muted};"
            f" --md-typeset-a-color: {theme.runs[1]}; --md-accent-fg-color: {theme.runs[1]};"
            f" --md-primary-fg-color: {theme.panel}; --md-primary-bg-color: {theme.text};"
            f" --md-primary-bg-color--light: {theme.muted}; --md-code-bg-color: {theme.panel};"
            f" --md-footer-bg-color: {theme.panel}; --md-footer-bg-color--dark: {theme.panel};"
            f" --md-footer-fg-color: {theme.text}; --md-footer-fg-color--light: {theme.muted};"
            f" --line: {theme.border}; --curve: {theme.runs[0]}; }}"
        )
    return "\n".join(rules)
