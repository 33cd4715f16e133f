"""Films: frames, times, sizes, and what happens without ffmpeg."""

import itertools
import stat
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from optlab.figures import (
    PictureOptions,
    draw_experiment,
    picture_bytes,
    save_experiment_animation,
)
from optlab.figures.experiment_figure import ExperimentFigure
from optlab.figures.films.film import FRAME_LIMIT, MOST_FRAMES, Film
from optlab.figures.films.video import VideoError, find_ffmpeg, mp4_bytes
from optlab.figures.setting import drawing
from optlab.pictures.color_tables import color_table, indexed
from optlab.pictures.theme import DARK, LIGHT
from optlab.session.experiment import changed
from optlab.session.view import looking
from tests.figures.conftest import Make


@pytest.mark.parametrize("last", [0, 1, 7, 198, 199, 200, 201, 5000, 1_000_000])
def test_there_are_at_most_two_hundred_frames(last: int) -> None:
    steps = Film().steps(last)
    assert steps[0] == 0 and steps[-1] == last and steps == sorted(set(steps))
    assert len(steps) == min(last + 1, MOST_FRAMES)


@given(st.integers(0, 5000), st.integers(1, 700))
def test_a_stride_ends_at_the_last_step(last: int, stride: int) -> None:
    film = Film(stride=stride)
    if -(-last // stride) + 1 > FRAME_LIMIT:
        with pytest.raises(ValueError, match="choose a stride from"):
            film.steps(last)
        return
    steps = film.steps(last)
    assert steps[0] == 0 and steps[-1] == last
    gaps = {b - a for a, b in itertools.pairwise(steps)}
    assert all(gap <= stride for gap in gaps) and gaps - {stride} <= {last % stride}


@given(st.floats(0.5, 50), st.integers(1, 400), st.floats(0, 60))
def test_times_keep_the_rate_on_average(rate: float, frames: int, hold: float) -> None:
    times = Film(rate=rate, hold=hold).times(frames)
    assert len(times) == frames and all(time % 10 == 0 and time >= 20 for time in times)
    assert sum(times[:-1]) == pytest.approx(1000 * (frames - 1) / rate, abs=10)
    assert times[-1] == pytest.approx(max(1000 * hold, 1000 / rate), abs=10)


def test_usual_times_are_those_of_a_short_film() -> None:
    for frames in (1, 2, 20, 200):
        times = Film().times(frames)
        assert len(set(times[:-1])) <= 1 and times[-1] == 1500
        assert sum(times) <= 9600


@pytest.mark.parametrize(
    "wrong", [{"rate": 0.1}, {"rate": 60}, {"stride": 0}, {"width": 20}, {"hold": -1}, {"hold": 99}]
)
def test_what_no_film_has_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="not "):
        Film(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".apng"])
def test_what_is_chosen_is_what_is_written(make: Make, tmp_path: Path, suffix: str) -> None:
    drawn = make("w1^2 + 3w2^2", etas=(0.05, 0.2), steps=9, start=(4.0, 3.0))
    film = Film(view="contour", size="column", width=333, rate=8, stride=4, hold=2.5)
    path = tmp_path / f"a{suffix}"
    save_experiment_animation(drawn, path, film=film)
    with Image.open(path) as made:
        assert made.n_frames == 4 and made.width == 334 and made.height % 2 == 0
        times = []
        for frame in range(4):
            made.seek(frame)
            made.load()
            times.append(made.info["duration"])
    assert sum(times[:-1]) == pytest.approx(375, abs=10) and times[-1] == 2500


def test_a_view_that_does_not_grow_is_no_film(make: Make, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="would not move"):
        save_experiment_animation(
            make("w1^2", steps=2), tmp_path / "a.gif", film=Film(view="worksheet")
        )


@pytest.mark.parametrize(("suffix", "kind"), [(".gif", "GIF"), (".webp", "WEBP"), (".png", "PNG")])
def test_a_film_has_a_frame_for_each_step(
    make: Make, tmp_path: Path, suffix: str, kind: str
) -> None:
    seen: list[tuple[int, int]] = []
    path = tmp_path / f"a{suffix}"
    drawn = make("w1^2 + 3w2^2", etas=(0.05, 0.2), steps=5, start=(4.0, 3.0))
    save_experiment_animation(drawn, path, progress=lambda *at: seen.append(at))
    assert seen == [(n, 6) for n in range(1, 7)]
    times = []
    with Image.open(path) as film:
        assert film.format == kind and film.size == (1280, 720)
        assert film.n_frames == 6
        pictures = []
        for frame in range(film.n_frames):
            film.seek(frame)
            film.load()
            times.append(film.info["duration"])
            pictures.append(np.asarray(film.convert("RGB"), dtype=int))
    assert times[-1] == 1500 and all(time % 10 == 0 for time in times)
    changes = [np.abs(a - b).max() for a, b in itertools.pairwise(pictures)]
    assert min(changes) > 60


