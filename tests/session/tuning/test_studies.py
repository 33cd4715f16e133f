"""Studies of an experiment: kept, undone, searched, gone on with, and trials as runs."""

import math
from importlib.util import find_spec

import pytest

from optlab.core.parameters import SettingError
from optlab.core.tuning.importance import importance
from optlab.files.encoding import decode_experiment, encode_experiment
from optlab.session.experiment import Experiment, Run, Surface, TuningAxis, TuningStudy
from optlab.session.jobs import JobControl
from optlab.session.resolve import ExperimentError, resolve
from optlab.session.session import Session
from optlab.session.tuning.studies import (
    StudyWork,
    add_trial,
    study_plan,
    with_settings,
    with_study,
)

ETA = TuningAxis("eta", 1e-3, 1.0, "log")
STUDY = TuningStudy(run="1", axes=(ETA, TuningAxis("epsilon_placement")), trials=20, seeds=2)


@pytest.fixture
def document() -> Experiment:
    runs = (Run("1", "adam", "Adam"), Run("2", "gd"))
    return Experiment(surface=Surface(problem="booth"), runs=runs, steps=50, seed=4)


def work_of(document: Experiment, study: TuningStudy) -> StudyWork:
    return StudyWork(*study_plan(document, resolve(document), study))


def test_a_study_is_saved_and_undone(document: Experiment) -> None:
    session = Session(document)
    assert session.propose(with_study(session.document, 0, STUDY))
    assert decode_experiment(encode_experiment(session.document)).studies == (STUDY,)
    session.undo()
    assert session.document.studies == ()
    session.redo()
    assert session.propose(with_study(session.document, 0, None))
    assert session.document.studies == ()


def test_a_study_searches_what_it_says(document: Experiment) -> None:
    plan = work_of(document, STUDY).plan
    assert plan.seeds == (4, 5) and plan.widen == 0 and plan.trials == 20
    assert [axis.name for axis in plan.space.axes] == ["eta", "epsilon_placement"]
    assert plan.space.axes[1].choices == ("inside", "outside", "uncorrected")
    usual = work_of(document, TuningStudy(optimizer="gd"))
    assert usual.spec.rule.key == "gd" and usual.plan.widen > 0


def test_what_cannot_be_tuned_says_why(document: Experiment) -> None:
    with pytest.raises(ExperimentError, match="no run '9'"):
        work_of(document, TuningStudy(run="9"))
    with pytest.raises(SettingError, match="target says which loss"):
        work_of(document, TuningStudy(run="1", measure="steps"))
    with pytest.raises(SettingError, match="nu is not a parameter or option of adam"):
        work_of(document, TuningStudy(run="1", axes=(TuningAxis("nu"),)))


def test_a_study_stops_and_goes_on_to_the_same_trials(document: Experiment) -> None:
    whole = work_of(document, STUDY)(JobControl())
    assert whole.complete and whole.found is not None
    control = JobControl()
    stopped = work_of(document, STUDY)
    take = stopped._take
    stopped._take = lambda found: (take(found), control.cancel())  # type: ignore[assignment, func-returns-value]
    stopped(control)
    assert stopped.found is not None and not stopped.complete
    assert len(stopped.found.settings) < len(whole.found.settings)
    gone = stopped.wanted(JobControl())
    assert gone.found is not None and gone.found.settings == whole.found.settings
    assert (gone.found.measures == whole.found.measures).all()


def test_a_trial_becomes_a_run_with_its_loss(document: Experiment) -> None:
    work = work_of(document, TuningStudy(run="1", axes=STUDY.axes, trials=20))(JobControl())
    found = work.found
    assert found is not None and found.best is not None
    more, run_id = add_trial(document, STUDY, work.spec, found.settings[found.best])
    assert [run.id for run in more.runs] == ["1", run_id, "2"]
    session = Session(more)
    session.compute_all()
    assert session.trajectories[run_id].final_loss == found.losses[found.best, 0]


def test_importance_says_which_parameter_decides(document: Experiment) -> None:
    axes = (ETA, TuningAxis("epsilon", 1e-10, 1e-7, "log"))
    work = work_of(document, TuningStudy(run="1", axes=axes, trials=60))(JobControl())
    if find_spec("optuna") is None:
        assert work.shares == {}
        return
    assert math.isclose(sum(work.shares.values()), 1.0)
    assert work.shares["eta"] > 0.8
    few = work_of(document, TuningStudy(run="1", axes=axes, trials=6))(JobControl())
    assert few.found is not None and importance(few.found) == {}


def test_trials_stay_when_the_run_takes_one_of_them(document: Experiment) -> None:
    before = study_plan(document, resolve(document), STUDY)
    taken = with_settings(document, "1", {"eta": 0.5, "epsilon_placement": "inside"})
    assert study_plan(taken, resolve(taken), STUDY) == before
    assert taken.runs[0].parameters == {"eta": 0.5}
