"""A rule file that would not run is refused, with the file, the key and the reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from optlab.core.resources import MAX_FILE_SIZE, DataError, UnknownNameError
from optlab.core.rules import load_rule, read_rule, rule_names

GOOD = '''
name = "Tested"
summary = "A rule to break"
update = """
m = alpha*m + g                  if form == accumulate
m = alpha*m + (1 - alpha)*g      if form == average
w = w - eta*m                    if not sign_only
w = w - eta*sign(m)              if sign_only
"""

[parameters.eta]
default = 0.1
range = "(0, inf)"

[parameters.alpha]
default = 0.9
range = "[0, 1)"

[options.form]
choices = ["accumulate", "average"]

[options.sign_only]
default = false

[presets.paper]
form = "average"

[state]
m = "momentum"
'''

_MOMENTUM = """
role = "momentum"
[parameters.beta]
default = 0.5
role = "momentum"
"""


def _test(line: str, problem: str = "problem = 'booth'") -> str:
    """A known answer with one line changed, before ``[state]``."""
    key = line.partition(" = ")[0]
    usual = ["start = [1.0, 2.0]", "step = 1", "weights = [0.0, 0.0]"]
    lines = [problem, line, *(item for item in usual if not item.startswith(key))]
    return "\n".join(["[[tests]]", *lines, "[state]"])


BROKEN = [
    # name, replaced, replacement, key, reason
    ("unknown name", "alpha*m + g ", "alpah*m + g ", "update, line 1", "did you mean alpha"),
    ("unknown function", "w - eta*sign(m)", "w - eta*sgn(m)", "update, line 4", "sign"),
    ("bad formula", "w - eta*m ", "w - eta* ", "update, line 3", "ends too early (column"),
    ("no formula", "w = w - eta*m ", "w ", "update, line 3", "expected 'name = formula'"),
    ("two equals", "m = alpha*m + g ", "m == alpha*m + g ", "update, line 1", "expected 'name ="),
    ("condition", "alpha*m + g ", "m > g ", "update, line 1", "yes or no"),
    ("guard word", "form == accumulate", "form == acumulate", "update, line 1", "unknown name"),
    ("guard value", "if sign_only", "if form", "update, line 4", "a condition is expected"),
    ("guard on w", "if sign_only", "if w > 0", "update, line 4", "unknown name 'w'"),
    ("guard empty", "if sign_only", "if  ", "update, line 4", "empty"),
    ("w sometimes", "if not sign_only", "if sign_only", "update", "'w' is never assigned with"),
    ("w never", "w = w", "v = w", "update", "'w' is never assigned"),
    ("fixed parameter", "m = alpha*m + g ", "alpha = g ", "update, line 1", "cannot be assigned"),
    ("fixed word", "m = alpha*m + g ", "average = g ", "update, line 1", "cannot be assigned"),
    ("fixed t", "m = alpha*m + g ", "t = g ", "update, line 1", "'t' cannot be assigned"),
    ("fixed loss", "m = alpha*m + g ", "loss = g ", "update, line 1", "cannot be assigned"),
    ("digit target", "m = alpha*m + g ", "m2 = g ", "update, line 1", "ends in a digit"),
    ("digit state", "[state]", "[state]\ns1 = 'x'", "state.s1", "ends in a digit"),
    ("unassigned state", "[state]", "[state]\ns = 'x'", "state.s", "never assigned"),
    ("reserved state", "[state]", "[state]\nsin = 'x'", "state.sin", "meaning of its own"),
    ("bad name", "[state]", '[state]\n"a-b" = "x"', "state.a-b", "letters, digits and _"),
    ("twice", "[state]", "[state]\nalpha = 'x'", "state.alpha", "declared twice"),
    ("word is a name", '"average"]', '"m"]', "options", "'m' cannot be the name of a choice"),
    ("word has a space", '"average"]', '"a b"]', "options", "cannot be the name of a choice"),
    ("missing default", "default = 0.9\n", "", "parameters.alpha", "missing required field"),
    ("missing name", 'name = "Tested"\n', "", "top level", "missing required field `name`"),
    ("text default", "default = 0.9", 'default = "x"', "parameters.alpha.default", "Expected"),
    ("default outside", "default = 0.9", "default = 1.0", "parameters.alpha.default", "[0, 1)"),
    ("nan default", "default = 0.9", "default = nan", "parameters.alpha.default", "outside"),
    ("bad interval", '"[0, 1)"', '"0 to 1"', "parameters.alpha.range", "not an interval"),
    ("swapped interval", '"[0, 1)"', '"[1, 0)"', "parameters.alpha.range", "wrong order"),
    ("letters", '"[0, 1)"', '"[a, b)"', "parameters.alpha.range", "not numbers"),
    ("bad slider", '"[0, 1)"', '"[0, 1)"\nslider = [1.0, 0.0]', "parameters.alpha.slider", "low"),
    (
        *("log slider", '"[0, 1)"', '"[0, 1)"\nscale = "log"\nslider = [0.0, 1.0]'),
        *("parameters.alpha.slider", "above 0"),
    ),
    ("bad scale", '"[0, 1)"', '"[0, 1)"\nscale = "cube"', "parameters.alpha.scale", "Invalid enum"),
    ("no eta", "[parameters.eta]", "[parameters.rate]", "parameters", "'eta' (learning rate)"),
    ("no default", "default = false", 'help = "x"', "options.sign_only", "'default' is missing"),
    ("odd default", "default = false", 'default = "no"', "options.sign_only.default", "not one of"),
    (
        "preset option",
        "[presets.paper]",
        "[presets.paper]\nfrom = 'a'",
        "presets.paper.from",
        "no ",
    ),
    ("preset choice", 'form = "average"', 'form = "mean"', "presets.paper.form", "must be one of"),
    ("unknown key", '"[0, 1)"', '"[0, 1)"\ncolour = 1', "parameters.alpha", "unknown field"),
    ("unknown top key", "\nname =", "\ncolour = 1\nname =", "top level", "unknown field `colour`"),
    ("preset of a list", 'form = "average"', 'form = ["a"]', "presets.paper.form", "Expected"),
    ("unknown inner key", "[options.form]", "[options.form]\nx = 1", "options.form", "unknown"),
    ("start", "[state]", "[state.s]\nhelp = 'x'\nstart = 'q'\n[state]", "state.s.start", "unknown"),
    (
        *("scalar start", "[state]", "[state.s]\nhelp = 'x'\nscalar = true\nstart = 'w'\n[state]"),
        *("state.s.start", "scalar"),
    ),
    ("not TOML", "[state]", "[state", "", "not valid TOML"),
    ("key twice", "[state]", "name = 'x'\nname = 'y'\n[state]", "", "not valid TOML"),
    ("too large", "[state]", "#" * MAX_FILE_SIZE + "\n[state]", "", "larger than 256 KiB"),
    ("role", '"[0, 1)"', '"[0, 1)"\nrole = "x"', "parameters.alpha.role", "Invalid enum"),
    (
        *("role twice", "[options.form]", _MOMENTUM + "[options.form]"),
        *("parameters.alpha.role", "another parameter is the momentum as well"),
    ),
    ("test of nothing", "[state]", _test("step = 1", ""), "tests[0]", "either 'problem' or"),
    ("test of both", "[state]", _test("formula = 'w1+w2'"), "tests[0]", "either 'problem' or"),
    ("test problem", "[state]", _test("problem = 'boot'", ""), "tests[0].problem", "booth"),
    ("test path", "[state]", _test("problem = 'a.toml'", ""), "tests[0].problem", "catalogue"),
    ("test formula", "[state]", _test("formula = 'w1 +'", ""), "tests[0].formula", "column"),
    ("test step", "[state]", _test("step = 0"), "tests[0].step", "from 1 to 100000"),
    ("test start", "[state]", _test("start = [1.0]"), "tests[0].start", "2 finite numbers"),
    ("test weights", "[state]", _test("weights = [1.0, inf]"), "tests[0].weights", "2 finite"),
    ("test tolerance", "[state]", _test("tolerance = -1.0"), "tests[0].tolerance", "at least 0"),
    ("test eta", "[state]", _test("settings.eta = -1"), "tests[0].settings.eta", "above 0"),
    ("test choice", "[state]", _test("settings.form = 'x'"), "tests[0].settings.form", "must be"),
    ("test setting", "[state]", _test("settings.q = 1"), "tests[0].settings.q", "no option or"),
    ("used early", "m = alpha*m + g ", "m = q + g\nq = g ", "update, line 1", "before it is"),
]


def replaced(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def write(folder: Path, text: str) -> Path:
    path = folder / "tested.toml"
    path.write_text(text)
    return path


def test_the_rule_that_the_others_are_made_from_is_good(tmp_path: Path) -> None:
    rule = read_rule(write(tmp_path, GOOD))
    assert (rule.key, rule.name) == ("tested", "Tested")


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [case[1:] for case in BROKEN],
    ids=[case[0] for case in BROKEN],
)
def test_broken_rule_is_refused(tmp_path: Path, old: str, new: str, key: str, reason: str) -> None:
    with pytest.raises(DataError) as caught:
        read_rule(write(tmp_path, replaced(old, new)))
    assert caught.value.file == "tested.toml"
    assert caught.value.key == key
    assert reason in caught.value.reason
    assert str(caught.value).startswith("tested.toml: ")


def test_rule_without_equations_is_refused(tmp_path: Path) -> None:
    start, end = GOOD.index('"""'), GOOD.rindex('"""')
    for update in ('""', '"# only a comment"'):
        with pytest.raises(DataError, match="update: has no equation"):
            read_rule(write(tmp_path, GOOD[:start] + update + GOOD[end + 3 :]))


def test_options_with_too_many_combinations_to_check_are_refused(tmp_path: Path) -> None:
    # Each variant could use what only another one assigns.
    options = "".join(f"[options.switch{i}]\ndefault = true\n" for i in range(8))
    with pytest.raises(DataError, match="more than 256 combinations") as caught:
        read_rule(write(tmp_path, GOOD + options))
    assert caught.value.key == "options"


def test_the_last_combination_of_options_is_checked_too(tmp_path: Path) -> None:
    options = "".join(f"[options.switch{i}]\ndefault = false\n" for i in range(6))
    line = "m = alpha*m + g + u if form == average and not sign_only and switch0\nw = w - eta*m "
    with pytest.raises(DataError, match="'u' is used before it is assigned") as caught:
        broken = replaced("w = w - eta*m ", line).replace(
            "w = w - eta*sign", "u = g\nw = w - eta*sign"
        )
        read_rule(write(tmp_path, broken + options))
    assert caught.value.key == "update, line 3"


SCALAR = '''
name = "S"
summary = "One number in all"
update = """
q = {formula}
w = w - eta*g*q
"""
parameters.eta.default = 0.1
state.q = {{help = "a number", scalar = true}}
'''


@pytest.mark.parametrize("formula", ["g", "q + grad(w)", "where(q > 0, w, 1)", "g*dot(g, g)"])
def test_value_per_weight_does_not_fit_into_one_number(tmp_path: Path, formula: str) -> None:
    with pytest.raises(DataError, match="'q' is one number") as caught:
        read_rule(write(tmp_path, SCALAR.format(formula=formula)))
    assert caught.value.key == "update, line 1"


@pytest.mark.parametrize("formula", ["norm(g)", "loss(w + g)", "q + t", "dot(w, 2*grad(w))"])
def test_number_fits_into_one_number(tmp_path: Path, formula: str) -> None:
    read_rule(write(tmp_path, SCALAR.format(formula=formula)))


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "tested.toml"
    path.write_bytes(b"name = '\xff\xfe'")
    with pytest.raises(DataError, match="not valid TOML"):
        read_rule(path)


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_rule(tmp_path / "missing.toml")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(DataError, match="cannot be read"):
        read_rule(tmp_path / "folder.toml")


def test_unknown_name_says_what_is_near() -> None:
    name = rule_names()[0]
    with pytest.raises(UnknownNameError, match=f"did you mean .*{name}"):
        load_rule(name + "x")
    with pytest.raises(UnknownNameError, match="unknown optimizer 'zzzzzzzz'; known are"):
        load_rule("zzzzzzzz")
    with pytest.raises(UnknownNameError) as caught:
        load_rule("../" * 100)
    assert len(str(caught.value)) < 2000


def test_changed_file_is_read_again(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    assert load_rule("tested", tmp_path).name == "Tested"
    path.write_text(GOOD.replace('"Tested"', '"Changed"'))
    os.utime(path, ns=(1, 1))
    assert load_rule("tested", tmp_path).name == "Changed"
    assert load_rule(str(path)).name == "Changed"


@pytest.mark.parametrize("kind", ["parameters", "options"])
@pytest.mark.parametrize("name", ["preset", "noise", "clip_norm", "start", "schedule", "w1", "w12"])
def test_a_setting_of_every_run_is_no_name_of_a_rule(tmp_path: Path, kind: str, name: str) -> None:
    """It would be meant wherever the name is given, so the rule's could never be set."""
    text = replaced("[parameters.alpha]", f"[{kind}.{name}]\ndefault = {{}}\n[parameters.alpha]")
    with pytest.raises(DataError) as caught:
        read_rule(text.format("1.0" if kind == "parameters" else "true"), "mine")
    assert caught.value.key == f"{kind}.{name}"
    assert caught.value.file == "rule 'mine'" and "could not be set" in caught.value.reason
