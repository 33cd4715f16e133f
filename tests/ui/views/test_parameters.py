import gc
import weakref
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest

from optlab.core.parameters import Parameter, parse_interval
from optlab.ui.views.parameters import ParametersPanel, ScheduleTemplate
from optlab.ui.widgets.buttons import Switch
from optlab.ui.widgets.choice import Choice
from tests.ui.mouse import enter

LEFT = Qt.MouseButton.LeftButton


@dataclass(frozen=True)
class Option:
    name: str
    choices: tuple
    default: object
    help: str = ""


ETA = Parameter("eta", "η", 0.1, parse_interval("(0, inf)"), "log", (1e-4, 10.0), "rate")
BETA = Parameter("beta1", "β₁", 0.9, parse_interval("[0, 1)"), "linear", (0.0, 0.999), "memory")
PLACE = Option("eta_placement", ("inside", "outside"), "inside")
CORRECT = Option("bias_correction", (True, False), True)


@pytest.fixture
def panel(show):
    made = ParametersPanel()
    made.set_optimizers([("adam", "Adam", ""), ("gd", "Gradient descent", "")])
    made.set_optimizer("adam")
    made.set_run("Adam")
    made.set_rule([ETA, BETA], [PLACE, CORRECT])
    made.set_schedule("constant")
    return show(made, 300, 500)


def test_a_slider_tells_its_parameter(panel, listen):
    moved, settled = listen(panel.parameter_moved), listen(panel.parameter_settled)
    track = panel.slider("beta1").track()
    QTest.mousePress(track, LEFT, pos=QPoint(40, 10))
    assert moved[-1][0] == "beta1" and settled == []
    QTest.mouseRelease(track, LEFT, pos=QPoint(40, 10))
    assert settled == [moved[-1]]


def test_exact_entry_and_its_limits(panel, listen):
    settled = listen(panel.parameter_settled)
    enter(panel.slider("eta").edit(), "1e-8")
    enter(panel.slider("beta1").edit(), "1")
    assert settled == [("eta", 1e-8)]
    assert panel.slider("beta1").notice() == "β₁ must satisfy 0 ≤ β₁ < 1"
    assert panel.slider("beta1").value() == 0.9


def test_tooltips_say_symbol_range_and_default(panel):
    tip = panel.slider("beta1").track().toolTip()
    for part in ("β₁", "beta1", "memory", "0 ≤ β₁ &lt; 1", "default 0.9"):
        assert part in tip
    assert "0 &lt; η," in panel.slider("eta").track().toolTip()


def test_options(panel, listen):
    chosen = listen(panel.option_chosen)
    place, correct = panel.option("eta_placement"), panel.option("bias_correction")
    assert isinstance(place, Choice) and isinstance(correct, Switch)
    assert place.accessibleName() == "η placement"
    place.drop_down.setFocus()
    QTest.keyClick(place.drop_down, Qt.Key.Key_Down)
    QTest.mouseClick(correct, LEFT)
    assert chosen == [("eta_placement", "outside"), ("bias_correction", False)]


def test_optimizer_schedule_and_treatment(panel, listen):
    optimizer, schedule, treatment = (
        listen(s) for s in (panel.optimizer_chosen, panel.schedule_edited, panel.treatment_edited)
    )
    QTest.keyClick(panel.optimizer_list, Qt.Key.Key_Down)
    QTest.keyClicks(panel.schedule_row().edit().field(), "!")
    panel.set_schedule_templates([ScheduleTemplate("cosine:T_max=200", "cosine", "a half wave")])
    QTest.mouseClick(panel.schedule_row().more(), LEFT)
    QTest.keyClick(panel.schedule_row().picker().field(), Qt.Key.Key_Return)
    group = panel.treatment_group()
    QTest.mouseClick(group.group().header(), LEFT)
    enter(group.field("clip_norm"), "5")
    enter(group.field("clip_norm"), " ")
    enter(group.field("noise"), "-1")
    assert optimizer == [("gd",)]
    assert schedule == [("!constant",), ("cosine:T_max=200",)]
    assert treatment == [("clip_norm", 5.0), ("clip_norm", None)]
    assert group.field("noise").is_wrong()


def test_setters_emit_nothing(panel, listen):
    said = [
        listen(s)
        for s in (
            panel.parameter_moved,
            panel.parameter_settled,
            panel.option_chosen,
            panel.optimizer_chosen,
            panel.schedule_edited,
            panel.treatment_edited,
        )
    ]
    panel.set_values({"eta": 1.0, "nobody": 1.0}, {"eta_placement": "outside", "nobody": True})
    panel.set_values({}, {"bias_correction": False})
    panel.set_optimizer("gd")
    panel.set_schedule("step:drop=0.5,every=10")
    panel.set_schedule_error("what?", 1, 4)
    panel.set_treatment({"l2": 0.1, "clip_norm": None, "noise": 0.0})
    panel.set_run(None)
    assert said == [[]] * 6
    assert not panel.isEnabled()


def test_rows_stay_for_the_same_rule_and_go_with_it(panel, app):
    row, gone = panel.slider("eta"), weakref.ref(panel.slider("beta1"))
    panel.set_rule([ETA, BETA], [PLACE, CORRECT])
    assert panel.slider("eta") is row
    panel.set_rule([ETA], [])
    del row
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert gone() is None
    with pytest.raises(KeyError):
        panel.slider("beta1")
