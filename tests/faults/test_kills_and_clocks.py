"""kill -9, and clocks that jump."""

import sys
from pathlib import Path

import pytest

from optlab.session import playback
from optlab.session.playback import Playback
from tests.faults.child import window
from tests.faults.kills import READERS, kill_while


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
@pytest.mark.parametrize("what", READERS)
def test_a_kill_loses_only_what_was_being_written(what: str) -> None:
    assert kill_while(what, 4).kills == 4


def test_playing_does_not_heed_the_clock_on_the_wall(tmp_path: Path) -> None:
    # The clock is put back and forward by days while the cursor plays for a second.
    done = window(
        """
        import itertools
        jumps = itertools.cycle([0.0, 864_000.0, -864_000.0])
        real = time.time
        time.time = lambda: real() + next(jumps)

        def act(lab):
            def play():
                lab.session.seek(0)
                lab.session.set_speed(30.0)
                lab.session.toggle_playing()
                begin = time.monotonic()
                later(1000, lambda: when(lambda: lab.session.playback.position > 0,
                                         lambda: stop(begin)))
            def stop(begin):
                steps = lab.session.playback.position
                seconds = time.monotonic() - begin
                assert 0 < steps <= 30 * seconds + 3, (steps, seconds)
                lab.autosave.secure()
                lab.window.close()
            when(lambda: ready(lab), play)
        """,
        tmp_path,
    )
    assert (done.status, done.err) == (0, "")


@pytest.mark.parametrize("seconds", [-1e9, -1.0, 0.0, 1e-9, 1e9, 1e300])
@pytest.mark.parametrize("loop", [False, True])
@pytest.mark.parametrize("direction", [1, -1])
def test_a_tick_of_any_length_stays_within_the_steps(
    seconds: float, loop: bool, direction: int
) -> None:
    playing = Playback(50.0, 100, playing=True, loop=loop, speed=1000.0, direction=direction)
    moved = playback.advance(playing, seconds)
    assert 0 <= moved.position <= 100 and 0 <= moved.step <= 100
