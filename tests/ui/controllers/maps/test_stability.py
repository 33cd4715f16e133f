"""The page of stability: the map of the selected run's rule, and where the run is on it."""

import numpy as np
from PySide6.QtTest import QTest

from optlab.session.edits import run_edits
from optlab.session.experiment import Experiment, Surface


def opened(lab):
    lab.begin(
        run_edits.add_run(
            run_edits.add_run(
                Experiment(surface=Surface(formula="3w1^2 + 10w2^2"), start=(-15.0, 20.0)),
                "momentum",
            ),
            "adam",
        )
    )
    lab.wait()
    lab.window.view_tabs.show_layout("Measures")
    tabs = lab.window.measures.tabs()
    tabs.setCurrentIndex(tabs.count() - 1)
    QTest.qWait(1)
    return lab.window.measures.stability


def test_momentum_has_its_theory_and_a_dot_that_is_eta_lambda(lab):
    page = opened(lab)
    lab.session.select(lab.session.document.runs[0].id)
    lab.session.seek(5)
    lab.until(lambda: page.plot.shown() is not None and page.plot.dot() is not None)
    found = page.plot.shown()
    assert (found.parameter.name, found.theory.formula) == ("alpha", "2(1 + p)")
    assert "heavy ball" in page.note()
    settings = lab.session.resolved.specs[lab.session.selected].parameters
    x, y = page.plot.dot()
    np.testing.assert_allclose((x, y), (20 * settings["eta"], settings["alpha"]), rtol=1e-3)
    run = lab.session.selected
    lab.session.propose(run_edits.set_parameter(lab.session.document, run, "eta", 0.05))
    lab.wait()
    lab.until(lambda: page.plot.dot() is not None and abs(page.plot.dot()[0] - 1.0) < 1e-3)
    lab.window.grab()


def test_another_run_brings_its_own_map_and_parameters(lab):
    page = opened(lab)
    lab.session.select(lab.session.document.runs[1].id)
    lab.until(lambda: page.parameter_list.key() == "beta1")
    lab.until(lambda: page.plot.shown() is not None and page.plot.shown().held == ("s",))
    page.parameter_list.chosen.emit("beta2")
    lab.until(lambda: page.plot.shown().parameter.name == "beta2")
    lab.session.propose(
        run_edits.choose_optimizer(lab.session.document, lab.session.selected, "lion")
    )
    lab.until(lambda: page.plot.shown() is None)
    assert "linear" in page.note()
    lab.window.measures.tabs().setCurrentIndex(0)
    QTest.qWait(1)
    assert lab.window.measures.maps().isVisible() and not page.isVisible()
