"""The real window with its real workers: dragging the start, typing a formula, playing.

A latency ends with the paint event of the contour map that shows the new paths.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from benchmarks.measure import Row, Table, slow_twentieth

COMPILE = "compile"
"""The channel of work of the session."""

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent, QPointF, Qt

    from optlab.session.experiment import Experiment

RUNS = ("adam", "momentum", "rmsprop", "adagrad", "nesterov")
KINDS: Final = ("rules", "surfaces", "schedules")
HALF, SLOWEST = "half of all within", "95 of 100 within"
_FRAME = 1 / 60
_PATIENCE = 60.0


def experiment(steps: int, count: int = len(RUNS)) -> Experiment:
    """Some runs on Himmelblau's surface."""
    from optlab.session.experiment import Experiment, Run, Surface

    runs = tuple(
        Run(id=key, name=key, optimizer=key, color=index, parameters={"eta": 0.01})
        for index, key in enumerate(RUNS[:count])
    )
    return Experiment(title="five", surface=Surface(problem="himmelblau"), runs=runs, steps=steps)


def training(steps: int = 500, count: int = len(RUNS)) -> Experiment:
    """The same rules on a network 2-16-1 with mini-batches of 32 rows."""
    from optlab.session.experiment import DataSet, Experiment, NetworkModel, Run, Surface, Treatment

    surface = Surface(network=NetworkModel("2-16-1"), data=DataSet("moons:n=200", test=0.3))
    runs = tuple(
        Run(id=key, name=key, optimizer=key, color=index, treatment=Treatment(batch=32))
        for index, key in enumerate(RUNS[:count])
    )
    return Experiment(title="training", surface=surface, runs=runs, steps=steps)


class Bench:
    """The program on a screen, and a clock at the paint events of its map."""

    def __init__(self, document: Experiment) -> None:
        from PySide6.QtCore import QEvent, QObject, QSettings

        from optlab.ui.shell.app import Laboratory, make_application

        class Watch(QObject):
            def __init__(self) -> None:
                super().__init__()
                self.painted = 0

            def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
                if event.type() == QEvent.Type.Paint:
                    self.painted += 1
                return False

        self.app = make_application(["optlab"])
        folder = tempfile.mkdtemp(prefix="optlab-benchmark-")
        settings = QSettings(str(Path(folder, "settings.ini")), QSettings.Format.IniFormat)
        self.laboratory = Laboratory(document, settings)
        self.session, self.view = self.laboratory.session, self.laboratory.window.contour.viewport()
        self.watch = Watch()
        self.view.installEventFilter(self.watch)
        self.laboratory.window.training.models.viewport().installEventFilter(self.watch)
        self.fresh = 0
        self.session.trajectories_changed.connect(self._take)
        self.laboratory.start()
        self.until(lambda: self.session.picture is not None and self.is_current())
        self.serve(1.5)
        self.compile()

    def _take(self, _runs: object) -> None:
        if self.is_current():
            self.fresh = self.watch.painted

    def is_current(self) -> bool:
        """Whether the newest numbers are those of the document."""
        return dict(self.session.computed) == dict(self.session.resolved.specs)

    def until(self, condition: Callable[[], object], patience: float = _PATIENCE) -> None:
        """Serves events until something holds, and sleeps between them as the program does.

        A loop that asks again and again would take the interpreter from the workers.
        """
        end = time.perf_counter() + patience
        while not condition():
            self.await_events()
            if time.perf_counter() > end:
                raise RuntimeError("the window does not answer")

    def await_events(self) -> None:
        """Serves what comes next; the look for garbage comes five times a second at least."""
        from PySide6.QtCore import QEventLoop

        self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def compile(self) -> None:
        """Until the loops are compiled, as they are after some seconds and at later starts."""
        self.session.prepare()
        self.until(lambda: not self.session._desk.busy(COMPILE), 120.0)

    def serve(self, seconds: float) -> None:
        """Serves events for some time."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1e3), loop.quit)
        loop.exec()

    def latency(self, action: Callable[[], object]) -> float:
        """Milliseconds from before ``action`` until its paths are painted."""
        began = time.perf_counter()
        self.fresh = -1
        action()
        self.until(lambda: self.fresh >= 0 and self.watch.painted > self.fresh)
        taken = time.perf_counter() - began
        self.serve(max(0.0, _FRAME - taken))
        return taken * 1e3

    def mouse(self, kind: QEvent.Type, at: QPointF, held: Qt.MouseButton) -> None:
        """A mouse event on the map."""
        from PySide6.QtCore import QEvent, Qt
        from PySide6.QtGui import QMouseEvent

        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else held
        there = self.view.mapToGlobal(at)
        none = Qt.KeyboardModifier.NoModifier
        self.app.sendEvent(self.view, QMouseEvent(kind, at, there, button, held, none))

    def close(self) -> None:
        """Ends the workers."""
        self.session.close()
        self.laboratory.bridge.close()


def drag(bench: Bench, moves: int) -> list[float]:
    """The latency of each mouse move while the start is dragged in a circle."""
    from PySide6.QtCore import QEvent, QPointF, Qt

    centre = QPointF(bench.view.width() * 0.5, bench.view.height() * 0.45)
    left = Qt.MouseButton.LeftButton
    bench.mouse(QEvent.Type.MouseButtonPress, centre, left)
    taken = []
    for index in range(moves):
        way = QPointF(60 * math.cos(index / 7), 60 * math.sin(index / 7) + index % 2)
        taken.append(
            bench.latency(lambda at=centre + way: bench.mouse(QEvent.Type.MouseMove, at, left))
        )
    bench.mouse(QEvent.Type.MouseButtonRelease, centre + way, left)
    bench.serve(0.6)
    return taken[moves // 5 :]


def train(bench: Bench, moves: int, count: int) -> list[float]:
    """The latency of each move of a slider that changes η of ``count`` trainings: all of them are
    trained anew and their decision boundaries painted."""
    from msgspec.structs import replace

    from optlab.session.experiment import changed

    session = bench.session
    session.open(training(count=count))
    bench.laboratory.window.view_tabs.show_layout("Training")
    bench.until(bench.is_current, 60.0)
    bench.serve(0.5)
    bench.compile()
    bench.until(lambda: session.work is None, 120.0)
    taken = []
    for index in range(moves):
        eta = 0.02 * 1.02 ** (index % 40)
        document = session.document
        runs = tuple(replace(run, parameters={"eta": eta}) for run in document.runs)
        proposed = changed(document, runs=runs)
        taken.append(bench.latency(lambda new=proposed: session.propose(new, "eta")))
    return taken[moves // 5 :]


def type_formulas(bench: Bench, count: int, seed: int = 0) -> list[float]:
    """The latency of the last key of formulas that were never seen before."""
    texts = (
        f"(w1^2 + w2 - {11 + i / 8})^2 + (w1 + w2^2 - 7)^2 + sin({i + 2}*w1 + {seed})"
        for i in range(count)
    )
    return [bench.latency(lambda text=text: bench.session.type_formula(text)) for text in texts]


def edit(bench: Bench, kind: Literal["rules", "surfaces", "schedules"], count: int) -> list[float]:
    """The latency of a key in the editor of a rule, a surface or a schedule: each key makes the
    text another one that is right, and all runs that follow it are computed anew."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QTextCursor
    from PySide6.QtTest import QTest

    editing = bench.laboratory.commands.editing
    bench.session.select(bench.session.document.runs[0].id)
    editing.new(kind)
    bench.until(bench.is_current, 60.0)
    bench.serve(0.5)
    editor = editing.editor
    assert editor is not None
    field = editor.formula.field()
    field.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(field, "*1.")
    bench.serve(0.5)
    taken = []
    for index in range(count):
        if index % 6 == 5:
            QTest.keyClick(field, Qt.Key.Key_Backspace)
            bench.serve(0.2)
            continue
        taken.append(bench.latency(lambda i=index: QTest.keyClicks(field, str(1 + i % 9))))
    editor.close()
    bench.serve(0.3)
    return taken


