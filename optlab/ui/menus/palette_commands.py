"""All that the command palette offers: the actions, and what the catalogues hold."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from optlab.session.actions import ACTIONS
from optlab.session.edits import model_edits
from optlab.session.edits.choices import rule_choices, surface_choices
from optlab.session.session import Session
from optlab.ui.controllers.contour.display_options import CHOICES, SWITCHES, DisplayController
from optlab.ui.controllers.runs import add_run
from optlab.ui.dialogs.documents import Documents
from optlab.ui.menus.dynamic_menus import shipped_titles
from optlab.ui.menus.menus import Menus
from optlab.ui.widgets.command_list import Command

_NOT_OFFERED = ("palette",)


def all_commands(
    session: Session, documents: Documents, menus: Menus, look: DisplayController
) -> list[Command]:
    """Every command, the actions first."""
    return [
        *_actions(menus),
        *_looks(look),
        *_files(documents),
        *(_experiment(documents, name, title) for name, title, _ in shipped_titles()),
        *_surfaces(session),
        *_runs(session),
    ]


def _actions(menus: Menus) -> list[Command]:
    commands = []
    for entry in ACTIONS:
        if entry.id in _NOT_OFFERED:
            continue
        action = menus.actions[entry.id]
        commands.append(
            Command(
                entry.title,
                action.trigger,
                entry.menu,
                entry.keys,
                action.isEnabled(),
                action.isChecked() if entry.toggles else None,
            )
        )
    return commands


def _looks(look: DisplayController) -> list[Command]:
    commands = [
        Command(
            title,
            partial(look.choose, field, not look.value(field)),
            "View",
            on=bool(look.value(field)),
        )
        for field, title in SWITCHES
    ]
    for choice in CHOICES:
        for value, text in choice.values:
            choose = partial(look.choose, choice.field, value)
            is_chosen = look.value(choice.field) == value
            commands.append(Command(f"{choice.title}: {text}", choose, "View", on=is_chosen))
    return commands


def _files(documents: Documents) -> list[Command]:
    return [
        Command(f"Open recent: {path.name}", partial(documents.open_file, path), path.parent.name)
        for path in documents.recent()
        if path.is_file()
    ]


def _experiment(documents: Documents, name: str, title: str) -> Command:
    open_it: Callable[[], object] = partial(documents.open_shipped, name)
    return Command(f"Open experiment: {title}", open_it, "Experiments")


def _surfaces(session: Session) -> list[Command]:
    def choose(key: str) -> None:
        session.propose(model_edits.choose_problem(session.document, key))

    titles = surface_choices(session.document)
    return [Command(f"Surface: {t.name}", partial(choose, t.key)) for t in titles]


def _runs(session: Session) -> list[Command]:
    titles = rule_choices(session.document)
    return [
        Command(
            f"Add run: {title.name}" + "".join(f", {alias}" for alias in title.aliases),
            partial(add_run, session, title.key),
        )
        for title in titles
    ]
