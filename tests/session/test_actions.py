from collections import Counter

from optlab.session.actions import ACTIONS, BY_ID, MENUS


def test_every_action_is_one_and_stands_in_a_menu() -> None:
    assert len(BY_ID) == len(ACTIONS)
    assert {action.menu for action in ACTIONS} <= set(MENUS)


def test_no_key_means_two_things() -> None:
    counted = Counter(keys for action in ACTIONS for keys in action.keys)
    assert [keys for keys, times in counted.items() if times > 1] == []


def test_titles_say_what_happens() -> None:
    for action in ACTIONS:
        assert action.title and action.title[0].isupper()
        assert not action.title.endswith("."), action.title
    titles = [action.title for action in ACTIONS]
    assert len(set(titles)) == len(titles)
