"""Without runs the window says what to do, and shows nothing of those that are gone."""

from PySide6.QtCore import QPoint

from optlab.session.experiment import changed
from optlab.ui.widgets.buttons import TextButton
from optlab.ui.widgets.labels import ElidedLabel


def labels(widget):
    return [label for label in widget.findChildren(ElidedLabel) if label.isVisible()]


def test_nothing_is_left_of_runs_that_are_gone(lab):
    assert any("steps in" in label.text() for label in labels(lab.window.status))
    lab.session.propose(changed(lab.session.document, runs=()))
    lab.until(lambda: not any(label.text() for label in labels(lab.window.status)))
    lab.wait()
    assert not any("steps in" in label.text() for label in labels(lab.window.status))
    assert not lab.window.parameters.treatment_group().isEnabled()


def test_the_invitation_stands_under_the_title(lab):
    lab.session.propose(changed(lab.session.document, runs=()))
    panel = lab.window.runs
    title, invitation = labels(panel)[:2]
    assert "add an optimizer" in invitation.text()
    lab.until(lambda: invitation.mapTo(panel, QPoint()).y() > title.mapTo(panel, QPoint()).y())
    assert invitation.mapTo(panel, QPoint()).x() == title.mapTo(panel, QPoint()).x()
    assert [b for b in panel.buttons() if isinstance(b, TextButton) and b.isEnabled()]


def test_the_worksheet_says_what_it_needs(lab):
    lab.window.bottom_tabs.show_page("Worksheet")
    lab.session.propose(changed(lab.session.document, runs=()))
    worksheet = lab.window.worksheet
    lab.until(lambda: "Add a run" in worksheet._message.text())
    assert not worksheet._next.isEnabled()
    lab.session.undo()
    lab.wait()
    lab.until(lambda: worksheet.worksheet() is not None)
