"""Data, networks and batches from the window."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from optlab.core.data import load_table
from optlab.session.edits.model_edits import FORMULA, NETWORK
from tests.ui.controllers.training.test_training import training
from tests.ui.mouse import enter

LEFT = Qt.MouseButton.LeftButton
TABLE = "size,age,price\n1,2,3.5\n2,1,4\n3,5,1\n4,4,2\n5,3,7\n6,9,2\n7,2,1\n"


@pytest.fixture
def panel(lab):
    lab.begin(training())
    lab.window.bottom_tabs.show_page("Data")
    lab.wait()
    yield lab.window.data
    lab.window.bottom_tabs.show_page("Worksheet")


def source(lab) -> str:
    return lab.session.document.surface.data.source


def test_the_panel_shows_rows_split_and_a_picture(lab, panel) -> None:
    assert panel.source().key() == "moons" and panel.target().key() == "y"
    assert panel.header().text() == "60 rows × 3 columns, 42 to train on, 18 for the test"
    model = panel.table.model()
    assert (model.rowCount(), model.columnCount()) == (60, 4)
    assert model.headerData(3, Qt.Orientation.Horizontal) == "y ▸"
    rows = panel.scatter.rows()
    assert rows.trained == 42 and len(rows.points) == 60


def test_numbers_of_a_generator_and_the_split_are_edited_and_undone(lab, panel) -> None:
    enter(panel.number("n"), "80")
    lab.until(lambda: "n=80" in source(lab))
    lab.wait()
    enter(panel.test_share, "0.25")
    lab.until(lambda: lab.session.document.surface.data.test == 0.25)
    lab.wait()
    assert panel.header().text() == "80 rows × 3 columns, 60 to train on, 20 for the test"
    QTest.mouseClick(panel.standardize(), LEFT)
    lab.until(lambda: lab.session.document.surface.data.standardize)
    assert abs(lab.session.resolved.problem.table.columns["x1"].mean()) < 1e-12
    for _ in range(3):
        lab.session.undo()
    assert source(lab) == "moons:n=60" and not lab.session.document.surface.data.standardize
    enter(panel.number("n"), "-3")
    assert source(lab) == "moons:n=60"


def test_other_data_fit_the_network_to_their_columns(lab, panel) -> None:
    panel.source().chosen.emit("line")
    lab.wait()
    assert lab.session.document.surface.network.sizes == "1-4-1"
    assert panel.number("slope").value() == load_slope()
    panel.source().chosen.emit("digits")
    lab.wait()
    assert lab.session.document.surface.network.sizes == "64-4-10"
    assert panel.scatter.rows() is not None
    panel.source().chosen.emit("anscombe")
    lab.wait()
    assert lab.session.computed["1"].problem.rows == lab.session.resolved.problem.rows


def load_slope() -> float:
    from optlab.core.data import GENERATORS

    return GENERATORS["line"].settings("")["slope"]


def test_a_table_is_imported_dropped_and_refused_with_line_and_column(
    lab, panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "houses.csv"
    path.write_text(TABLE, "utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    lab.actions["import_data"].trigger()
    lab.wait()
    document = lab.session.document
    assert source(lab) == "houses" and document.tables["houses"] == TABLE
    assert document.surface.network.sizes == "2-4-1"
    panel.target().chosen.emit("age")
    lab.wait()
    assert lab.session.resolved.problem.table.target == "age"
    before = lab.session.document
    path.write_text(TABLE.replace("5,1", "5,much"), "utf-8")
    lab.laboratory.commands._drops.take([QUrl.fromLocalFile(str(path))])
    lab.wait()
    assert lab.session.document == before
    assert "line 4, column price: 'much' is not a number" in lab.window.status._warning.text()
    lab.actions["import_data"].trigger()
    assert "line 4, column price" in panel.refusal() and lab.session.document == before
    path.write_text(TABLE, "utf-8")
    lab.begin()
    lab.laboratory.commands._drops.take([QUrl.fromLocalFile(str(path))])
    lab.wait()
    assert source(lab) == "houses" and lab.session.resolved.problem.network.sizes == (2, 8, 1)


def test_the_gallery_has_networks_and_formulas_over_data(lab) -> None:
    gallery = lab.window.surface.gallery
    gallery.chosen.emit(NETWORK)
    lab.wait()
    assert lab.window.network.isVisible() and not lab.window.surface.formula_edit().isVisible()
    assert gallery.key() == NETWORK and source(lab) == "moons"
    gallery.chosen.emit(FORMULA)
    lab.wait()
    assert gallery.key() == FORMULA and not lab.window.network.isVisible()
    assert lab.window.surface.formula_edit().isVisible()
    assert lab.session.document.surface.formula.startswith("mean(log(1 + exp(")
    lab.window.data.source_chosen.emit("line")
    lab.wait()
    assert lab.session.document.surface.formula == "mean((w1*x + w2 - y)^2)"
    lab.session.undo()
    lab.session.undo()
    lab.wait()
    assert lab.session.document.surface.network is not None


def test_layers_and_units_by_keys_and_buttons(lab, panel) -> None:
    network = lab.window.network
    fewer, more = network.buttons()
    QTest.mouseClick(more, LEFT)
    lab.until(lambda: lab.session.document.surface.network.sizes == "2-4-4-1")
    row = network.layer(1)
    row.more.setFocus()
    QTest.keyClick(row.more, Qt.Key.Key_Space)
    lab.until(lambda: lab.session.document.surface.network.sizes == "2-4-5-1")
    enter(network.layer(0).units, "7")
    lab.until(lambda: lab.session.document.surface.network.sizes == "2-7-5-1")
    enter(network.layer(0).units, "0")
    assert lab.session.document.surface.network.sizes == "2-7-5-1"
    for _ in range(2):
        QTest.mouseClick(fewer, LEFT)
    lab.until(lambda: lab.session.document.surface.network.sizes == "2-1")
    assert not fewer.isEnabled()
    for name, value in (("activation", "relu"), ("init", "he"), ("loss", "squared")):
        network.choice(name).drop_down.chosen.emit(value)
    lab.wait()
    model = lab.session.document.surface.network
    assert (model.activation, model.init, model.loss) == ("relu", "he", "squared")


def test_batches_of_the_selected_run_and_of_all(lab, panel) -> None:
    batches = lab.window.parameters.batches()
    batches.group().set_open(True)
    enter(batches.field("batch"), "7")
    lab.until(lambda: lab.session.document.run("1").treatment.batch == 7)
    assert lab.session.document.run("2").treatment.batch == 16
    enter(batches.field("epochs"), "3")
    lab.until(lambda: lab.session.document.steps == 18)  # 42 rows are 6 batches of 7
    delay = batches.delay()
    delay.setFocus()
    delay.setText("uniform:2")
    QTest.keyClick(delay, Qt.Key.Key_Return)
    lab.until(lambda: lab.session.document.run("1").treatment.delay == "uniform:2")
    delay.setText("soon")
    QTest.keyClick(delay, Qt.Key.Key_Return)
    assert lab.session.document.run("1").treatment.delay == "uniform:2"
    QTest.mouseClick(batches.switches()[0], LEFT)
    lab.until(lambda: not lab.session.document.run("1").treatment.shuffle)
    QTest.mouseClick(batches.for_all, LEFT)
    treatments = {run.treatment for run in lab.session.document.runs}
    assert len(treatments) == 1
    lab.wait()
    assert batches.group().header().summary == "7 rows, delay uniform:2"
    lab.begin()
    assert not batches.isVisible()


def test_tables_name_their_target() -> None:
    table = load_table("moons:n=20").with_target("x1")
    assert table.names == ("x2", "y", "x1") and table.target == "x1"
