from dataclasses import replace

from optlab.core.run import run
from optlab.files.run_files import csv_text
from optlab.session.experiment import Experiment, Run, Surface
from optlab.session.playback import SPEEDS, Playback, advance, toggle, with_speed_changed
from optlab.session.resolve import resolve
from optlab.session.session import Session


def session() -> Session:
    document = Experiment(
        surface=Surface(formula="w1^2 + w2^2"),
        start=(1.0, 2.0),
        runs=(Run(id="1", optimizer="gd", parameters={"eta": 0.1}),),
        steps=20,
    )
    made = Session(document)
    made.compute_all()
    return made


def test_playing_back_begins_at_the_end_and_stops_at_the_start() -> None:
    made = session()
    made.seek(0)
    made.toggle_playing_back()
    assert made.playback.step == 20 and made.playback.playing
    made.tick(0.1)
    assert made.playback.step == 17
    made.tick(100)
    assert made.playback.step == 0 and not made.playback.playing


def test_the_way_changes_while_playing() -> None:
    made = session()
    made.seek(10)
    made.toggle_playing()
    made.toggle_playing_back()
    assert made.playback.playing and made.playback.direction == -1
    assert made.playback.step == 10
    made.toggle_playing()
    assert not made.playback.playing
    made.toggle_playing()
    assert made.playback.playing and made.playback.direction == 1


def test_toggle_keeps_its_way_where_none_is_given() -> None:
    back = Playback(position=5.0, last=10, direction=-1)
    assert toggle(back).direction == -1
    assert advance(toggle(back), 0.1).position == 2.0
    assert not toggle(Playback(last=0), -1).playing


def test_speeds_step_through_the_list() -> None:
    playback = Playback(speed=30.0)
    assert with_speed_changed(playback, 1).speed == 60.0
    assert with_speed_changed(playback, -1).speed == 10.0
    assert with_speed_changed(replace(playback, speed=45.0), 1).speed == 60.0
    assert with_speed_changed(replace(playback, speed=45.0), -1).speed == 30.0
    assert with_speed_changed(replace(playback, speed=1000.0), 1).speed == 1000.0
    long = replace(playback, last=10**7, speed=SPEEDS[-1])
    assert with_speed_changed(long, 1).speed == SPEEDS[-1]
    assert with_speed_changed(replace(playback, speed=SPEEDS[0]), -1).speed == SPEEDS[0]


def test_copied_rows_are_the_beginning_of_the_file() -> None:
    document = session().document
    trajectory = run(resolve(document).specs["1"])
    whole = csv_text(trajectory, 20)
    assert whole.count("\n") == 22
    assert csv_text(trajectory, 3) == "".join(whole.splitlines(keepends=True)[:5])
    assert csv_text(trajectory, 0).count("\n") == 2
    assert csv_text(trajectory, 999) == whole
