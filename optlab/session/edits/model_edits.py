"""What a person changes of surfaces, data and networks: from document to document."""

from __future__ import annotations

import math
from typing import Final, TypeVar

import msgspec

from optlab.core.data import Batches, Table, load_table
from optlab.core.formula import FormulaError
from optlab.core.parameters import SettingError
from optlab.core.problems import (
    DataProblem,
    FormulaProblem,
    NetworkProblem,
    data_problem,
    formula_problem,
    map_window,
    network_sizes,
    usual_loss,
)
from optlab.core.problems.data_formula import names_rows, usable_columns
from optlab.core.resources import CatalogueEntry
from optlab.session.embedded.data_sets import data_of, split_tables, with_data
from optlab.session.embedded.own_texts import with_file
from optlab.session.experiment import (
    DataSet,
    Experiment,
    NetworkModel,
    Run,
    Surface,
    changed,
)
from optlab.session.resolve import (
    ExperimentError,
    catalogue_or_typed,
    network_model,
    resolve_problem,
    resolve_surface,
    transform_of,
)

Value = TypeVar("Value")
NETWORK: Final = ":network"
FORMULA: Final = ":formula"
MODELS: Final = (
    CatalogueEntry(NETWORK, "Network on data", "A dense network, trained on a table of numbers"),
    CatalogueEntry(
        FORMULA, "Formula over data", "A loss over all rows, such as mean((w1*x − y)^2)"
    ),
)
"""What the gallery offers beside the surfaces of the catalogue; no file has such a name."""
USUAL_NETWORK_DATA, USUAL_FORMULA_DATA = "moons", "line"
USUAL_TEST = 0.3
_HIDDEN = (8,)
_MOST_TERMS = 8
"""Inputs up to which the usual formula has a weight for each."""

replaced = msgspec.structs.replace


def choose_problem(document: Experiment, key: str) -> Experiment:
    """Another surface by its name, with its own window and start; the title was the old one's.

    ``key`` may be the path of a ``.toml`` file, whose text the experiment takes in.  Raises
    UnknownNameError or DataError then.
    """
    document, key = with_file(document, "surfaces", key)
    surface = Surface(problem=key)
    try:
        count = resolve_surface(surface, document).dimension
    except ExperimentError:
        return changed(document, surface=surface, start=None, title="", story="", claims=())
    fitting = tuple(
        run if run.start is None or len(run.start) == count else _with_start(run, None)
        for run in document.runs
    )
    return changed(
        document, surface=surface, start=None, runs=fitting, title="", story="", claims=()
    )


def type_formula(document: Experiment, text: str) -> Experiment:
    """A typed surface on the window and from the start that were there before.

    Those of a catalogue surface go on too; title, story and claims were the old surface's, and stay
    where the text only writes it otherwise.  Raises ExperimentError where that one cannot be used.
    """
    before = resolve_problem(document)
    weights = kept_weights(document, text)
    typed = typed_problem(document, text, weights)
    if isinstance(before, FormulaProblem):
        shown = catalogue_or_typed(document.surface, document)
        if (typed.tree, typed.weights) == (shown.tree, shown.weights):
            kept = text if document.surface.formula else ""
            same: Surface = msgspec.structs.replace(document.surface, formula=kept)
            return changed(document, surface=same)
    count = typed.dimension
    window = document.surface.window or before.window
    start = document.start or before.start
    surface = msgspec.structs.replace(
        document.surface,
        formula=text,
        data=document.surface.data or data_of(before) if typed.rows else None,
        problem="",
        network=None,
        function="",
        weights=weights,
        window=_filled_up(window, typed.window),
    )
    if count != before.dimension:
        # Turning and stretching is of the plane that it was set for.
        plain = Surface()
        surface = msgspec.structs.replace(
            surface,
            rotation=plain.rotation,
            scale=plain.scale,
            shift=plain.shift,
            centre=plain.centre,
        )
    runs = tuple(
        run if run.start is None else _with_start(run, _filled_up(run.start, typed.start))
        for run in document.runs
    )
    return changed(
        document,
        surface=surface,
        start=_filled_up(start, typed.start),
        runs=runs,
        title="",
        story="",
        claims=(),
    )