def play(bench: Bench, seconds: float) -> list[float]:
    """Milliseconds between the paint events of the map while it plays."""
    bench.session.seek(0)
    bench.session.set_speed(240.0)
    bench.serve(0.2)
    bench.session.toggle_playing()
    gaps, end, painted = [], time.perf_counter() + seconds, bench.watch.painted
    last = time.perf_counter()
    while time.perf_counter() < end:
        bench.await_events()
        if bench.watch.painted > painted:
            now, painted = time.perf_counter(), bench.watch.painted
            gaps.append((now - last) * 1e3)
            last = now
    bench.session.toggle_playing()
    return gaps[5:]


def tables(rounds: int = 5, scale: float = 1.0) -> list[Table]:
    """All three; ``scale`` makes fewer and shorter measurements."""
    moves, long = max(10, round(150 * scale)), max(200, round(10_000 * scale))
    count = len(RUNS) if scale > 0.01 else 2
    bench = Bench(experiment(1000, count))
    try:
        dragged = drag(bench, moves)
        words = max(4, round(30 * scale))
        typed = type_formulas(bench, words)
        bench.session.open(experiment(1000, 1))
        bench.until(bench.is_current)
        bench.serve(0.3)
        first = type_formulas(bench, words, 7)
        bench.session.open(experiment(long, count))
        bench.until(bench.is_current)
        bench.serve(0.5)
        played = play(bench, max(0.5, 5.0 * scale))
        bench.session.open(experiment(1000, count))
        bench.until(bench.is_current)
        edited = {kind: edit(bench, kind, max(6, words)) for kind in KINDS}
        trained = train(bench, moves, count)
    finally:
        bench.close()
    return [
        _latencies(f"Dragging the start of {count} runs of 1000 steps, until painted", dragged),
        _latencies("A new formula after its last key, one run of 1000 steps", first),
        _latencies(f"A new formula after its last key, {count} runs of 1000 steps", typed),
        _latencies(f"Dragging η of {count} trainings, 2-16-1, batch 32, 500 steps", trained),
        _latencies(f"Playing {count} runs of {long:,} steps: between two frames", played),
        *(
            _latencies(f"A key in the editor of {kind}, {count} runs of 1000 steps", values)
            for kind, values in edited.items()
        ),
    ]


def _latencies(title: str, values: list[float]) -> Table:
    rows = (Row.of(HALF, values), Row.of(SLOWEST, [slow_twentieth(values)]))
    return Table(title, "ms", "", rows, higher=False)
