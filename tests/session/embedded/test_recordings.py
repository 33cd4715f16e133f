"""Experiments with runs that were recorded elsewhere."""

import base64
import shutil
from pathlib import Path

import numpy as np
import pytest

import optlab
from optlab.core.analysis.quantities import available
from optlab.core.recordings import RecordingError
from optlab.files.encoding import decode_experiment, encode_experiment
from optlab.files.experiment_files import load_experiment, save_experiment
from optlab.files.temp_files import FileProblemError
from optlab.session.comparison import compare_to_baseline, study_comparison
from optlab.session.embedded import recordings
from optlab.session.embedded.recordings import recorded, recording_experiment, with_recording
from optlab.session.experiment import Experiment, Run, Surface, changed
from optlab.session.resolve import ExperimentError, resolve, resolve_strictly
from optlab.session.session import Session

TEXT = "t,w1,w2,loss,lr\n0,1,2,5,\n1,0.5,1,1.25,0.1\n2,0.25,0.5,0.3125,0.1\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "my run.csv"
    path.write_text(TEXT, "utf-8")
    return path


def test_a_recording_is_an_experiment_and_travels_with_it(file: Path, tmp_path: Path) -> None:
    experiment = load_experiment(file)
    assert experiment.steps == 2 and experiment.runs[0].recording == "my_run"
    save_experiment(experiment, tmp_path / "a.optlab")
    file.unlink()
    again = load_experiment(tmp_path / "a.optlab")
    assert again == experiment
    numbers = resolve_strictly(again).recordings["1"]
    assert numbers.loss.tolist() == [5, 1.25, 0.3125]


def test_without_a_loss_the_map_shows_the_path_alone(file: Path) -> None:
    session = Session(recording_experiment(file))
    session.compute_all()
    assert session.playback.last == 2 and session.trajectories["1"].final_loss == 0.3125
    assert session.resolved.no_map == "" and session.picture is not None
    assert session.picture.finite.mask.all()
    (low, high), _ = session.resolved.window
    assert low < 0.25 and high > 1
    keys = [q.key for q in available(session.resolved.problem, None, session.trajectories["1"])]
    assert "rule:lr" in keys


def test_a_recording_among_runs_of_rules(file: Path) -> None:
    document = Experiment(
        surface=Surface(formula="w1^2 + w2^2"),
        runs=(Run(id="1", optimizer="gd", name="gd"),),
        start=(1.0, 2.0),
        steps=10,
    )
    session = Session(document)
    session.compute_all()
    assert session.propose(with_recording(session.document, file))
    assert set(session.trajectories) == {"1", "2"} and session.document.steps == 10
    entries = study_comparison(session.study)
    recorded = entries[1].metrics
    assert entries[1].run.optimizers == "" and recorded.gradient_calls is None
    assert recorded.sign_changes == () and recorded.final_loss == 0.3125
    found = compare_to_baseline(session.resolved.problem, session.study.runs, 1.0, "1")
    assert found.lines[1].ratio is None and found.lines[1].loss_at_budget is None
    assert found.lines[1].metrics.steps_to_target == 2 and found.note == ""
    session.undo()
    assert set(session.trajectories) == {"1"}
    session.redo()
    assert set(session.trajectories) == {"1", "2"}


def test_a_large_file_stays_where_it_is(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "MOST_EMBEDDED", 10)
    experiment = recording_experiment(file)
    assert experiment.recordings == {} and Path(experiment.runs[0].recording) == file
    assert resolve_strictly(experiment).recordings["1"].steps == 2
    file.write_text(TEXT + "3,0,0,0,0.1\n", "utf-8")
    assert resolve_strictly(experiment).recordings["1"].steps == 3
    file.unlink()
    with pytest.raises(ExperimentError, match="cannot be read"):
        resolve_strictly(experiment)


def test_the_same_file_twice_is_taken_in_once(file: Path) -> None:
    experiment = with_recording(recording_experiment(file), file)
    assert list(experiment.recordings) == ["my_run"]
    assert [run.name for run in experiment.runs] == ["my run", "my run 2"]


def test_a_bad_file_is_told_with_line_and_column(file: Path) -> None:
    file.write_text(TEXT.replace("1.25", "much"), "utf-8")
    with pytest.raises(FileProblemError, match=r"my run.csv: line 3, column loss: 'much'"):
        load_experiment(file)
    file.write_bytes(b"t,w1,loss\n0,\xff,1\n")
    with pytest.raises(FileProblemError, match="line 2: not UTF-8"):
        load_experiment(file)


def test_a_recording_of_other_weights_is_an_error_of_its_run(file: Path) -> None:
    experiment = changed(recording_experiment(file), surface=Surface(formula="w1^2 + w3^2"))
    assert "2 weights; the loss has 3" in resolve(experiment).errors["1"]


def test_a_run_is_recorded_or_has_an_optimizer(file: Path) -> None:
    experiment = recording_experiment(file)
    both = Run(id="1", optimizer="gd", recording=experiment.runs[0].recording)
    wrong = changed(experiment, runs=(both,), surface=Surface(formula="w1^2"))
    assert resolve(wrong).errors["1"] == "a recorded run has no optimizer"


def test_a_function_of_a_program_is_named_and_cannot_be_run_from_a_file() -> None:
    experiment = Experiment(surface=Surface(function="bowl"), runs=(Run(id="1", optimizer="gd"),))
    assert decode_experiment(encode_experiment(experiment)) == experiment
    with pytest.raises(ExperimentError, match="'bowl' is a function of Python"):
        resolve(experiment)


def _folder(path: Path, finished: bool = True) -> Path:
    recorder = optlab.record(path)
    recorder.__enter__()
    for t in range(5):
        recorder.step(w=[float(t), 1.0], loss=float(t), m=[0.5, float(t)])
    recorder._flush()
    if finished:
        recorder.close()
    return path.with_suffix(".optrec")


def test_a_small_folder_travels_inside_the_experiment(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "run")
    experiment = recording_experiment(folder)
    assert list(experiment.recordings) == ["run"]
    before = recorded(experiment, experiment.runs[0])
    shutil.rmtree(folder)
    assert decode_experiment(encode_experiment(experiment)) == experiment
    after = recorded(experiment, experiment.runs[0])
    np.testing.assert_array_equal(after.data, before.data)


def test_a_training_that_goes_on_stays_a_folder_and_is_read_anew(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "run", finished=False)
    experiment = recording_experiment(folder / "run.json")
    assert not experiment.recordings
    assert experiment.title == "run"
    assert recorded(experiment, experiment.runs[0]).steps == 4
    shutil.copy(folder / "000000.npz", folder / "000001.npz")
    assert recorded(experiment, experiment.runs[0]).steps == 9


@pytest.mark.parametrize("content", ["%%%", "UEsDBA==", base64.b64encode(b"x" * 99).decode()])
def test_a_damaged_text_of_a_folder_is_refused(content: str) -> None:
    run = Run(id="a", name="a", recording="a")
    experiment = Experiment(
        surface=Surface(), runs=(run,), recordings={"a": f"optlab-recording;base64,{content}"}
    )
    with pytest.raises(RecordingError, match="a: is damaged"):
        recorded(experiment, run)