def typed_problem(document: Experiment, text: str, weights: tuple[str, ...] = ()) -> FormulaProblem:
    """The problem of a typed formula, over the data that the surface has where it names any.

    Raises FormulaError, and ExperimentError where the surface cannot be used.
    """
    before = resolve_problem(document)
    if isinstance(before, DataProblem) and names_rows(text, before.table):
        return data_problem(text, before.table, weights, before.test_table)
    return formula_problem(text, weights)


def kept_weights(document: Experiment, text: str) -> tuple[str, ...]:
    """The names of the weights for a typed formula: those that the surface has, where the text is
    a formula of them, else none, for w1, w2, ..."""
    names = document.surface.weights
    if names:
        try:
            typed_problem(document, text, names)
        except FormulaError:
            return ()
    return names


def _filled_up(have: tuple[Value, ...], usual: tuple[Value, ...]) -> tuple[Value, ...]:
    """One for each weight: those that are there, then the usual ones."""
    return (*have[: len(usual)], *usual[len(have) :])


def _with_start(run: Run, start: tuple[float, ...] | None) -> Run:
    moved: Run = msgspec.structs.replace(run, start=start)
    return moved


def model_key(surface: Surface) -> str:
    """Which of :data:`MODELS` a surface is, or nothing."""
    if surface.network is not None:
        return NETWORK
    return FORMULA if surface.data is not None and surface.formula else ""


def data_set(document: Experiment) -> DataSet | None:
    """The data of the surface, also where a catalogue problem brings them along."""
    return document.surface.data or data_of(resolve_problem(document))


def choose_model(document: Experiment, key: str) -> Experiment:
    """A network, or a formula, on the data that are there, or on usual ones.

    Raises SettingError where they do not fit.
    """
    usual = USUAL_NETWORK_DATA if key == NETWORK else USUAL_FORMULA_DATA
    data = data_set(document) or DataSet(usual, test=USUAL_TEST)
    table = _table(data, document)
    if key == NETWORK:
        old = document.surface.network or NetworkModel(sizes="")
        surface = Surface(network=_fitted(old, table), data=data)
    else:
        surface = Surface(formula=usual_formula(table), data=data)
    return changed(_with_surface(document, surface), title="", story="", claims=())


def choose_data(document: Experiment, source: str) -> Experiment:
    """Other data: a generator with its settings, a shipped table, one of the experiment, or a CSV
    file, which the experiment takes in where it is small.

    A network gets inputs and outputs that fit; a formula that names other columns gives way to
    the usual one; a surface without data becomes a network.  Raises TableError, SettingError.
    """
    before = data_set(document)
    document, source, digest = with_data(document, source)
    old = before or DataSet(source, test=USUAL_TEST)
    same = before is not None and _kind(before.source) == _kind(source)
    target = old.target if same else ""
    data = replaced(old, source=source, digest=digest, target=target)
    if round(data.test * load_table(source, document.tables).rows) == 0:
        data = replaced(data, test=0.0)
    return _on_data(document, data)


def _kind(source: str) -> str:
    return source.partition(":")[0]


def change_data(document: Experiment, **fields: object) -> Experiment:
    """Other values for fields of the data. Raises SettingError where there are none or they do
    not fit."""
    data = data_set(document)
    if data is None:
        raise SettingError("data", "there is none to change")
    return _on_data(document, replaced(data, **fields))


def change_network(document: Experiment, **fields: str) -> Experiment:
    """Other values for fields of the network. Raises SettingError."""
    model, data = document.surface.network, document.surface.data
    if model is None or data is None:
        raise SettingError("network", "there is none to change")
    model = _fitted(
        network_model(**(msgspec.structs.asdict(model) | fields)), _table(data, document)
    )
    return _with_surface(document, replaced(document.surface, network=model))


def steps_of_epochs(document: Experiment, run_id: str, epochs: int) -> int:
    """The steps that so many epochs of a run take; without batches each step is one."""
    run, problem = document.run(run_id), resolve_problem(document)
    rows = problem.rows
    if run is None or rows == 0:
        return epochs
    treatment = run.own.treatment
    size = treatment.batch or rows
    workers = treatment.workers if treatment.mode == "synchronous" else 1
    return epochs * Batches(rows, size, workers=workers).steps_per_epoch


