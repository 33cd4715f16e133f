"""An hour with a rule of one's own: copied, changed, branched, switched, taken away, sent."""

from __future__ import annotations

import csv
import importlib.util
import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from optlab.files.experiment_files import save_experiment
from optlab.session.edits import run_edits
from optlab.session.experiment import Experiment, Surface
from optlab.ui.dialogs.run_dialogs import CodeDialog
from tests.ui.mouse import enter

LOSS = "(1 - w1)^2 + 10*(w2 - w1^2)^2"
CONTROL = Qt.KeyboardModifier.ControlModifier
BRANCH, SWITCH, STEPS = 40, 120, 200
HOSTILE = (
    "w = __import__('os').system('touch HERE')",
    "w = 9^9^9^9^9",
    "class = g\nw = w - class",
    'w = w - eta*g\n"""\nimport os\n"""',
    "eta = 1\nw = w",
    "w = " + "(" * 5000,
    "w = w - eta*\u202eg",
    "w = w.__class__",
)


def go_to(lab, step: int) -> None:
    """Types the number of a step."""
    lab.window.activateWindow()
    lab.until(lab.window.isActiveWindow)
    lab.contour.setFocus()
    lab.key(Qt.Key.Key_G)
    field = QApplication.focusWidget()
    QTest.keyClicks(field, str(step))
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert lab.session.playback.step == step


def typed(field, old: str, new: str) -> None:
    place = field.toPlainText().index(old)
    cursor = field.textCursor()
    cursor.setPosition(place)
    cursor.setPosition(place + len(old), QTextCursor.MoveMode.KeepAnchor)
    field.setTextCursor(cursor)
    QTest.keyClicks(field, new)


@pytest.fixture
def hour(lab):
    """The window after the hour: the branch is the selected run."""
    document = Experiment(surface=Surface(formula=LOSS), start=(-1.5, 2.0), steps=STEPS)
    lab.begin(run_edits.add_run(document, "adam"))
    panel, session = lab.window.parameters, lab.session
    lab.key(Qt.Key.Key_R, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    lab.wait()
    editor = lab.laboratory.commands.editing.editor
    copy = session.selected
    before = session.trajectories[copy].weights.copy()
    field = editor.formula.field()
    typed(field, "m = beta1*m + (1 - beta1)*g", "m = beta1*m + (1 - beta1)*sign(g)")
    typed(field, "eta*m_hat/sqrt(s_hat + epsilon)", "eta*m/(1 + sqrt(s_hat))")
    lab.wait()
    assert editor.formula.error() == ""
    assert not np.array_equal(session.trajectories[copy].weights, before)
    editor.close()
    go_to(lab, BRANCH)
    lab.contour.setFocus()
    lab.key(Qt.Key.Key_B, CONTROL)
    lab.wait()
    branch = session.selected
    assert branch != copy
    enter(panel.slider("beta1").edit(), "0.5")
    lab.wait()
    go_to(lab, SWITCH)
    QTest.mouseClick(panel.then_button, Qt.MouseButton.LeftButton)
    panel.optimizer_list.chosen.emit("gd")
    lab.wait()
    enter(panel.slider("eta").edit(), "0.004")
    lab.wait()
    old, new = (session.trajectories[key].weights for key in (copy, branch))
    assert len(new) == STEPS + 1
    assert (old[: BRANCH + 1] == new[: BRANCH + 1]).all() and (old[-1] != new[-1]).all()
    return lab


def exported(lab, target: str, folder: Path) -> list[dict]:
    """What the files of the selected run's rules define, one after the other."""
    document = lab.session.document
    run = document.run(lab.session.selected)
    dialog = CodeDialog(document, run, lab.laboratory.status.say, lab.window)
    dialog.target.set_key(target)
    found = []
    for leg in range(3):
        dialog.leg.set_key(str(leg))
        dialog.leg.chosen.emit(str(leg))
        path = folder / f"{target}{leg}.py"
        dialog.write(path)
        names: dict = {"__name__": "exported"}
        exec(compile(path.read_text("utf-8"), str(path), "exec"), names)  # noqa: S102
        found.append(names)
    dialog.deleteLater()
    return found


def assert_same(path: np.ndarray, lab) -> None:
    ours = lab.session.trajectories[lab.session.selected].weights
    assert np.abs(path - ours).max() <= 1e-12 * np.abs(ours).max()


def test_the_code_of_the_hour_goes_the_same_way(hour, tmp_path):
    def gradient(w: np.ndarray) -> np.ndarray:
        bend = w[1] - w[0] ** 2
        return np.array([-2 * (1 - w[0]) - 40 * w[0] * bend, 20 * bend])

    first, second, last = exported(hour, "numpy", tmp_path)
    w = np.array([-1.5, 2.0])
    path, state = [w], first["init"](w)
    for t in range(1, STEPS + 1):
        code = first if t <= BRANCH else second if t <= SWITCH else last
        w, state = code["step"](w, gradient(w), state, t)
        path.append(w)
    assert_same(np.array(path), hour)
    if importlib.util.find_spec("torch") is None:
        return
    import torch

    first, second, last = exported(hour, "torch", tmp_path)
    weights = torch.tensor([-1.5, 2.0], dtype=torch.float64, requires_grad=True)

    def optimizer(names: dict) -> torch.optim.Optimizer:
        made = [
            value
            for value in names.values()
            if isinstance(value, type) and issubclass(value, torch.optim.Optimizer)
        ]
        return made[0]([weights])

    path, stepper = [weights.detach().numpy().copy()], optimizer(first)
    for t in range(STEPS):
        if t == BRANCH:
            wanted = optimizer(second).param_groups[0]
            stepper.param_groups[0].update({**wanted, "params": [weights]})
        if t == SWITCH:
            stepper = optimizer(last)
        stepper.zero_grad()
        ((1 - weights[0]) ** 2 + 10 * (weights[1] - weights[0] ** 2) ** 2).backward()
        stepper.step()
        path.append(weights.detach().numpy().copy())
    assert_same(np.array(path), hour)


def test_the_experiment_runs_under_another_home(hour, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    file = tmp_path / "sent.optlab"
    save_experiment(hour.session.document, file)
    outside = {
        key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "HOME"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "optlab", "run", str(file), "--csv", str(home / "out.csv")],
        env=outside | {"HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ours = hour.session.trajectories[hour.session.selected].weights
    written = sorted(home.glob("out*.csv"))
    assert len(written) == 3
    ends = []
    for name in written:
        lines = [line for line in name.read_text("utf-8").splitlines() if line[:1] != "#"]
        row = list(csv.DictReader(io.StringIO("\n".join(lines))))[-1]
        ends.append((float(row["w1"]), float(row["w2"])))
    assert tuple(ours[-1].tolist()) in ends


def test_hostile_equations_only_say_what_is_wrong(lab, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lab.key(Qt.Key.Key_R, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    lab.wait()
    editor = lab.laboratory.commands.editing.editor
    rules = dict(lab.session.document.rules)
    for text in HOSTILE:
        editor.formula.field().setPlainText(text)
        QTest.qWait(1)
        assert editor.formula.error() or editor._notice.text(), text
        assert lab.session.document.rules == rules
    assert list(tmp_path.iterdir()) == []
    editor.close()
    lab.wait()
    assert lab.session.resolved.errors == {}
