"""Pictures of the command line: views, sizes, and experiments that come back out of them."""

import json
from pathlib import Path

import pytest
from PIL import Image

from optlab.cli import parser
from optlab.figures.layout import MODEL_VIEWS, SIZES, VIEWS
from optlab.files.experiment_files import DEFAULT_EXPERIMENT, load_experiment, shipped_experiment
from tests.cli.conftest import Command


def test_the_choices_are_those_of_the_pictures() -> None:
    assert ((*VIEWS, *MODEL_VIEWS), SIZES) == (parser.VIEWS, parser.SIZES)


def test_every_option_with_a_value_takes_one_with_a_minus_sign() -> None:
    (commands,) = (a for a in parser.make_parser()._actions if a.dest == "command")
    run = commands.choices["run"]  # type: ignore[index,call-overload]
    valued = {
        option
        for action in run._actions
        for option in action.option_strings
        if action.nargs != 0 and option.startswith("--")
    }
    assert valued == parser._VALUED


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ((), (3840, 2160)),
        (("--view", "contour", "--size", "column", "--dpi", 300), (1020, None)),
        (("--view", "loss", "--size", "page", "--dpi", 100), (680, None)),
    ],
)
def test_views_and_sizes(
    optlab: Command, options: tuple[object, ...], size: tuple[int, int | None]
) -> None:
    assert optlab("run", "--image", "a.png", "--quiet", *options).status == 0
    with Image.open("a.png") as image:
        assert image.width == size[0] and size[1] in (None, image.height)


@pytest.mark.parametrize(
    "options",
    [
        ("--view", "surface"),
        ("--view", "worksheet", "--of", "RMSProp", "--at", 7),
        ("--view", "m", "--of", "Momentum"),
        ("--view", "gradient_norm"),
        ("--panes", "loss,eta,m_hat", "--size", "page"),
    ],
)
def test_any_view_of_any_run(optlab: Command, options: tuple[object, ...]) -> None:
    assert optlab("run", "--steps", 9, "--image", "a.pdf", "--quiet", *options).status == 0
    assert load_experiment(Path("a.pdf")).steps == 9


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--image", "a.png", "--view", "moments"), "--view: there is nothing called 'moments'"),
        (("--image", "a.png", "--panes", "loss,x"), "--panes: there is nothing called 'x'"),
        (("--image", "a.png", "--view", "s", "--of", "Momentum"), "known are sheet, contour"),
        (("--image", "a.png", "--of", "Adan"), "--of: there is no run 'Adan'; known are Adam"),
        (
            ("--image", "a.png", "--view", "worksheet", "--at", 201),
            "--at: must be an update from 1",
        ),
        (("--animation", "a.gif", "--view", "surface"), "--animation: the surface does not grow"),
        (("--animation", "a.gif", "--fps", 99), "--fps: a film has 0.5 to 50 frames a second"),
        (("--animation", "a.gif", "--hold", -1), "--hold: the end stays for 0 to 60 seconds"),
        (("--animation", "a.gif", "--width", 9), "--width: a film is 160 to 3840 pixels wide"),
        (("--animation", "a.gif", "--steps", 9000, "--stride", 1), "choose a stride from 4"),
    ],
)
def test_what_cannot_be_drawn_is_said_before_the_run(
    optlab: Command, options: tuple[object, ...], reason: str
) -> None:
    done = optlab("run", *options)
    assert done.status == 2 and reason in done.err and done.err.count("\n") == 1
    assert not list(Path().glob("a.*"))


def test_an_update_that_was_never_made(optlab: Command) -> None:
    done = optlab(
        *("run", "--loss", "w1^2", "--optimizer", "gd", "--set", "eta=9", "--image", "a.png"),
        *("--view", "worksheet", "--at", 150),
    )
    assert done.status == 2 and "--image: there is no update 150" in done.err
    assert not Path("a.png").exists()


def test_a_film_as_it_was_asked_for(optlab: Command) -> None:
    film = ("--fps", 5, "--stride", 3, "--hold", 2, "--width", 320, "--size", "column")
    done = optlab("run", "--steps", 10, "--animation", "a.gif", "--view", "loss", *film, "--quiet")
    assert done.status == 0
    with Image.open("a.gif") as image:
        assert (image.n_frames, image.width) == (5, 320)  # type: ignore[attr-defined]
        assert image.info["duration"] == 200


def test_a_picture_runs_like_the_experiment_it_shows(optlab: Command) -> None:
    assert optlab("run", "--steps", 30, "--image", "a.png", "--json", "a.json").status == 0
    assert optlab("run", "a.png", "--json", "b.json").status == 0
    first, second = (json.loads(Path(f"{name}.json").read_text("utf-8")) for name in "ab")
    assert first == second and first["steps"] == 30


def test_a_picture_without_an_experiment_is_refused(optlab: Command) -> None:
    Image.new("RGB", (9, 9)).save("a.png")
    done = optlab("run", "a.png")
    assert done.status == 2 and "this picture carries no experiment" in done.err
    assert optlab("open", "a.png").status == 2


@pytest.mark.parametrize("value", ["0", "19", "601", "1e2", "x"])
def test_dots_outside_the_range_are_refused(optlab: Command, value: str) -> None:
    done = optlab("run", "--image", "a.png", "--dpi", value)
    assert done.status == 2 and "--dpi" in done.err and not Path("a.png").exists()


def test_the_default_experiment_is_what_the_picture_carries(optlab: Command) -> None:
    optlab("run", "--image", "a.png", "--quiet")
    expected = load_experiment(shipped_experiment(DEFAULT_EXPERIMENT))
    assert load_experiment(Path("a.png")) == expected


DATA = ("run", "--network", "2-3-1", "--data", "moons:n=30", "--test", 0.2, "--optimizer", "adam")
CURVE = ("run", "--data", "line:n=20", "--loss", "mean((w1*x + w2 - y)^2)", "--optimizer", "gd")


@pytest.mark.parametrize("trained", [DATA, CURVE], ids=["boundary", "curve"])
@pytest.mark.parametrize("style", ["light", "dark"])
def test_models_are_drawn_at_any_step_and_play(
    optlab: Command, trained: tuple[object, ...], style: str
) -> None:
    steps = (*trained, "--steps", 6, "--quiet", "--style", style, "--view", "model")
    drawn = []
    for at in ((), ("--at", 0), ("--at", 6)):
        assert optlab(*steps, "--size", "column", "--image", "a.png", *at).status == 0
        with Image.open("a.png") as image:
            drawn.append(image.convert("RGB").tobytes())
    assert drawn[0] == drawn[2] != drawn[1]
    done = optlab(*steps, "--animation", "a.gif", "--stride", 3, "--width", 320)
    assert (done.status, done.err) == (0, "")
    with Image.open("a.gif") as film:
        assert film.n_frames == 3


def test_layers_are_drawn_of_one_run(optlab: Command) -> None:
    layers = (*DATA, "--steps", 4, "--quiet", "--view", "layers", "--size", "page")
    assert optlab(*layers, "--image", "a.svg", "--at", 2).status == 0
    text = Path("a.svg").read_text(encoding="utf-8")
    assert text.count("<image") == 6 and all(name in text for name in ("W1", "W2", "m", "s"))
    for options, reason in (
        ((*layers, "--at", 5), "--at: must be an update from 0 to 4, not 5"),
        (("run", "--view", "model"), "--view: This surface has no data"),
    ):
        done = optlab(*options, "--image", "b.png")
        assert done.status == 2 and reason in done.err and done.err.count("\n") == 1