def usual_formula(table: Table) -> str:
    """Least squares, or the logistic loss of labels 0 and 1, linear in the inputs.

    Raises SettingError where no column has a name that a formula can use.
    """
    names = usable_columns(table)
    inputs = [name for name in names if name != table.target][:_MOST_TERMS]
    if table.target not in names or not inputs:
        reason = f"no formula can name its columns ({', '.join(table.names[:8])})"
        raise SettingError("data", reason)
    terms = [f"w{index}*{name}" for index, name in enumerate(inputs, 1)]
    line = " + ".join([*terms, f"w{len(inputs) + 1}"])
    if table.labels == (0.0, 1.0):
        return f"mean(log(1 + exp((1 - 2*{table.target})*({line}))))"
    return f"mean(({line} - {table.target})^2)"


def _table(data: DataSet, document: Experiment) -> Table:
    return split_tables(data, document.tables)[0]


def _on_data(document: Experiment, data: DataSet) -> Experiment:
    table, surface = _table(data, document), document.surface
    if surface.network is None and not isinstance(resolve_problem(document), DataProblem):
        surface = Surface(network=NetworkModel(sizes=""))
    if surface.network is not None:
        surface = replaced(surface, network=_fitted(surface.network, table), data=data)
        return _with_surface(document, surface)
    surface = replaced(surface, data=data)
    text = surface.formula or resolve_problem(document).formula
    try:
        data_problem(text, table, surface.weights)
    except (FormulaError, SettingError):
        surface = Surface(formula=usual_formula(table), data=data)
    return _with_surface(document, surface)


def _fitted(model: NetworkModel, table: Table) -> NetworkModel:
    """The network with inputs and outputs for a table; its hidden layers stay."""
    sizes = network_sizes(model.sizes) if model.sizes else (1, *_HIDDEN, 1)
    usual = usual_loss(table)
    loss = "" if model.loss == "cross_entropy" != usual else model.loss
    classes = len(table.labels) if (loss or usual) == "cross_entropy" else 0
    outputs = classes if classes > 2 else 1
    fitting = (len(table.names) - 1, *sizes[1:-1], outputs)
    return replaced(model, sizes="-".join(map(str, fitting)), loss=loss)


def _with_surface(document: Experiment, surface: Surface) -> Experiment:
    """The experiment on another surface; starts of other weights are given up."""
    moved = changed(document, surface=surface, start=None)
    before, now = resolve_problem(document), resolve_problem(moved)
    same = before.weights == now.weights and not isinstance(now, NetworkProblem)
    if same:
        return changed(moved, start=document.start)
    plain = replaced(
        surface, window=None, rotation=0.0, scale=(1.0, 1.0), shift=(0.0, 0.0), centre=(0.0, 0.0)
    )
    runs = tuple(replaced(run, start=None) for run in document.runs)
    return changed(moved, surface=plain, runs=runs)


def transform_surface(document: Experiment, **fields: float | tuple[float, float]) -> Experiment:
    """The surface turned, stretched or moved otherwise; runs start at the same place of it.

    ``fields`` are those of the surface.  Raises SettingError for a value that cannot be.
    """
    surface: Surface = msgspec.structs.replace(document.surface, **fields)
    old, new = transform_of(document.surface), transform_of(surface)

    def along(start: tuple[float, ...] | None) -> tuple[float, ...] | None:
        if start is None or old == new:
            return start
        w1, w2 = new.place(old.origin(start))
        # Without the last digits: turning there and back gives the old numbers again.
        digits = max(14 - math.frexp(max(abs(w1), abs(w2), 1e-300))[1] * 3 // 10, 0)
        return round(w1, digits) + 0.0, round(w2, digits) + 0.0

    runs = tuple(msgspec.structs.replace(run, start=along(run.start)) for run in document.runs)
    return changed(document, surface=surface, start=along(document.start), runs=runs)


def rotate_surface(document: Experiment, degrees: float) -> Experiment:
    """The surface turned to an angle, about the middle of what is shown unless it says otherwise.

    Raises SettingError for an angle that cannot be.
    """
    surface = document.surface
    centre = surface.centre
    weights = resolve_problem(document).dimension
    if degrees and weights != 2:
        raise SettingError("rotation", f"turns surfaces of two weights; this one has {weights}")
    if transform_of(surface).is_identity:
        window = surface.window or resolve_surface(surface, document).window
        (left, right), (bottom, top) = map_window(window)
        centre = ((left + right) / 2, (bottom + top) / 2) if degrees else (0.0, 0.0)
    return transform_surface(document, rotation=degrees, centre=centre)
