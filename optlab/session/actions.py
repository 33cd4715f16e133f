"""The action table: what a person can do, once, and how a command is found by letters."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Action:
    """One thing to do.

    ``id`` names it in code; ``menu`` is where it stands; ``keys`` are portable key sequences, the
    first one is shown; ``toggles`` says that it is on or off; ``group`` separates menu entries.
    """

    id: str
    title: str
    menu: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    toggles: bool = False
    group: int = 0


MENUS = ("File", "Edit", "Run", "View", "Experiments", "Help")

ACTIONS = (
    Action("new", "New", "File", ("Ctrl+N",), "An empty experiment: a bowl and no runs yet"),
    Action("open", "Open…", "File", ("Ctrl+O",), "Open an experiment file"),
    Action(
        "add_file",
        "Add rule or surface…",
        "File",
        (),
        "A rule, a surface or a schedule from a .toml file; the experiment takes it in",
    ),
    Action(
        "import_data",
        "Import data…",
        "File",
        ("Ctrl+I",),
        "A table of numbers from a CSV file; the experiment takes it in",
    ),
    Action("save", "Save", "File", ("Ctrl+S",), "Save the experiment", group=1),
    Action("save_as", "Save as…", "File", ("Ctrl+Shift+S",), "Save under a new name", group=1),
    Action("export_csv", "Export numbers…", "File", ("Ctrl+E",), "CSV or NumPy, all runs", group=2),
    Action("export_image", "Export image…", "File", ("Ctrl+Shift+E",), "PNG, SVG or PDF", group=2),
    Action(
        "export_animation",
        "Export animation…",
        "File",
        ("Ctrl+Shift+A",),
        "GIF, WebP, APNG or MP4",
        group=2,
    ),
    Action(
        "export_report",
        "Export report…",
        "File",
        ("Ctrl+Alt+E",),
        "HTML or PDF, with pictures, tables and formulas",
        group=2,
    ),
    Action(
        "export_lecture",
        "Export lecture page…",
        "File",
        (),
        "A page that computes the runs live in any browser, without a network",
        group=2,
    ),
    Action(
        "export_code",
        "Export code…",
        "File",
        (),
        "The rule of the selected run for NumPy, PyTorch or optax, as LaTeX or Markdown",
        group=2,
    ),
    Action("export_table", "Export comparison…", "File", (), "The table as CSV", group=2),
    Action("export_map", "Export map…", "File", (), "The picture, or CSV or NumPy", group=2),
    Action(
        "export_trials",
        "Export tuning…",
        "File",
        (),
        "The charts of the study or comparison shown as pictures, or its numbers as CSV or JSON",
        group=2,
    ),
    Action("quit", "Quit", "File", ("Ctrl+Q",), group=3),
    Action("undo", "Undo", "Edit", ("Ctrl+Z",), "Undo the last change"),
    Action("redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "Redo the last undone change"),
    Action(
        "copy_picture",
        "Copy picture",
        "Edit",
        ("Ctrl+C",),
        "Of the views in the middle",
        group=1,
    ),
    Action("copy_window", "Copy picture of all views", "Edit", ("Ctrl+Alt+C",), group=1),
    Action(
        "copy_data",
        "Copy data",
        "Edit",
        ("Ctrl+Shift+C",),
        "The steps of the selected run up to the cursor, or the map that is shown, as CSV",
        group=1,
    ),
    Action("copy_table", "Copy comparison", "Edit", (), "The table, as text", group=1),
    Action("duplicate_run", "Duplicate run", "Edit", ("Ctrl+D",), "A copy to vary", group=2),
    Action(
        "branch_run",
        "Branch here",
        "Edit",
        ("Ctrl+B",),
        "A run with the same past up to the cursor, to go on otherwise",
        group=2,
    ),
    Action(
        "then_run",
        "Then…",
        "Edit",
        (),
        "The selected run goes on otherwise from the cursor's step on",
        group=2,
    ),
    Action("sweep_run", "Sweep…", "Edit", (), "A run for each value of a parameter", group=2),
    Action("remove_run", "Delete run", "Edit", ("Ctrl+Backspace",), group=2),
    Action("new_rule", "New rule…", "Edit", (), "An update rule of your own", group=3),
    Action(
        "edit_rule",
        "Edit a copy of the rule…",
        "Edit",
        ("Ctrl+Shift+R",),
        "Of the selected run; a rule of the experiment itself",
        group=3,
    ),
    Action("new_surface", "New surface…", "Edit", (), "A surface of your own", group=3),
    Action(
        "edit_surface",
        "Edit a copy of the surface…",
        "Edit",
        (),
        "With its data; a surface of the experiment itself",
        group=3,
    ),
    Action("new_schedule", "New schedule…", "Edit", (), "A schedule of your own", group=3),
    Action(
        "edit_schedule",
        "Edit a copy of the schedule…",
        "Edit",
        (),
        "Of the selected run; a schedule of the experiment itself",
        group=3,
    ),
    Action("play", "Play / pause", "Run", ("Space", "K"), "Play through the computed steps"),
    Action("play_back", "Play backwards", "Run", ("Shift+Space",), "Play back to the start"),
    Action("step_forward", "Step forward", "Run", ("Right", "L"), group=1),
    Action("step_back", "Step back", "Run", ("Left", "J"), group=1),
    Action("forward_10", "Ten steps forward", "Run", ("Shift+Right",), group=1),
    Action("back_10", "Ten steps back", "Run", ("Shift+Left",), group=1),
    Action("first_step", "First step", "Run", ("Home",), group=1),
    Action("last_step", "Last step", "Run", ("End",), group=1),
    Action("go_to_step", "Go to step…", "Run", ("G",), "Type the number of the step", group=1),
    Action("slower", "Slower", "Run", ("[", ","), "Fewer steps per second", group=2),
    Action("faster", "Faster", "Run", ("]", "."), "More steps per second", group=2),
    Action("loop", "Loop", "Run", ("Ctrl+L",), "Begin again at the end", True, group=2),
    Action("cancel", "Cancel computing", "Run", ("Esc",), "What was computed stays", group=3),
    Action("cluster", "Cluster…", "Run", (), "Other machines for maps and tuning", group=3),
    Action("fit", "Fit the surface", "View", ("Ctrl+0",), "Reset zoom and pan"),
    Action("zoom_paths", "Fit the paths", "View", ("Ctrl+9",), "Zoom to what is drawn"),
    Action("log_levels", "Logarithmic levels", "View", ("Ctrl+G",), "Of E − Emin", True),
    Action("minima", "Known minima", "View", ("Ctrl+M",), "Crosses on the map", True),
    Action("arrows", "Arrows", "View", ("Ctrl+1",), "−g, the memory and Δw", True),
    Action("sizes", "Sizes", "View", ("Ctrl+2",), "Squared gradients as half-axes", True),
    Action("curvature", "Curvature", "View", ("Ctrl+3",), "The quadratic model here", True),
    Action("dark_theme", "Dark theme", "View", ("Ctrl+T",), toggles=True, group=1),
    Action(
        "full_screen", "Full screen", "View", ("F11",), "The whole screen", toggles=True, group=2
    ),
    Action(
        "presentation",
        "Presentation",
        "View",
        ("F5",),
        "Larger letters, no panels; Esc ends it",
        toggles=True,
        group=2,
    ),
    Action("reset_layout", "Reset layout", "View", (), "All panels in their usual places", group=2),
    Action("palette", "Command palette…", "Help", ("Ctrl+Shift+P",), "Find and do anything"),
    Action("shortcuts", "Keyboard shortcuts", "Help", ("F1",), "All keys on one sheet"),
    Action("guide", "User guide", "Help", ("Shift+F1",), "How everything is used", group=1),
    Action("help_formulas", "Formula language", "Help", (), "What can be typed", group=1),
    Action("help_symbols", "Symbols", "Help", (), "What every symbol stands for", group=1),
    Action("help_arrows", "About arrows", "Help", (), "Gradient, memory, update", group=2),
    Action("help_sizes", "About sizes", "Help", (), "The cross at a step", group=2),
    Action("help_curvature", "About curvature", "Help", (), "The loss near a step", group=2),
    Action("help_measures", "About measures", "Help", (), "Maps of two gradients", group=2),
    Action("tour", "Tour of the window", "Help", (), "Each part in a sentence", group=3),
    Action("about", "About OptLab", "Help", group=4),
)

BY_ID = {action.id: action for action in ACTIONS}


@dataclass(frozen=True)
class Gesture:
    """Something that a view does itself, for the shortcut sheet."""

    title: str
    keys: tuple[str, ...]


GESTURES = {
    "Map and curves": (
        Gesture("Choose the start; go to a step", ("Click", "Drag")),
        Gesture("Zoom; on an axis only that one", ("Wheel", "+", "−")),
        Gesture("Pan", ("Middle drag", "Ctrl+Arrow")),
        Gesture("Fit", ("Double click", "A", "0")),
    ),
    "Basins and parameter map": (
        Gesture("Start there; add the run", ("Click", "Enter")),
        Gesture("From cell to cell", ("Ctrl+Arrow",)),
    ),
    "Sliders and numbers": (
        Gesture("A little, much", ("Arrow", "Page Up")),
        Gesture("Back to the default", ("Double click", "Del")),
        Gesture("Take a typed number back", ("Esc",)),
    ),
    "Runs": (
        Gesture("Select another run", ("Up", "Down")),
        Gesture("Delete the run", ("Del",)),
    ),
}
"""What views do themselves, by the place where it works."""


_BEGINS_WORD = 8.0
_FOLLOWS = 9.0
_BEGINS = 4.0
_GAP = -0.25
_LATE = -0.02


@dataclass(frozen=True)
class CommandMatch:
    """How well a text fits; ``places`` are the indices of the letters that were found."""

    score: float
    places: tuple[int, ...]


def match(query: str, text: str) -> CommandMatch | None:
    """How ``text`` fits a query, or None where the letters do not come in this order.

    Words of the query may come in any order; within a word, letters may be left out. Case and
    accents do not count. A higher score is a better fit; an empty query fits everything.
    """
    plain = _plain(text)
    score, places = 0.0, set[int]()
    for word in _plain(query).split():
        found = _match_word(word, plain, places)
        if found is None:
            return None
        score += found.score
        places.update(found.places)
    return CommandMatch(score, tuple(sorted(places)))


def _plain(text: str) -> str:
    """The text without case and accents, letter for letter."""
    return "".join(unicodedata.normalize("NFKD", letter)[0] for letter in text).lower()


def _match_word(word: str, text: str, taken: set[int]) -> CommandMatch | None:
    """The best way to find the letters of a word in order, none of them taken twice.

    Dynamic programming over (letter, place): ``best[i]`` is the best fit of the letters so far
    that ends at place i.
    """
    best: dict[int, CommandMatch] = {-1: CommandMatch(0.0, ())}
    for number, letter in enumerate(word):
        ahead: dict[int, CommandMatch] = {}
        for place, other in enumerate(text):
            if other != letter or place in taken:
                continue
            options = [
                _extended(before, last, place, text)
                for last, before in best.items()
                if last < place and (number > 0 or last == -1)
            ]
            if options:
                ahead[place] = max(options, key=lambda fit: fit.score)
        best = ahead
        if not best:
            return None
    return max(best.values(), key=lambda fit: fit.score)


def _extended(before: CommandMatch, last: int, place: int, text: str) -> CommandMatch:
    """A fit with one more letter."""
    score = before.score
    if last >= 0 and place == last + 1:
        score += _FOLLOWS
    elif place == 0 or not text[place - 1].isalnum():
        score += _BEGINS_WORD
    if place == 0:
        score += _BEGINS
    gap = place - last - 1 if last >= 0 else 0
    score += _GAP * min(gap, 12) + (_LATE * place if last < 0 else 0.0)
    return CommandMatch(score, (*before.places, place))
