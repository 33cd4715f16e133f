from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from optlab.files.experiment_files import experiment_names
from optlab.ui.menus.dynamic_menus import shipped_titles


def entries(menu) -> list[QAction]:
    return [action for action in menu.actions() if action.data()]


def save(lab, *paths: Path) -> None:
    for path in paths:
        assert lab.commands.save_file(path)


def test_the_menu_stands_under_open_and_begins_empty(lab):
    file = lab.commands.menus.menus["File"]
    titles = [action.text() for action in file.actions()]
    assert titles.index("Open recent") == titles.index("Open…") + 1
    assert not lab.commands.recent.isEnabled()


def test_saved_and_opened_files_come_first(lab, tmp_path):
    one, two = tmp_path / "one.optlab", tmp_path / "two.optlab"
    save(lab, one, two)
    assert [action.text() for action in entries(lab.commands.recent)] == [
        "two.optlab",
        "one.optlab",
    ]
    lab.commands.open_file(one)
    assert entries(lab.commands.recent)[0].text() == "one.optlab"


def test_missing_files_are_there_but_cannot_be_chosen(lab, tmp_path):
    path = tmp_path / "one & two.optlab"
    save(lab, path)
    path.unlink()
    lab.commands.recent.aboutToShow.emit()
    (action,) = entries(lab.commands.recent)
    assert action.text() == "one && two.optlab: missing"
    assert not action.isEnabled()


def test_choosing_opens(lab, tmp_path):
    path = tmp_path / "one.optlab"
    save(lab, path)
    lab.commands.documents.new()
    menu = lab.commands.recent
    menu.popup(lab.window.mapToGlobal(lab.window.rect().center()))
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert lab.commands.documents.path == path


def test_forgetting_empties_the_menu(lab, tmp_path):
    save(lab, tmp_path / "one.optlab")
    lab.commands.recent.actions()[-1].trigger()
    assert not lab.commands.recent.isEnabled()
    assert lab.commands.documents.recent() == ()


def test_the_list_outlives_the_program(lab, tmp_path, settings):
    save(lab, tmp_path / "one.optlab")
    settings.sync()
    again = QSettings(settings.fileName(), QSettings.Format.IniFormat)
    assert "one.optlab" in str(again.value("recent_files"))


def test_a_damaged_list_is_no_list(lab, settings):
    settings.setValue("recent_files", {"a": 3})
    assert lab.commands.documents.recent() == ()
    lab.commands.recent.fill()
    assert not lab.commands.recent.isEnabled()


def test_shipped_experiments_are_offered_by_title(lab):
    menu = lab.commands.menus.menus["Experiments"]
    actions = [a for under in menu.findChildren(QMenu) for a in under.actions()]
    offered = {action.data(): action for action in actions}
    assert sorted(key for key in offered if isinstance(key, str)) == sorted(experiment_names())
    assert 4 <= len(menu.actions()) <= 10, "a person reads it at a glance"
    name, title, story = shipped_titles()[0]
    assert offered[name].text().replace("&&", "&") == title
    assert offered[name].statusTip() == story
    offered[name].trigger()
    assert lab.session.document.title == title
    assert lab.commands.documents.path is None
