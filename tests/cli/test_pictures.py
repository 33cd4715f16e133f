"""Pictures of the command line: views, sizes, and experiments that come back out of them."""

import json
from pathlib import Path

import pytest
from PIL import Image

from optlab.cli import parser
from optlab.figures.layout import SIZES, VIEWS
from optlab.session.files import DEFAULT_EXPERIMENT, load_experiment, shipped_experiment
from tests.cli.conftest import Command


def test_the_choices_are_those_of_the_pictures() -> None:
    assert (parser.VIEWS, parser.SIZES) == (VIEWS, SIZES)


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
        ((), (1920, 1080)),
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