def test_the_same_experiment_gives_the_same_film(make: Make, tmp_path: Path) -> None:
    drawn = make("w1^2", steps=3)
    for name in ("a.gif", "b.gif"):
        save_experiment_animation(drawn, tmp_path / name)
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()


def test_run_colours_survive_in_a_gif(make: Make, tmp_path: Path) -> None:
    drawn = make("w1^2 + 3w2^2", etas=(0.05, 0.1, 0.2), steps=3, start=(4.0, 3.0))
    save_experiment_animation(drawn, tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as film:
        film.seek(film.n_frames - 1)
        colors = {color for _, color in film.convert("RGB").getcolors(1 << 20) or []}
    for index in range(3):
        wanted = LIGHT.run(index)
        assert tuple(int(wanted[i : i + 2], 16) for i in (1, 3, 5)) in colors


def test_a_palette_has_at_most_256_colours() -> None:
    for theme, count in itertools.product((LIGHT, DARK), (0, 1, 8)):
        table = color_table("viridis", theme)
        assert 200 < len(indexed(theme, theme.runs[:count], table)) <= 255


def test_stopping_leaves_no_file(make: Make, tmp_path: Path) -> None:
    def stop(done: int, _frames: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    for suffix in ("gif", "webp", "png"):
        with pytest.raises(KeyboardInterrupt):
            save_experiment_animation(
                make("w1^2", steps=5), tmp_path / f"a.{suffix}", progress=stop
            )
    assert list(tmp_path.iterdir()) == []


def test_without_ffmpeg_there_is_a_sentence(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(VideoError, match="needs ffmpeg"):
        find_ffmpeg()
    with pytest.raises(VideoError, match="needs ffmpeg"):
        save_experiment_animation(make("w1^2", steps=2), tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []


FAKE = """#!{python}
import sys
data = sys.stdin.buffer.read()
assert "yuv420p" in sys.argv and "4x2" in sys.argv
open(sys.argv[-1], "wb").write(b"film of %d bytes" % len(data))
"""


def fake_ffmpeg(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "ffmpeg"
    program.write_text(text.format(python=sys.executable), "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))


def test_frames_go_to_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_ffmpeg(tmp_path, FAKE, monkeypatch)
    assert mp4_bytes(iter([b"x" * 24] * 3), (4, 2), 50) == b"film of 72 bytes"


def test_an_mp4_has_the_rate_and_the_hold(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = """#!{python}
import sys
data = sys.stdin.buffer.read()
width, height = map(int, sys.argv[sys.argv.index("-s") + 1].split("x"))
assert width % 2 == 0 and height % 2 == 0
frames = len(data) / (3 * width * height)
rate = sys.argv[sys.argv.index("-r") + 1]
open(sys.argv[-1], "w").write(f"{{frames}} frames at {{rate}}")
"""
    fake_ffmpeg(tmp_path, text, monkeypatch)
    drawn = make("w1^2 + w2^2", etas=(0.1,), steps=10)
    film = Film(view="loss", size="column", width=201, rate=12.5, stride=5, hold=2)
    save_experiment_animation(drawn, tmp_path / "a.mp4", film=film)
    assert (tmp_path / "a.mp4").read_text() == "27.0 frames at 12.5"


def test_a_failing_ffmpeg_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '#!{python}\nimport sys\nprint("no such codec", file=sys.stderr)\nsys.exit(1)\n'
    fake_ffmpeg(tmp_path, text, monkeypatch)
    with pytest.raises(VideoError, match="no such codec"):
        mp4_bytes(iter([b"x" * 24] * 100_000), (4, 2), 50)


def test_a_frame_has_the_arrows_of_its_update(make: Make) -> None:
    drawn = make("w1^2 + 3 w2^2", steps=6, start=(1.0, 2.0), etas=(0.05, 0.1))
    none = changed(drawn.experiment, view=looking(drawn.experiment.shown, overlays=()))
    counts: dict[bool, list[int]] = {}
    with drawing():
        for study in (drawn, replace(drawn, experiment=none)):
            figure = ExperimentFigure(study, Film(view="contour"))
            for step in (0, 3, 6):
                figure.show(step)
                items = sum(len(layer.items) for layer in figure.growing)
                counts.setdefault(study is drawn, []).append(items)
    more = np.subtract(counts[True], counts[False])
    assert more[0] > 0 and more[1] > 0 and more[2] == 0


def test_the_path_of_the_chosen_run_is_stronger(make: Make) -> None:
    drawn = make("w1^2 + 3 w2^2", steps=6, start=(1.0, 2.0), etas=(0.05, 0.1))
    contents = [
        picture_bytes(
            draw_experiment(drawn, PictureOptions("contour", "column", of=of)),
            "png",
            drawn.experiment,
        )
        for of in ("", "0", "1")
    ]
    assert len(set(contents)) == 3
