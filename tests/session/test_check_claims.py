import math
from collections.abc import Mapping

import msgspec
import numpy as np
import pytest

from optlab.core.analysis.claims import (
    Arrives,
    Claim,
    Ends,
    Extreme,
    Lower,
    Measure,
    Ratio,
    Reaches,
    Same,
    Turn,
    Value,
    sentence,
)
from optlab.core.run import Trajectory, recorded_trajectory
from optlab.core.run.outcome import Kind, Outcome
from optlab.session.check_claims import check, check_all
from optlab.session.experiment import Experiment, Run, Surface

RUNS = (
    Run(id="a", optimizer="adam", name="Adam"),
    Run(id="b", optimizer="momentum", name="Momentum"),
    Run(id="c", optimizer="gd"),
)
DOCUMENT = Experiment(runs=RUNS)


def trajectory(
    w1: list[float], loss: list[float], kind: Kind = "finished", m1: list[float] | None = None
) -> Trajectory:
    quantities = {"w": np.column_stack((w1, np.zeros(len(w1)))), "loss": np.array(loss)}
    if m1 is not None:
        quantities["m"] = np.array(m1)[:, None]
    return recorded_trajectory(quantities, outcome=Outcome(kind, len(w1) - 1))


WALKS: Mapping[str, Trajectory] = {
    "a": trajectory([4.0, 2.0, 1.0, 0.5], [9.0, 3.0, 4.0, 1.0], m1=[math.nan, 1.0, 3.0, 2.0]),
    "b": trajectory([4.0, 2.0, 1.0, 0.5], [9.0, 2.0, 3.0, 2.0]),
    "c": trajectory([4.0, 1e40], [9.0, math.inf], "diverged"),
}


def holds(claim: Claim) -> bool:
    return check(claim, DOCUMENT, WALKS).holds


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            Value(run="a", column="w1", step=2, value=1.0),
            Value(run="a", column="w1", step=2, value=1.0000001),
        ),
        (
            Value(run="a", column="w1", step=2, value=1.1, within=0.11),
            Value(run="a", column="w1", step=2, value=1.1, within=0.09),
        ),
        (Value(run="a", column="loss", value=1.0), Value(run="b", column="loss", value=1.0)),
        (
            Value(run="a", column="dw1", step=1, value=-2.0),
            Value(run="a", column="dw1", step=0, value=-2.0),
        ),
        (
            Turn(run="a", column="loss", kind="minimum", step=1),
            Turn(run="a", column="loss", kind="minimum", step=2),
        ),
        (
            Turn(run="a", column="loss", kind="maximum", step=2, first=True),
            Turn(run="a", column="loss", kind="maximum", step=1),
        ),
        (
            Extreme(run="a", column="m1", kind="highest", value=3.0),
            Extreme(run="a", column="m1", kind="lowest", value=3.0),
        ),
        (
            Reaches(run="a", column="loss", value=3.5, step=1),
            Reaches(run="a", column="loss", value=3.5, step=3),
        ),
        (
            Reaches(run="b", column="loss", value=1.9),
            Reaches(run="b", column="loss", value=2.0),
        ),
        (Lower(run="a", other="b"), Lower(run="b", other="a")),
        (Lower(run="b", other="a", step=1), Lower(run="a", other="b", step=1)),
        (
            Ratio(run="b", other="a", column="loss", value=2.0),
            Ratio(run="a", other="b", column="loss", value=2.0),
        ),
        (Same(run="a", other="b"), Same(run="a", other="b", columns=("w1", "loss"))),
        (
            Same(run="a", other="b", columns=("loss",), within=1.0),
            Same(run="a", other="b", columns=("loss",), within=0.99),
        ),
        (
            Arrives(run="a", at=(0.5, 0.1), within=0.11),
            Arrives(run="a", at=(0.5, 0.1), within=0.09),
        ),
        (Ends(run="c", outcome="diverged"), Ends(run="a", outcome="diverged")),
        (Ends(run="c", outcome="diverged", step=1), Ends(run="c", outcome="diverged", step=2)),
        (
            Measure(
                measure="momentum_measure",
                arguments={"g1": 2.0, "g2": 1.0, "alpha": 0.4},
                value=-0.2,
                within=1e-12,
            ),
            Measure(
                measure="momentum_measure",
                arguments={"g1": 2.0, "g2": 1.0, "alpha": 0.4},
                value=0.2,
                within=1e-12,
            ),
        ),
    ],
)
def test_a_right_claim_holds_and_a_wrong_one_does_not(right: Claim, wrong: Claim) -> None:
    assert holds(right), check(right, DOCUMENT, WALKS).measured
    assert not holds(wrong)


