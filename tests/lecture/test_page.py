"""The lecture page in a browser: dragged, played and looked at; and what has no page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import optlab
from optlab.cli import main
from optlab.lecture import LectureError, lecture_bytes
from tests.lecture.browser import Browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lecture") / "page.html"
    optlab.load("three_ways_down").run().save_lecture(path)
    return path


def number(browser: Browser, script: str) -> float:
    found = browser.evaluate(script)
    assert isinstance(found, int | float), script
    return float(found)


def test_dragging_computes_what_the_program_computes(browser: Browser, page: Path) -> None:
    browser.open(page)
    start = browser.centre(".start")
    browser.drag(start, (start[0] + 90, start[1] - 60))
    slider = browser.centre(".run.on input[data-setting=eta]")
    browser.drag(slider, (slider[0] + 18, slider[1]))
    w1, w2 = browser.evaluate("lecture.lesson.runs[0].start")
    eta = number(browser, "lecture.lesson.runs[0].legs[0].settings.eta")
    assert (w1, w2) != (-0.3, 0.1) and eta != 0.12
    lab = optlab.load("three_ways_down").change(start=(w1, w2))
    expected = lab.run()
    final = browser.evaluate("lecture.lesson.runs.map(run => run.path.at(-1))")
    for run in (1, 2):
        np.testing.assert_allclose(final[run], expected[run].w[-1], rtol=1e-12)
    one = optlab.experiment(problem="himmelblau", start=(w1, w2), steps=200)
    adam = one.add("adam", eta=eta, schedule="cosine").run()[0]
    np.testing.assert_allclose(final[0], adam.w[-1], rtol=1e-12, atol=1e-12)
    shown = browser.evaluate("[...document.querySelectorAll('.result')].at(-1).textContent")
    assert shown == "= " + adam.worksheet(200).strip().splitlines()[-1].strip().removeprefix("= ")
    browser.click("#reset")
    assert browser.evaluate("lecture.lesson.runs[0].start") == [-0.3, 0.1]
    assert browser.evaluate("document.querySelector('#reset').disabled")
    assert browser.errors == []


def test_keys_buttons_and_curves_step(browser: Browser, page: Path) -> None:
    browser.open(page)
    step = "lecture.step"
    assert number(browser, step) == 200
    for key, modifiers, expected in (
        ("Home", 0, 0),
        ("ArrowRight", 0, 1),
        ("ArrowRight", 8, 11),
        ("ArrowLeft", 0, 10),
        ("ArrowLeft", 8, 0),
        ("End", 0, 200),
    ):
        browser.press(key, modifiers=modifiers)
        assert number(browser, step) == expected, key
    browser.click("#back")
    assert number(browser, step) == 199
    x, y = browser.centre(".pane canvas")
    browser.drag((x + 40, y), (x, y))
    assert 60 < number(browser, step) < 140
    browser.press("Home")
    browser.press(" ", " ")
    done = browser.evaluate(
        "new Promise(done => { const look = () => lecture.step >= 3 ? done(true)"
        " : setTimeout(look, 20); look(); })"
    )
    browser.press(" ", " ")
    assert done and browser.evaluate("lecture.playing") == 0
    browser.press("2", "2")
    title = browser.evaluate("document.querySelector('#sheettitle').textContent")
    assert title.startswith("Momentum, update")
    assert browser.errors == []


def test_typed_numbers_are_checked_and_starts_take_keys(browser: Browser, page: Path) -> None:
    browser.open(page)
    field = ".run.on .setting input[type=text]"
    type_ = (
        "(text => {{ const e = document.querySelector('{}'); e.value = text;"
        " e.dispatchEvent(new Event('change')); return e.getAttribute('aria-invalid'); }})('{}')"
    )
    eta = "lecture.lesson.runs[0].legs[0].settings.eta"
    assert browser.evaluate(type_.format(field, "-1")) == "true" and number(browser, eta) == 0.12
    assert browser.evaluate(type_.format(field, "40")) == "false" and number(browser, eta) == 40
    browser.evaluate("document.querySelector('.start').focus()")
    browser.press("ArrowUp")
    assert browser.evaluate("lecture.lesson.runs[0].start[1]") == pytest.approx(0.15)
    assert browser.errors == []


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (1920, 1080)])
def test_nothing_is_cut_off_in_either_theme(
    browser: Browser, page: Path, width: int, height: int
) -> None:
    browser.resize(width, height)
    for dark in (False, True):
        browser.open(page, dark)
        assert browser.evaluate("document.documentElement.scrollWidth") <= width
        assert browser.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(22, 25, 31)" if dark else "rgb(255, 255, 255)"
        )
        cut = browser.evaluate(
            "[...document.querySelectorAll('button, .name, .setting, h1')]"
            ".filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1)"
            ".map(e => e.id || e.textContent)"
        )
        assert cut == []
        colors = browser.evaluate(
            "new Set(new Uint32Array(document.querySelector('#base').getContext('2d')"
            ".getImageData(0, 0, 300, 300).data.buffer)).size"
        )
        assert colors > 50
    browser.click("#theme")
    assert browser.evaluate("document.documentElement.style.colorScheme") == "light"
    browser.resize(1280, 800)


def test_runs_without_equations_are_shown_as_computed(browser: Browser, tmp_path: Path) -> None:
    lab = optlab.experiment(problem="rosenbrock", steps=30).add("newton").add("adam")
    result = lab.run()
    path = tmp_path / "page.html"
    result.save_lecture(path)
    browser.open(path)
    notes = browser.evaluate("[...document.querySelectorAll('.run .note')].map(e => e.textContent)")
    assert notes == ["As it was computed, not live: a rule that is code, not equations."]
    assert browser.evaluate("lecture.lesson.runs[0].path.at(-1)") == list(result[0].w[-1])
    browser.evaluate("lecture.moveStart(lecture.lesson.runs[1], [0.5, 0.5])")
    moved = lab.change(start=(0.5, 0.5)).run()
    np.testing.assert_allclose(
        browser.evaluate("lecture.lesson.runs[1].path.at(-1)"), moved[1].w[-1], rtol=1e-12
    )
    assert browser.errors == []


def bowl(w: np.ndarray) -> tuple[float, np.ndarray]:
    return float(w[0] ** 2 + 3 * w[1] ** 2), np.array([2 * w[0], 6 * w[1]])


def made(name: str) -> optlab.Lab:
    if name != "a function":
        return optlab.load(name).change(steps=20)
    return optlab.experiment(objective=bowl, start=(1.0, 1.0), steps=20).add("adam")


@pytest.mark.parametrize("name", ["a function", "stale_gradients", "batches_and_noise"])
def test_other_experiments_have_pages(browser: Browser, tmp_path: Path, name: str) -> None:
    path = tmp_path / "page.html"
    made(name).run().save_lecture(path)
    browser.open(path)
    assert browser.errors == []
    browser.press("ArrowLeft")
    assert number(browser, "lecture.step") == 19
    assert browser.evaluate("document.querySelectorAll('#lines tr').length") > 1


def test_the_page_is_small_repeatable_and_an_experiment(page: Path, tmp_path: Path) -> None:
    content = page.read_bytes()
    assert len(content) < 120_000
    assert content == lecture_bytes(optlab.load("three_ways_down").run().study)
    assert b"http" not in content.replace(b"http-equiv", b"")
    again = optlab.load(page).run()
    assert [run.name for run in again.values()] == ["Adam", "Momentum", "RMSProp"]


def test_names_of_a_file_cannot_break_out_of_the_page(browser: Browser, tmp_path: Path) -> None:
    evil = "</script><script>window.broken = 1</script><!--"
    lab = optlab.experiment(problem="quadratic", steps=3).add("gd", name=evil)
    path = tmp_path / "page.html"
    lab.change(title=evil, story=evil).run().save_lecture(path)
    browser.open(path)
    assert browser.evaluate("window.broken === undefined")
    assert browser.evaluate("document.querySelector('h1').textContent") == evil
    assert browser.evaluate("document.querySelector('.name').textContent") == evil


def test_what_has_no_page_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.html"
    one = ["run", "--loss", "a^2", "--weights", "a", "--optimizer", "gd", "--lecture", str(path)]
    assert main(one) == 2
    reason = "--lecture: Maps show a loss of two weights or more; this one has 1 weight"
    assert reason in capsys.readouterr().err
    assert main(["run", "--steps", "20001", "--lecture", str(path)]) == 2
    assert "at most 20000 updates, not 20001" in capsys.readouterr().err
    assert main(["run", "--lecture", str(path.with_suffix(".pdf"))]) == 2
    assert not path.exists()
    lab = optlab.experiment(problem="quadratic", steps=20_001).add("gd")
    with pytest.raises(LectureError, match="20000"):
        lab.run().save_lecture(path)
    assert main(["run", "--steps", "9", "--quiet", "--lecture", str(path)]) == 0 and path.exists()
