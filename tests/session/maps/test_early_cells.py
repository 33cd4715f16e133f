"""A map while its compiled kernel is being made."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest

from optlab.core.maps import UNKNOWN, BasinPicture
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec
from optlab.session.jobs import JobControl
from optlab.session.maps import map_compute, map_request
from optlab.session.maps.map_compute import MapBuffer
from optlab.session.maps.map_request import MapWork, basin_request

HIMMELBLAU = load_problem("himmelblau")
SPEC = RunSpec(HIMMELBLAU, load_rule("adam"), {"eta": 0.1}, steps=60)
REQUEST = basin_request(SPEC, HIMMELBLAU.window, 128)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits, and every finished pass is worth a picture, however long it took."""
    for name, seconds in (("_EAGER", 1e9), ("_SHOWN_FIRST", 0.0), ("_SHOWN_EVERY", 1e9)):
        monkeypatch.setattr(map_compute, name, seconds)
    monkeypatch.setattr(map_request, "_FIRST_PICTURE", 0.0)
    map_request._kernel_is_there.cache_clear()


class Drawn(MapWork):
    """Tells after each picture."""

    seen: tuple[BasinPicture, ...] = ()
    then: Callable[[], None] | None = None

    def draw(self) -> None:
        super().draw()
        assert isinstance(self.picture, BasinPicture)
        self.seen = (*self.seen, self.picture)
        if self.then is not None:
            self.then()


def test_a_coarse_picture_does_not_wait_for_the_compiler() -> None:
    work, words = Drawn(REQUEST, beside=True), []
    control = JobControl()
    kernel = threading.Thread(target=work.prepare, args=(control,))

    def compile_after_two() -> None:
        words.append(control.words)
        if len(work.seen) == 2:
            kernel.start()

    work.then = compile_after_two
    work(control)
    kernel.join()
    assert work.complete and len(work.seen) >= 3
    # 4 x 4 cells first, then finer, and what was said stays true.
    assert words[:2] == [map_compute.COMPILING] * 2 and control.words == ""
    for picture, width in zip(work.seen, (32, 16), strict=False):
        coarse = picture.labels[::width, ::width]
        assert (picture.labels == np.kron(coarse, np.ones((width, width), np.int8))).all()
        np.testing.assert_array_equal(coarse, work.seen[-1].labels[::width, ::width])
    whole = MapWork(REQUEST)
    whole(JobControl())
    for name in ("weights", "loss", "steps", "outcome"):
        np.testing.assert_array_equal(
            getattr(work.buffer.ends, name), getattr(whole.buffer.ends, name)
        )


def test_cancelled_while_the_compiler_works_the_coarse_picture_stays() -> None:
    work, control = Drawn(REQUEST, beside=True), JobControl()
    work.then = lambda: control.cancel() if len(work.seen) == 2 else None
    work(control)
    assert not work.complete and 0 < work.buffer.known.sum() < 300
    assert isinstance(work.picture, BasinPicture) and (work.picture.labels != UNKNOWN).all()


def test_python_stops_where_the_compiled_passes_begin() -> None:
    work, control = Drawn(REQUEST, beside=True), JobControl()
    work.then = lambda: control.cancel() if work.buffer.known.sum() >= 16 * 16 else None
    work(control)
    assert work.buffer.known.sum() == 16 * 16 and work.buffer.width == map_compute.COMPILED_FROM


def test_a_kernel_that_is_there_at_once_needs_no_early_cells() -> None:
    work = Drawn(REQUEST, beside=True)
    work.prepare(JobControl())
    work(JobControl())
    assert work.complete and work.seen[0].labels.shape == (128, 128)


def test_a_rule_in_python_begins_very_coarse_as_well() -> None:
    spec = RunSpec(HIMMELBLAU, load_rule("newton"), steps=5)
    work = Drawn(basin_request(spec, HIMMELBLAU.window, 32))
    work(JobControl())
    assert work.complete and len(work.seen) >= 4
    coarse = work.seen[0].labels[::8, ::8]
    assert (work.seen[0].labels == np.kron(coarse, np.ones((8, 8), np.int8))).all()


def test_the_compiler_gets_most_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_compute, "_EAGER", 0.0)
    monkeypatch.setattr(map_compute, "_SHARE", 0.0)
    work, control, rests = Drawn(REQUEST, beside=True), JobControl(), []

    def rest(_cells: object) -> None:
        rests.append(1)
        if len(rests) == 20:
            control.cancel()

    monkeypatch.setattr(map_compute.EarlyCells, "_rest", rest)
    work(control)
    assert work.buffer.known.sum() == 8 and work.picture is not None


def test_cells_of_a_pass_under_way_are_drawn_as_wide_as_they_stand_apart() -> None:
    buffer = MapBuffer((8, 8), 2)
    values = np.arange(64.0)
    buffer.begin_pass(4)
    buffer.known[[0, 4, 32, 36]] = True
    buffer.end_pass()
    buffer.begin_pass(2)
    buffer.known[[2, 16]] = True
    picture = buffer.drawn(values)
    top, left = [0, 0, 2, 2, 4, 4, 4, 4], [16, 16, 0, 0, 4, 4, 4, 4]
    assert picture[:4].astype(int).tolist() == [top, top, left, left]
    assert (picture[4:, :4] == 32).all() and (picture[4:, 4:] == 36).all()
    for row, column in np.ndindex(8, 8):
        assert buffer.drawn_from(row, column) == picture[row, column]
    assert MapBuffer((8, 8), 2).drawn_from(3, 3) is None
