"""The training page in the whole window."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from optlab.session.experiment import (
    DataSet,
    Experiment,
    NetworkModel,
    Run,
    Surface,
    Treatment,
    change_run,
)


def training(sizes="2-4-1", source="moons:n=60", steps=12, rules=("adam", "gd", "momentum")):
    surface = Surface(network=NetworkModel(sizes), data=DataSet(source, test=0.3))
    runs = tuple(
        Run(id=str(i), optimizer=rule, name=rule, color=i - 1, treatment=Treatment(batch=16))
        for i, rule in enumerate(rules, 1)
    )
    return Experiment(title="training", surface=surface, runs=runs, steps=steps)


@pytest.fixture
def page(lab):
    lab.begin(training())
    lab.window.view_tabs.show_layout("Training")
    lab.wait()
    yield lab.window.training
    lab.window.view_tabs.show_layout("Contour")


def test_each_visible_run_has_its_boundary_at_the_cursor(lab, page) -> None:
    models = page.models.models()
    assert [model.name for model in models] == ["adam", "gd", "momentum"]
    last = {model.run_id: model.colors.copy() for model in models}
    lab.session.seek(0)
    lab.redraw()
    first = page.models.models()
    assert (first[0].colors == first[1].colors).all()  # all begin at the same weights
    assert all((model.colors != last[model.run_id]).any() for model in first)
    lab.session.seek(12)
    lab.redraw()
    assert all((m.colors == last[m.run_id]).all() for m in page.models.models())
    lab.session.propose(change_run(lab.session.document, "2", visible=False))
    lab.redraw()
    assert [model.run_id for model in page.models.models()] == ["1", "3"]


def test_a_press_selects_the_run_and_hovering_reads_its_answer(lab, page) -> None:
    rect = page.models.picture_rect(1)
    at = rect.center().toPoint()
    QTest.mouseClick(page.models.viewport(), Qt.MouseButton.LeftButton, pos=at)
    lab.until(lambda: lab.session.selected == "2")
    page.models.hovered.emit("2", 0.5, 0.25)
    text = page.models.hover_text()
    assert text.startswith("x₁ = 0.5, x₂ = 0.25: y = ")
    QTest.mouseMove(page.models.viewport(), at + QPoint(3, 2))
    lab.until(lambda: page.models.hover_text() != text)


def test_weights_and_chosen_memory_stand_layer_by_layer(lab, page) -> None:
    drawings = page.layers.drawings
    assert [drawing.symbol for drawing in drawings] == ["w", "m", "s"]
    assert [layer.values.shape for layer in drawings[0].layers] == [(4, 3), (1, 5)]
    weights = lab.session.trajectories["1"].weights[12]
    assert drawings[0].layers[0].values[0, 0] == weights[0]
    assert drawings[0].layers[1].values[0, -1] == weights[-1]
    memory = page.memory()
    memory.setFocus()
    QTest.keyClick(memory, Qt.Key.Key_Down)
    lab.until(lambda: [d.symbol for d in page.layers.drawings] == ["w", "m"])
    lab.session.select("2")
    lab.redraw()
    assert [drawing.symbol for drawing in page.layers.drawings] == ["w", "g"]
    page.layers.resize(500, 150)
    texts = {page.layers.value_at(QPointF(x, y)) for x in range(0, 500, 4) for y in range(150)}
    assert len([text for text in texts if text.startswith("W1, unit")]) == 24
    assert any(", bias: " in text for text in texts)


def test_one_input_shows_the_fitted_curves_of_all_runs(lab, page) -> None:
    lab.begin(training("1-4-1", "line:n=40"))
    assert all(model.curve is not None for model in page.models.models())
    assert [curve.getData()[0].size for curve in page.models._panels[0].curves] == [160] * 3


def test_what_has_no_model_says_why_and_keys_zoom(lab, page) -> None:
    before = page.models._panels[0].box.window_shown()
    page.models.setFocus()
    QTest.keyClick(page.models, Qt.Key.Key_Plus)
    zoomed = page.models._panels[0].box.window_shown()
    assert zoomed != before and page.models._panels[1].box.window_shown() == zoomed
    QTest.keyClick(page.models, Qt.Key.Key_0)
    assert page.models._panels[1].box.window_shown() == before
    lab.begin(training("64-4-10", "digits:n=40"))
    assert "have 64" in page.reason()
    assert page.layers.isVisible() and not page.models.isVisible()


def test_the_tab_is_there_where_there_is_data(lab, page) -> None:
    tabs = lab.window.view_tabs
    lab.begin()
    assert tabs.layout_shown() != "Training" and not page.isVisible()
    tabs.show_layout("Training")
    assert not page.isVisible()
    lab.begin(training())
    tabs.show_layout("Training")
    lab.wait()
    assert page.isVisible() and page.models.models()


def test_losses_and_accuracy_are_panes(lab, page) -> None:
    keys = [pane.key for pane in lab.window.panes._panes]
    assert keys[:3] == ["loss", "test_loss", "test_accuracy"]
