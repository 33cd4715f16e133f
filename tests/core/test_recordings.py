"""Recorded numbers as text."""

import numpy as np
import pytest

from optlab.core.recordings import RecordingError, read_recording

GOOD = "t,w1,w2,loss,m1,m2,lr,dw1,dw2\n0,1,2,5,0,0,,,\n1,0.5,1,1.25,-0.5,-1,0.1,-0.5,-1\n"


def test_columns_with_numbers_become_quantities_and_updates_follow_from_the_weights() -> None:
    numbers = read_recording(GOOD)
    assert tuple(numbers.vectors) == ("w", "loss", "m", "lr")
    assert numbers.vectors["m"] == ("m1", "m2") and numbers.vectors["lr"] == ("lr",)
    assert numbers.weights.tolist() == [[1, 2], [0.5, 1]] and numbers.final_loss == 1.25
    assert numbers["dw2"][1] == -1 and np.isnan(numbers["lr"][0])
    assert numbers.outcome.kind == "finished" and numbers.spans == () == numbers.state


def test_windows_line_ends_a_mark_of_order_and_empty_lines_are_no_numbers() -> None:
    changed = "\ufeff" + GOOD.replace("\n", "\r\n") + "\r\n,,,,,,,,\r\n"
    assert read_recording(changed).data.tolist()[1] == read_recording(GOOD).data.tolist()[1]


def test_counts_that_are_not_the_rows_are_kept() -> None:
    numbers = read_recording("t,w1,loss\n10,1,1\n20,0.5,0.25\n")
    assert numbers["step"].tolist() == [10, 20] and numbers["t"].tolist() == [0, 1]
    assert "step" not in read_recording("t,w1,loss\n0,1,1\n1,2,3\n")
    assert "step" not in read_recording("w1,loss\n1,1\n")


def test_weights_may_have_names_of_their_own() -> None:
    numbers = read_recording("t,a,b,loss\n0,1,2,5\n", ("a", "b"))
    assert numbers.vectors["w"] == ("a", "b") and numbers.weights.tolist() == [[1, 2]]
    assert read_recording("t,a,b,loss,c\n0,1,2,5,3\n").vectors["w"] == ("a", "b")


def test_a_training_that_blew_up_is_a_recording() -> None:
    numbers = read_recording("t,w1,loss,g1\n0,1,1,\n1,inf,nan,3\n")
    assert numbers.outcome.kind == "diverged" and numbers.outcome.step == 1
    late = read_recording("t,w1,loss,g1\n0,1,1,3\n1,2,4,\n")
    assert late.outcome.kind == "finished"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1: the file is empty"),
        ("t,w1,loss\n", "line 2: there are no numbers"),
        ("w2,loss\n0,2\n", "line 1: there is no column w1"),
        ("t,w1\n0,1\n", "line 1: there is no column loss"),
        ("t,w1,loss\n0,1,2\n1,x,2\n", "line 3, column w1: 'x' is not a number"),
        ("t,w1,loss\n0,1,2\n1,,2\n", "line 3, column w1: the cell is empty"),
        ("t,w1,loss\n0,1,2\n1,2\n", "line 3: has 2 cells, the header 3"),
        ("t,w1,w1,loss\n0,1,2,3\n", "line 1, column 3: 'w1' stands there twice"),
        ("t,w1,,loss\n0,1,2,3\n", "line 1, column 3: '' is not a name"),
        ("t,w1,loss\n1,1,1\n1,1,1\n", "line 3, column t: must be a whole number above"),
        ("t,w1,loss\n0.5,1,1\n", "line 2, column t: must be a whole number above"),
        ('t,w1,loss\n0,"1,1\n', "line "),
    ],
)
def test_what_is_no_recording_is_told_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(RecordingError) as caught:
        read_recording(text)
    assert str(caught.value).startswith(reason)
