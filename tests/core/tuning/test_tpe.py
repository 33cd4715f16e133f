"""Optuna's TPE, where it is installed: repeatable, and told of failures as failures."""

from importlib.util import find_spec

import pytest

from optlab.core.parameters import SettingError
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec
from optlab.core.tuning import space_of
from optlab.core.tuning.search import Search, search


def test_tpe_is_repeatable_or_says_what_is_missing() -> None:
    spec = RunSpec(load_problem("rosenbrock"), load_rule("gd"), steps=60)
    plan = Search(space_of(spec.rule), 20, sampler="tpe", seed=4)
    if find_spec("optuna") is None:
        with pytest.raises(SettingError, match=r"needs the package optuna: pip install"):
            search(spec, plan)
        return
    found = search(spec, plan)
    assert found.settings == search(spec, plan).settings
    assert len(found.settings) == 21
    assert found.best is not None and found.medians[found.best] < 1.0
