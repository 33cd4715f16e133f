import pytest

from optlab.session.actions import match


def best(query: str, *texts: str) -> str:
    found = {text: match(query, text) for text in texts}
    return max((text for text, fit in found.items() if fit), key=lambda t: found[t].score)


def lit(query: str, text: str) -> str:
    fit = match(query, text)
    assert fit is not None
    return "".join(letter if i in fit.places else "·" for i, letter in enumerate(text))


@pytest.mark.parametrize(
    ("query", "text", "places"),
    [
        ("ad run", "Add run: NAdam", "Ad··run·······"),
        ("run ad", "Add run: X", "Ad··run···"),
        ("sf", "Step forward", "S····f······"),
        ("himm", "Surface: Himmelblau", "·········Himm······"),
        ("ß", "Straße", "····ß·"),
        ("e", "Élan", "É···"),
        ("beta1", "β₁ beta₁", "···beta₁"),
    ],
)
def test_the_letters_that_a_person_means_are_found(query: str, text: str, places: str) -> None:
    assert lit(query, text) == places


def test_what_does_not_fit_is_left_out() -> None:
    assert match("xyz", "Step forward") is None
    assert match("pp", "Step") is None
    assert match("step step", "Step") is None
    assert match("", "anything") is not None


def test_beginnings_and_runs_of_letters_win() -> None:
    assert best("step", "Slow trap", "Last step", "Step back") == "Step back"
    assert best("save", "Stay above", "Save as…") == "Save as…"
    assert best("reset", "Rosenbrock terse", "Reset layout") == "Reset layout"


def test_hostile_text_is_no_burden() -> None:
    # A search that tried every way to place the letters would not end.
    assert match("a" * 40, "a" * 120) is not None
