"""Connects the data panel and the network panel with the session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from optlab.core.data import GENERATORS, TableError, load_table, shipped_tables
from optlab.core.formula.nodes import number_text
from optlab.core.parameters import SettingError
from optlab.core.problems import NetworkProblem
from optlab.core.problems.network import INITS, LOSSES
from optlab.core.problems.network_kernel import ACTIVATIONS
from optlab.pictures.training import data_rows
from optlab.session.edits.model_edits import (
    change_data,
    change_network,
    choose_data,
    data_set,
)
from optlab.session.embedded.data_sets import split_tables, whole_table
from optlab.session.experiment import DataSet, Experiment
from optlab.session.resolve import ExperimentError, Resolved
from optlab.session.session import Session
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.style.themes import theme_of
from optlab.ui.views.data import DataNumber, DataPanel
from optlab.ui.views.network import NetworkPanel

Edit = Callable[[], Experiment]
_CSV = "Tables (*.csv)"


class DataController(QObject):
    """Shows the data of the surface; proposes others, and other ways to use them."""

    def __init__(self, session: Session, panel: DataPanel, redraw: Redraw) -> None:
        super().__init__(panel)
        self._session, self._panel = session, panel
        self._sides: tuple[str, str] | None = None
        self._shown: object = None
        panel.source_chosen.connect(self.choose)
        panel.number_edited.connect(self._number)
        panel.test_edited.connect(self._test)
        panel.split_seed_edited.connect(self._seed)
        panel.standardize_toggled.connect(self._standardize)
        panel.target_chosen.connect(self._target)
        panel.sides_chosen.connect(self._choose_sides)
        panel.import_pressed.connect(self.ask)
        self._request = redraw.add(
            self._show, Change.DOCUMENT | Change.RESOLVED | Change.THEME, shown_in=panel
        )

    def ask(self) -> bool:
        """Asks for a CSV file and takes its rows."""
        name, _ = QFileDialog.getOpenFileName(self._panel.window(), "Import data", "", _CSV)
        return bool(name) and self.take(Path(name))

    def take(self, path: Path) -> bool:
        """Takes the rows of a CSV file. Says whether it could."""
        return self.choose(str(path))

    def choose(self, source: str) -> bool:
        """Takes other data by their text. Says whether it could."""
        return self._propose(lambda: choose_data(self._session.document, source))

    def _propose(self, edit: Edit) -> bool:
        """Proposes a changed document, or says what is wrong with it."""
        reason = ""
        try:
            document = edit()
        except (TableError, ExperimentError) as error:
            reason = str(error)
        except SettingError as error:
            reason = error.reason
        if reason:
            self._panel.set_refusal(reason)
            self._session.refused.emit(reason)
            self._shown = None
            self._request()
            return False
        self._panel.set_refusal("")
        return self._session.propose(document)

    def _change(self, **fields: object) -> None:
        self._propose(lambda: change_data(self._session.document, **fields))

    def _number(self, name: str, value: float) -> None:
        data = data_set(self._session.document)
        if data is None:
            return
        kind, _, text = data.source.partition(":")
        numbers = {**GENERATORS[kind].settings(text), name: value}
        settings = ",".join(f"{key}={number_text(float(one))}" for key, one in numbers.items())
        self.choose(f"{kind}:{settings}")

    def _test(self, share: float) -> None:
        self._change(test=share)

    def _seed(self, seed: int) -> None:
        self._change(split_seed=seed)

    def _standardize(self, on: bool) -> None:
        self._change(standardize=on)

    def _target(self, name: str) -> None:
        self._change(target=name)

    def _choose_sides(self, across: str, upwards: str) -> None:
        self._sides = across, upwards
        self._shown = None
        self._request()

    def _show(self, _changed: Change) -> None:
        """Gives the panel the data of the document."""
        document, panel, theme = self._session.document, self._panel, theme_of(self._panel)
        try:
            data = data_set(document)
        except ExperimentError:
            data = None
        about = (data, document.tables, theme)
        if about == self._shown:
            return
        self._shown = about
        panel.scatter.set_theme(theme)
        entries, key = self._entries(document, data)
        panel.set_sources(entries, key)
        panel.set_numbers(_numbers(data))
        if data is None:
            panel.set_facts("")
            panel.set_split(0.0, 0, False)
            panel.set_target((), "")
            panel.set_data(None, None, ())
            return
        whole = whole_table(data, document.tables)
        train, test = split_tables(data, document.tables)
        panel.set_split(data.test, data.split_seed, data.standardize)
        names = load_table(data.source, document.tables).names
        panel.set_target(names, whole.target)
        sides = self._sides if self._sides and set(self._sides) <= set(names) else None
        panel.set_data(whole, data_rows(train, test, theme, sides), names)
        columns = f"{whole.rows} rows × {len(names)} columns"
        split = "" if test is None else f", {train.rows} to train on, {test.rows} for the test"
        dropped = f"; {whole.dropped} with a missing value dropped" if whole.dropped else ""
        renamed = f"; {whole.renamed}" if whole.renamed else ""
        panel.set_facts(columns + split + dropped + renamed)

    def _entries(
        self, document: Experiment, data: DataSet | None
    ) -> tuple[list[tuple[str, str, str]], str]:
        """All data that can be chosen, and the key of those that are."""
        entries = [(name, name, "A table of this experiment") for name in document.tables]
        entries += [(name, name, made.summary) for name, made in GENERATORS.items()]
        entries += [(name, name, info.summary) for name, info in shipped_tables().items()]
        key = "" if data is None else data.source
        if data is not None and data.source.partition(":")[0] in GENERATORS:
            key = data.source.partition(":")[0]
        elif data is not None and data.source not in {entry[0] for entry in entries}:
            entries.append((data.source, Path(data.source).name, data.source))
        return entries, key


def _numbers(data: DataSet | None) -> list[DataNumber]:
    """The numbers of a generator; none for any other data."""
    kind, _, text = ("", "", "") if data is None else data.source.partition(":")
    if kind not in GENERATORS:
        return []
    values = GENERATORS[kind].settings(text)
    return [
        DataNumber(name, values[name], number.low, number.high, number.whole)
        for name, number in GENERATORS[kind].numbers.items()
    ]


_ABOUT = {
    "activation": {
        "tanh": "between −1 and 1",
        "relu": "0 below 0, itself above",
        "sigmoid": "between 0 and 1",
        "linear": "the network is one matrix",
    },
    "init": {
        "xavier": "uniform within √(6/(a + b)) for a inputs and b outputs (Glorot & Bengio 2010)",
        "he": "normal with deviation √(2/a) (He et al. 2015)",
        "normal": "normal with deviation √(1/a)",
        "uniform": "uniform within √(1/a)",
        "zeros": "all 0: units of a layer stay alike",
    },
    "loss": {
        "": "cross-entropy for labels, else squared",
        "squared": "the mean of (answer − target)²",
        "cross_entropy": "the mean of −log of the probability of the label",
    },
}


class NetworkController(QObject):
    """Shows the network of the surface while there is one; proposes others."""

    def __init__(self, session: Session, panel: NetworkPanel) -> None:
        super().__init__(panel)
        self._session, self._panel = session, panel
        known = {"activation": ACTIVATIONS, "init": INITS, "loss": ("", *LOSSES)}
        for name, values in known.items():
            texts = [
                (value, value.replace("_", "-") or "usual", _ABOUT[name].get(value, ""))
                for value in values
            ]
            panel.offer(name, texts)
        panel.hidden_edited.connect(self._hidden)
        panel.choice_edited.connect(self._choose)
        session.resolved_changed.connect(self._show)
        self._show(session.resolved)

    def _hidden(self, units: tuple[int, ...]) -> None:
        problem = self._session.resolved.problem
        if isinstance(problem, NetworkProblem):
            sizes = problem.network.sizes
            self._change(sizes="-".join(map(str, (sizes[0], *units, sizes[-1]))))

    def _choose(self, name: str, value: str) -> None:
        self._change(**{name: value})

    def _change(self, **fields: str) -> None:
        try:
            document = change_network(self._session.document, **fields)
        except SettingError as error:
            self._session.refused.emit(error.reason)
            self._show(self._session.resolved)
            return
        self._session.propose(document, f"network {next(iter(fields))}")

    def _show(self, resolved: Resolved) -> None:
        problem, model = resolved.problem, self._session.document.surface.network
        is_network = isinstance(problem, NetworkProblem) and model is not None
        self._panel.setVisible(is_network)
        if isinstance(problem, NetworkProblem) and model is not None:
            network = problem.network
            self._panel.set_network(
                network.sizes,
                problem.dimension,
                activation=model.activation,
                init=model.init,
                loss=model.loss,
            )
