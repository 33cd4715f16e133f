"""The command palette knows rules by their other names, too."""

from types import SimpleNamespace

from optlab.session.experiment import Experiment
from optlab.ui.menus.palette_commands import _runs


def test_a_rule_is_offered_with_its_other_names() -> None:
    names = [command.title for command in _runs(SimpleNamespace(document=Experiment()))]
    assert "Add run: Gradient descent, sgd" in names
    assert "Add run: Adam" in names
