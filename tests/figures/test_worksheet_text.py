"""Equations of a worksheet that cannot be typeset stand in its picture as text."""

from pathlib import Path

import pytest

from optlab.core.run import run
from optlab.figures import worksheet_figure
from optlab.figures.layout import WORKSHEET, Size
from optlab.figures.options import PictureOptions
from optlab.session.experiment import Experiment, Run, Surface
from optlab.session.resolve import resolve
from optlab.session.study import Study

RULE = """
name = "Nested"
summary = "Powers of powers"
update = '''
q = {powers}
w = w - eta*q
'''
[parameters]
eta = {{ default = 0.01, range = "(0, inf)", scale = "log", slider = [1e-4, 1.0], help = "rate" }}
"""


@pytest.mark.parametrize("size", ["slide", "page"])
def test_an_equation_beyond_the_budget_is_written_in_lines(size: Size, tmp_path: Path) -> None:
    file = tmp_path / "nested.toml"
    file.write_text(RULE.format(powers="^".join(["(1 + 0.01*g)"] * 12)), "utf-8")
    nested = Run(id="1", optimizer=str(file), color=0)
    experiment = Experiment(
        surface=Surface(formula="w1^2 + w2^2"), runs=(nested,), steps=3, start=(1.0, 2.0)
    )
    resolved = resolve(experiment)
    trajectories = {key: run(spec) for key, spec in resolved.specs.items()}
    options = PictureOptions(WORKSHEET, size, step=2)
    figure = worksheet_figure.draw_worksheet(Study(experiment, resolved, trajectories), options)
    lines = [text.get_text() for text in figure.texts]
    (first,) = (line for line in lines if line.startswith("q ←"))
    assert "(1 + 0.01g)^(" in first
    numbers = [line for line in lines if line.startswith("= (1 + 0.01·")]
    assert numbers, lines
    figure.canvas.draw()
    width = figure.get_figwidth() * figure.dpi
    for text in figure.texts:
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0, text.get_text()