def test_the_first_turn_is_the_first() -> None:
    walks = {"a": trajectory([0.0] * 5, [0.0, 1.0, 0.0, 1.0, 0.0])}
    assert check(Turn(run="a", column="loss", kind="maximum", step=3), DOCUMENT, walks).holds
    first = Turn(run="a", column="loss", kind="maximum", step=3, first=True)
    verdict = check(first, DOCUMENT, walks)
    assert not verdict.holds
    assert verdict.measured == "at step 1, 3"


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        (Value(run="x", column="w1", value=0.0), "run x has no numbers"),
        (Value(run="b", column="m1", value=0.0), "run b records no m₁"),
        (Value(run="c", column="w1", step=2, value=0.0), "run c has no step 2"),
        (Value(run="c", column="w1", step=-1, value=0.0), "run c has no step -1"),
        (Lower(run="c", other="a", step=3), "run c has no step 3"),
        (Same(run="a", other="c"), "3 and 1 steps"),
        (
            Measure(measure="correction_factor", arguments={"alpha": 0.1}, value=0.0),
            "correction_factor has other arguments",
        ),
    ],
)
def test_what_is_not_there_does_not_hold_and_says_why(claim: Claim, why: str) -> None:
    verdict = check(claim, DOCUMENT, WALKS)
    assert not verdict.holds
    assert verdict.measured == why


def test_not_a_number_is_near_nothing() -> None:
    assert not holds(Value(run="a", column="m1", step=0, value=0.0, within=math.inf))
    assert not holds(Lower(run="a", other="a", column="m1", step=0))


def test_a_claim_says_itself_in_words() -> None:
    names = {"a": "Adam", "b": "Momentum"}
    words = [
        sentence(claim, lambda run_id: names[run_id])
        for claim in (
            Value(run="a", column="w1", step=2, value=-14.82, within=0.005),
            Turn(run="b", column="loss", kind="maximum", step=22, first=True),
            Extreme(run="b", column="w2", kind="lowest", value=-5.9),
            Reaches(run="a", column="loss", value=0.01),
            Lower(run="a", other="b", step=100),
            Ratio(run="a", other="b", column="dw1", value=10.0),
            Same(run="a", other="b"),
            Arrives(run="a", at=(3.0, 2.0), within=0.001),
            Ends(run="a", outcome="left_domain", step=7),
            Measure(measure="momentum_measure", arguments={"g1": 2.0, "alpha": 0.4}, value=1.0),
        )
    ]
    assert words == [
        "Adam: w₁ at step 2 is −14.82 ± 0.005",
        "Momentum: loss has the first maximum at step 22",
        "Momentum: the lowest w₂ is −5.9",
        "Adam: loss at or below 0.01 never",
        "Adam: loss at step 100 is lower than with Momentum",
        "Adam: Δw₁ at the end is 10 times that of Momentum",
        "Adam: the same w₁, w₂ as Momentum to the last bit",
        "Adam: ends at (3, 2), within 0.001",
        "Adam: left the domain at step 7",
        "momentum measure at g₁ = 2, α = 0.4: 1",
    ]


def test_a_document_keeps_its_claims() -> None:
    document = msgspec.structs.replace(
        DOCUMENT,
        claims=(
            Value(run="a", column="w1", step=2, value=1.0, says="So it is."),
            Measure(measure="adam_measure", arguments={"g1": 1.0, "corrected": False}, value=0.0),
        ),
    )
    again = msgspec.json.decode(msgspec.json.encode(document), type=Experiment)
    assert again == document
    assert [verdict.holds for verdict in check_all(again, WALKS)] == [True, False]


@pytest.mark.parametrize(
    "text",
    [
        '{"claim": "value", "run": "a", "column": "w1", "value": 1, "valeu": 2}',
        '{"claim": "unheard_of", "run": "a"}',
        '{"claim": "ends", "run": "a", "outcome": "exploded"}',
        '{"claim": "measure", "measure": "eval", "arguments": {}, "value": 1}',
        '{"run": "a", "column": "w1", "value": 1}',
    ],
)
def test_a_claim_in_a_file_is_read_strictly(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(f'{{"claims": [{text}]}}'.encode(), type=Experiment)


def test_the_sharpness_at_a_step_can_be_claimed() -> None:
    """Of 3 w1² + w2² it is 6 everywhere; of a loss without second derivatives it is not known."""
    document = Experiment(surface=Surface(formula="3w1^2 + w2^2"), runs=RUNS)
    for step in (0, 2, None):
        assert check(
            Value(run="a", column="sharpness", value=6.0, within=1e-9, step=step), document, WALKS
        ).holds
    assert not check(Lower(run="a", other="b", column="sharpness"), document, WALKS).holds
    away = check(Value(run="a", column="sharpness", value=6.0, step=99), document, WALKS)
    assert (away.holds, away.measured) == (False, "run a has no step 99")
    unknown = Experiment(surface=Surface(problem="nosuch"), runs=RUNS)
    assert not check(Value(run="a", column="sharpness", value=6.0), unknown, WALKS).holds
