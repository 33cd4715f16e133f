"""Runs repeated over seeds, in the whole window."""

import numpy as np
import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from optlab.core.analysis.metrics import median
from optlab.files.experiment_files import load_experiment, shipped_experiment
from optlab.session.experiment import change_run

SEEDS = 5


@pytest.fixture
def noisy(lab):
    lab.begin(load_experiment(shipped_experiment("noise_and_the_learning_rate")))
    lab.session.select("constant")
    lab.window.view_tabs.show_layout("Contour")
    menu = lab.window.findChild(QMenu, "seeds")
    menu.fill()
    (action,) = [action for action in menu.actions() if action.data() == SEEDS]
    action.trigger()
    lab.until(lambda: lab.laboratory.repetition.of("constant"))
    QTest.qWait(1)
    return lab


def test_panes_show_medians_and_quartiles(noisy) -> None:
    repetition = noisy.laboratory.repetition
    (loss,) = [pane for pane in noisy.window.panes._panes if pane.key == "loss"]
    assert len(loss.curves) == 2
    for curve in loss.curves:
        each = np.array([path.loss for path in repetition.of(curve.run_id)])
        assert len(each) == SEEDS
        low, high = curve.band
        assert curve.values == pytest.approx(np.median(each, axis=0))
        assert low == pytest.approx(np.quantile(each, 0.25, axis=0))
        assert high == pytest.approx(np.quantile(each, 0.75, axis=0))
    assert noisy.session.view.seeds == noisy.session.document.view.seeds == SEEDS


def test_the_map_shows_all_paths_and_that_of_the_median_loss_strong(noisy) -> None:
    repetition = noisy.laboratory.repetition
    paths = noisy.contour.shown.paths
    assert [path.faint for path in paths].count(True) == 2 * (SEEDS - 1)
    for path in paths:
        if not path.faint:
            losses = [one.final_loss for one in repetition.of(path.run_id)]
            strong = repetition.middle(path.run_id)[1]
            assert path.w is strong.weights or np.array_equal(path.w, strong.weights)
            assert strong.final_loss == median(losses)
    noisy.session.seek(10)
    noisy.redraw()
    assert noisy.contour.shown.arrows[0].at == pytest.approx(
        repetition.middle(noisy.session.selected)[1].weights[10]
    )


def test_the_comparison_has_medians_and_one_seed_ends_it(noisy) -> None:
    window, session = noisy.window, noisy.session
    window.bottom_tabs.show_page("Comparison")
    noisy.until(lambda: "Medians over 5 seeds." in window.comparison._note.text())
    session.propose(change_run(session.document, "constant", parameters={"eta": 0.01}))
    noisy.wait()
    noisy.until(lambda: noisy.laboratory.repetition.middle("constant")[0].parameters["eta"] == 0.01)
    session.show(seeds=1)
    noisy.until(lambda: not noisy.laboratory.repetition.of("constant"))
    QTest.qWait(1)
    assert not any(path.faint for path in noisy.contour.shown.paths)
    noisy.until(lambda: "seeds" not in window.comparison._note.text())
    window.bottom_tabs.show_page("Worksheet")
