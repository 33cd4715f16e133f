"""Laws of the cursor: it stays among the steps, however it is moved."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from optlab.session.playback import (
    WHOLE_RUN,
    Playback,
    advance,
    seek,
    speeds_for,
    toggle,
    with_length,
    with_speed_changed,
)

LAST = st.integers(0, 10**7)
SECONDS = st.floats(-1, 1e4)


@st.composite
def playbacks(draw):
    last = draw(LAST)
    return Playback(
        position=draw(st.floats(0, last)),
        last=last,
        playing=draw(st.booleans()) and last > 0,
        loop=draw(st.booleans()),
        speed=draw(st.sampled_from([1.0, 30.0, 1000.0])),
        direction=draw(st.sampled_from([-1, 1])),
    )


def holds(playback: Playback) -> None:
    assert 0 <= playback.step <= playback.last
    assert playback.position >= 0
    assert playback.last > 0 or not playback.playing


@given(playbacks(), st.integers(-(10**8), 10**8))
def test_seek_goes_as_near_as_there_is_a_step(playback, step):
    moved = seek(playback, step)
    holds(moved)
    assert moved.step == min(max(step, 0), playback.last)
    assert seek(moved, step) == moved


@given(playbacks(), LAST)
def test_another_length_keeps_the_step_where_it_can(playback, last):
    fitted = with_length(playback, last)
    holds(fitted)
    assert fitted.step == min(playback.step, last)


@given(playbacks(), st.lists(SECONDS, max_size=8))
def test_time_never_leaves_the_steps(playback, times):
    for seconds in times:
        playback = advance(playback, seconds)
        holds(playback)


@given(playbacks(), st.floats(0, 10), st.floats(0, 10))
def test_time_in_two_parts_is_time_in_one(playback, first, second):
    whole = advance(playback, first + second)
    parts = advance(advance(playback, first), second)
    assert parts.playing == whole.playing or playback.loop
    if not playback.loop:
        assert abs(parts.position - whole.position) <= 1e-6 * max(1, playback.last)


@given(playbacks(), SECONDS)
def test_what_does_not_play_stands(playback, seconds):
    standing = replace(playback, playing=False)
    assert advance(standing, seconds) == standing


@given(playbacks())
def test_toggling_twice_pauses_on_a_whole_step(playback):
    playing = toggle(replace(playback, playing=False))
    holds(playing)
    assert playing.playing == (playback.last > 0)
    paused = toggle(playing) if playing.playing else playing
    assert not paused.playing
    assert paused.position == paused.step or playback.last == 0


def test_playing_from_the_end_begins_again():
    assert toggle(Playback(position=9.0, last=9)).step == 0
    assert toggle(Playback(position=0.0, last=9, direction=-1)).step == 9
    assert toggle(Playback(position=4.0, last=9)).step == 4


def test_playing_stops_at_the_end_or_goes_round():
    playing = Playback(position=8.0, last=9, playing=True, speed=10.0)
    ended = advance(playing, 1.0)
    assert (ended.step, ended.playing) == (9, False)
    around = advance(replace(playing, loop=True), 0.3)
    assert (around.step, around.playing) == (1, True)
    back = advance(replace(playing, position=1.0, direction=-1), 1.0)
    assert (back.step, back.playing) == (0, False)


def test_a_loop_backwards_never_shows_a_step_after_the_last():
    playing = Playback(position=0.0, last=200, playing=True, loop=True, speed=1.0, direction=-1)
    holds(advance(playing, 1e-20))


def test_every_step_is_shown_at_a_slow_speed():
    playing = Playback(last=5, playing=True, speed=10.0)
    shown = []
    while playing.playing:
        playing = advance(playing, 0.05)
        shown.append(playing.step)
    assert sorted(set(shown)) == [0, 1, 2, 3, 4, 5]


@given(st.integers(1, 10**7), st.sampled_from([-1, 1]))
def test_the_whole_run_takes_ten_seconds_however_long_it_is(last, direction):
    begin = 0.0 if direction > 0 else float(last)
    playing = Playback(begin, last, playing=True, speed=WHOLE_RUN, direction=direction)
    assert advance(playing, 9.99).playing
    ended = advance(playing, 10.01)
    assert not ended.playing and ended.step == (last if direction > 0 else 0)


@given(st.integers(0, 10**7))
def test_speeds_grow_with_the_run(last):
    *speeds, whole = speeds_for(last)
    assert whole == WHOLE_RUN and speeds == sorted(speeds)
    assert 1000.0 <= speeds[-1] <= max(1000.0, last / 10)
    fastest = Playback(last=last, speed=speeds[-1])
    assert with_speed_changed(fastest, 1).speed == speeds[-1]
