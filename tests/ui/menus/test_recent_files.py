from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from optlab.files.experiment_files import experiment_names
from optlab.ui.menus.dynamic_menus import shipped_titles


def entries(menu) -> list[QAction]:
    return [action for action in menu.actions() if action.data()]


def save(program, *paths: Path) -> None:
    for path in paths:
        assert program.commands.save_file(path)


def test_the_menu_stands_under_open_and_begins_empty(program):
    file = program.commands.menus.menus["File"]
    titles = [action.text() for action in file.actions()]
    assert titles.index("Open recent") == titles.index("Open…") + 1
    assert not program.commands.recent.isEnabled()


def test_saved_and_opened_files_come_first(program, tmp_path):
    one, two = tmp_path / "one.optlab", tmp_path / "two.optlab"
    save(program, one, two)
    assert [action.text() for action in entries(program.commands.recent)] == [
        "two.optlab",
        "one.optlab",
    ]
    program.commands.open_file(one)
    assert entries(program.commands.recent)[0].text() == "one.optlab"


def test_missing_files_are_there_but_cannot_be_chosen(program, tmp_path):
    path = tmp_path / "one & two.optlab"
    save(program, path)
    path.unlink()
    program.commands.recent.aboutToShow.emit()
    (action,) = entries(program.commands.recent)
    assert action.text() == "one && two.optlab: missing"
    assert not action.isEnabled()


def test_choosing_opens(program, tmp_path):
    path = tmp_path / "one.optlab"
    save(program, path)
    program.commands.documents.new()
    menu = program.commands.recent
    menu.popup(program.window.mapToGlobal(program.window.rect().center()))
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert program.commands.documents.path == path


def test_forgetting_empties_the_menu(program, tmp_path):
    save(program, tmp_path / "one.optlab")
    program.commands.recent.actions()[-1].trigger()
    assert not program.commands.recent.isEnabled()
    assert program.commands.documents.recent() == ()


def test_the_list_outlives_the_program(program, tmp_path, settings):
    save(program, tmp_path / "one.optlab")
    settings.sync()
    again = QSettings(settings.fileName(), QSettings.Format.IniFormat)
    assert "one.optlab" in str(again.value("recent_files"))


def test_a_damaged_list_is_no_list(program, settings):
    settings.setValue("recent_files", {"a": 3})
    assert program.commands.documents.recent() == ()
    program.commands.recent.fill()
    assert not program.commands.recent.isEnabled()


def test_shipped_experiments_are_offered_by_title(program):
    menu = program.commands.menus.menus["Experiments"]
    actions = [a for under in menu.findChildren(QMenu) for a in under.actions()]
    offered = {action.data(): action for action in actions}
    assert sorted(key for key in offered if isinstance(key, str)) == sorted(experiment_names())
    assert 4 <= len(menu.actions()) <= 10, "a person reads it at a glance"
    name, title, story = shipped_titles()[0]
    assert offered[name].text().replace("&&", "&") == title
    assert offered[name].statusTip() == story
    offered[name].trigger()
    assert program.session.document.title == title
    assert program.commands.documents.path is None
