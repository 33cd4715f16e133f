"""Who draws the surface."""

import pytest

from optlab.pictures.surface3d.renderers import VARIABLE, Rendering, renderer_asked, rendering

CARD = {"found": "a card", "hardware": True, "problem": ""}
MESA = {"found": "llvmpipe", "hardware": False, "problem": ""}
NONE = {"found": "", "hardware": False, "problem": "there is no OpenGL driver"}


@pytest.mark.parametrize(
    ("choice", "machine", "expected", "why"),
    [
        ("auto", CARD, "opengl", ""),
        ("opengl", CARD, "opengl", ""),
        ("software", CARD, "software", ""),
        ("auto", MESA, "software", "llvmpipe has no graphics card"),
        ("opengl", MESA, "opengl", ""),
        ("software", MESA, "software", ""),
        ("auto", NONE, "software", "no OpenGL driver"),
        ("opengl", NONE, "software", "no OpenGL driver"),
        ("software", NONE, "software", ""),
    ],
)
def test_a_choice_on_a_machine(choice, machine, expected, why):
    found = rendering(choice, **machine)
    assert found.renderer == expected
    assert why in found.reason and bool(why) == bool(found.reason)


@pytest.mark.parametrize("choice", ["auto", "opengl"])
def test_what_has_failed_is_not_tried_again(choice):
    found = rendering(choice, **CARD, failure="out of memory")
    assert found == Rendering("software", "OpenGL failed, out of memory")


def test_the_environment_asks():
    assert renderer_asked({}) is None and renderer_asked({VARIABLE: ""}) is None
    assert renderer_asked({VARIABLE: "opengl"}) == "opengl"
    assert renderer_asked({VARIABLE: "software"}) == "software"
    with pytest.raises(ValueError, match="OPTLAB_3D is 'OpenGL'; it can be opengl or software"):
        renderer_asked({VARIABLE: "OpenGL"})
